#include "lanbridge/base/log.hpp"
#include "meross/features/features.hpp"
#include "meross/features/names.hpp"
#include "meross/features/payload.hpp"

namespace lanbridge::meross {
namespace {

const log::Logger logger("meross.features");

/// What the sensor says of somebody being there. 3 has been seen by users; nobody knows what it tells beyond
/// that somebody is.
constexpr std::int64_t absent = 1;
constexpr std::int64_t present = 2;

/// Which values are wanted must be said: an empty list is answered with an empty list, other shapes make the
/// device fail.
Json ask() {
    Json item = channel_object(0);
    item["data"] = Json::array({"presence", "light"});
    return payload_of("latest", list_of(std::move(item)));
}

/// The newest entry of `data.<kind>`: a list of samples, or one of them.
const Json* newest(const Json& item, std::string_view kind) {
    const Json* samples = find_member(item, {"data", kind});
    if (!samples) return nullptr;
    if (samples->is_object()) return samples;
    if (!samples->is_array() || samples->empty() || !samples->front().is_object()) return nullptr;
    return &samples->front();
}

/// Radar and light sensor. Pushes carry only what has changed; the rest keeps its value.
class Presence final : public Feature {
public:
    void describe(std::vector<model::EntityDescription>& out) const override {
        if (refused_) return;
        out.push_back(model::make_binary_sensor("presence", "occupancy"));
        auto distance = model::make_sensor("distance", "distance", "m", "measurement");
        distance.precision = 2;
        out.push_back(std::move(distance));
        auto times = model::make_sensor("times", "", "", "measurement");
        times.category = model::Category::diagnostic;
        out.push_back(std::move(times));
        out.push_back(model::make_sensor("illuminance", "illuminance", "lx", "measurement"));
    }

    void polls(std::vector<Poll>& out) const override { out.emplace_back(ns::sensor_latest_x, ask()); }

    bool reads(std::string_view name_space) const override { return name_space == ns::sensor_latest_x; }

    void read(const Reading& reading, model::Observations& out) override {
        for_each_item(reading.payload, "latest", [&](const Json& item) {
            if (int_or(item, {"channel"}, 0) != 0) return;
            refused_ = false;
            if (const Json* sample = newest(item, "presence")) read_presence(*sample, out);
            if (const Json* sample = newest(item, "light"))
                if (const auto lux = read_int64(*sample, {"value"})) out.emplace_back("illuminance", *lux);
        });
    }

    void refused(std::string_view name_space) override { refused_ = refused_ || reads(name_space); }

private:
    void read_presence(const Json& sample, model::Observations& out) {
        if (const auto value = read_int64(sample, {"value"}); value && *value > 0) {
            if (*value > present && !strange_)
                logger.info("a presence sensor says {}, which is taken for somebody's presence", *value);
            strange_ = strange_ || *value > present;
            out.emplace_back("presence", *value != absent);
        }
        if (const auto metres = scaled(sample, "distance", 1000)) out.emplace_back("distance", *metres);
        if (const auto times = read_int64(sample, {"times"})) out.emplace_back("times", *times);
    }

    bool refused_ = false;
    bool strange_ = false;
};

}  // namespace

FeaturePtr make_presence(const Facts& facts) {
    // On a hub the same namespace speaks of its subdevices.
    if (!facts.has(ns::presence_config) || !facts.has(ns::sensor_latest_x)) return nullptr;
    return std::make_unique<Presence>();
}

}  // namespace lanbridge::meross
