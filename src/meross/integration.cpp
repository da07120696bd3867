#include "lanbridge/meross/integration.hpp"

#include <algorithm>
#include <map>
#include <set>

#include "lanbridge/base/async.hpp"
#include "lanbridge/base/log.hpp"
#include "meross/device/session.hpp"

namespace lanbridge::meross {
namespace {

const log::Logger logger("meross");

SessionSettings session_settings(const Settings& all, const DeviceSettings& device) {
    SessionSettings settings;
    settings.endpoint = device.endpoint;
    settings.uuid = device.uuid;
    settings.key = device.key;
    if (!device.key) settings.shared_keys = all.keys;
    settings.name = device.name;
    settings.poll_interval = device.poll_interval;
    settings.timezone = device.timezone;
    return settings;
}

}  // namespace

struct Integration::State {
    State(Context c, net::HttpPoster& http, model::DeviceSink& s, model::Memory& m)
        : context(std::move(c)),
          sink(s),
          memory(m),
          nursery(context.executor),
          meetings(context.executor, max_meetings),
          services{context, http, s, m, entity_sets, nursery, meetings, {}, {}, {}} {
        services.claim = [this](const Uuid& uuid, const void* session) { return claim(uuid, session); };
        services.release = [this](const Uuid& uuid, const void* session) { return release(uuid, session); };
        services.known_at = [this](const net::HttpEndpoint& endpoint) { return known_at(endpoint); };
    }

    /// A session and the switch that ends it.
    struct Running {
        Running(const asio::any_io_executor& executor, std::shared_ptr<Session> s)
            : session(std::move(s)), nursery(executor) {}
        std::shared_ptr<Session> session;
        Nursery nursery;
    };

    bool claim(const Uuid& uuid, const void* session) {
        const auto [it, fresh] = claims.emplace(uuid, session);
        return fresh || it->second == session;
    }

    bool release(const Uuid& uuid, const void* session) {
        const auto it = claims.find(uuid);
        if (it == claims.end()) return true;
        if (it->second != session) return false;
        claims.erase(it);
        return true;
    }

    std::optional<Uuid> known_at(const net::HttpEndpoint& endpoint) const {
        const auto it = last_seen.find(endpoint.text());
        return it == last_seen.end() ? std::nullopt : std::optional(it->second);
    }

    /// Where each known device was met last.
    void learn_addresses() {
        last_seen.clear();
        for (const auto& id : memory.known()) {
            const auto text = memory.recall(id, "met");
            if (!text) continue;
            const auto met = parse_json(*text);
            if (!met) continue;
            auto uuid = parse_uuid(string_or(*met, {"uuid"}, ""));
            if (uuid) last_seen.emplace(string_or(*met, {"host"}, ""), *std::move(uuid));
        }
    }

    void start(SessionSettings settings) {
        auto session = std::make_shared<Session>(services, std::move(settings));
        auto running = std::make_unique<Running>(context.executor, session);
        running->nursery.start("meross " + session->settings().endpoint.text(), run(session));
        sessions.push_back(std::move(running));
    }

    static asio::awaitable<void> run(std::shared_ptr<Session> session) { co_await session->run(); }

    /// Ends a session; it is kept until its coroutine has wound down.
    void end(std::unique_ptr<Running> running) {
        running->nursery.stop();
        running->session->withdraw();
        if (running->session->uuid()) release(*running->session->uuid(), running->session.get());
        ending.push_back(std::move(running));
    }

    /// Keeps the sessions whose settings are still wanted and takes these out of `wanted`; the rest ends.
    /// Returns who was served by the rest.
    std::set<Uuid> end_changed(std::vector<SessionSettings>& wanted) {
        std::set<Uuid> stopped;
        for (auto& running : std::exchange(sessions, {})) {
            const auto same = std::ranges::find(wanted, running->session->settings());
            if (same != wanted.end()) {
                wanted.erase(same);
                sessions.push_back(std::move(running));
                continue;
            }
            if (running->session->uuid()) stopped.insert(*running->session->uuid());
            end(std::move(running));
        }
        return stopped;
    }

    void sweep_ended() {
        std::erase_if(ending, [](const auto& running) { return running->nursery.idle(); });
    }

    /// Forgets what the configuration no longer has, once it is certain that no configured address is its new
    /// one.
    void forget_strangers() {
        const bool everyone_known =
            std::ranges::all_of(sessions, [](const auto& r) { return r->session->uuid().has_value(); });
        if (!everyone_known) return;
        std::set<model::DeviceId> ours;
        for (const auto& running : sessions) ours.insert(running->session->id());
        for (const auto& id : memory.known()) {
            if (!id.value().starts_with("meross_") || ours.contains(id) || !memory.recall(id, "met"))
                continue;
            logger.info("{} is not configured any more and is forgotten", id.value());
            memory.forget(id);
        }
    }

    asio::awaitable<void> settle() {
        for (int i = 0; i < 20; ++i) {
            const auto cancelled = co_await context.time.sleep(200ms);
            if (cancelled) co_return;
            const bool tried =
                std::ranges::all_of(sessions, [](const auto& r) { return r->session->tried(); });
            if (tried) break;
        }
        forget_strangers();
    }

    Context context;
    model::DeviceSink& sink;
    model::Memory& memory;
    model::EntitySetPool entity_sets;
    Nursery nursery;
    Gate meetings;
    SessionServices services;
    std::vector<std::unique_ptr<Running>> sessions;
    std::vector<std::unique_ptr<Running>> ending;
    std::map<Uuid, const void*> claims;
    std::map<std::string, Uuid> last_seen;
};

Integration::Integration(Context context, net::HttpPoster& http, model::DeviceSink& sink,
                         model::Memory& memory)
    : state_(std::make_unique<State>(std::move(context), http, sink, memory)) {}

Integration::~Integration() = default;

void Integration::configure(Settings settings) {
    auto& state = *state_;
    state.sweep_ended();
    state.learn_addresses();
    std::vector<SessionSettings> wanted;
    wanted.reserve(settings.devices.size());
    for (const auto& device : settings.devices) wanted.push_back(session_settings(settings, device));

    auto stopped = state.end_changed(wanted);
    for (auto& fresh : wanted) {
        const auto uuid = fresh.uuid ? fresh.uuid : state.known_at(fresh.endpoint);
        if (uuid) stopped.erase(*uuid);  // the same device with other settings
        state.start(std::move(fresh));
    }
    for (const auto& uuid : stopped) {
        if (state.claims.contains(uuid)) continue;  // served at another address
        const auto id = device_id_of(uuid);
        logger.info("{} is not configured any more and is removed", id.value());
        state.sink.remove(id);
        state.memory.forget(id);
    }
    state.nursery.start("meross settle", state.settle());
}

asio::awaitable<void> Integration::stop() {
    auto& state = *state_;
    for (auto& running : std::exchange(state.sessions, {})) state.end(std::move(running));
    state.nursery.stop();
    while (!state.nursery.idle() || !state.ending.empty()) {
        co_await asio::post(state.context.executor, asio::use_awaitable);
        state.sweep_ended();
    }
}

bool Integration::remove(const model::DeviceId& device) {
    auto& sessions = state_->sessions;
    const auto it = std::ranges::find_if(sessions, [&](const auto& r) { return r->session->id() == device; });
    if (it == sessions.end()) return false;
    auto running = std::move(*it);
    sessions.erase(it);
    state_->end(std::move(running));
    state_->sink.remove(device);
    state_->memory.forget(device);
    return true;
}

bool Integration::all_tried() const {
    return std::ranges::all_of(state_->sessions, [](const auto& r) { return r->session->tried(); });
}

std::vector<std::string> Integration::unreached() const {
    std::vector<std::string> endpoints;
    for (const auto& running : state_->sessions)
        if (!running->session->online()) endpoints.push_back(running->session->settings().endpoint.text());
    return endpoints;
}

std::vector<Integration::DeviceHealth> Integration::health() const {
    std::vector<DeviceHealth> health;
    for (const auto& running : state_->sessions) {
        const auto& session = *running->session;
        if (!session.id().empty())
            health.push_back(DeviceHealth{session.id(), session.errors(), session.latency()});
    }
    return health;
}

asio::awaitable<Result<Message>> Integration::request(model::DeviceId device, Request request) {
    std::shared_ptr<Session> session;
    for (const auto& running : state_->sessions)
        if (running->session->id() == device) session = running->session;
    if (!session) co_return Error(Errc::not_found, device.value());
    co_return co_await session->request(std::move(request));
}

asio::awaitable<Result<Message>> request_once(Context context, net::HttpPoster& http, OneShot target,
                                              Request request) {
    HttpTransport transport(context, http, target.endpoint);
    if (target.uuid) transport.expect(*target.uuid);
    auto facts = co_await identify(transport, key_ring(target.key, target.shared_keys));
    if (!facts) co_return std::move(facts).error();
    co_return co_await transport.request(std::move(request), Patience::normal);
}

}  // namespace lanbridge::meross
