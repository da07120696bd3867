#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "agent/journal.hpp"
#include "agent/paths.hpp"
#include "agent/peers/packet_peer.hpp"
#include "lanbridge/base/async.hpp"
#include "lanbridge/base/context.hpp"
#include "lanbridge/base/tally.hpp"

namespace lanbridge::agent {

/// Stands between the vendor's Bluetooth program and its central service, and shows what the program reports
/// on the topic central/report. It takes the service's place by giving the service's socket another name.
class CentralProxy {
public:
    /// More than the one or two that there are means a program that connects in a loop.
    static constexpr std::size_t most_pairs = 32;

    /// Ends programs by their names, so that the firmware starts them again.
    using EndPrograms = std::function<asio::awaitable<void>(std::vector<std::string> names)>;
    using Publish = std::function<void(std::string_view topic, std::string_view payload)>;

    CentralProxy(Context context, Journal& journal, Paths paths, EndPrograms end, Publish publish);
    CentralProxy(const CentralProxy&) = delete;
    CentralProxy& operator=(const CentralProxy&) = delete;
    ~CentralProxy() { stop(); }

    /// False when there is no central service here. What goes wrong later is logged and tried again.
    bool start();
    /// Ends all connections and gives the service its socket's name back. Run the loop until `idle()` before
    /// it is destroyed.
    void stop();
    bool idle() const noexcept { return tasks_.idle(); }

    std::size_t pairs() const noexcept { return pairs_.size(); }
    std::uint64_t dropped() const noexcept { return dropped_; }

private:
    using PairId = std::uint32_t;
    struct Pair {
        std::shared_ptr<PacketPeer> app;
        std::shared_ptr<PacketPeer> service;
    };
    enum class Side : bool { app, service };

    bool take_place();
    bool answers(const std::string& path);
    void listen();
    asio::awaitable<void> keep_place();
    asio::awaitable<void> accept();
    bool accept_waiting();
    void admit(net::SeqPacketSocket app);
    PacketPeer::Events events_of(PairId id, Side side);
    void from_app(PairId id, std::string_view datagram);
    void from_service(PairId id, std::string_view datagram);
    void part(PairId id, Side ended);
    asio::awaitable<void> linger(std::shared_ptr<PacketPeer> peer);
    void note_trouble(const Error& error);
    void note_loss(std::size_t messages);

    Context context_;
    Journal& journal_;
    std::string original_;
    std::string proxy_;
    EndPrograms end_;
    Publish publish_;
    net::SeqPacketListener listener_;
    ReceiveRoom room_;
    std::map<PairId, Pair> pairs_;
    PairId next_ = 1;
    bool started_ = false;
    bool to_end_ = false;  ///< programs that are still connected to the service itself
    std::uint64_t dropped_ = 0;
    Tally troubles_;
    Tally losses_;
    Nursery tasks_;
};

}  // namespace lanbridge::agent
