#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "lanbridge/base/json.hpp"

namespace lanbridge::meross {

/// What `System.Time` says of a device's zone.
struct DeviceTime {
    std::int64_t timestamp = 0;
    std::string timezone;
    Json time_rule = Json::array();  ///< [[start_epoch_utc, utc_offset_s, is_dst], …] ordered by start
};
DeviceTime parse_device_time(const Json& time);

/// [[start, offset, dst], …]: the rule in force at `device_timestamp` and the next one. A zone of fixed
/// offset without any transition gets one rule starting at `device_timestamp`. Errors: `not_found` for an
/// unknown zone.
Result<Json> time_rules(std::string_view zone, std::int64_t device_timestamp);
/// The payload of SET System.Time. Errors: as above.
Result<Json> set_time_payload(std::string_view zone, std::int64_t device_timestamp);

/// Offset from UTC that the device itself applies at `when`: by its rules, else by its zone's name, else 0.
int device_offset_s(const DeviceTime& time, std::int64_t when);
/// Whether the device's rules give the zone's offset now and through the next seven days. False for an
/// unknown zone.
bool time_rules_hold(const DeviceTime& time, std::string_view zone, std::int64_t device_timestamp);

/// Exponential average of how far the device's clock is behind ours, in seconds.
class ClockSkew {
public:
    static constexpr double tolerance_s = 5;
    void sample(std::int64_t now_s, std::int64_t device_timestamp) {
        delta_ = (9 * delta_ + static_cast<double>(now_s - device_timestamp)) / 10;
    }
    double seconds() const noexcept { return delta_; }
    bool exceeds_tolerance() const noexcept { return delta_ > tolerance_s || delta_ < -tolerance_s; }

private:
    double delta_ = 0;
};

}  // namespace lanbridge::meross
