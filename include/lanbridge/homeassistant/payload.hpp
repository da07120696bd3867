#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "lanbridge/base/error.hpp"
#include "lanbridge/model/device.hpp"

namespace lanbridge::homeassistant {

/// What Home Assistant takes as "unknown".
inline constexpr std::string_view unknown_payload = "None";

/// Shortest text that reads back as the same number, never with an exponent; `None` for what is no number.
std::string format_number(double value);
/// ISO 8601 UTC with offset. `epoch_s` in seconds.
std::string format_time(std::int64_t epoch_s);

/// The text of a part's value. Nothing when the part has nothing to publish for it (the unknown position of a
/// cover, an event that did not happen).
std::optional<std::string> format_value(const model::EntityDescription& entity,
                                        const model::PartDescription& part, const model::Value& value);

/// The value that a command's text asks for. Errors: `invalid_value` with what would be accepted.
Result<model::Value> parse_command(const model::PartDescription& part, std::string_view text);

/// Text from outside, shortened and safe for a log line.
std::string for_log(std::string_view text);

}  // namespace lanbridge::homeassistant
