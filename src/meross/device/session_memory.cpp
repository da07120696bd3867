// What a session keeps in the store, and how a known device is taken up again.
#include "meross/device/session_memory.hpp"
#include "lanbridge/base/log.hpp"

#include "meross/device/session.hpp"

namespace lanbridge::meross {

std::optional<Facts> recall_facts(const model::Memory& store, const model::DeviceId& id) {
    const auto all = store.recall(id, "all");
    const auto ability = store.recall(id, "ability");
    if (!all || !ability) return std::nullopt;
    const auto all_json = parse_json(*all);
    const auto ability_json = parse_json(*ability);
    if (!all_json || !ability_json) return std::nullopt;
    auto facts = parse_facts(*all_json, *ability_json);
    if (!facts) return std::nullopt;
    return std::move(*facts);
}

/// A device that was known before this run has its entities while it is off line.
void Session::recall() {
    uuid_ = settings_.uuid;
    if (!uuid_ && settings_.endpoint) uuid_ = services_.known_at(*settings_.endpoint);
    if (!uuid_) return;
    id_ = device_id_of(*uuid_);
    ways_.expect(*uuid_);
    recall_place();
    const auto facts = recall_facts(services_.memory, id_);
    if (!facts || facts->uuid != *uuid_) return;
    // Only remembered: whoever really meets the device may have it.
    if (!services_.release(*uuid_, this)) return;
    build(*facts);
    services_.sink.describe(description(), *this);
    state_.described = true;
}

void Session::recall_place() {
    const auto text = services_.memory.recall(id_, "met");
    const auto met = text ? parse_json(*text) : Result<Json>(Error(Errc::not_found));
    if (!met) return;
    auto host = net::parse_endpoint(string_or(*met, {"host"}, ""));
    if (!host || settings_.protocol == Protocol::mqtt || addresses_.current() == *host) return;
    const bool told = find_member(*met, {"told"}) && *find_member(*met, {"told"}) == true;
    const bool at_home = addresses_.home().has_value();
    addresses_ = Addresses(addresses_.home(), *host);
    if (at_home) return;  // looked for there once home fails
    if (told)
        ways_.host_told(*std::move(host));
    else
        ways_.host_found(*std::move(host));
}

void remember_answers(model::Memory& store, const model::DeviceId& id, const PollSchedule& schedule) {
    store.remember(id, "answered", dump_json(Json(schedule.answered_name_spaces())));
}

void remember_facts(model::Memory& store, const model::DeviceId& id, const Facts& facts) {
    if (facts.ability.empty()) return;
    Json all = Json::object();
    all["system"]["hardware"] = {{"type", facts.type},
                                 {"subType", facts.sub_type},
                                 {"version", facts.hardware_version},
                                 {"uuid", facts.uuid.value()},
                                 {"macAddress", facts.mac}};
    all["system"]["firmware"] = {{"version", facts.firmware_version}};
    all["digest"] = facts.digest;
    store.remember(id, "all", dump_json(all));
    store.remember(id, "ability", dump_json(facts.ability));
}

/// Where it is to be looked for at the next start. `home`: the configured address, which may be another one
/// by then.
void Session::remember_place() {
    Json met = Json::object();
    met["uuid"] = uuid_->value();
    met["host"] = ways_.address();
    if (addresses_.home()) met["home"] = addresses_.home()->text();
    if (settings_.found) met["found"] = true;
    met["told"] = ways_.policy().preferred() == model::Transport::mqtt;
    services_.memory.remember(id_, "met", dump_json(met));
}

}  // namespace lanbridge::meross
