#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>

#include "meross/features/names.hpp"
#include "meross/features/payload.hpp"
#include "meross/hub/list_items.hpp"
#include "meross/hub/subdevices.hpp"

namespace lanbridge::meross {
namespace {

using namespace std::chrono_literals;

constexpr double scale = 10;  // 0.1 °C, 0.1 %
/// A correction that could not be sent by then is not sent at all.
constexpr auto wish_patience = 10s;

/// What the sensor measures. Each name space has its own place for it.
struct Quantity {
    std::string_view key;  ///< of the entity, of its device class, and in Sensor.All, .Latest and .Adjust
    std::string_view unit;
    std::string_view flat;  ///< in the digest and in Sensor.TempHum
    std::string_view adjust;
    model::NumberRange adjust_range;
};
constexpr std::array quantities{
    Quantity{"temperature", "°C", "latestTemperature", "adjust_temperature", model::NumberRange{-5, 5, 0.1}},
    Quantity{"humidity", "%", "latestHumidity", "adjust_humidity", model::NumberRange{-20, 20, 1}},
};

/// Thermometer and hygrometer with corrections that the hub keeps.
class Ms100 final : public Feature {
public:
    explicit Ms100(std::string id) : id_(std::move(id)) {}

    void describe(std::vector<model::EntityDescription>& out) const override {
        for (const auto& q : quantities) {
            auto sensor = model::make_sensor(std::string(q.key), std::string(q.key), std::string(q.unit),
                                             "measurement");
            sensor.precision = 1;
            auto adjust = model::make_number(std::string(q.adjust), q.adjust_range, std::string(q.unit));
            out.push_back(std::move(sensor));
            out.push_back(std::move(adjust));
        }
    }

    void polls(std::vector<Poll>& out) const override {
        out.emplace_back(ns::hub_sensor_all, item_of(id_));
        out.emplace_back(ns::hub_sensor_adjust, item_of(id_));
    }

    bool reads(std::string_view name_space) const override {
        constexpr std::array mine{ns::digest_hub, ns::hub_sensor_adjust, ns::hub_sensor_all,
                                  ns::hub_sensor_latest, ns::hub_sensor_temp_hum};
        return std::ranges::find(mine, name_space) != mine.end();
    }

    void read(const Reading& reading, model::Observations& out) override {
        if (reading.name_space == ns::hub_sensor_adjust) return read_adjust(reading.payload, out);
        for (const auto& q : quantities)
            if (const auto value = measured(reading, q)) out.emplace_back(q.key, *value);
    }

    // The SET is a difference to what the hub has, which the vendor's app may have changed meanwhile: it is
    // asked first, and `tick` sends the difference to the answer.
    std::optional<Result<Action>> command(const model::Command& command) const override {
        const auto q = std::ranges::find(quantities, command.entity, &Quantity::adjust);
        if (q == quantities.end()) return std::nullopt;
        const auto number = number_of(command);
        if (!number) return number.error();
        if (!corrections_[index_of(*q)].now)
            return Error(Errc::unsupported, command.entity +
                                                ": the hub has not yet told the present correction, which a "
                                                "new one is the difference to; try again once it has");
        Action action(ask_adjust());
        action.reply_is_reading = true;
        action.read_back_always = true;  // no push will follow: there is nothing to wait for
        return action;
    }

    void accepted(const model::Command& command, const Json& reply, const Moment& moment,
                  model::Observations& out) override {
        const auto q = std::ranges::find(quantities, command.entity, &Quantity::adjust);
        const auto number = number_of(command);
        if (q == quantities.end() || !number) return;
        for_each_item(reply, "adjust", [&](const Json& item) {
            if (string_or(item, {"id"}, "") == id_) read_adjust(item, out);
        });
        corrections_[index_of(*q)].wanted = std::llround(*number * scale);
        wished_at_ = moment.now;
    }

    std::optional<Moment::TimePoint> wakes_at() const override { return wished_at_; }

    void tick(const Moment& moment, std::vector<Request>& requests, model::Observations&) override {
        if (!wished_at_) return;
        const bool in_time = moment.now < *wished_at_ + wish_patience;
        wished_at_.reset();
        for (const auto& q : quantities) {
            auto& correction = corrections_[index_of(q)];
            const auto wanted = std::exchange(correction.wanted, std::nullopt);
            if (!in_time || !wanted || !correction.now) continue;
            requests.push_back(
                set_item(ns::hub_sensor_adjust, "adjust", item_of(id_, q.key, *wanted - *correction.now)));
            requests.push_back(ask_adjust());
        }
    }

private:
    /// In native units.
    struct Correction {
        std::optional<std::int64_t> now;
        std::optional<std::int64_t> wanted;
    };

    static std::size_t index_of(const Quantity& q) noexcept {
        return static_cast<std::size_t>(&q - quantities.data());
    }

    static std::optional<double> measured(const Reading& reading, const Quantity& q) {
        if (reading.name_space == ns::hub_sensor_temp_hum) return scaled(reading.payload, q.flat, scale);
        if (reading.name_space == ns::digest_hub) {
            const Json* digest = typed_object(reading.payload, {"ms100", "tempHum"});
            if (!digest || int_or(*digest, {"latestTime"}, -1) == 0) return std::nullopt;
            return scaled(*digest, q.flat, scale);
        }
        const Json* object = find_member(reading.payload, {q.key});
        if (!object || int_or(*object, {"latestSampleTime"}, -1) == 0) return std::nullopt;
        return scaled(*object, reading.name_space == ns::hub_sensor_all ? "latest" : "sample", scale);
    }

    void read_adjust(const Json& item, model::Observations& out) {
        for (const auto& q : quantities) {
            const auto native = read_int64(item, {q.key});
            if (!native) continue;
            corrections_[index_of(q)].now = *native;
            out.emplace_back(q.adjust, static_cast<double>(*native) / scale);
        }
    }

    static Request ask_adjust() { return get_all_items(ns::hub_sensor_adjust, "adjust"); }

    std::string id_;
    std::array<Correction, quantities.size()> corrections_;
    std::optional<Moment::TimePoint> wished_at_;
};

}  // namespace

FeaturePtr make_ms100(const SubdeviceFacts& facts) { return std::make_unique<Ms100>(facts.id); }

}  // namespace lanbridge::meross
