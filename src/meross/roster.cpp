#include "meross/roster.hpp"

#include <algorithm>

#include "lanbridge/base/log.hpp"

namespace lanbridge::meross {
namespace {

const log::Logger logger("meross");

asio::awaitable<void> run(std::shared_ptr<Session> session) { co_await session->run(); }

std::optional<Json> record_of(const model::Memory& memory, const model::DeviceId& id,
                              std::string_view topic) {
    const auto text = memory.recall(id, topic);
    if (!text) return std::nullopt;
    auto json = parse_json(*text);
    if (!json) return std::nullopt;
    return *std::move(json);
}

bool was_found(const Json& met) {
    const Json* found = find_member(met, {"found"});
    return found && *found == true;
}

}  // namespace

Roster::Roster(Context context, net::HttpPoster& http, MqttExchange& exchange, model::DeviceSink& sink,
               model::Memory& memory)
    : context_(std::move(context)),
      sink_(sink),
      memory_(memory),
      nursery_(context_.executor),
      meetings_(context_.executor, max_meetings),
      services_{context_,    http, exchange, sink, memory, entity_sets_, nursery_, meetings_,
                subdevices_, {},   {},       {},   {},     {},           {}} {
    services_.claim = [this](const Uuid& uuid, Session* session) { return claim(uuid, session); };
    services_.release = [this](const Uuid& uuid, Session* session) { return release(uuid, session); };
    services_.known_at = [this](const net::HttpEndpoint& endpoint) { return known_at(endpoint); };
    services_.seek = [] {};
    services_.unknown_seen = [] {};
    services_.is_our_broker = [](const BrokerAddress&) { return false; };
}

/// What the configuration names wins over what was found.
bool Roster::claim(const Uuid& uuid, Session* session) {
    const auto [it, fresh] = claims_.emplace(uuid, session);
    if (fresh || it->second == session) return true;
    if (!it->second->settings().found || session->settings().found) return false;
    const auto found = std::ranges::find_if(
        sessions_, [&](const auto& running) { return running->session.get() == it->second; });
    if (found == sessions_.end()) return false;
    auto running = std::move(*found);
    sessions_.erase(found);
    end(std::move(running));
    claims_.insert_or_assign(uuid, session);
    return true;
}

bool Roster::release(const Uuid& uuid, Session* session) {
    const auto it = claims_.find(uuid);
    if (it == claims_.end()) return true;
    if (it->second != session) return false;
    claims_.erase(it);
    return true;
}

std::optional<Uuid> Roster::known_at(const net::HttpEndpoint& endpoint) const {
    const auto it = last_seen_.find(endpoint.text());
    return it == last_seen_.end() ? std::nullopt : std::optional(it->second);
}

/// Who was met last at each configured address, even if it has moved since.
void Roster::learn_addresses() {
    last_seen_.clear();
    for (const auto& id : memory_.known()) {
        const auto met = record_of(memory_, id, "met");
        if (!met || was_found(*met)) continue;
        auto uuid = parse_uuid(string_or(*met, {"uuid"}, ""));
        if (!uuid) continue;
        last_seen_.emplace(string_or(*met, {"home"}, string_or(*met, {"host"}, "")), *std::move(uuid));
    }
}

std::vector<Uuid> Roster::found_before() const {
    std::vector<Uuid> uuids;
    for (const auto& id : memory_.known()) {
        const auto met = record_of(memory_, id, "met");
        if (!met || !was_found(*met)) continue;
        if (auto uuid = parse_uuid(string_or(*met, {"uuid"}, ""))) uuids.push_back(*std::move(uuid));
    }
    return uuids;
}

void Roster::start(SessionSettings settings) {
    auto session = std::make_shared<Session>(services_, std::move(settings));
    auto running = std::make_unique<Running>(context_.executor, session);
    running->nursery.start("meross " + session->settings().label(), run(session));
    sessions_.push_back(std::move(running));
}

/// Ends a session; it is kept until its coroutine has wound down.
void Roster::end(RunningPtr running) {
    running->nursery.stop();
    running->session->withdraw();
    if (running->session->uuid()) release(*running->session->uuid(), running->session.get());
    ending_.push_back(std::move(running));
}

/// Keeps the sessions whose settings are still wanted and takes these out of `wanted`; the rest ends.
/// Returns who was served by the rest.
std::set<Uuid> Roster::end_changed(std::vector<SessionSettings>& wanted) {
    std::set<Uuid> stopped;
    for (auto& running : std::exchange(sessions_, {})) {
        const auto same = std::ranges::find(wanted, running->session->settings());
        if (same != wanted.end()) {
            wanted.erase(same);
            sessions_.push_back(std::move(running));
            continue;
        }
        if (running->session->uuid()) stopped.insert(*running->session->uuid());
        end(std::move(running));
    }
    return stopped;
}

void Roster::configure(std::vector<SessionSettings> wanted) {
    sweep_ended();
    learn_addresses();
    auto stopped = end_changed(wanted);
    for (auto& fresh : wanted) {
        auto uuid = fresh.uuid;
        if (!uuid && fresh.endpoint) uuid = known_at(*fresh.endpoint);
        if (uuid) stopped.erase(*uuid);  // the same device with other settings
        start(std::move(fresh));
    }
    for (const auto& uuid : stopped) {
        if (claims_.contains(uuid)) continue;  // served at another address
        const auto id = device_id_of(uuid);
        logger.info("{} is not configured any more and is removed", id.value());
        sink_.remove(id);
        put_away(id);
    }
    nursery_.start("meross settle", settle());
}

/// Out of the configuration: discovery must not bring it back by itself. What stands behind a hub goes with
/// it.
void Roster::put_away(const model::DeviceId& id) {
    remove_subdevices_of(id, sink_, memory_, subdevices_);
    memory_.forget(id);
    memory_.remember(id, model::removed_topic, "true");
}

bool Roster::removed(const Uuid& uuid) const {
    return memory_.recall(device_id_of(uuid), model::removed_topic).has_value();
}

/// Forgets what the configuration no longer has, once it is certain that no configured address is its new
/// one.
void Roster::forget_strangers() {
    if (!all([](const Session& session) { return session.uuid().has_value(); })) return;
    std::set<model::DeviceId> ours;
    each([&](const Session& session) { ours.insert(session.id()); });
    for (const auto& id : memory_.known()) {
        const auto met = record_of(memory_, id, "met");
        if (!id.value().starts_with("meross_") || ours.contains(id) || !met) continue;
        logger.info("{} is not configured any more and is forgotten", id.value());
        put_away(id);
    }
}

asio::awaitable<void> Roster::settle() {
    for (int i = 0; i < 20; ++i) {
        const auto cancelled = co_await context_.time.sleep(200ms);
        if (cancelled) co_return;
        if (all([](const Session& session) { return session.state().tried; })) break;
    }
    forget_strangers();
}

bool Roster::remove(const model::DeviceId& device) {
    const auto it =
        std::ranges::find_if(sessions_, [&](const auto& r) { return r->session->id() == device; });
    if (it == sessions_.end())
        return std::ranges::any_of(
            sessions_, [&](const auto& r) { return r->session->hub() && r->session->hub()->remove(device); });
    auto running = std::move(*it);
    sessions_.erase(it);
    end(std::move(running));
    sink_.remove(device);
    put_away(device);
    return true;
}

void Roster::stop() {
    for (auto& running : std::exchange(sessions_, {})) end(std::move(running));
    nursery_.stop();
}

bool Roster::idle() {
    sweep_ended();
    return nursery_.idle() && ending_.empty();
}

void Roster::sweep_ended() {
    std::erase_if(ending_, [](const auto& running) { return running->nursery.idle(); });
}

Session* Roster::find(const Uuid& uuid) const {
    const auto it = claims_.find(uuid);
    if (it != claims_.end()) return it->second;
    for (const auto& running : sessions_)
        if (running->session->uuid() == uuid) return running->session.get();
    return nullptr;
}

std::shared_ptr<Session> Roster::find(const model::DeviceId& device) const {
    for (const auto& running : sessions_) {
        const auto& session = *running->session;
        if (session.id() == device || (session.hub() && session.hub()->find(device))) return running->session;
    }
    return nullptr;
}

Session* Roster::find_mac(std::string_view mac) const {
    for (const auto& running : sessions_)
        if (running->session->uuid() && mac_of(*running->session->uuid()) == mac)
            return running->session.get();
    return nullptr;
}

}  // namespace lanbridge::meross
