#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace lanbridge::agent {

/// How often a kind of BLE sensor is to report, as the cloud says it in the answer to `_sync.ble_query_prod`,
/// is slower than anyone wants who sees the values at once. Returns the result with other intervals, edited
/// in place: order, unknown members and spelling stay. Nothing where no rule applies, or where a member is
/// not of the type and range that the Bluetooth program knows.
std::optional<std::string> hasten_reports(std::string_view result);

}  // namespace lanbridge::agent
