#include "meross/features/features.hpp"
#include "meross/features/names.hpp"
#include "meross/features/payload.hpp"

namespace lanbridge::meross {
namespace {

constexpr std::string_view entity_key = "humidity";

/// The latest humidity among {"value":[{"timestamp":…,"humi":596},…]}; 0.1 %.
std::optional<double> latest_humidity(const Json& item) {
    std::optional<double> latest;
    std::int64_t at = -1;
    for_each_item(item, "value", [&](const Json& sample) {
        const auto humidity = scaled(sample, "humi", 10);
        const auto when = int_or(sample, {"timestamp"}, 0);
        if (!humidity || *humidity < 0 || *humidity > 100 || when < at) return;
        latest = humidity;
        at = when;
    });
    return latest;
}

/// What a thermostat of the mts200 family measures beside the temperature.
class SensorLatest final : public Feature {
public:
    void describe(std::vector<model::EntityDescription>& out) const override {
        if (!refused_)
            out.push_back(model::make_sensor(std::string(entity_key), "humidity", "%", "measurement"));
    }

    void polls(std::vector<Poll>& out) const override {
        out.emplace_back(ns::sensor_latest, payload_of("latest", list_of(channel_object(0))));
    }

    bool reads(std::string_view name_space) const override { return name_space == ns::sensor_latest; }

    void read(const Reading& reading, model::Observations& out) override {
        for_each_item(reading.payload, "latest", [&](const Json& item) {
            if (int_or(item, {"channel"}, 0) != 0) return;
            const auto humidity = latest_humidity(item);
            if (!humidity) return;
            refused_ = false;
            out.emplace_back(entity_key, *humidity);
            out.emplace_back("climate", "current_humidity", *humidity);
        });
    }

    void refused(std::string_view name_space) override { refused_ = refused_ || reads(name_space); }

private:
    bool refused_ = false;
};

}  // namespace

FeaturePtr make_sensor_latest(const Facts& facts) {
    if (!facts.has(ns::sensor_latest) || !facts.has(ns::thermostat_mode)) return nullptr;
    return std::make_unique<SensorLatest>();
}

}  // namespace lanbridge::meross
