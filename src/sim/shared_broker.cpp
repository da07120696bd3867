#include <vector>

#include "lanbridge/base/log.hpp"
#include "lanbridge/sim/mqtt_link.hpp"
#include "sim/outbox.hpp"
#include "sim/wakeups.hpp"

namespace lanbridge::sim {

namespace {

const log::Logger logger("sim");

/// The uuid in `/appliance/<uuid>/subscribe`.
std::string_view uuid_in(std::string_view topic) {
    constexpr std::string_view before = "/appliance/";
    constexpr std::string_view after = "/subscribe";
    if (topic.size() <= before.size() + after.size()) return {};
    return topic.substr(before.size(), topic.size() - before.size() - after.size());
}

}  // namespace

/// Shared with the client's listeners, which cannot be taken back.
struct SharedBroker::Core {
    Core(Context context, mqtt::Client& c) : client(c), outbox(c), wakeups(context), time(context.time) {}

    void connected() {
        // the sessions may bring new ones about
        std::vector<std::string> all;
        for (const auto& [uuid, link] : links) all.push_back(uuid);
        for (const auto& uuid : all) connect(uuid);
    }
    void connect(const std::string& uuid);
    void disconnected();
    void received(const mqtt::Message& message);
    meross::BrokerAddress address() const {
        meross::BrokerAddress at;
        if (const auto url = mqtt::parse_broker_url(client.statistics().broker)) {
            at.host = url->host;
            at.port = url->port;
        }
        return at;
    }

    mqtt::Client& client;
    Outbox outbox;
    Wakeups wakeups;
    TimeSource& time;
    std::map<std::string, Link*, std::less<>> links;
    mqtt::SubscriptionId subscription = 0;
};

class SharedBroker::Link final : public MqttLink {
public:
    Link(std::shared_ptr<Core> core, MerossDevice& device, MqttHabits habits)
        : core_(std::move(core)), session_(device, core_->time, outlet(), habits) {
        // the topic stays the device's even when a test changes its uuid
        uuid_ = device.identity().uuid.value();
        core_->links[uuid_] = this;
        device_ = &device;
        reconnect();
    }
    ~Link() override { close(); }

    MqttSession& session() noexcept override { return session_; }
    void disconnect() override {
        wanted_ = false;
        session_.disconnected();
    }
    void reconnect() override {
        wanted_ = true;
        if (core_->client.connected()) begin();
    }
    void close() override {
        session_.disconnected();
        core_->wakeups.forget(&session_);
        const auto place = core_->links.find(uuid_);
        if (place != core_->links.end() && place->second == this) core_->links.erase(place);
    }
    bool idle() const override { return true; }

    void begin() {
        if (!wanted_ || session_.online()) return;
        const auto broker = core_->address();
        // what System.All says of its server is the truth
        if (!device_->binding()) device_->bind(Binding(broker, device_->identity().key, device_->user_id()));
        session_.connected(broker);
    }

private:
    MqttSession::Outlet outlet() {
        MqttSession::Outlet out;
        auto* const core = core_.get();
        out.send = [core](const std::string& topic, const std::string& payload) {
            core->outbox.send(topic, payload);
        };
        out.wake = [core, this](MqttSession::TimePoint when) { core->wakeups.at(when, &session_); };
        return out;
    }

    std::shared_ptr<Core> core_;
    MerossDevice* device_ = nullptr;
    std::string uuid_;
    bool wanted_ = true;
    MqttSession session_;
};

void SharedBroker::Core::connect(const std::string& uuid) {
    const auto place = links.find(uuid);
    if (place != links.end()) place->second->begin();
}

void SharedBroker::Core::disconnected() {
    outbox.clear();
    for (const auto& [uuid, link] : links) link->session().disconnected();
}

void SharedBroker::Core::received(const mqtt::Message& message) {
    const auto place = links.find(uuid_in(message.topic));
    if (place != links.end()) place->second->session().received(message.payload);
}

SharedBroker::SharedBroker(Context context, mqtt::Client& client)
    : core_(std::make_shared<Core>(context, client)) {
    const std::weak_ptr<Core> weak = core_;
    const auto subscribed =
        client.subscribe("/appliance/+/subscribe", 1, [weak](const mqtt::Message& message) {
            if (const auto core = weak.lock()) core->received(message);
        });
    if (subscribed)
        core_->subscription = *subscribed;
    else
        logger.error("simulated devices hear nothing: {}", subscribed.error().text());
    client.on_connected([weak] {
        if (const auto core = weak.lock()) core->connected();
    });
    client.on_disconnected([weak](const std::string&) {
        if (const auto core = weak.lock()) core->disconnected();
    });
    client.on_room([weak] {
        if (const auto core = weak.lock()) core->outbox.drain();
    });
}

SharedBroker::~SharedBroker() {
    close();
    core_->client.unsubscribe(core_->subscription);
}

std::unique_ptr<MqttLink> SharedBroker::join(MerossDevice& device, MqttHabits habits) {
    return std::make_unique<Link>(core_, device, habits);
}

void SharedBroker::close() {
    core_->disconnected();
    core_->wakeups.close();
}
bool SharedBroker::idle() const { return core_->wakeups.idle(); }
std::uint64_t SharedBroker::overflows() const { return core_->outbox.overflows(); }

}  // namespace lanbridge::sim
