#include <algorithm>
#include <array>

#include "meross/features/channels.hpp"
#include "meross/features/day_energy.hpp"
#include "meross/features/energy_integrator.hpp"
#include "meross/features/features.hpp"
#include "meross/features/local_day.hpp"
#include "meross/features/names.hpp"
#include "meross/features/payload.hpp"

namespace lanbridge::meross {
namespace {

/// One number of an Electricity sample.
struct Quantity {
    std::string_view key;  ///< of the entity, of its device class, and of the payload member
    std::string_view unit;
    double scale;  ///< native units per published unit
    int precision;
};
constexpr std::array quantities{
    Quantity{"power", "W", 1000, 1},
    Quantity{"voltage", "V", 10, 1},
    Quantity{"current", "A", 1000, 2},
};

model::EntityDescription energy_sensor(std::string key) {
    auto energy = model::make_sensor(std::move(key), "energy", "Wh", "total_increasing");
    energy.precision = 0;
    return energy;
}

/// Power now and energy today of a plug with a meter.
class Metering final : public Feature {
public:
    explicit Metering(const Facts& facts)
        : electricity_(facts.has(ns::electricity)), consumption_(facts.has(ns::consumption_x)) {}

    void describe(std::vector<model::EntityDescription>& out) const override {
        if (electricity_) describe_electricity(out);
        if (consumption_) out.push_back(energy_sensor("energy"));
    }

    void polls(std::vector<Poll>& out) const override {
        if (electricity_) out.emplace_back(ns::electricity, payload_of("electricity", Json::object()));
        if (consumption_) out.emplace_back(ns::consumption_x, payload_of("consumptionx", Json::array()));
    }

    bool reads(std::string_view name_space) const override {
        return name_space == ns::electricity || name_space == ns::consumption_x;
    }

    void read(const Reading& reading, model::Observations& out) override {
        if (reading.name_space == ns::electricity) return read_electricity(reading, out);
        const Json* records = find_member(reading.payload, {"consumptionx"});
        if (!records || !records->is_array()) return;
        consumption_ = true;
        if (const auto wh = day_energy_.read(*records, reading.device_time, reading.zone))
            out.emplace_back("energy", *wh);
    }

    void refused(std::string_view name_space) override {
        if (name_space == ns::electricity) electricity_ = false;
        if (name_space == ns::consumption_x) consumption_ = false;
    }

    void answered_before(std::string_view name_space) override {
        if (name_space == ns::electricity) answered_ = electricity_ = true;
        if (name_space == ns::consumption_x) consumption_ = true;
    }

    std::string_view memory_topic() const override { return "energy"; }
    std::optional<std::string> memory() const override { return day_energy_.memory(); }
    void restore(const Json& memory, std::int64_t) override { day_energy_.restore(memory); }

private:
    void describe_electricity(std::vector<model::EntityDescription>& out) const {
        for (const auto& q : quantities) {
            auto sensor = model::make_sensor(std::string(q.key), std::string(q.key), std::string(q.unit),
                                             "measurement");
            sensor.precision = q.precision;
            out.push_back(std::move(sensor));
        }
        if (!answered_) return;
        auto estimate = energy_sensor("energy_estimate");
        estimate.naming = model::Naming::given;
        estimate.enabled_by_default = false;
        out.push_back(std::move(estimate));
    }

    void read_electricity(const Reading& reading, model::Observations& out) {
        for_each_item(reading.payload, "electricity", [&](const Json& sample) {
            if (int_or(sample, {"channel"}, 0) != 0) return;
            electricity_ = true;
            for (const auto& q : quantities)
                if (const auto value = scaled(sample, q.key, q.scale)) out.emplace_back(q.key, *value);
            if (const auto watts = scaled(sample, "power", 1000)) integrate(*watts, reading, out);
        });
    }

    void integrate(double watts, const Reading& reading, model::Observations& out) {
        answered_ = true;
        const auto slice = integrator_.add(watts, reading.wall_ms);
        day_energy_.used(slice.wh);
        const auto midnight = local_midnight(reading.zone, reading.device_time);
        if (midnight == estimate_day_) {
            estimate_wh_ += slice.wh;
        } else {  // of a slice that began yesterday, today's part
            const auto today_s = static_cast<double>(reading.device_time - midnight);
            estimate_wh_ = slice.seconds > 0 ? slice.wh * std::min(1.0, today_s / slice.seconds) : 0;
            estimate_day_ = midnight;
        }
        // Whole Wh: nobody needs a message every few seconds for an estimate.
        out.emplace_back("energy_estimate", static_cast<std::int64_t>(estimate_wh_));
    }

    bool electricity_;
    bool consumption_;
    bool answered_ = false;
    DayEnergy day_energy_;
    EnergyIntegrator integrator_;
    double estimate_wh_ = 0;
    std::int64_t estimate_day_ = 0;  // the midnight since which it counts
};

}  // namespace

FeaturePtr make_metering(const Facts& facts) {
    if (is_energy_monitor(facts.type)) return nullptr;  // their clamps are metered by ElectricityX
    if (!facts.has(ns::electricity) && !facts.has(ns::consumption_x)) return nullptr;
    return std::make_unique<Metering>(facts);
}

}  // namespace lanbridge::meross
