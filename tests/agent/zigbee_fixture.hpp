#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "agent/zigbee/zigbee.hpp"
#include "host_fixture.hpp"
#include "lanbridge/sim/gateway/zigbee_chip.hpp"
#include "support/virtual_time.hpp"

namespace lanbridge::test {

using boost::asio::ip::tcp;

/// Somebody who wants the chip: keeps what comes, and knows when the connection is closed.
struct TcpVisitor {
    /// Who is deaf reads nothing: what comes stays in the kernel.
    TcpVisitor(asio::io_context& io, std::uint16_t port, const char* address = "127.0.0.1",
               bool deaf = false);
    ~TcpVisitor();
    TcpVisitor(const TcpVisitor&) = delete;
    TcpVisitor& operator=(const TcpVisitor&) = delete;

    void send(std::string_view bytes);
    void leave();
    const std::string& heard() const { return state_->heard; }
    bool closed() const { return state_->closed; }

private:
    struct State {
        explicit State(asio::io_context& io) : socket(io) {}
        tcp::socket socket;
        std::string heard;
        std::string buffer = std::string(4096, '\0');
        bool closed = false;
    };
    static void read(const std::shared_ptr<State>& state);
    std::shared_ptr<State> state_;
};

/// A gateway with its Zigbee chip and the module that drives it. Time runs by `pass`, and a little faster
/// than real while something is waited for, so that a busy machine does not look like a silent chip.
struct ZigbeeFixture : HostFixture {
    explicit ZigbeeFixture(std::string model = "lumi.gateway.mgl03");
    ~ZigbeeFixture();

    using Mood = sim::ZigbeeChipSettings::Mood;
    /// Wired to the gateway's serial device.
    sim::ZigbeeChip& chip(unsigned baud = 115200, Mood mood = Mood::well);
    /// `script` runs as the vendor's program when it is looked for by name.
    std::string vendor_program(std::string_view script);

    void start(std::vector<std::string> arguments);
    void stop();
    TcpVisitor visit(const char* address = "127.0.0.1") { return TcpVisitor(io, zigbee->port(), address); }

    /// Until `done`, or for ten seconds of real time.
    bool eventually(const std::function<bool()>& done);
    /// So much time, with everything that happens meanwhile.
    void pass(TimeSource::Clock::duration period);
    /// What the kernel does in a moment, without any time passing.
    void breathe();
    std::size_t logged(std::string_view text) const;  ///< lines that contain it
    bool published(std::string_view line) const;
    std::vector<int> guards() const;  ///< our children that stand in for the vendor's program

    VirtualTime clock{io};
    Context slow{io.get_executor(), clock, random};
    agent::Programs vendor_programs{slow, paths};
    agent::Gateway gateway;
    agent::Settings settings;
    std::optional<agent::ZigbeeReport> report;
    std::unique_ptr<agent::Journal> journal;
    std::vector<std::string> lines;
    std::vector<std::pair<std::string, std::string>> messages;
    std::unique_ptr<sim::ZigbeeChip> wired;
    std::unique_ptr<agent::Zigbee> zigbee;

private:
    std::string path_before_;
};

inline constexpr std::string_view ash_reset{"\x1a\xc0\x38\xbc\x7e", 5};
inline constexpr std::string_view ash_answer{"\x1a\xc1\x02\x0b\x0a\x52\x7e", 7};

}  // namespace lanbridge::test
