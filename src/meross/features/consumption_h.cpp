#include "meross/features/channels.hpp"
#include "meross/features/features.hpp"
#include "meross/features/names.hpp"
#include "meross/features/payload.hpp"

namespace lanbridge::meross {
namespace {

constexpr std::string_view entity_key = "energy_last_hour";

/// The newest of the hourly records of a plug, whose `total` stays 0. Shown once the device has told one.
class ConsumptionH final : public Feature {
public:
    void describe(std::vector<model::EntityDescription>& out) const override {
        if (!answered_) return;
        auto hour = model::make_sensor(std::string(entity_key), "energy", "Wh", "");
        hour.naming = model::Naming::given;
        hour.precision = 0;
        hour.enabled_by_default = false;
        out.push_back(std::move(hour));
    }

    void polls(std::vector<Poll>& out) const override {
        out.emplace_back(ns::consumption_h, payload_of("consumptionH", list_of(channel_object(0))));
    }

    bool reads(std::string_view name_space) const override { return name_space == ns::consumption_h; }

    void read(const Reading& reading, model::Observations& out) override {
        for_each_item(reading.payload, "consumptionH", [&](const Json& item) {
            if (int_or(item, {"channel"}, 0) != 0) return;
            if (const auto wh = newest(item)) {
                answered_ = true;
                out.emplace_back(entity_key, *wh);
            }
        });
    }

    void refused(std::string_view name_space) override {
        if (reads(name_space)) answered_ = false;
    }

    void answered_before(std::string_view name_space) override {
        if (reads(name_space)) answered_ = true;
    }

private:
    /// The records come in a ring, like those of the days.
    static std::optional<std::int64_t> newest(const Json& item) {
        std::optional<std::int64_t> value;
        std::int64_t newest_time = 0;
        for_each_item(item, "data", [&](const Json& record) {
            const auto time = int_or(record, {"timestamp"}, 0);
            const auto wh = read_number(record, {"value"});
            if (!wh || time <= newest_time) return;
            newest_time = time;
            value = static_cast<std::int64_t>(*wh);
        });
        return value;
    }

    bool answered_ = false;
};

}  // namespace

FeaturePtr make_consumption_h(const Facts& facts) {
    // On energy monitors the namespace belongs to the clamps (monitor.cpp).
    if (!facts.has(ns::consumption_h) || !facts.has(ns::electricity) || is_energy_monitor(facts.type))
        return nullptr;
    return std::make_unique<ConsumptionH>();
}

}  // namespace lanbridge::meross
