#include "meross/features/nested_settings.hpp"

#include "meross/features/payload.hpp"

namespace lanbridge::meross {
namespace {

/// The largest object of this kind seen has twenty members.
constexpr std::size_t max_members = 64;

}  // namespace

NestedSettings::NestedSettings(std::string_view name_space, std::string_view key,
                               std::span<const ChannelSetting> rows, std::vector<std::string_view> path,
                               std::string_view sibling)
    : ChannelSettings(name_space, key, rows), key_(key), path_(std::move(path)), sibling_(sibling) {}

const Json* NestedSettings::inner_of(const Json& item) const {
    const Json* inner = &item;
    for (const auto name : path_)
        if (inner) inner = find_member(*inner, {name});
    return inner && inner->is_object() ? inner : nullptr;
}

void NestedSettings::read(const Reading& reading, model::Observations& out) {
    for_each_item(reading.payload, key_, [&](const Json& item) {
        const Json* inner = inner_of(item);
        if (!inner || int_or(item, {"channel"}, 0) != 0) return;
        if (const Json* told = sibling_.empty() ? nullptr : find_member(item, {sibling_}); told)
            if (told->is_primitive()) sibling_value_ = *told;
        for (const auto& [name, value] : inner->items())
            if (value.is_primitive() && told_.size() < max_members) told_[name] = value;
        const Json flat = payload_of(key_, *inner);
        ChannelSettings::read(
            {reading.name_space, flat, reading.device_time, reading.wall_ms, reading.zone, reading.now}, out);
    });
}

std::optional<Result<Action>> NestedSettings::command(const model::Command& command) const {
    auto action = ChannelSettings::command(command);
    if (!action || !*action) return action;
    Json flat = (**action).request.payload[std::string(key_)][0];
    flat.erase("channel");
    for (const auto& [name, value] : told_.items())
        if (!flat.contains(name)) flat[name] = value;
    for (auto name = path_.rbegin(); name != path_.rend(); ++name) flat = payload_of(*name, std::move(flat));
    flat["channel"] = 0;
    if (!sibling_value_.is_null()) flat[std::string(sibling_)] = sibling_value_;
    (**action).request.payload = payload_of(key_, list_of(std::move(flat)));
    return action;
}

}  // namespace lanbridge::meross
