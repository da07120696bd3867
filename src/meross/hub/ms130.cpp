#include <algorithm>
#include <array>

#include "meross/features/names.hpp"
#include "meross/features/payload.hpp"
#include "meross/hub/list_items.hpp"
#include "meross/hub/subdevices.hpp"

namespace lanbridge::meross {
namespace {

/// What the sensor measures, and where each name space has it.
struct Quantity {
    std::string_view key;  ///< of the entity, of its device class, and of the object in Sensor.All
    std::string_view unit;
    std::string_view brief;  ///< in the digest and in Sensor.LatestX
    double scale;
    int precision;
};
// The limits that Sensor.All sends along are in 0.1 °C; the temperature itself never is.
constexpr std::array quantities{
    Quantity{"temperature", "°C", "temp", 100, 2},
    Quantity{"humidity", "%", "humi", 10, 1},
    Quantity{"illuminance", "lx", "light", 1, 0},
};

/// The newest of the samples of one kind.
const Json* newest_sample(const Json& data, std::string_view kind) {
    const Json* newest = nullptr;
    for_each_item(data, kind, [&](const Json& sample) {
        if (!newest || int_or(sample, {"timestamp"}, 0) > int_or(*newest, {"timestamp"}, 0)) newest = &sample;
    });
    return newest;
}

/// Thermometer, hygrometer and light meter with a display. Its `onoff` switches nothing.
class Ms130 final : public Feature {
public:
    explicit Ms130(std::string id) : id_(std::move(id)) {}

    void describe(std::vector<model::EntityDescription>& out) const override {
        for (const auto& q : quantities) {
            auto sensor = model::make_sensor(std::string(q.key), std::string(q.key), std::string(q.unit),
                                             "measurement");
            sensor.precision = q.precision;
            out.push_back(std::move(sensor));
        }
    }

    // Without its id and the list of what is wanted, LatestX is an error.
    void polls(std::vector<Poll>& out) const override {
        out.emplace_back(ns::hub_sensor_all, item_of(id_));
        Json latest = payload_of("subId", id_);
        latest["channel"] = 0;
        latest["data"] = Json::array();
        for (const std::string_view kind : {"light", "temp", "humi"})
            latest["data"].push_back(std::string(kind));
        out.emplace_back(ns::sensor_latest_x, std::move(latest));
    }

    bool reads(std::string_view name_space) const override {
        constexpr std::array mine{ns::digest_hub, ns::hub_sensor_all, ns::sensor_latest_x};
        return std::ranges::find(mine, name_space) != mine.end();
    }

    void read(const Reading& reading, model::Observations& out) override {
        for (const auto& q : quantities)
            if (const auto value = measured(reading, q)) out.emplace_back(q.key, *value);
    }

private:
    static std::optional<double> measured(const Reading& reading, const Quantity& q) {
        if (reading.name_space == ns::digest_hub) {
            const Json* digest = typed_object(reading.payload, {"tempHumi", "ms130"});
            if (!digest || int_or(*digest, {"latestTime"}, -1) == 0) return std::nullopt;
            return scaled(*digest, q.brief, q.scale);
        }
        if (reading.name_space == ns::hub_sensor_all) {
            const Json* object = find_member(reading.payload, {q.key});
            if (!object || int_or(*object, {"latestSampleTime"}, -1) == 0) return std::nullopt;
            return scaled(*object, "latest", q.scale);
        }
        const Json* data = find_member(reading.payload, {"data"});
        const Json* sample = data ? newest_sample(*data, q.brief) : nullptr;
        if (!sample) return std::nullopt;
        return scaled(*sample, "value", q.scale);
    }

    std::string id_;
};

}  // namespace

FeaturePtr make_ms130(const SubdeviceFacts& facts) { return std::make_unique<Ms130>(facts.id); }

}  // namespace lanbridge::meross
