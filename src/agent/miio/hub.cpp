#include "agent/miio/hub.hpp"

namespace lanbridge::agent {
namespace {

constexpr std::string_view socket_path = "/tmp/miio_agent.socket";
/// basic_gw reconnects at once when miio_agent ends, and would otherwise meet its old socket.
constexpr auto settle_time = 500ms;
constexpr auto listen_again = 10s;
constexpr auto sweep_period = 60s;

}  // namespace

MiioHub::MiioHub(Context context, Journal& journal, const Settings& settings, Programs& programs,
                 MiioReport& report, Publish publish)
    : context_(context),
      journal_(journal),
      programs_(programs),
      publish_(std::move(publish)),
      cloud_state_(context.time, report),
      router_(context.random, context.time, journal, *this),
      server_(context, journal, settings.paths.at(socket_path), server_events()),
      cloud_(context, journal, settings.cloud_port,
             CloudLink::Events{[this](std::string_view object) { router_.from_cloud(object); }}),
      tasks_(context.executor) {
    router_.add_patch(cloud_state_);
}

AppServer::Events MiioHub::server_events() {
    AppServer::Events events;
    events.datagram = [this](Connection connection, std::string_view datagram) {
        router_.from_app(connection, datagram);
    };
    events.closed = [this](Connection connection) { router_.closed(connection); };
    return events;
}

void MiioHub::start() {
    tasks_.start("miio socket", take_place());
    tasks_.start("miio marks", sweep_marks());
    cloud_.start();
}

void MiioHub::stop() {
    tasks_.stop();
    server_.stop();
    cloud_.stop();
}

asio::awaitable<void> MiioHub::take_place() {
    std::vector<std::string> rivals{"miio_agent"};
    co_await programs_.end(std::move(rivals));
    const auto cancelled = co_await context_.time.sleep(settle_time);
    if (cancelled) co_return;
    for (Tally failures;;) {
        const auto listening = server_.start();
        if (listening) co_return;
        if (const auto count = failures.note(context_.time.now()); count != 0)
            journal_.error(
                Part::miio, "[miio] can't listen for apps, trying again",
                {Field("error", listening.error().text()), Field("count", static_cast<std::int64_t>(count))});
        const auto stopped = co_await context_.time.sleep(listen_again);
        if (stopped) co_return;
    }
}

asio::awaitable<void> MiioHub::sweep_marks() {
    for (;;) {
        const auto cancelled = co_await context_.time.sleep(sweep_period);
        if (cancelled) co_return;
        router_.sweep();
    }
}

}  // namespace lanbridge::agent
