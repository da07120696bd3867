#include "homeassistant/retained_config.hpp"

#include <algorithm>

#include "lanbridge/base/json.hpp"

namespace lanbridge::homeassistant {
namespace {

/// Larger than any document of ours (100 KB, where Home Assistant's own limits begin), smaller than a
/// nuisance.
constexpr std::size_t max_config_bytes = 1024 * 1024;

std::vector<std::string> availability_topics(const Json& config) {
    std::vector<std::string> topics;
    const auto* list = find_member(config, {"availability"});
    if (!list || !list->is_array()) return topics;
    for (const auto& entry : *list)
        if (const auto* topic = find_member(entry, {"topic"}); topic && topic->is_string())
            topics.push_back(topic->get<std::string>());
    return topics;
}

/// Topics of a component on which we keep retained messages: all that it reads, bridge/state excepted.
std::vector<std::string> state_topics(const Topics& topics, const Json& component) {
    std::vector<std::string> found;
    if (!component.is_object()) return found;
    for (const auto& [key, value] : component.items()) {
        const bool reads =
            key.ends_with("topic") && !key.ends_with("command_topic") && key != "set_position_topic";
        if (!reads || !value.is_string()) continue;
        auto topic = value.get<std::string>();
        if (topics.is_below_base(topic) && topic != topics.bridge_state()) found.push_back(std::move(topic));
    }
    return found;
}

void add_missing(std::vector<std::string>& to, const std::vector<std::string>& from) {
    for (const auto& topic : from)
        if (std::ranges::find(to, topic) == to.end()) to.push_back(topic);
}

bool has_origin(const Json& config) { return string_or(config, {"origin", "name"}, "") == "lanbridge"; }

/// What decides about whose it is: availability where there is any, else the state topics (of the bridge's
/// connection, which has no availability).
bool is_below_our_base(const Topics& topics, const Json& config, const Json& components) {
    auto deciding = availability_topics(config);
    std::vector<std::string> states;
    for (const auto& component : components) {
        add_missing(deciding, availability_topics(component));
        for (const auto& [key, value] : component.items())
            if (key == "state_topic" && value.is_string()) states.push_back(value.get<std::string>());
    }
    if (deciding.empty()) deciding = std::move(states);
    return !deciding.empty() && std::ranges::all_of(deciding, [&topics](const auto& topic) {
        return topics.is_below_base(topic);
    });
}

StaleComponent to_component(const Topics& topics, std::string key, std::string platform, const Json& json) {
    StaleComponent out{std::move(key), std::move(platform), state_topics(topics, json)};
    for (auto& topic : availability_topics(json))
        if (topic.find("/" + out.key + "/") != std::string::npos) out.topics.push_back(std::move(topic));
    return out;
}

/// The device's own level of availability: not bridge/state, and not that of a hub, which has its own
/// document.
void add_device_availability(const Topics& topics, const Json& config, std::string_view device,
                             RetainedConfig& out) {
    for (auto& topic : availability_topics(config))
        if (topic == topics.base() + "/" + std::string(device) + "/availability")
            out.shared_topics.push_back(std::move(topic));
}

}  // namespace

std::optional<RetainedConfig> read_own_config(const Topics& topics, std::string_view topic,
                                              const ConfigTopic& config, std::string_view payload) {
    // Most of a big prefix is not ours: look before parsing.
    const bool marker = payload.size() < 64 && payload.find("migrate_discovery") != std::string_view::npos;
    const bool promising = marker || payload.find("lanbridge") != std::string_view::npos;
    if (!promising || payload.size() > max_config_bytes) return std::nullopt;
    const auto json = parse_json(payload);
    if (!json || !json->is_object()) return std::nullopt;
    RetainedConfig out;
    out.topic = std::string(topic);
    out.migration_marker = marker;
    if (marker) return out;
    if (!has_origin(*json)) return std::nullopt;
    if (config.component != "device") {
        auto list = Json::array();
        list.push_back(*json);
        if (!is_below_our_base(topics, *json, list)) return std::nullopt;
        out.components.push_back(
            to_component(topics, std::string(config.object), std::string(config.component), *json));
        add_device_availability(topics, *json, config.node, out);
        return out;
    }
    const auto* components = find_member(*json, {"components"});
    if (!components || !components->is_object()) return std::nullopt;
    auto list = Json::array();
    for (const auto& [key, component] : components->items()) {
        if (!component.is_object()) return std::nullopt;
        list.push_back(component);
        // A bare platform is the marker of an entity that was removed already.
        if (component.size() < 2) continue;
        out.components.push_back(
            to_component(topics, key, string_or(component, {"platform"}, ""), component));
    }
    if (!is_below_our_base(topics, *json, list)) return std::nullopt;
    add_device_availability(topics, *json, config.object, out);
    return out;
}

}  // namespace lanbridge::homeassistant
