#include "agent/peers/central_proxy.hpp"

#include <stdio.h>
#include <sys/stat.h>

#include <cerrno>

namespace lanbridge::agent {
namespace {

/// After a failure, and between two looks at whether the place is still ours.
constexpr auto retry_every = 5s;
/// The service may restart in a loop; the Bluetooth program should not for that.
constexpr auto take_place_every = 60s;
/// For what waits to be written to one side when the other has gone.
constexpr auto farewell = 2s;
constexpr int accepts_a_turn = 16;

constexpr std::string_view report_topic = "central/report";
/// Asked every few seconds, and of no interest.
constexpr std::string_view hidden_request = "local.get_gateway_role";

bool exists(const std::string& path) {
    struct stat file {};
    return ::lstat(path.c_str(), &file) == 0;
}

std::int64_t number(std::uint64_t value) { return static_cast<std::int64_t>(value); }

}  // namespace

CentralProxy::CentralProxy(Context context, Journal& journal, Paths paths, EndPrograms end, Publish publish)
    : context_(std::move(context)),
      journal_(journal),
      original_(paths.at("/tmp/central_service_lite.socket")),
      proxy_(paths.at("/tmp/central_service_lite.proxy")),
      end_(std::move(end)),
      publish_(std::move(publish)),
      listener_(context_.executor),
      tasks_(context_.executor) {}

bool CentralProxy::start() {
    if (!exists(original_)) return false;
    if (!take_place()) {
        journal_.warn(Part::central, "[cent] can't open socket");
        return false;
    }
    started_ = true;
    listen();
    tasks_.start("central place", keep_place());
    return true;
}

void CentralProxy::stop() {
    if (!started_) return;
    started_ = false;
    const bool ours = listener_.owns_file() || !exists(original_);
    // replaces our file in one step; then there is nothing left for the listener to remove
    if (ours && ::rename(proxy_.c_str(), original_.c_str()) != 0)
        note_trouble(Error(error_code(errno, boost::system::system_category()), proxy_));
    listener_.close();
    for (auto& [id, pair] : pairs_) {
        pair.app->close();
        pair.service->close();
    }
    pairs_.clear();
    tasks_.stop();
}

/// Whether the service can be reached at the proxy's path now.
bool CentralProxy::take_place() {
    if (answers(original_)) {
        if (::rename(original_.c_str(), proxy_.c_str()) != 0) {
            note_trouble(Error(error_code(errno, boost::system::system_category()), original_));
            return false;
        }
        journal_.info(Part::central, "[cent] using original socket");
        return true;
    }
    if (!answers(proxy_)) return false;
    journal_.info(Part::central, "[cent] using proxy socket");
    return true;
}

bool CentralProxy::answers(const std::string& path) {
    const auto connected = net::connect_seqpacket(context_.executor, path);
    // somebody who is slow to accept is there all the same
    return connected || connected.error().is(Errc::busy);
}

void CentralProxy::listen() {
    if (auto opened = listener_.open(original_); !opened) return note_trouble(opened.error());
    to_end_ = true;
    tasks_.start("central accept", accept());
}

/// Listens again after a failure, and where the service was restarted and has put its own socket at our path.
asio::awaitable<void> CentralProxy::keep_place() {
    auto taken = context_.time.now();
    while (started_) {
        if (to_end_) {
            to_end_ = false;
            std::vector<std::string> names{"silabs_ncp_bt", "miio_bt"};
            co_await end_(std::move(names));
        }
        const auto cancelled = co_await context_.time.sleep(retry_every);
        if (cancelled || !started_) co_return;
        const bool lost = listener_.is_open() && !listener_.owns_file();
        if (lost && context_.time.now() - taken < take_place_every) continue;
        if (lost) {
            taken = context_.time.now();
            if (!take_place()) continue;
            listener_.close();
        }
        if (!listener_.is_open()) listen();
    }
}

asio::awaitable<void> CentralProxy::accept() {
    while (listener_.is_open()) {
        const auto ec = co_await listener_.ready();
        if (ec || !listener_.is_open()) co_return;
        if (accept_waiting()) continue;
        const auto cancelled = co_await context_.time.sleep(retry_every);
        if (cancelled) co_return;
    }
}

/// False when there should be a pause.
bool CentralProxy::accept_waiting() {
    for (int i = 0; i < accepts_a_turn && listener_.is_open(); ++i) {
        auto app = listener_.accept_now();
        if (app) {
            admit(std::move(*app));
            continue;
        }
        if (app.error().is(Errc::not_found)) return true;
        note_trouble(app.error());
        return false;
    }
    return true;
}

void CentralProxy::admit(net::SeqPacketSocket app) {
    if (pairs_.size() >= most_pairs) return note_trouble(Error(Errc::overflow, "connections"));
    auto service = net::connect_seqpacket(context_.executor, proxy_);
    if (!service) return note_trouble(service.error());
    journal_.info(Part::central, "[cent] accept conn");
    const auto id = next_++;
    Pair pair;
    pair.app = std::make_shared<PacketPeer>(std::move(app), room_, events_of(id, Side::app));
    pair.service = std::make_shared<PacketPeer>(std::move(*service), room_, events_of(id, Side::service));
    pairs_.emplace(id, pair);
    pair.app->start();
    pair.service->start();
}

PacketPeer::Events CentralProxy::events_of(PairId id, Side side) {
    PacketPeer::Events events;
    if (side == Side::app)
        events.datagram = [this, id](std::string_view datagram) { from_app(id, datagram); };
    else
        events.datagram = [this, id](std::string_view datagram) { from_service(id, datagram); };
    events.ended = [this, id, side] { part(id, side); };
    events.overflow = [this](std::size_t messages) { note_loss(messages); };
    events.giant = [this](std::size_t, bool) { note_loss(1); };
    return events;
}

void CentralProxy::from_app(PairId id, std::string_view datagram) {
    const auto found = pairs_.find(id);
    if (found == pairs_.end()) return;
    if (journal_.enabled(Part::central, Severity::trace))
        journal_.trace(Part::central, "[cent] " + std::string(datagram) + " req");
    found->second.service->send(datagram);
    if (datagram.find(hidden_request) == std::string_view::npos) publish_(report_topic, datagram);
}

void CentralProxy::from_service(PairId id, std::string_view datagram) {
    const auto found = pairs_.find(id);
    if (found == pairs_.end()) return;
    if (journal_.enabled(Part::central, Severity::trace))
        journal_.trace(Part::central, "[cent] " + std::string(datagram) + " res");
    found->second.app->send(datagram);
}

void CentralProxy::part(PairId id, Side ended) {
    const auto found = pairs_.find(id);
    if (found == pairs_.end()) return;
    const Pair pair = found->second;
    pairs_.erase(found);
    journal_.info(Part::central, "[cent] close conn");
    const auto& other = ended == Side::app ? pair.service : pair.app;
    other->close_after_sending();
    if (other->is_open()) tasks_.start("central farewell", linger(other));
}

asio::awaitable<void> CentralProxy::linger(std::shared_ptr<PacketPeer> peer) {
    co_await context_.time.sleep(farewell);
    peer->close();
}

void CentralProxy::note_trouble(const Error& error) {
    if (const auto times = troubles_.note(context_.time.now()); times > 0)
        journal_.warn(Part::central, "[cent] trouble", {{"error", error.text()}, {"times", number(times)}});
}

void CentralProxy::note_loss(std::size_t messages) {
    dropped_ += messages;
    if (losses_.note(context_.time.now()) > 0)
        journal_.warn(Part::central, "[cent] dropping messages", {{"dropped", number(dropped_)}});
}

}  // namespace lanbridge::agent
