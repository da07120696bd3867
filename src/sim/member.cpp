#include "lanbridge/sim/member.hpp"

#include <algorithm>

#include "lanbridge/base/log.hpp"

namespace lanbridge::sim {

namespace {

const log::Logger logger("sim");

}  // namespace

Member::Member(Context context, SharedBlueprint blueprint, Identity identity, MemberSettings settings)
    : device(std::move(blueprint), std::move(identity), context.time),
      server(context, device, settings.http),
      context_(context),
      settings_(settings),
      tasks_(context.executor) {
    device.on_binding([this] { tasks_.start("simulated device bound anew", bound_anew()); });
    device.on_restart([this] { tasks_.start("simulated device restarts", restart()); });
}

Member::~Member() = default;

std::string Member::address() const {
    const auto endpoint = server.endpoint();
    return endpoint.address().to_string() + ":" + std::to_string(endpoint.port());
}

void Member::replace_link(std::unique_ptr<MqttLink> link) {
    std::erase_if(former_, [](const auto& old) { return old->idle(); });
    if (link_) {
        link_->close();
        former_.push_back(std::move(link_));
    }
    link_ = std::move(link);
}

void Member::join(SharedBroker& broker, MqttHabits habits) {
    replace_link(nullptr);
    link_ = broker.join(device, habits);
}

void Member::connect() {
    replace_link(nullptr);
    link_ = connect_alone(context_, device, settings_.own);
}

asio::awaitable<void> Member::bound_anew() {
    const auto cancelled = co_await context_.time.sleep(settings_.settling);
    if (!cancelled) connect();
}

void Member::enter_ap_mode(std::vector<WifiNetwork> around, asio::ip::tcp::endpoint lan) {
    replace_link(nullptr);
    lan_ = lan;
    device.enter_ap_mode(ApMode(std::move(around), context_.random));
}

asio::awaitable<void> Member::restart() {
    const auto cancelled = co_await context_.time.sleep(settings_.settling);
    if (cancelled) co_return;
    server.pause();
    const auto stopped = co_await context_.time.sleep(settings_.restart);
    if (stopped) co_return;
    const bool joined = device.restart();
    const auto listening = joined ? server.move_to(lan_) : server.listen_again();
    if (!listening) logger.warn("simulated device does not come back: {}", listening.error().text());
    if (joined && listening && joined_) joined_();
}

void Member::close() {
    tasks_.stop();
    server.close();
    if (link_) link_->close();
}

bool Member::idle() const {
    return tasks_.idle() && server.idle() && (!link_ || link_->idle()) &&
           std::ranges::all_of(former_, [](const auto& old) { return old->idle(); });
}

}  // namespace lanbridge::sim
