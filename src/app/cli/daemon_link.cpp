#include "app/cli/daemon_link.hpp"

#include "app/daemon/settings.hpp"

namespace lanbridge::app {
namespace {

/// Longer than the client gives one broker, so that its own verdict comes first.
constexpr auto connect_patience = 10s;
/// The retained state comes right behind the subscription, so this is the time of a slow link.
constexpr auto state_patience = 2s;

mqtt::ClientSettings command_settings(const Config& config, const std::string& purpose, Random& random) {
    std::optional<mqtt::BrokerUrl> embedded;
    if (config.mqtt.embedded()) embedded = mqtt::local_broker(broker_settings(config, {}));
    const auto& own = config.mqtt.client_id;
    auto settings = client_settings(
        config, (own.empty() ? "lanbridge" : own) + '_' + purpose + '_' + random.hex(4), embedded);
    settings.will = mqtt::Will();  // that we vanish says nothing about the daemon
    return settings;
}

}  // namespace

struct DaemonLink::Pending {
    explicit Pending(const asio::any_io_executor& executor) : answered(executor) {}
    Signal answered;
    std::optional<Result<Json>> answer;
};

Error error_from_text(const std::string& text) {
    for (int code = 1; code <= static_cast<int>(Errc::busy); ++code) {
        const auto errc = static_cast<Errc>(code);
        const auto message = make_error_code(errc).message();
        if (text == message) return Error(errc);
        const auto ending = ": " + message;
        if (text.ends_with(ending)) return Error(errc, text.substr(0, text.size() - ending.size()));
    }
    return Error(Errc::device_error, text);
}

DaemonLink::DaemonLink(Context context, const Config& config, const std::string& purpose)
    : context_(context),
      settings_(command_settings(config, purpose, context.random)),
      base_(config.mqtt.base_topic),
      client_(context, settings_),
      changed_(context.executor) {
    client_.on_connected([this] { changed_.notify(); });
    client_.on_unreached([this](const Error& why) {
        trouble_ = why;
        changed_.notify();
    });
    client_.on_disconnected([this](const std::string& why) { on_lost(why); });
}

std::string DaemonLink::where() const {
    const auto now = client_.statistics();
    if (!now.broker.empty()) return now.broker;
    return settings_.brokers.empty() ? "no broker" : settings_.brokers.front().display();
}

asio::awaitable<Result<void>> DaemonLink::connect() {
    client_.start();
    const auto deadline = context_.time.now() + connect_patience;
    while (!client_.connected() && !trouble_ && context_.time.now() < deadline)
        co_await wait_signal_until(context_.time, changed_, deadline);
    if (client_.connected()) co_return Result<void>();
    if (trouble_) co_return *trouble_;
    co_return Error(Errc::unreachable, "the broker " + where());
}

asio::awaitable<Result<void>> DaemonLink::find_daemon() {
    const auto on_state = [this](const mqtt::Message& message) {
        daemon_state_ = std::string(message.payload);
        changed_.notify();
    };
    const auto on_answer = [this](const mqtt::Message& message) { take_answer(message); };
    auto subscribed = client_.subscribe(base_ + "/bridge/state", 0, on_state);
    if (!subscribed) co_return std::move(subscribed).error();
    subscribed = client_.subscribe(base_ + "/bridge/response/#", 0, on_answer, mqtt::RetainedReplay::none);
    if (!subscribed) co_return std::move(subscribed).error();
    auto connected = co_await connect();
    if (!connected && connected.error().is(Errc::unreachable))
        co_return connected.error().in(
            "start `lanbridge run` here, or name the daemon's broker with --mqtt or --config");
    if (!connected) co_return connected;
    const auto deadline = context_.time.now() + state_patience;
    while (!daemon_state_ && client_.connected() && context_.time.now() < deadline)
        co_await wait_signal_until(context_.time, changed_, deadline);
    if (daemon_state_ == "online") co_return Result<void>();
    co_return Error(Errc::unreachable, "no lanbridge daemon is running on " + where() +
                                           " with base topic \"" + base_ +
                                           "\": start it with `lanbridge run`, or name its broker "
                                           "with --mqtt or --config");
}

asio::awaitable<Result<Json>> DaemonLink::ask(std::string name, Json args, Duration limit) {
    const auto pending = std::make_shared<Pending>(context_.executor);
    const auto transaction = context_.random.hex(8);
    args["transaction"] = transaction;
    const std::string topic = base_ + "/bridge/request/" + name;
    auto sent = client_.publish(topic, dump_json(args), 0, false);
    if (!sent) co_return std::move(sent).error();
    pending_.emplace(transaction, pending);
    co_await wait_signal_until(context_.time, pending->answered, context_.time.now() + limit);
    pending_.erase(transaction);
    if (pending->answer) co_return *std::move(pending->answer);
    co_return Error(Errc::timeout, "the daemon on " + where() + " does not answer the request " + name +
                                       "; is the user allowed to read " + base_ + "/bridge/response/#?");
}

void DaemonLink::take_answer(const mqtt::Message& message) {
    if (message.retained) return;
    const auto answer = parse_json(message.payload);
    if (!answer) return;
    const auto found = pending_.find(string_or(*answer, {"transaction"}, ""));
    if (found == pending_.end()) return;
    auto& pending = *found->second;
    if (string_or(*answer, {"status"}, "") == "ok") {
        const auto* data = find_member(*answer, {"data"});
        pending.answer = data ? *data : Json();
    } else {
        pending.answer =
            error_from_text(string_or(*answer, {"error"}, "the daemon refuses without a reason"));
    }
    pending.answered.notify();
}

void DaemonLink::on_lost(const std::string& why) {
    changed_.notify();
    for (const auto& [transaction, pending] : pending_) {
        pending->answer = Error(Errc::link_down, where() + ": " + why);
        pending->answered.notify();
    }
}

asio::awaitable<void> DaemonLink::close() { co_await client_.stop(1s); }

}  // namespace lanbridge::app
