#include <algorithm>
#include <array>

#include "lanbridge/base/log.hpp"
#include "lanbridge/meross/protocol/multiple.hpp"
#include "lanbridge/sim/device.hpp"
#include "sim/device_parts.hpp"
#include "sim/life.hpp"
#include "sim/names.hpp"
#include "sim/payload.hpp"
#include "sim/set_shapes.hpp"

// How a simulated device obeys.
namespace lanbridge::sim {

using meross::Method;

namespace {

const log::Logger logger("sim");

/// Namespaces whose SETACK shows the new state; all others answer with {}.
constexpr std::array echoing{
    std::string_view("Appliance.Control.Thermostat.Mode"),
    std::string_view("Appliance.Hub.Mts100.Temperature"),
};

Json unsupported() {
    Json payload = Json::object();
    payload["error"]["code"] = meross::error_unsupported;
    return payload;
}

}  // namespace

MerossDevice::SetHandler MerossDevice::set_handler(std::string_view name) noexcept {
    struct Row {
        std::string_view name_space;
        SetHandler handler;
    };
    static constexpr std::array rows{
        Row{names::togglex, &MerossDevice::set_togglex},
        Row{names::toggle, &MerossDevice::set_toggle},
        Row{names::time, &MerossDevice::set_time},
        Row{names::config_key, &MerossDevice::set_config_key},
        Row{names::wifi, &MerossDevice::set_wifi},
        Row{names::wifi_x, &MerossDevice::set_wifi_x},
        Row{names::ecdhe, &MerossDevice::set_ecdhe},
    };
    const auto row = std::ranges::find(rows, name, &Row::name_space);
    return row == rows.end() ? nullptr : row->handler;
}

MerossDevice::Outcome MerossDevice::set(const Query& query) {
    const auto handler = set_handler(query.name_space);
    auto outcome =
        handler != nullptr ? (this->*handler)(query.payload) : obey(query.name_space, query.payload);
    if (outcome.method == Method::setack) {
        logger.debug("{} over {}: executed {}", identity_.uuid.value(), via_name(query.via),
                     query.name_space);
        log_.note_set(ExecutedSet(time_.now(), query.via, query.name_space, query.message_id, query.payload));
    }
    return outcome;
}

MerossDevice::Outcome MerossDevice::set_multiple(const Query& outer) {
    const auto* list = find_member(outer.payload, {"multiple"});
    if (list == nullptr || !list->is_array()) return Outcome(Method::error, unsupported());
    auto replies = Json::array();
    const auto limit = static_cast<std::size_t>(blueprint_->max_cmd_num);
    for (const auto* inner : items_of(*list)) {
        if (replies.size() == limit) break;  // more is not worked on
        const auto name = string_or(*inner, {"header", "namespace"}, "");
        const auto method = meross::parse_method(string_or(*inner, {"header", "method"}, ""));
        const auto* content = find_member(*inner, {"payload"});
        const auto empty = Json::object();
        const auto id = string_or(*inner, {"header", "messageId"}, "");
        const Query query{name, method, content == nullptr ? empty : *content, id, outer.via};
        auto outcome = dispatch(query, true);
        // nothing can close the connection from in here
        if (outcome.kind != Reply::Kind::answer) outcome = Outcome(Method::error, unsupported());
        Json reply = Json::object();
        reply["header"]["messageId"] = id;
        reply["header"]["method"] = meross::method_name(outcome.method);
        reply["header"]["namespace"] = name;
        reply["payload"] = std::move(outcome.payload);
        replies.push_back(std::move(reply));
    }
    Json result = Json::object();
    result["multiple"] = std::move(replies);
    return Outcome(Method::setack, std::move(result));
}

MerossDevice::Outcome MerossDevice::set_togglex(const Json& payload) {
    const auto* wanted = find_member(payload, {"togglex"});
    if (wanted == nullptr || items_of(*wanted).empty()) return Outcome(Method::error, unsupported());
    const auto known = channels();
    for (const auto* item : items_of(*wanted)) {
        const auto channel = static_cast<int>(int_or(*item, {"channel"}, 0));
        const bool exists = channel == every_channel || std::ranges::find(known, channel) != known.end();
        const auto onoff = int_or(*item, {"onoff"}, -1);
        if (!exists || onoff < 0 || onoff > 1) return Outcome(Method::error, unsupported());
    }
    std::vector<int> changed;
    for (const auto* item : items_of(*wanted)) {
        switch_channel(static_cast<int>(int_or(*item, {"channel"}, 0)), int_or(*item, {"onoff"}, 0) == 1,
                       changed);
    }
    commanded_.emplace(names::togglex);
    push_relays(changed);
    return Outcome(Method::setack, Json::object());
}

MerossDevice::Outcome MerossDevice::set_toggle(const Json& payload) {
    const auto onoff = int_or(payload, {"toggle", "onoff"}, -1);
    if (onoff < 0 || onoff > 1 || stored(names::toggle) == nullptr)
        return Outcome(Method::error, unsupported());
    std::vector<int> changed;
    switch_channel(0, onoff == 1, changed);
    commanded_.emplace(names::toggle);
    push_relays(changed);
    return Outcome(Method::setack, Json::object());
}

MerossDevice::Outcome MerossDevice::set_time(const Json& payload) {
    const auto* time = find_member(payload, {"time"});
    if (time == nullptr || !time->is_object()) return Outcome(Method::error, unsupported());
    const auto now = int_or(*time, {"timestamp"}, 0);
    if (now > 0 && !blueprint_->clock) set_clock(now);
    if (time->contains("timezone")) {
        const auto* rules = find_member(*time, {"timeRule"});
        set_time_zone(string_or(*time, {"timezone"}, ""), rules == nullptr ? Json::array() : *rules);
    }
    return Outcome(Method::setack, Json::object());
}

MerossDevice::Outcome MerossDevice::obey(std::string_view name, const Json& payload) {
    const Grammar grammar(name, hub_);
    if (stored(name) == nullptr) adopt_digest(name);
    const auto key = stored(name) == nullptr ? grammar.key : content_key(*stored(name), grammar);
    const auto* content = find_member(payload, {key});
    if (content == nullptr || !proper_set(name, hub_, *content)) return Outcome(Method::error, unsupported());
    Inside inside(*this);
    if (auto answer = life_ ? life_->set(inside, name, payload) : std::nullopt) {
        if (!*answer) return Outcome(Method::error, unsupported());
        commanded_.emplace(name);
        return Outcome(Method::setack, std::move(**answer));
    }
    auto outcome = set_generic(name, payload);
    if (life_ && outcome.method == Method::setack) life_->changed(inside, name);
    return outcome;
}

/// What only System.All shows obeys too.
void MerossDevice::adopt_digest(std::string_view name) {
    for (const auto& row : digest_rows()) {
        const auto* value = row.name_space == name ? digest_value(all(), row) : nullptr;
        if (value != nullptr) own(name)[std::string(row.key)] = *value;
    }
}

MerossDevice::Outcome MerossDevice::set_generic(std::string_view name, const Json& payload) {
    const Grammar grammar(name, hub_);
    const auto* known = stored(name);
    if (known == nullptr) return Outcome(Method::error, unsupported());
    const auto key = content_key(*known, grammar);
    const auto patch = payload.find(key);
    const auto content = known->find(key);
    if (patch == payload.end() || content == known->end()) return Outcome(Method::error, unsupported());
    auto merged = *known;
    if (!merge_items(merged[key], *patch, grammar.index, false)) return Outcome(Method::error, unsupported());
    const bool differs = merged != *known;
    own(name) = merged;
    commanded_.emplace(name);
    if (differs && grammar.pushes) push(name, merged);
    const bool echoes = std::ranges::find(echoing, name) != echoing.end();
    return Outcome(Method::setack, echoes ? std::move(merged) : Json::object());
}

}  // namespace lanbridge::sim
