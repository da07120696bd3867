#include "lanbridge/sim/meter.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>

#include "lanbridge/base/time_zone.hpp"
#include "sim/payload.hpp"

namespace lanbridge::sim {

namespace {

constexpr std::int64_t hour_s = 3600;
constexpr std::int64_t day_s = 86400;
/// The device measures every so many seconds; in between a poll sees the same sample again.
constexpr std::int64_t sample_s = 5;
/// More than a month of a neglected device is not made up for.
constexpr std::int64_t longest_gap_s = 31 * day_s;
/// Invented history goes back so many hours.
constexpr std::int64_t invented_hours = 12;

std::int64_t floor_div(std::int64_t a, std::int64_t b) { return a / b - (a % b < 0 ? 1 : 0); }
std::int64_t day_number(std::int64_t time, int offset_s) { return floor_div(time + offset_s, day_s); }

std::chrono::year_month_day date_of(std::int64_t number) {
    return std::chrono::year_month_day(std::chrono::sys_days(std::chrono::days(number)));
}
std::int64_t month_number(std::int64_t day) {
    const auto date = date_of(day);
    return static_cast<int>(date.year()) * 12 + static_cast<unsigned>(date.month());
}
std::string date_text(std::int64_t day) {
    const auto date = date_of(day);
    return fmt::format("{:04}-{:02}-{:02}", static_cast<int>(date.year()),
                       static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()));
}
/// "2024-03-10"; nothing else is expected of a device.
std::int64_t parse_date(const std::string& text) {
    int year = 0;
    unsigned month = 0, day = 0;
    if (std::sscanf(text.c_str(), "%4d-%2u-%2u", &year, &month, &day) != 3) return 0;
    const std::chrono::year_month_day date{std::chrono::year(year), std::chrono::month(month),
                                           std::chrono::day(day)};
    if (!date.ok()) return 0;
    return std::chrono::sys_days(date).time_since_epoch().count();
}

/// Uniform in [-1, 1], the same for the same arguments (splitmix64).
double wander(std::uint64_t seed, std::int64_t step, int channel) {
    std::uint64_t x =
        seed + static_cast<std::uint64_t>(step) * 0x9E3779B97F4A7C15ULL + static_cast<std::uint64_t>(channel);
    x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9ULL;
    x = (x ^ (x >> 27)) * 0x94D049BB133111EBULL;
    x ^= x >> 31;
    return static_cast<double>(x >> 11) / static_cast<double>(1ULL << 52) - 1.0;
}

std::int64_t rounded(double value) { return static_cast<std::int64_t>(std::llround(value)); }
std::int64_t whole(double value) { return static_cast<std::int64_t>(std::floor(value)); }

}  // namespace

Meter::Meter(const Metering& metering, std::uint64_t seed, std::int64_t now, int offset_s)
    : metering_(&metering), seed_(seed), last_(now) {
    for (const auto& [channel, watts] : metering.loads_w) channels_[channel].load_w = watts;
    month_ = month_number(day_number(now, offset_s));
    if (metering.history_days > 0) invent_history(now, offset_s);
}

void Meter::invent_history(std::int64_t now, int offset_s) {
    const auto today = day_number(now, offset_s);
    for (std::int64_t day = today - metering_->history_days; day < today; ++day) {
        const auto value = metering_->history_wh * (1 + 0.2 * wander(seed_, day, 0));
        days_.push_back(
            Day(day, (day + 1) * day_s - offset_s - 120, std::floor(value)));  // last sample at 23:58
    }
    std::ranges::sort(days_, {},
                      [](const Day& day) { return day.number % static_cast<std::int64_t>(max_day_records); });
    const auto first_hour = floor_div(now, hour_s) * hour_s - invented_hours * hour_s;
    const auto month_days = static_cast<std::int64_t>(static_cast<unsigned>(date_of(today).day())) - 1;
    const auto midnight = midnight_before(now, offset_s);
    for (auto& [number, channel] : channels_) {
        for (auto hour = first_hour; hour < now; hour += hour_s) {
            const auto end = std::min(hour + hour_s, now);
            add_to_hour(channel, end, std::max(channel.load_w, 0.0) * static_cast<double>(end - hour) / 3600);
        }
        channel.month_wh = channel.load_w * static_cast<double>(month_days * 24);
        const auto since_midnight = channel.load_w * static_cast<double>(now - midnight) / 3600;
        channel.month_wh += since_midnight;
        if (since_midnight > 0) add_to_day(now, offset_s, since_midnight);
    }
}

void Meter::adopt(std::string_view name_space, const Json& payload) {
    if (name_space == "Appliance.Control.Electricity") sample_ = payload;
    if (name_space != "Appliance.Control.ConsumptionX") return;
    const auto* records = find_member(payload, {"consumptionx"});
    if (records == nullptr || records->empty()) return;
    days_.clear();
    for (const auto* record : items_of(*records)) {
        days_.push_back(Day(parse_date(string_or(*record, {"date"}, "")), int_or(*record, {"time"}, 0),
                            number_or(*record, {"value"}, 0)));
    }
}

void Meter::advance(std::int64_t now, int offset_s) {
    auto begin = std::max(last_, now - longest_gap_s);
    last_ = std::max(last_, now);
    while (begin < now) {
        const auto hour_end = (floor_div(begin, hour_s) + 1) * hour_s;
        const auto midnight = midnight_before(begin, offset_s) + day_s;
        const auto end = std::min({now, hour_end, midnight});
        add(begin, end, offset_s);
        begin = end;
    }
}

void Meter::add(std::int64_t begin, std::int64_t end, int offset_s) {
    const auto month = month_number(day_number(begin, offset_s));
    double sum = 0;
    for (auto& [number, channel] : channels_) {
        if (month != month_) channel.month_wh = 0;
        const auto wh = mean_power_w(number, channel) * static_cast<double>(end - begin) / 3600;
        channel.month_wh += wh;
        add_to_hour(channel, end, std::max(wh, 0.0));
        sum += std::max(wh, 0.0);
    }
    month_ = month;
    // the last second of a segment belongs to its own day, not to the midnight that ends it
    if (sum > 0) add_to_day(end - 1, offset_s, sum);
}

double Meter::mean_power_w(int number, const Channel& channel) const {
    if (!channel.on) return 0;
    if (metering_->replayed && !channel.loaded) {
        return number == 0 ? number_or(sample_, {"electricity", "power"}, 0) / 1000 : 0;
    }
    return channel.load_w;
}

double Meter::power_w(int number, std::int64_t now) const {
    const auto channel = channels_.find(number);
    if (channel == channels_.end()) return 0;
    const auto mean = mean_power_w(number, channel->second);
    return mean * (1 + metering_->noise * wander(seed_, now / sample_s, number));
}

void Meter::add_to_day(std::int64_t time, int offset_s, double wh) {
    const auto number = day_number(time, offset_s);
    const auto known = std::ranges::find(days_, number, &Day::number);
    if (known != days_.end()) {
        known->value += wh;
        known->time = time;
        return;
    }
    // no record before the first Wh of a day
    if (pending_day_ != number) pending_wh_ = 0;
    pending_day_ = number;
    pending_wh_ += wh;
    if (pending_wh_ < 1) return;
    double start = 0;
    if (metering_->carries_over_midnight) {
        const auto yesterday = std::ranges::find(days_, number - 1, &Day::number);
        if (yesterday != days_.end()) start = yesterday->value;
    }
    new_day(Day(number, time, start + pending_wh_));
    pending_wh_ = 0;
}

void Meter::new_day(Day day) {
    if (days_.size() < max_day_records) {
        days_.push_back(day);
    } else {
        *std::ranges::min_element(days_, {}, &Day::number) = day;
    }
}

void Meter::add_to_hour(Channel& channel, std::int64_t end, double wh) const {
    auto& hours = channel.hours;
    if (hours.empty() || floor_div(hours.back().time - 1, hour_s) != floor_div(end - 1, hour_s)) {
        if (hours.size() >= static_cast<std::size_t>(metering_->hours)) hours.erase(hours.begin());
        hours.push_back(Hour(end, 0));
    }
    hours.back().time = end;
    hours.back().value += wh;
}

void Meter::set_relay(int channel, bool on) {
    if (const auto known = channels_.find(channel); known != channels_.end()) known->second.on = on;
}

void Meter::set_load(int channel, double watts) {
    auto& known = channels_[channel];
    known.load_w = watts;
    known.loaded = true;
}

Json Meter::electricity(std::int64_t now) const {
    const bool off = !channels_.empty() && !channels_.begin()->second.on;
    const bool loaded = !channels_.empty() && channels_.begin()->second.loaded;
    auto payload = sample_.is_object() ? sample_ : Json({{"electricity", Json::object()}});
    auto& values = payload["electricity"];
    if (metering_->replayed && !off && !loaded) return payload;
    const auto number = channels_.empty() ? 0 : channels_.begin()->first;
    const auto volts =
        values.contains("voltage") && metering_->replayed
            ? number_or(values, {"voltage"}, 2300) / 10
            : metering_->voltage * (1 + metering_->noise / 5 * wander(seed_, now / sample_s, -1));
    const auto watts = power_w(number, now);
    values["channel"] = number;
    values["current"] = rounded(std::abs(watts) / volts / metering_->power_factor * 1000);
    values["voltage"] = rounded(volts * 10);
    values["power"] = rounded(watts * 1000);
    return payload;
}

Json Meter::electricity_x(std::int64_t now) const {
    auto list = Json::array();
    const auto volts = metering_->voltage * (1 + metering_->noise / 5 * wander(seed_, now / sample_s, -1));
    for (const auto& [number, channel] : channels_) {
        const auto watts = power_w(number, now);
        Json item = Json::object();
        item["channel"] = number;
        item["current"] = rounded(std::abs(watts) / volts / metering_->power_factor * 1000);
        item["voltage"] = rounded(volts * 1000);
        item["power"] = rounded(watts * 1000);
        item["mConsume"] = rounded(channel.month_wh);
        item["factor"] = watts == 0 ? 0.0 : metering_->power_factor;
        list.push_back(std::move(item));
    }
    return Json({{"electricity", std::move(list)}});
}

Json Meter::consumption_x() const {
    auto list = Json::array();
    for (const auto& day : days_) {
        Json item = Json::object();
        item["date"] = date_text(day.number);
        item["time"] = day.time;
        item["value"] = whole(day.value);
        list.push_back(std::move(item));
    }
    return Json({{"consumptionx", std::move(list)}});
}

Json Meter::consumption_h() const {
    auto list = Json::array();
    for (const auto& [number, channel] : channels_) {
        auto hours = Json::array();
        std::int64_t total = 0;
        for (const auto& hour : channel.hours) {
            Json item = Json::object();
            item["timestamp"] = hour.time;
            item["value"] = whole(hour.value);
            total += whole(hour.value);
            hours.push_back(std::move(item));
        }
        Json item = Json::object();
        item["channel"] = number;
        item["total"] = metering_->hourly_total ? total : 0;
        item["data"] = std::move(hours);
        list.push_back(std::move(item));
    }
    return Json({{"consumptionH", std::move(list)}});
}

}  // namespace lanbridge::sim
