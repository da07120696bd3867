#include "agent/peers/app_server.hpp"

namespace lanbridge::agent {
namespace {

/// Without a free descriptor the next attempt cannot do better at once.
constexpr auto pause_without_room = 1s;
/// Before the apps that are there have their turn.
constexpr int accepts_a_turn = 16;

std::int64_t number(std::uint64_t value) { return static_cast<std::int64_t>(value); }

}  // namespace

AppServer::AppServer(Context context, Journal& journal, std::string path, Events events)
    : context_(std::move(context)),
      journal_(journal),
      path_(std::move(path)),
      events_(std::move(events)),
      listener_(context_.executor),
      tasks_(context_.executor) {}

Result<void> AppServer::start() {
    if (auto opened = listener_.open(path_); !opened) return std::move(opened).error();
    tasks_.start("miio apps", accept());
    return {};
}

void AppServer::stop() {
    listener_.close();
    for (auto& [connection, peer] : peers_) peer->close();
    peers_.clear();
    tasks_.stop();
}

bool AppServer::send(Connection to, std::string_view datagram) {
    const auto found = peers_.find(to);
    return found != peers_.end() && found->second->send(datagram);
}

asio::awaitable<void> AppServer::accept() {
    while (listener_.is_open()) {
        const auto ec = co_await listener_.ready();
        if (ec || !listener_.is_open()) co_return;
        if (accept_waiting()) continue;
        const auto cancelled = co_await context_.time.sleep(pause_without_room);
        if (cancelled) co_return;
    }
}

bool AppServer::accept_waiting() {
    for (int i = 0; i < accepts_a_turn && listener_.is_open(); ++i) {
        auto socket = listener_.accept_now();
        if (socket) {
            admit(std::move(*socket));
            continue;
        }
        if (socket.error().is(Errc::not_found)) return true;
        if (const auto times = exhaustions_.note(context_.time.now()); times > 0)
            journal_.error(Part::miio, "[miio] can't accept conn",
                           {{"error", socket.error().text()}, {"times", number(times)}});
        return false;
    }
    return true;
}

void AppServer::admit(net::SeqPacketSocket socket) {
    if (peers_.size() >= most_connections) {
        if (const auto times = refused_.note(context_.time.now()); times > 0)
            journal_.warn(Part::miio, "[miio] too many conns, closing new ones",
                          {{"limit", number(most_connections)}, {"times", number(times)}});
        return;
    }
    while (next_ == 0 || peers_.contains(next_)) ++next_;
    const auto connection = next_++;
    auto peer = std::make_shared<PacketPeer>(std::move(socket), room_, events_of(connection));
    peers_.emplace(connection, peer);
    peer->start();
    if (events_.opened) events_.opened(connection);
}

PacketPeer::Events AppServer::events_of(Connection connection) {
    PacketPeer::Events events;
    events.datagram = [this, connection](std::string_view text) { events_.datagram(connection, text); };
    events.ended = [this, connection] {
        peers_.erase(connection);
        events_.closed(connection);
    };
    events.overflow = [this, connection](std::size_t messages) { note_overflow(connection, messages); };
    events.giant = [this, connection](std::size_t bytes, bool in) { note_giant(connection, bytes, in); };
    return events;
}

void AppServer::note_overflow(Connection connection, std::size_t messages) {
    dropped_ += messages;
    if (overflows_.note(context_.time.now()) == 0) return;
    journal_.warn(Part::miio, "[miio] app does not read, dropping oldest messages",
                  {{"conn", number(connection)}, {"dropped", number(dropped_)}});
}

void AppServer::note_giant(Connection connection, std::size_t bytes, bool in) {
    const auto times = giants_.note(context_.time.now());
    if (times == 0) return;
    journal_.warn(Part::miio, in ? "[miio] message of app too long" : "[miio] message to app too long",
                  {{"conn", number(connection)}, {"bytes", number(bytes)}, {"times", number(times)}});
}

}  // namespace lanbridge::agent
