#include "agent/broker/mqtt_link.hpp"

#include <algorithm>

#include "lanbridge/mqtt/topic_filter.hpp"

namespace lanbridge::agent {
namespace {

constexpr std::string_view command_topic = "miio/command";
constexpr std::string_view log_topic = "openmiio/log";
constexpr std::string_view report_topic = "openmiio/report";
constexpr auto report_period = 30s;
constexpr auto stop_limit = 1s;

/// As openmiio_agent's own packets say.
mqtt::ClientSettings client_settings(const Settings& settings) {
    mqtt::ClientSettings client;
    mqtt::BrokerUrl broker;
    broker.host = "127.0.0.1";
    broker.port = settings.broker_port;
    client.brokers.push_back(std::move(broker));
    client.client_id = "openmiio_agent";
    client.protocol = mqtt::Protocol::v3_1;
    client.clean_session = false;
    client.keep_alive = std::chrono::seconds(64'800);
    client.first_wait = 1s;
    client.longest_wait = 10s;
    return client;
}

bool covers(const std::string& filter, std::string_view topic) {
    const auto parsed = mqtt::TopicFilter::parse(filter);
    return parsed && parsed->matches(topic);
}

}  // namespace

MqttLink::MqttLink(Context context, Journal& journal, const Settings& settings, Events events)
    : context_(context),
      journal_(journal),
      events_(std::move(events)),
      extra_filter_(settings.mqtt_sub),
      client_(context, client_settings(settings)),
      reported_(context.executor),
      tasks_(context.executor) {
    client_.on_connected([this] { on_connected(); });
    client_.on_disconnected([this](const std::string&) { on_disconnected(); });
    journal_.set_outlet([this](std::string_view json) {
        // lines of the time without a broker stay on stdout only
        if (client_.connected()) static_cast<void>(client_.publish(log_topic, json, 0, false));
    });
}

/// With everything asked for, nothing else is: brokers may deliver once for each filter that fits.
void MqttLink::want(bool commands, bool everything) {
    all_to_script_ = everything;
    std::vector<std::string> filters;
    if (everything) {
        filters.emplace_back("#");
    } else {
        if (commands && !covers(extra_filter_, command_topic)) filters.emplace_back(command_topic);
        if (!extra_filter_.empty()) filters.push_back(extra_filter_);
    }
    subscribe(std::move(filters));
}

void MqttLink::subscribe(std::vector<std::string> filters) {
    const auto wanted = [&](const Subscribed& entry) {
        return std::find(filters.begin(), filters.end(), entry.filter) != filters.end();
    };
    for (auto it = subscribed_.begin(); it != subscribed_.end();) {
        if (wanted(*it)) {
            ++it;
            continue;
        }
        client_.unsubscribe(it->id);
        it = subscribed_.erase(it);
    }
    for (auto& filter : filters) {
        const bool there = std::any_of(subscribed_.begin(), subscribed_.end(),
                                       [&](const Subscribed& entry) { return entry.filter == filter; });
        if (there) continue;
        const auto id =
            client_.subscribe(filter, 0, [this](const mqtt::Message& message) { on_message(message); });
        if (id)
            subscribed_.push_back(Subscribed{std::move(filter), *id});
        else
            journal_.warn(Part::mqtt, "[mqtt] can't subscribe", {Field("error", id.error().text())});
    }
}

void MqttLink::start() {
    client_.start();
    tasks_.start("report", report_regularly());
}

asio::awaitable<void> MqttLink::stop() {
    tasks_.stop();
    co_await client_.stop(stop_limit);
    journal_.set_outlet({});
}

/// A traced log line would come back as a message and be traced again, for ever.
void MqttLink::on_message(const mqtt::Message& message) {
    const bool own_log = message.topic == log_topic;
    const bool tracing = journal_.enabled(Part::mqtt, Severity::trace);
    if (tracing && !own_log)
        journal_.trace(Part::mqtt,
                       "[mqtt] " + std::string(message.topic) + " " + std::string(message.payload));
    if (message.topic == command_topic) events_.command(message.payload);
    if (all_to_script_ && !(own_log && tracing)) events_.heard(message.topic, message.payload);
}

void MqttLink::on_connected() {
    journal_.info(Part::mqtt, "[mqtt] online");
    const auto now = context_.time.now();
    for (; !kept_.empty(); drop_oldest()) {
        const auto& message = kept_.front();
        if (now - message.since > keep_for ||
            !client_.publish(message.topic, message.payload, 0, message.retain))
            note_lost();
    }
    publish_report();
    reported_.notify();
    events_.connected();
}

void MqttLink::on_disconnected() { journal_.info(Part::mqtt, "[mqtt] offline"); }

void MqttLink::publish(std::string_view topic, std::string_view payload, bool retain) {
    if (!client_.connected()) return keep(topic, payload, retain);
    if (!client_.publish(topic, payload, 0, retain)) note_lost();
}

void MqttLink::keep(std::string_view topic, std::string_view payload, bool retain) {
    if (payload.size() > most_kept_bytes) return note_lost();
    while (!kept_.empty() && (kept_.size() >= most_kept || kept_bytes_ + payload.size() > most_kept_bytes)) {
        drop_oldest();
        note_lost();
    }
    kept_.emplace_back(std::string(topic), std::string(payload), retain, context_.time.now());
    kept_bytes_ += payload.size();
}

void MqttLink::drop_oldest() {
    kept_bytes_ -= kept_.front().payload.size();
    kept_.pop_front();
}

void MqttLink::note_lost() {
    if (const auto count = lost_.note(context_.time.now()); count != 0)
        journal_.warn(Part::mqtt, "[mqtt] messages lost, the broker does not take them",
                      {Field("count", static_cast<std::int64_t>(count))});
}

/// Every 30 s, counted anew from each connection.
asio::awaitable<void> MqttLink::report_regularly() {
    for (;;) {
        const bool restarted =
            co_await reported_.wait_until(context_.time, context_.time.now() + report_period);
        const auto state = co_await asio::this_coro::cancellation_state;
        if (state.cancelled() != asio::cancellation_type::none) co_return;
        if (!restarted && client_.connected()) publish_report();
    }
}

void MqttLink::publish_report() {
    static_cast<void>(client_.publish(report_topic, events_.report(), 0, false));
}

}  // namespace lanbridge::agent
