#include "meross/features/day_energy.hpp"

#include <algorithm>

#include "meross/features/local_day.hpp"

namespace lanbridge::meross {

std::optional<std::int64_t> DayEnergy::read(const Json& records, std::int64_t device_time,
                                            const DeviceTime& zone) {
    const std::int64_t today = local_midnight(zone, device_time);
    drop_offset_before(today);
    const auto kept = records_since(records, midnight_before_midnight(zone, today));
    // Most devices write no record before the day's first Wh.
    if (kept.empty() || kept.back().time < today) {
        last_value_.reset();
        return 0;
    }
    const Record& now = kept.back();
    if (kept.size() >= 2 && kept[kept.size() - 2].time != reset_ts_)
        begin_day(kept[kept.size() - 2].time, now.value, device_time);
    if (last_value_ == now.value) return std::nullopt;
    if (now.value < offset_) offset_ = 0;  // the device has made up for its missed midnight
    last_value_ = now.value;
    last_time_ = now.time;
    used_wh_ = 0;
    return now.value - offset_;
}

/// The first reading of a new day. Only who has watched since before the device's midnight can tell whether
/// it started again from zero.
void DayEnergy::begin_day(std::int64_t previous_day_end, std::int64_t value, std::int64_t device_time) {
    reset_ts_ = previous_day_end;
    set_at_ = device_time;
    offset_ = 0;
    if (last_time_ && *last_time_ <= previous_day_end) {
        const std::int64_t estimate = static_cast<std::int64_t>(used_wh_) + 1;
        if (value > estimate) offset_ = value - estimate;
    }
    last_value_.reset();  // the same number means something else on a new day
}

void DayEnergy::drop_offset_before(std::int64_t midnight) noexcept {
    if (set_at_ >= midnight) return;
    offset_ = 0;
    reset_ts_ = 0;
    set_at_ = 0;
}

std::vector<DayEnergy::Record> DayEnergy::records_since(const Json& records, std::int64_t begin) {
    std::vector<Record> kept;
    if (!records.is_array()) return kept;
    for (const Json& item : records) {
        const auto time = read_int64(item, {"time"});
        const auto value = read_number(item, {"value"});
        if (time && value && *time >= begin) kept.push_back({*time, static_cast<std::int64_t>(*value)});
    }
    std::ranges::stable_sort(kept, {}, &Record::time);
    return kept;
}

std::optional<std::string> DayEnergy::memory() const {
    if (set_at_ == 0) return std::nullopt;
    Json memory = Json::object();
    memory["offset"] = offset_;
    memory["reset_ts"] = reset_ts_;
    memory["set_at"] = set_at_;
    return dump_json(memory);
}

void DayEnergy::restore(const Json& memory) {
    offset_ = std::max<std::int64_t>(0, int_or(memory, {"offset"}, 0));
    reset_ts_ = int_or(memory, {"reset_ts"}, 0);
    set_at_ = int_or(memory, {"set_at"}, 0);
}

}  // namespace lanbridge::meross
