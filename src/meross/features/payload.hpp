#pragma once

#include <optional>
#include <string_view>
#include <utility>

#include "lanbridge/base/error.hpp"
#include "lanbridge/base/json.hpp"
#include "lanbridge/model/device.hpp"

// What nearly every feature needs to read payloads and to build them.
namespace lanbridge::meross {

/// Calls `use` with each object below `key`: firmware sends one object or a list of them for the same
/// namespace.
template <class Use>
void for_each_item(const Json& payload, std::string_view key, Use&& use) {
    const Json* value = find_member(payload, {key});
    if (!value) return;
    if (value->is_object()) use(*value);
    if (!value->is_array()) return;
    for (const Json& item : *value)
        if (item.is_object()) use(item);
}

/// {key: value}
Json payload_of(std::string_view key, Json value);
/// {key: {member: value}}
Json payload_of(std::string_view key, std::string_view member, Json value);
/// [value]
Json list_of(Json value);
/// {"channel": n}
Json channel_object(int channel);

/// The number of a channel, or -1 where the object has none or one that no device can have.
int channel_of(const Json& item) noexcept;
/// More than any product has (em16: 16 clamps); a device that lists more is not believed.
inline constexpr int max_channel = 63;

/// A member as on or off; nothing when it is missing or -1 ("not supported").
std::optional<bool> flag_of(const Json& item, std::string_view member) noexcept;
/// A numeric member divided by `scale`; nothing when it is missing.
std::optional<double> scaled(const Json& item, std::string_view member, double scale);

/// The command's value by type. Errors: `invalid_value`, which a checked command never causes.
Result<bool> on_off_of(const model::Command& command);
Result<double> number_of(const model::Command& command);

}  // namespace lanbridge::meross
