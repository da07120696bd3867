#include "lanbridge/meross/integration.hpp"

#include <algorithm>

#include "lanbridge/base/log.hpp"
#include "meross/broker/agent.hpp"
#include "meross/broker/rate_limit.hpp"
#include "meross/device_traces.hpp"
#include "meross/discovery/newcomers.hpp"
#include "meross/roster.hpp"

namespace lanbridge::meross {
namespace {

const log::Logger logger("meross");

/// What strangers may say in all: the births of a house after a power cut pass, a flood does not.
constexpr double strangers_per_second = 20;
constexpr double strangers_at_once = 200;

SessionSettings session_settings(const Settings& all, const DeviceSettings& device) {
    SessionSettings settings;
    settings.endpoint = device.endpoint;
    settings.uuid = device.uuid;
    settings.protocol = device.protocol;
    settings.key = device.key;
    if (!device.key) settings.shared_keys = all.keys;
    settings.name = device.name;
    settings.poll_interval = device.poll_interval;
    settings.timezone = device.timezone;
    settings.options = device.options;
    return settings;
}

/// The uuid in `/appliance/<uuid>/publish`.
std::optional<Uuid> uuid_of_topic(std::string_view topic) {
    constexpr std::string_view begin = "/appliance/", end = "/publish";
    if (!topic.starts_with(begin) || !topic.ends_with(end) || topic.size() <= begin.size() + end.size())
        return std::nullopt;
    auto uuid = parse_uuid(topic.substr(begin.size(), topic.size() - begin.size() - end.size()));
    if (!uuid) return std::nullopt;
    return *std::move(uuid);
}

}  // namespace

struct Integration::State {
    State(Context c, net::HttpPoster& http, BrokerLink& broker, model::DeviceSink& sink, model::Memory& m)
        : context(std::move(c)),
          memory(m),
          exchange(context, broker),
          roster(context, http, exchange, sink, memory),
          newcomers(context, http, exchange, sink,
                    [this](const Uuid& uuid, const std::optional<net::HttpEndpoint>& endpoint, FoundBy) {
                        welcome(uuid, endpoint);
                    }),
          traces(context, roster, memory),
          strangers(strangers_per_second, strangers_at_once) {}

    /// What a device that only discovery knows is served with.
    SessionSettings found_settings(const Uuid& uuid) const {
        SessionSettings found;
        found.uuid = uuid;
        found.found = true;
        found.protocol = settings.found_protocol;
        found.shared_keys = settings.keys;
        found.poll_interval = settings.poll_interval;
        return found;
    }

    void welcome(const Uuid& uuid, const std::optional<net::HttpEndpoint>& endpoint) {
        newcomers.drop(uuid);
        if (auto* session = roster.find(uuid)) {
            if (endpoint) session->sighted(*endpoint);
            return;
        }
        if (roster.removed(uuid)) return;
        if (endpoint) {
            Json met{{"uuid", uuid.value()}, {"host", endpoint->text()}, {"found", true}};
            memory.remember(device_id_of(uuid), "met", dump_json(met));
        }
        roster.start(found_settings(uuid));
    }

    /// Which of the keys a stranger signs with; the first one where none fits.
    Secret key_of(const Message& message) const {
        for (const auto& key : settings.keys)
            if (signature_valid(message.header, key)) return key;
        return settings.keys.empty() ? Secret() : settings.keys.front();
    }

    void answer(const Uuid& sender, const Message& message, const Secret& key) {
        const auto text = agent_answer(message, sender, key, context.time.wall_s());
        if (!text) return;
        if (auto sent = exchange.send(sender, *text); !sent)
            logger.debug("{}: {} is not answered: {}", sender.value(), message.header.name_space,
                         sent.error().text());
    }

    void from_stranger(const Uuid& sender, const Message& message) {
        ++inbound.strangers;
        if (!strangers.pass(context.time.now())) {
            if (inbound.throttled++ == 0)
                logger.warn("unknown devices say more on the broker than is listened to");
            return;
        }
        answer(sender, message, key_of(message));
        if (exchange.answered(sender, message) || !settings.sniff || roster.removed(sender)) return;
        Sighting sighting(FoundBy::mqtt);
        sighting.uuid = sender;
        sighting.model = string_or(message.payload, {"bind", "hardware", "type"}, "");
        newcomers.offer(sighting);
    }

    void from_device(Session& session, const Uuid& sender, const Message& message) {
        answer(sender, message, session.key());
        if (is_farewell(message)) return;
        const bool reply = exchange.answered(sender, message);
        if (!reply || message.header.method == Method::push) session.heard(message);
    }

    Context context;
    model::Memory& memory;
    MqttExchange exchange;
    Roster roster;
    Newcomers newcomers;
    DeviceTraces traces;
    RateLimit strangers;
    Settings settings;
    InboundCounters inbound;
};

Integration::Integration(Context context, net::HttpPoster& http, BrokerLink& broker, model::DeviceSink& sink,
                         model::Memory& memory)
    : state_(std::make_unique<State>(std::move(context), http, broker, sink, memory)) {}

Integration::~Integration() = default;

void Integration::configure(Settings settings) {
    auto& state = *state_;
    state.settings = std::move(settings);
    state.newcomers.set_keys(state.settings.keys);
    std::vector<SessionSettings> wanted;
    wanted.reserve(state.settings.devices.size());
    for (const auto& device : state.settings.devices)
        wanted.push_back(session_settings(state.settings, device));
    for (const auto& uuid : state.roster.found_before())
        if (std::ranges::none_of(wanted, [&](const auto& w) { return w.uuid == uuid; }))
            wanted.push_back(state.found_settings(uuid));
    state.roster.configure(std::move(wanted));
    state.traces.end_orphaned();
}

asio::awaitable<void> Integration::stop() {
    auto& state = *state_;
    state.traces.stop_all();
    state.newcomers.stop();
    state.roster.stop();
    for (;;) {
        const bool idle = state.roster.idle();
        if (idle && state.newcomers.idle() && state.traces.idle()) break;
        co_await asio::post(state.context.executor, asio::use_awaitable);
    }
}

bool Integration::remove(const model::DeviceId& device) {
    const bool removed = state_->roster.remove(device);
    state_->traces.end_orphaned();
    return removed;
}

void Integration::set_trace_folder(std::string folder) { state_->traces.set_folder(std::move(folder)); }

void Integration::on_trace_ended(std::function<void(const TraceInfo&)> listener) {
    state_->traces.on_ended(std::move(listener));
}

Result<TraceInfo> Integration::start_trace(const model::DeviceId& device, TraceLimits limits) {
    return state_->traces.start(device, limits);
}

Result<TraceInfo> Integration::stop_trace(const std::string& which, const std::string& why) {
    return state_->traces.stop(which, why);
}

/// A device's message, or what pretends to be one. The topic tells who it is: on a broker with rights, nobody
/// else can publish there.
void Integration::on_message(std::string_view topic, std::string_view payload, bool retained) {
    auto& state = *state_;
    auto& inbound = state.inbound;
    ++inbound.messages;
    const auto uuid = uuid_of_topic(topic);
    if (!uuid) {  // the replies that other controllers on the broker have asked for
        ++inbound.foreign;
        return;
    }
    auto message = parse_message(payload);
    if (!message || retained) {
        if (inbound.malformed++ == 0)
            logger.warn("{}: {}", topic,
                        retained ? "a retained message is no news and is ignored" : message.error().text());
        return;
    }
    const auto sender = sender_of(message->header);
    if (sender && *sender != *uuid) {
        if (inbound.foreign++ == 0)
            logger.warn("{}: a message in the name of {} is ignored", topic, sender->value());
        return;
    }
    if (auto* session = state.roster.find(*uuid))
        state.from_device(*session, *uuid, *message);
    else
        state.from_stranger(*uuid, *message);
}

void Integration::broker_connected() {
    state_->roster.each([](Session& session) { session.broker_connected(); });
}

void Integration::broker_lost() {
    state_->exchange.link_lost();
    state_->roster.each([](Session& session) { session.broker_lost(); });
}

void Integration::sighted(const Sighting& sighting) {
    auto& state = *state_;
    Session* known = nullptr;
    if (sighting.uuid)
        known = state.roster.find(*sighting.uuid);
    else if (!sighting.mac.empty())
        known = state.roster.find_mac(sighting.mac);
    if (known) {
        if (sighting.endpoint) known->sighted(*sighting.endpoint);
        return;
    }
    if (sighting.uuid && state.roster.removed(*sighting.uuid)) return;
    state.newcomers.offer(sighting);
}

void Integration::on_seek(std::function<void()> look_around) {
    state_->roster.services().seek = std::move(look_around);
}

void Integration::on_broker_question(std::function<bool(const BrokerAddress&)> is_ours) {
    state_->roster.services().is_our_broker = std::move(is_ours);
}

void Integration::look_again() { state_->newcomers.forget_attempts(); }

void Integration::learn_key(const Uuid& uuid, Secret key) {
    auto& state = *state_;
    const auto id = device_id_of(uuid);
    if (state.roster.removed(uuid)) state.memory.forget(id);
    state.memory.remember(id, "key", dump_json(Json{{"key", key.reveal()}}));
    if (auto* session = state.roster.find(uuid)) {
        session->meet_again();
        return;
    }
    Json met{{"uuid", uuid.value()}, {"host", ""}, {"found", true}, {"told", true}};
    state.memory.remember(id, "met", dump_json(met));
    state.newcomers.drop(uuid);
    state.roster.start(state.found_settings(uuid));
}

bool Integration::serves(const net::HttpEndpoint& endpoint) const {
    return !state_->roster.all([&](const Session& session) { return !session.served_at(endpoint); });
}

bool Integration::all_tried() const {
    return state_->roster.all([](const Session& session) { return session.state().tried; });
}

std::vector<std::string> Integration::unreached() const {
    std::vector<std::string> endpoints;
    state_->roster.each([&](const Session& session) {
        if (!session.state().online && !session.settings().found)
            endpoints.push_back(session.settings().label());
    });
    return endpoints;
}

std::vector<Integration::DeviceHealth> Integration::health() const {
    std::vector<DeviceHealth> health;
    state_->roster.each([&](const Session& session) {
        if (session.id().empty()) return;
        health.push_back(DeviceHealth{session.id(), session.state().errors, session.state().latency,
                                      session.clock().skew_s(), session.state().distrusted});
    });
    return health;
}

const InboundCounters& Integration::inbound() const noexcept { return state_->inbound; }

std::vector<Unknown> Integration::unknown(const model::DeviceId& device) const {
    const auto session = state_->roster.find(device);
    return session ? session->state().unknowns.list() : std::vector<Unknown>();
}

void Integration::on_unknown(std::function<void()> listener) {
    state_->roster.services().unknown_seen = std::move(listener);
}

asio::awaitable<Result<Message>> Integration::request(model::DeviceId device, Request request,
                                                      model::Transport via) {
    const auto session = state_->roster.find(device);
    if (!session) co_return Error(Errc::not_found, device.value());
    co_return co_await session->request(std::move(request), via);
}

asio::awaitable<Result<Message>> Integration::request_over_mqtt(Uuid uuid, Secret key, Request request) {
    co_return co_await state_->exchange.request(std::move(uuid), std::move(key), std::move(request));
}

}  // namespace lanbridge::meross
