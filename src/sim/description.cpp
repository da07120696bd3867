#include "lanbridge/sim/description.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "lanbridge/sim/recording.hpp"
#include "sim/file.hpp"
#include "sim/subdevices.hpp"

namespace lanbridge::sim {

namespace {

/// Members of a description and of its `metering`; anything else is a mistake worth naming.
constexpr std::string_view known_members[] = {
    "type",   "subtype",   "hardware",    "chip",        "firmware",     "timezone", "time_rule", "abilities",
    "digest", "control",   "state",       "silent",      "push_queries", "metering", "encrypted", "master",
    "refoss", "max_reply", "description", "factory_new", "common",       "events",   "subdevices"};
/// What every device lists; `common` adds it, so that a description names what is special.
constexpr std::string_view common_abilities[] = {
    "Config.Key",     "Config.Trace",    "Config.Wifi",   "Config.WifiList", "Control.Bind",
    "Control.Unbind", "Control.Upgrade", "System.All",    "System.Ability",  "System.Clock",
    "System.Debug",   "System.Firmware", "System.Online", "System.Hardware", "System.Report",
    "System.Runtime", "System.Time"};
constexpr std::string_view known_metering[] = {"loads", "voltage",      "power_factor",
                                               "noise", "history_days", "history_wh",
                                               "hours", "hourly_total", "carries_over_midnight"};

Result<void> check_members(const Json& object, std::span<const std::string_view> known,
                           std::string_view where) {
    if (!object.is_object()) return Error(Errc::malformed, fmt::format("{} must be an object", where));
    for (const auto& [name, value] : object.items()) {
        if (std::ranges::find(known, name) == known.end()) {
            return Error(Errc::malformed,
                         fmt::format("{}.{} is unknown; known are {}", where, name, fmt::join(known, ", ")));
        }
    }
    return {};
}

bool flag(const Json& object, std::string_view name) {
    const auto member = object.find(name);
    return member != object.end() && member->is_boolean() && member->get<bool>();
}

Json member_or_object(const Json& object, std::string_view name) {
    const auto* member = find_member(object, {name});
    return member == nullptr ? Json::object() : *member;
}

/// "Appliance." may be left out, which makes descriptions readable.
std::string full_name(std::string_view name) {
    return name.starts_with("Appliance.") ? std::string(name) : fmt::format("Appliance.{}", name);
}

Json system_of(const Json& text) {
    Json hardware = Json::object();
    hardware["type"] = string_or(text, {"type"}, "");
    hardware["subType"] = string_or(text, {"subtype"}, "eu");
    hardware["version"] = string_or(text, {"hardware"}, "2.0.0");
    hardware["chipType"] = string_or(text, {"chip"}, "MT7682");
    Json firmware = Json::object();
    firmware["version"] = string_or(text, {"firmware"}, "1.0.0");
    firmware["compileTime"] = "2024/01/01 00:00:00 GMT +08:00";
    firmware["wifiMac"] = "02:00:00:00:00:01";
    firmware["server"] = "broker.lanbridge.invalid";
    firmware["port"] = 443;
    firmware["userId"] = 0;
    Json system = Json::object();
    system["hardware"] = std::move(hardware);
    system["firmware"] = std::move(firmware);
    system["time"]["timezone"] = string_or(text, {"timezone"}, "");
    const auto* rules = find_member(text, {"time_rule"});
    system["time"]["timeRule"] = rules == nullptr ? Json::array() : *rules;
    system["online"]["status"] = 0;
    return system;
}

Result<Metering> parse_metering(const Json& text) {
    if (auto known = check_members(text, known_metering, "$.metering"); !known) return known.error();
    Metering metering;
    const auto* loads = find_member(text, {"loads"});
    if (loads == nullptr || !loads->is_object() || loads->empty()) {
        return Error(Errc::malformed, R"($.metering.loads must be like {"0": 42.5}: watts per channel)");
    }
    for (const auto& [channel, watts] : loads->items()) {
        const bool digits =
            !channel.empty() && channel.size() <= 3 && std::ranges::all_of(channel, ::isdigit);
        if (!digits || !watts.is_number()) {
            return Error(Errc::malformed,
                         fmt::format("$.metering.loads.{} must be a channel with watts", channel));
        }
        metering.loads_w[std::stoi(channel)] = watts.get<double>();
    }
    metering.voltage = number_or(text, {"voltage"}, metering.voltage);
    metering.power_factor = number_or(text, {"power_factor"}, metering.power_factor);
    metering.noise = number_or(text, {"noise"}, metering.noise);
    metering.history_days =
        static_cast<int>(std::clamp<std::int64_t>(int_or(text, {"history_days"}, 0), 0, 29));
    metering.history_wh = number_or(text, {"history_wh"}, metering.history_wh);
    metering.hours = static_cast<int>(std::clamp<std::int64_t>(int_or(text, {"hours"}, 24), 1, 24));
    metering.hourly_total = flag(text, "hourly_total");
    metering.carries_over_midnight = flag(text, "carries_over_midnight");
    if (metering.voltage <= 0 || metering.power_factor <= 0) {
        return Error(Errc::malformed, "$.metering.voltage and .power_factor must be above 0");
    }
    return metering;
}

Result<void> read_events(const Json& text, Blueprint& blueprint) {
    const auto* list = find_member(text, {"events"});
    if (list == nullptr) return {};
    for (const auto& entry : *list) {
        if (string_or(entry, {"event"}, "").empty())
            return Error(Errc::malformed, R"($.events must be like [{"after": 60, "event": "door"}])");
        auto details = entry;
        for (const auto member : {"after", "every", "event"}) details.erase(member);
        blueprint.scenario.emplace_back(std::chrono::seconds(int_or(entry, {"after"}, 0)),
                                        std::chrono::seconds(int_or(entry, {"every"}, 0)),
                                        string_or(entry, {"event"}, ""), std::move(details));
    }
    return {};
}

Result<void> read_subdevices(const Json& text, Blueprint& blueprint) {
    const auto* list = find_member(text, {"subdevices"});
    if (list == nullptr) return {};
    auto& hub = blueprint.all["digest"]["hub"];
    if (hub.is_null()) hub = empty_hub();
    const auto payload = [&](std::string_view name) -> Json* {
        return blueprint.supports(name) ? &blueprint.state[std::string(name)] : nullptr;
    };
    constexpr std::int64_t long_ago = 1'700'000'000;
    for (const auto& entry : *list) {
        if (auto added = add_subdevice(entry, long_ago, hub, payload); !added) return added;
    }
    return {};
}

Result<void> read_lists(const Json& text, Blueprint& blueprint) {
    const auto abilities = member_or_object(text, "abilities");
    if (!abilities.is_object() || abilities.empty()) {
        return Error(Errc::malformed, R"($.abilities must be like {"Control.ToggleX": {}})");
    }
    if (flag(text, "common")) {
        for (const auto name : common_abilities) blueprint.ability[full_name(name)] = Json::object();
    }
    for (const auto& [name, value] : abilities.items()) blueprint.ability[full_name(name)] = value;
    const auto state = member_or_object(text, "state");
    for (const auto& [name, value] : state.items()) {
        if (!value.is_object())
            return Error(Errc::malformed, fmt::format("$.state.{} must be a payload", name));
        if (!blueprint.supports(full_name(name))) {
            return Error(Errc::malformed, fmt::format("$.state.{} is not among $.abilities", name));
        }
        blueprint.state[full_name(name)] = value;
    }
    for (const auto member : {"silent", "push_queries"}) {
        const auto list = member_or_object(text, member);
        for (const auto& name : list) {
            if (!name.is_string())
                return Error(Errc::malformed, fmt::format("$.{} must be a list of names", member));
            auto& target = std::string_view(member) == "silent" ? blueprint.silent : blueprint.push_queries;
            target.insert(full_name(name.get_ref<const std::string&>()));
        }
    }
    return {};
}

bool is_description(std::string_view text) {
    // recordings hold a document of another kind or columns
    const auto json = parse_json(text);
    return json.has_value() && json->is_object() && json->contains("type") && json->contains("abilities");
}

}  // namespace

Result<Blueprint> parse_description(std::string_view text, std::string_view name) {
    auto json = parse_json(text);
    if (!json) return json.error().in(name);
    if (auto known = check_members(*json, known_members, "$"); !known) return known.error().in(name);
    if (auto type = read_string(*json, {"type"}); !type) return type.error().in(name);
    Blueprint blueprint;
    blueprint.name = name;
    blueprint.all["system"] = system_of(*json);
    if (const auto* control = find_member(*json, {"control"})) {
        blueprint.all["control"] = *control;  // what firmware 1.x calls the digest
    } else {
        blueprint.all["digest"] = member_or_object(*json, "digest");
    }
    if (auto lists = read_lists(*json, blueprint); !lists) return lists.error().in(name);
    if (auto hub = read_subdevices(*json, blueprint); !hub) return hub.error().in(name);
    if (auto events = read_events(*json, blueprint); !events) return events.error().in(name);
    if (const auto* metering = find_member(*json, {"metering"})) {
        auto parsed = parse_metering(*metering);
        if (!parsed) return parsed.error().in(name);
        blueprint.metering = std::move(*parsed);
    }
    blueprint.encrypted = flag(*json, "encrypted");
    blueprint.factory_new = flag(*json, "factory_new");
    blueprint.master = flag(*json, "master");
    blueprint.all_channels_by_65535 = flag(*json, "refoss");
    blueprint.max_reply =
        static_cast<std::size_t>(std::max<std::int64_t>(int_or(*json, {"max_reply"}, 3000), 100));
    complete(blueprint);
    return blueprint;
}

Result<SharedBlueprint> builtin_blueprint(std::string_view name) {
    for (const auto& builtin : builtin_descriptions()) {
        if (builtin.name != name) continue;
        auto blueprint = parse_description(builtin.text, builtin.name);
        if (!blueprint) return blueprint.error();
        return std::make_shared<const Blueprint>(std::move(*blueprint));
    }
    return Error(Errc::not_found, fmt::format("no built-in device description {}", name));
}

Result<SharedBlueprint> read_blueprint(const std::string& path) {
    auto text = read_file(path);
    if (!text) return text.error();
    if (is_description(*text)) {
        auto blueprint = parse_description(*text, path);
        if (!blueprint) return blueprint.error();
        return std::make_shared<const Blueprint>(std::move(*blueprint));
    }
    auto recording = parse_recording(*text, path);
    if (!recording) return recording.error();
    return std::make_shared<const Blueprint>(blueprint_of(*recording));
}

}  // namespace lanbridge::sim
