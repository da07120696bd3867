#include <array>

#include "meross/features/features.hpp"
#include "meross/features/names.hpp"
#include "meross/features/payload.hpp"

namespace lanbridge::meross {
namespace {

constexpr double tenths = 10;

struct Quantity {
    std::string_view key;  ///< of the entity, of its device class, and of the payload member
    std::string_view unit;
};
constexpr std::array quantities{Quantity{"temperature", "°C"}, Quantity{"humidity", "%"}};

/// The air around a diffuser. Most have no sensor, and answer with zeros that were never measured.
class DiffuserSensor final : public Feature {
public:
    void describe(std::vector<model::EntityDescription>& out) const override {
        for (std::size_t i = 0; i < quantities.size(); ++i) {
            if (!measured_[i]) continue;
            const std::string key(quantities[i].key);
            auto sensor = model::make_sensor(key, key, std::string(quantities[i].unit), "measurement");
            sensor.precision = 1;
            out.push_back(std::move(sensor));
        }
    }

    void polls(std::vector<Poll>& out) const override {
        out.emplace_back(ns::diffuser_sensor, payload_of("sensor", Json::object()));
    }

    bool reads(std::string_view name_space) const override { return name_space == ns::diffuser_sensor; }

    // The payload has no key of its own: both quantities lie at its top.
    void read(const Reading& reading, model::Observations& out) override {
        for (std::size_t i = 0; i < quantities.size(); ++i)
            for_each_item(reading.payload, quantities[i].key, [&](const Json& sample) {
                const auto value = scaled(sample, "value", tenths);
                if (!value || int_or(sample, {"lmTime"}, 0) == 0) return;
                if (!std::exchange(measured_[i], true)) describe_anew();
                out.emplace_back(quantities[i].key, *value);
            });
    }

    // A device that is slow to answer after a restart shall not lose its sensors for the time being.
    std::string_view memory_topic() const override { return "diffuser_sensor"; }
    std::optional<std::string> memory() const override {
        Json keys = Json::array();
        for (std::size_t i = 0; i < quantities.size(); ++i)
            if (measured_[i]) keys.push_back(std::string(quantities[i].key));
        if (keys.empty()) return std::nullopt;
        return dump_json(keys);
    }
    void restore(const Json& memory, std::int64_t) override {
        if (!memory.is_array()) return;
        for (std::size_t i = 0; i < quantities.size(); ++i)
            for (const Json& key : memory)
                if (key.is_string() && key == quantities[i].key) measured_[i] = true;
    }

private:
    std::array<bool, quantities.size()> measured_{};
};

}  // namespace

FeaturePtr make_diffuser_sensor(const Facts& facts) {
    if (!facts.has(ns::diffuser_sensor)) return nullptr;
    return std::make_unique<DiffuserSensor>();
}

}  // namespace lanbridge::meross
