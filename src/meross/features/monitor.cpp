#include <algorithm>
#include <array>
#include <map>

#include "meross/features/channels.hpp"
#include "meross/features/energy_integrator.hpp"
#include "meross/features/features.hpp"
#include "meross/features/local_day.hpp"
#include "meross/features/names.hpp"
#include "meross/features/payload.hpp"

namespace lanbridge::meross {
namespace {

/// em devices take this for "all channels"; others want the list of their channels.
constexpr int all_channels = 65535;

/// One number of an ElectricityX sample; unlike Electricity its voltage is in mV and its power has a sign.
struct Quantity {
    std::string_view key;
    std::string_view member;
    std::string_view device_class;
    std::string_view unit;
    std::string_view title;
    double scale;
    int precision;
};
constexpr std::array quantities{
    Quantity{"power", "power", "power", "W", "Power", 1000, 1},
    Quantity{"voltage", "voltage", "voltage", "V", "Voltage", 1000, 1},
    Quantity{"current", "current", "current", "A", "Current", 1000, 2},
    Quantity{"factor", "factor", "power_factor", "", "Power factor", 1, 2},
};

std::string key_of(std::string_view quantity, int channel) {
    return std::string(quantity) + "_" + std::to_string(channel);
}

/// Which channels a type has even while it is silent; the rest is learnt from its answers.
std::vector<int> channels_of(const Facts& facts) {
    int count = 0;
    if (facts.type.starts_with("em06")) count = 6;
    if (facts.type.starts_with("em16")) count = 16;
    std::vector<int> channels;
    for (int channel = 1; channel <= count; ++channel) channels.push_back(channel);
    if (count > 0) return channels;
    // Outlets, as mop320 has them: relay channel 0 is the master and has no meter.
    for (int channel : digest_channels(facts, "togglex").value_or(std::vector<int>()))
        if (channel > 0) channels.push_back(channel);
    return channels;
}

/// What is printed beside the socket of a clamp.
std::string label_of(bool six_clamps, int channel) {
    constexpr std::array<std::string_view, 6> printed{"A1", "B1", "C1", "A2", "B2", "C2"};
    if (six_clamps && channel >= 1 && channel <= 6)
        return std::string(printed[static_cast<std::size_t>(channel - 1)]);
    return std::to_string(channel);
}

/// Energy monitors with a clamp per channel, and outlets metered one by one.
class Monitor final : public Feature {
public:
    explicit Monitor(const Facts& facts)
        : channels_(channels_of(facts)),
          learning_(channels_.empty()),
          monitor_(is_energy_monitor(facts.type)),
          six_clamps_(facts.type.starts_with("em06")),
          samples_(facts.has(ns::electricity_x)),
          hours_(monitor_ && facts.has(ns::consumption_h)) {}

    void describe(std::vector<model::EntityDescription>& out) const override {
        for (int channel : channels_) {
            if (samples_) describe_samples(channel, out);
            if (hours_)
                out.push_back(sensor("energy", channel, "energy", "Wh", "total_increasing", "Energy", 0));
        }
    }

    void polls(std::vector<Poll>& out) const override {
        const int items = std::max(1, static_cast<int>(channels_.size()));
        if (samples_) out.emplace_back(ns::electricity_x, payload_of("electricity", wanted()), items);
        if (hours_) out.emplace_back(ns::consumption_h, payload_of("consumptionH", wanted()), items);
    }

    bool reads(std::string_view name_space) const override {
        return name_space == ns::electricity_x || (monitor_ && name_space == ns::consumption_h);
    }

    void read(const Reading& reading, model::Observations& out) override {
        const bool sample = reading.name_space == ns::electricity_x;
        for_each_item(reading.payload, sample ? "electricity" : "consumptionH", [&](const Json& item) {
            const int channel = channel_of(item);
            if (!knows(channel)) return;
            if (sample)
                read_sample(channel, item, reading, out);
            else
                read_hours(channel, item, out);
        });
    }

    void refused(std::string_view name_space) override {
        if (name_space == ns::electricity_x) samples_ = false;
        if (name_space == ns::consumption_h) hours_ = false;
    }

    void answered_before(std::string_view name_space) override {
        if (name_space == ns::electricity_x)
            for (int channel : channels_) flows_.try_emplace(channel);
    }

private:
    struct Flow {
        EnergyIntegrator in;
        EnergyIntegrator out;
        double in_wh = 0;
        double out_wh = 0;
    };

    Json wanted() const {
        if (monitor_) return channel_object(all_channels);
        if (channels_.empty()) return list_of(channel_object(0));
        Json list = Json::array();
        for (int channel : channels_) list.push_back(channel_object(channel));
        return list;
    }

    bool knows(int channel) {
        if (channel < 0) return false;
        const auto at = std::ranges::lower_bound(channels_, channel);
        if (at != channels_.end() && *at == channel) return true;
        if (learning_) channels_.insert(at, channel);
        return learning_;
    }

    model::EntityDescription sensor(std::string_view quantity, int channel, std::string_view device_class,
                                    std::string_view unit, std::string_view state_class,
                                    std::string_view title, int precision) const {
        auto entity = model::make_sensor(key_of(quantity, channel), std::string(device_class),
                                         std::string(unit), std::string(state_class));
        entity.naming = model::Naming::given;
        entity.name = std::string(title) + " " + label_of(six_clamps_, channel);
        entity.precision = precision;
        return entity;
    }

    void describe_samples(int channel, std::vector<model::EntityDescription>& out) const {
        for (const auto& q : quantities)
            out.push_back(
                sensor(q.key, channel, q.device_class, q.unit, "measurement", q.title, q.precision));
        // Net of export and restarting every month, hence a total with its last reset.
        auto month = sensor("mconsume", channel, "energy", "Wh", "total", "Energy this month", 0);
        month.parts.front().kind = model::ValueKind::total;
        out.push_back(std::move(month));
        if (!flows_.contains(channel)) return;
        for (std::string_view direction : {"import", "export"}) {
            auto flow = sensor(direction, channel, "energy", "Wh", "total_increasing",
                               model::sentence_case(direction), 0);
            flow.enabled_by_default = false;
            out.push_back(std::move(flow));
        }
    }

    void read_sample(int channel, const Json& item, const Reading& reading, model::Observations& out) {
        samples_ = true;
        for (const auto& q : quantities)
            if (const auto value = scaled(item, q.member, q.scale))
                out.emplace_back(key_of(q.key, channel), *value);
        if (const auto wh = read_number(item, {"mConsume"}))
            out.emplace_back(key_of("mconsume", channel),
                             model::Total{*wh, local_month_start(reading.zone, reading.device_time)});
        if (const auto watts = scaled(item, "power", 1000)) integrate(channel, *watts, reading.wall_ms, out);
    }

    void integrate(int channel, double watts, std::int64_t wall_ms, model::Observations& out) {
        Flow& flow = flows_[channel];
        flow.in_wh += flow.in.add(std::max(watts, 0.0), wall_ms).wh;
        flow.out_wh += flow.out.add(std::max(-watts, 0.0), wall_ms).wh;
        out.emplace_back(key_of("import", channel), static_cast<std::int64_t>(flow.in_wh));
        out.emplace_back(key_of("export", channel), static_cast<std::int64_t>(flow.out_wh));
    }

    void read_hours(int channel, const Json& item, model::Observations& out) {
        const auto total = read_number(item, {"total"});
        if (!total) return;
        hours_ = true;
        out.emplace_back(key_of("energy", channel), static_cast<std::int64_t>(*total));
    }

    std::vector<int> channels_;  // sorted
    bool learning_;
    bool monitor_;
    bool six_clamps_;
    bool samples_;
    bool hours_;
    std::map<int, Flow> flows_;  // of the channels that have told their power
};

}  // namespace

FeaturePtr make_monitor(const Facts& facts) {
    const bool hours = is_energy_monitor(facts.type) && facts.has(ns::consumption_h);
    if (!facts.has(ns::electricity_x) && !hours) return nullptr;
    return std::make_unique<Monitor>(facts);
}

}  // namespace lanbridge::meross
