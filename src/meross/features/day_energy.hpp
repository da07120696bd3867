#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "lanbridge/base/json.hpp"
#include "lanbridge/meross/protocol/time_rules.hpp"

namespace lanbridge::meross {

/// Today's energy out of ConsumptionX, a ring buffer of daily records in arbitrary order. Some devices fail
/// to start a new day from zero; then the day's first value is cut down to what the power readings say was
/// used.
class DayEnergy {
public:
    /// Whole Wh of the device's present day; nothing when the device's value has not changed.
    /// `records`: list of `{date,time,value}`. `device_time`: epoch seconds of the device's clock.
    std::optional<std::int64_t> read(const Json& records, std::int64_t device_time, const DeviceTime& zone);
    /// Energy integrated from power since the call before.
    void used(double wh) noexcept { used_wh_ += wh; }

    /// The day's offset, if there is any reason to keep it.
    std::optional<std::string> memory() const;
    void restore(const Json& memory);

private:
    struct Record {
        std::int64_t time;
        std::int64_t value;
    };
    static std::vector<Record> records_since(const Json& records, std::int64_t begin);
    void begin_day(std::int64_t previous_day_end, std::int64_t value, std::int64_t device_time);
    void drop_offset_before(std::int64_t midnight) noexcept;

    // Persisted, and valid for the device's day in which `set_at_` lies.
    std::int64_t offset_ = 0;
    std::int64_t reset_ts_ = 0;  ///< last record of the day before, when this day was first seen; 0 = not yet
    std::int64_t set_at_ = 0;

    std::optional<std::int64_t> last_value_;
    std::optional<std::int64_t> last_time_;  ///< time of the record last accepted
    double used_wh_ = 0;                     ///< since that record
};

}  // namespace lanbridge::meross
