#include "agent/broker/broker_gate.hpp"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <boost/asio/ip/v6_only.hpp>
#include <boost/asio/write.hpp>
#include <list>

#include "agent/broker/gate_client.hpp"
#include "lanbridge/base/async.hpp"
#include "lanbridge/base/tally.hpp"

namespace lanbridge::agent {
namespace {

using asio::ip::tcp;
using ClientPtr = std::shared_ptr<GateClient>;

constexpr std::size_t chunk = 4096;
/// How late a deadline may be noticed: one timer for all clients.
constexpr auto sweep_period = 1s;
/// The refused one reads its answer before the connection goes.
constexpr auto last_words = 2s;
constexpr auto accept_pause = 1s;  // when there are no descriptors left
constexpr auto stop_limit = 2s;

std::string text_of(const tcp::endpoint& endpoint) {
    const auto address = endpoint.address().to_string();
    const auto host = endpoint.address().is_v6() ? '[' + address + ']' : address;
    return host + ':' + std::to_string(endpoint.port());
}

/// Small packets at once, and a client that vanished is noticed some day.
void tune(tcp::socket& socket) {
    constexpr int idle_seconds = 60;
    error_code ignored;
    socket.set_option(tcp::no_delay(true), ignored);
    socket.set_option(tcp::socket::keep_alive(true), ignored);
    ::setsockopt(socket.native_handle(), IPPROTO_TCP, TCP_KEEPIDLE, &idle_seconds, sizeof idle_seconds);
}

struct Door {
    explicit Door(const asio::any_io_executor& executor) : acceptor(executor) {}
    tcp::acceptor acceptor;
    asio::ip::address address;
};
using DoorPtr = std::shared_ptr<Door>;

error_code open_door(Door& door, const tcp::endpoint& at) {
    error_code ec;
    door.address = at.address();
    if (door.acceptor.open(at.protocol(), ec); ec) return ec;
    door.acceptor.set_option(tcp::acceptor::reuse_address(true), ec);
    if (at.address().is_v6()) door.acceptor.set_option(asio::ip::v6_only(true), ec);
    if (door.acceptor.bind(at, ec); ec) return ec;
    door.acceptor.listen(asio::socket_base::max_listen_connections, ec);
    return ec;
}

}  // namespace

class BrokerGate::Impl : public std::enable_shared_from_this<Impl> {
public:
    Impl(Context context, Journal& journal, GateSettings settings)
        : context_(std::move(context)),
          journal_(journal),
          settings_(std::move(settings)),
          sweeper_(context_.executor) {}

    void refresh();
    void close();
    asio::awaitable<void> drain();
    const std::vector<DoorPtr>& doors() const noexcept { return doors_; }
    std::size_t clients() const noexcept { return clients_.size(); }

private:
    void launch(asio::awaitable<void> task);
    void open(const asio::ip::address& address);
    asio::awaitable<void> accept(DoorPtr door);
    void welcome(tcp::socket socket);
    asio::awaitable<void> sweep();

    asio::awaitable<void> serve(ClientPtr client);
    asio::awaitable<bool> admit(ClientPtr client);
    asio::awaitable<bool> reach_broker(ClientPtr client);
    asio::awaitable<void> refuse(ClientPtr client, Admission why);
    asio::awaitable<void> upward(ClientPtr client);
    asio::awaitable<void> downward(ClientPtr client);
    void note(Tally& tally, std::string_view message, Fields fields);

    TimeSource::Clock::time_point in(TimeSource::Clock::duration period) const {
        return context_.time.now() + period;
    }

    Context context_;
    Journal& journal_;
    GateSettings settings_;
    asio::steady_timer sweeper_;
    std::vector<DoorPtr> doors_;
    std::list<ClientPtr> clients_;
    std::size_t running_ = 0;
    bool sweeping_ = false;
    bool closed_ = false;
    Tally closed_doors_, crowds_, refusals_, broken_, stalls_, no_broker_;
};

void BrokerGate::Impl::launch(asio::awaitable<void> task) {
    ++running_;
    asio::co_spawn(context_.executor, std::move(task),
                   [self = shared_from_this()](const std::exception_ptr&) { --self->running_; });
}

/// A stranger can cause these at any rate: the first is told, later ones are summed up.
void BrokerGate::Impl::note(Tally& tally, std::string_view message, Fields fields) {
    const auto count = tally.note(context_.time.now());
    if (count == 0) return;
    if (count == 1) return journal_.warn(Part::mqtt, message, fields);
    journal_.warn(Part::mqtt, std::string(message) + ", " + std::to_string(count) + " times", fields);
}

void BrokerGate::Impl::refresh() {
    if (closed_) return;
    const auto wanted = settings_.addresses();
    std::erase_if(doors_, [&](const DoorPtr& door) {
        if (std::find(wanted.begin(), wanted.end(), door->address) != wanted.end()) return false;
        journal_.info(Part::mqtt, "[mqtt] close LAN", {{"address", door->address.to_string()}});
        error_code ignored;
        door->acceptor.close(ignored);
        return true;
    });
    for (const auto& address : wanted) {
        const auto is_it = [&](const DoorPtr& door) { return door->address == address; };
        if (std::find_if(doors_.begin(), doors_.end(), is_it) == doors_.end()) open(address);
    }
}

void BrokerGate::Impl::open(const asio::ip::address& address) {
    const tcp::endpoint at(address, settings_.port);
    auto door = std::make_shared<Door>(context_.executor);
    if (const auto ec = open_door(*door, at)) {
        return note(closed_doors_, "[mqtt] can't listen for the LAN",
                    {{"address", text_of(at)}, {"error", ec.message()}});
    }
    journal_.info(Part::mqtt, "[mqtt] listen for the LAN",
                  {{"address", text_of(at)}, {"password", settings_.login ? "yes" : "no"}});
    doors_.push_back(door);
    launch(accept(door));
}

asio::awaitable<void> BrokerGate::Impl::accept(DoorPtr door) {
    while (door->acceptor.is_open()) {
        auto [ec, socket] = co_await door->acceptor.async_accept(as_result);
        if (!door->acceptor.is_open()) co_return;
        if (!ec)
            welcome(std::move(socket));
        else if (ec != asio::error::connection_aborted)
            co_await context_.time.sleep(accept_pause);
    }
}

void BrokerGate::Impl::welcome(tcp::socket socket) {
    error_code ec;
    const auto remote = socket.remote_endpoint(ec);
    if (ec || closed_) return;
    auto name = text_of(remote);
    if (clients_.size() >= settings_.limits.clients)
        return note(crowds_, "[mqtt] too many LAN clients", {{"remote", name}});
    tune(socket);
    auto client = std::make_shared<GateClient>(std::move(socket), std::move(name));
    client->phase = in(settings_.limits.greeting);
    clients_.push_back(client);
    launch(serve(client));
    if (!std::exchange(sweeping_, true)) launch(sweep());
}

asio::awaitable<void> BrokerGate::Impl::sweep() {
    while (!clients_.empty() && !closed_) {
        co_await context_.time.wait_on(sweeper_, in(sweep_period));
        const auto now = context_.time.now();
        for (const auto& client : clients_) {
            if (now < client->deadline()) continue;
            if (now < client->phase) note(stalls_, "[mqtt] LAN client stalls", {{"remote", client->remote}});
            client->close();
        }
    }
    sweeping_ = false;
}

asio::awaitable<void> BrokerGate::Impl::serve(ClientPtr client) {
    using namespace asio::experimental::awaitable_operators;
    bool welcomed = true;
    if (settings_.login) welcomed = co_await admit(client);
    if (welcomed) welcomed = co_await reach_broker(client);
    if (welcomed) {
        journal_.debug(Part::mqtt, "[mqtt] accept LAN", {{"remote", client->remote}});
        client->phase = GateClient::never;
        co_await (upward(client) && downward(client));
        journal_.debug(Part::mqtt, "[mqtt] close LAN", {{"remote", client->remote}});
    }
    client->close();
    clients_.remove(client);
    if (clients_.empty()) sweeper_.cancel();
}

asio::awaitable<bool> BrokerGate::Impl::admit(ClientPtr client) {
    std::array<char, chunk> buffer;
    for (;;) {
        auto packet = read_connect(client->greeting);
        if (!packet) {
            note(broken_, "[mqtt] LAN client speaks no MQTT",
                 {{"remote", client->remote}, {"error", packet.error().text()}});
            co_return false;
        }
        if (*packet) {
            client->level = (*packet)->level;
            const auto admission = admission_of(**packet, *settings_.login);
            if (admission == Admission::granted) co_return true;
            note(refusals_, "[mqtt] LAN client without the right password", {{"remote", client->remote}});
            co_await refuse(client, admission);
            co_return false;
        }
        auto [ec, size] = co_await client->lan.async_read_some(asio::buffer(buffer), as_result);
        if (ec) co_return false;
        client->greeting.append(buffer.data(), size);
    }
}

asio::awaitable<void> BrokerGate::Impl::refuse(ClientPtr client, Admission why) {
    if (why != Admission::unavailable)
        co_await context_.time.wait_on(client->pause, in(settings_.limits.refusal_pause));
    client->phase = in(last_words);
    const auto packet = refusal(client->level, why);
    co_await asio::async_write(client->lan, asio::buffer(packet), as_result);
    error_code ec;
    client->lan.shutdown(tcp::socket::shutdown_send, ec);
    std::array<char, chunk> ignored;
    while (!ec) {
        auto [failure, size] = co_await client->lan.async_read_some(asio::buffer(ignored), as_result);
        ec = failure;
    }
}

asio::awaitable<bool> BrokerGate::Impl::reach_broker(ClientPtr client) {
    const tcp::endpoint at(asio::ip::address_v4::loopback(), settings_.port);
    auto [ec] = co_await client->broker.async_connect(at, as_result);
    if (!ec) {
        tune(client->broker);
        auto [failure, size] =
            co_await asio::async_write(client->broker, asio::buffer(client->greeting), as_result);
        ec = failure;
    }
    client->greeting.clear();
    if (!ec) co_return true;
    note(no_broker_, "[mqtt] no broker for LAN clients", {{"error", ec.message()}});
    if (client->level != 0) co_await refuse(client, Admission::unavailable);
    co_return false;
}

namespace {

/// Until `from` ends; then `to` is told so. False when the connection is broken.
asio::awaitable<bool> pass_on(tcp::socket& from, tcp::socket& to, GateClient::Moment& deadline,
                              const TimeSource& time, std::chrono::seconds stall) {
    std::array<char, chunk> buffer;
    for (;;) {
        auto [ec, size] = co_await from.async_read_some(asio::buffer(buffer), as_result);
        if (ec == asio::error::eof) break;
        if (ec) co_return false;
        deadline = time.now() + stall;
        auto [failure, written] =
            co_await asio::async_write(to, asio::buffer(buffer.data(), size), as_result);
        deadline = GateClient::never;
        if (failure) co_return false;
    }
    error_code ignored;
    to.shutdown(tcp::socket::shutdown_send, ignored);
    co_return true;
}

}  // namespace

asio::awaitable<void> BrokerGate::Impl::upward(ClientPtr client) {
    const bool whole = co_await pass_on(client->lan, client->broker, client->to_broker, context_.time,
                                        settings_.limits.stall);
    client->phase = in(settings_.limits.farewell);
    if (!whole) client->close();
}

asio::awaitable<void> BrokerGate::Impl::downward(ClientPtr client) {
    const bool whole =
        co_await pass_on(client->broker, client->lan, client->to_lan, context_.time, settings_.limits.stall);
    client->phase = in(settings_.limits.farewell);
    if (!whole) client->close();
}

void BrokerGate::Impl::close() {
    closed_ = true;
    error_code ignored;
    for (const auto& door : doors_) door->acceptor.close(ignored);
    doors_.clear();
    for (const auto& client : clients_) client->close();
    sweeper_.cancel();
}

asio::awaitable<void> BrokerGate::Impl::drain() {
    const auto limit = in(stop_limit);
    while (running_ > 0 && context_.time.now() < limit) {
        const auto ec = co_await context_.time.sleep(10ms);
        if (ec) co_return;
    }
}

BrokerGate::BrokerGate(Context context, Journal& journal, GateSettings settings)
    : impl_(std::make_shared<Impl>(std::move(context), journal, std::move(settings))) {}

BrokerGate::~BrokerGate() { impl_->close(); }

void BrokerGate::refresh() { impl_->refresh(); }

asio::awaitable<void> BrokerGate::stop() {
    impl_->close();
    co_await impl_->drain();
}

std::vector<asio::ip::address> BrokerGate::listening() const {
    std::vector<asio::ip::address> out;
    for (const auto& door : impl_->doors()) out.push_back(door->address);
    return out;
}

std::size_t BrokerGate::clients() const noexcept { return impl_->clients(); }

}  // namespace lanbridge::agent
