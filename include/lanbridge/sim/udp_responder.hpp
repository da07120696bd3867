#pragma once

#include <boost/asio/ip/udp.hpp>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lanbridge/base/async.hpp"
#include "lanbridge/base/context.hpp"
#include "lanbridge/sim/device.hpp"

namespace lanbridge::sim {

/// A question on the LAN, such as `{"id":"49f33d8a2de2f2089ccf45ba8cdd4440","devName":"*"}`.
struct UdpQuestion {
    UdpQuestion() = default;
    std::string id;
    std::string name;  ///< "*" = every device
};
/// Nothing for what no device reacts to.
std::optional<UdpQuestion> parse_udp_question(std::string_view text);
/// Devices of one brand are silent when the other's id asks; both answer ids that belong to nobody.
bool concerns(const UdpQuestion& question, const MerossDevice& device);
/// What a device says of itself that can be reached at `where`.
Json udp_answer(const MerossDevice& device, const asio::ip::tcp::endpoint& where);

/// The ways in which an answer on the LAN can be wrong. May be changed at any time.
struct UdpFaults {
    bool silent = false;
    bool garbage = false;             ///< bytes that are no JSON
    int copies = 1;                   ///< of every answer; many make a flood
    std::function<void(Json&)> lies;  ///< changes the answer, when set
};

struct UdpSettings {
    UdpSettings() = default;
    std::uint16_t port = 9988;         ///< 0 takes a free one
    std::uint16_t answer_port = 9989;  ///< of whoever has asked
};

/// Answers discovery for devices at one or many addresses of this machine. Each answer comes from its
/// device's address. A question to one device's address is answered by that one, a broadcast by all.
class UdpResponder {
public:
    struct Present {
        Present(const MerossDevice& d, asio::ip::tcp::endpoint w) : device(&d), where(std::move(w)) {}
        const MerossDevice* device;
        asio::ip::tcp::endpoint where;
    };
    /// Who is on the LAN at this moment.
    using Roll = std::function<std::vector<Present>()>;

    UdpResponder(Context context, Roll roll, UdpSettings settings = UdpSettings());
    /// Errors: `busy` when the port is taken, `io`.
    Result<void> listen();
    std::uint16_t port() const;
    void close();
    bool idle() const noexcept { return tasks_.idle(); }

    UdpFaults& faults() noexcept { return faults_; }
    std::uint64_t questions() const noexcept { return questions_; }
    std::uint64_t answers() const noexcept { return answers_; }

private:
    asio::awaitable<void> serve();
    void answer(std::string_view text, asio::ip::address_v4 asked, asio::ip::address_v4 sender);
    void send(const Present& present, asio::ip::address_v4 to);

    Context context_;
    Roll roll_;
    UdpSettings settings_;
    UdpFaults faults_;
    asio::ip::udp::socket socket_;
    std::uint64_t questions_ = 0;
    std::uint64_t answers_ = 0;
    Nursery tasks_;
};

}  // namespace lanbridge::sim
