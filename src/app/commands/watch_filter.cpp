#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>

#include "app/commands/watch.hpp"

namespace lanbridge::app {
namespace {

std::vector<std::string_view> levels_of(std::string_view topic) {
    std::vector<std::string_view> levels;
    for (;;) {
        const auto slash = topic.find('/');
        levels.push_back(topic.substr(0, slash));
        if (slash == std::string_view::npos) return levels;
        topic.remove_prefix(slash + 1);
    }
}

/// Something that happened is news every time, also when the same thing happens again.
bool is_event(std::string_view payload) { return payload.find("\"event_type\"") != std::string_view::npos; }

/// An emptied topic: the device or entity is gone.
constexpr std::string_view gone = "(removed)";

std::string local_time(std::int64_t wall_ms, const char* format) {
    const auto seconds = static_cast<std::time_t>(wall_ms / 1000);
    std::tm local{};
    ::localtime_r(&seconds, &local);
    char text[40];
    return std::string(text, std::strftime(text, sizeof text, format, &local));
}

}  // namespace

std::string WatchedChange::line(std::int64_t wall_ms) const {
    return fmt::format("{}.{:03} {} {:<24} {:<20} {:<14} {}", local_time(wall_ms, "%H:%M:%S"), wall_ms % 1000,
                       retained ? '=' : ' ', name, entity.empty() ? "-" : entity, part, value);
}

Json WatchedChange::json(std::int64_t wall_ms) const {
    Json json = Json::object();
    json["time"] = fmt::format("{}.{:03}{}", local_time(wall_ms, "%Y-%m-%dT%H:%M:%S"), wall_ms % 1000,
                               local_time(wall_ms, "%z"));
    json["device"] = device;
    json["name"] = name;
    json["entity"] = entity.empty() ? Json() : Json(entity);
    json["part"] = part;
    json["value"] = value;
    if (value.starts_with('{') || value.starts_with('['))
        if (auto parsed = parse_json(value)) json["value"] = *std::move(parsed);
    if (value == gone) json["value"] = nullptr;
    json["retained"] = retained;
    return json;
}

std::optional<WatchedChange> WatchFilter::take(std::string_view topic, std::string_view payload,
                                               bool retained, const KnownDevices& devices) {
    if (!topic.starts_with(base_) || topic.size() <= base_.size() || topic[base_.size()] != '/')
        return std::nullopt;
    const auto levels = levels_of(topic.substr(base_.size() + 1));
    const bool device_itself = levels.size() == 2 && levels[1] == "availability";
    const bool of_entity = levels.size() == 3 && levels[2] != "set";
    if ((!device_itself && !of_entity) || levels[0] == "bridge") return std::nullopt;
    if (!only_.empty() && !only_.contains(std::string(levels[0]))) return std::nullopt;
    if (!changed(topic, payload)) return std::nullopt;
    WatchedChange change;
    change.device = levels[0];
    change.name = devices.name_of(levels[0]);
    if (of_entity) change.entity = levels[1];
    change.part = levels.back();
    change.value = payload.empty() ? gone : payload;
    change.retained = retained;
    return change;
}

bool WatchFilter::changed(std::string_view topic, std::string_view payload) {
    if (is_event(payload)) return true;
    std::string key(topic);
    const auto known = last_.find(key);
    if (known == last_.end()) {
        if (last_.size() < most_topics) last_.emplace(std::move(key), payload);
        return !payload.empty();
    }
    if (known->second == payload) return false;
    known->second = payload;
    return true;
}

}  // namespace lanbridge::app
