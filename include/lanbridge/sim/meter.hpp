#pragma once

#include <cstdint>
#include <map>
#include <string_view>
#include <vector>

#include "lanbridge/base/json.hpp"
#include "lanbridge/sim/blueprint.hpp"

namespace lanbridge::sim {

/// Days that a device remembers; a ring, so their order says nothing.
inline constexpr std::size_t max_day_records = 30;

/// The meter of a device. All times are the device's clock, epoch seconds; energies are Wh.
class Meter {
public:
    /// `metering` outlives the meter. `seed` makes its noise and its history.
    Meter(const Metering& metering, std::uint64_t seed, std::int64_t now, int offset_s);

    /// Takes over what a recording says: its days, its electrical sample.
    void adopt(std::string_view name_space, const Json& payload);

    /// Accounts for the time since the last call at the load that was on.
    void advance(std::int64_t now, int offset_s);
    void set_relay(int channel, bool on);
    void set_load(int channel, double watts);
    bool metered(int channel) const { return channels_.contains(channel); }
    /// The clock was set: no energy for the jump.
    void jump(std::int64_t now) { last_ = now; }

    /// Payloads as the device gives them.
    Json electricity(std::int64_t now) const;
    Json electricity_x(std::int64_t now) const;
    Json consumption_x() const;
    Json consumption_h() const;

private:
    struct Hour {
        Hour(std::int64_t t, double v) : time(t), value(v) {}
        std::int64_t time;
        double value;
    };
    struct Channel {
        double load_w = 0;
        bool on = true;
        bool loaded = false;  ///< `set_load` was called: a recording has no say any more
        double month_wh = 0;  ///< net
        std::vector<Hour> hours;
    };
    struct Day {
        Day(std::int64_t n, std::int64_t t, double v) : number(n), time(t), value(v) {}
        std::int64_t number;  ///< days since 1970 in local time
        std::int64_t time;
        double value;
    };

    double mean_power_w(int number, const Channel& channel) const;
    double power_w(int number, std::int64_t now) const;
    void invent_history(std::int64_t now, int offset_s);
    void add(std::int64_t begin, std::int64_t end, int offset_s);
    void add_to_day(std::int64_t time, int offset_s, double wh);
    void add_to_hour(Channel& channel, std::int64_t end, double wh) const;
    void new_day(Day day);

    const Metering* metering_;
    std::uint64_t seed_;
    std::int64_t last_;
    std::map<int, Channel> channels_;
    std::vector<Day> days_;
    double pending_wh_ = 0;  ///< of the day below, before the first whole Wh makes a record
    std::int64_t pending_day_ = 0;
    std::int64_t month_ = 0;
    Json sample_;  ///< of a recording
};

}  // namespace lanbridge::sim
