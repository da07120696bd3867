#include <algorithm>
#include <array>

#include "meross/features/names.hpp"
#include "meross/features/payload.hpp"
#include "meross/hub/list_items.hpp"
#include "meross/hub/subdevices.hpp"

namespace lanbridge::meross {
namespace {

/// A detector of water (ms400, ms405). Its `onoff` switches nothing.
class LeakSensor final : public Feature {
public:
    explicit LeakSensor(std::string id) : id_(std::move(id)) {}

    void describe(std::vector<model::EntityDescription>& out) const override {
        out.push_back(model::make_binary_sensor("leak", "moisture"));
    }

    void polls(std::vector<Poll>& out) const override { out.emplace_back(ns::hub_sensor_all, item_of(id_)); }

    bool reads(std::string_view name_space) const override {
        constexpr std::array mine{ns::digest_hub, ns::hub_sensor_all, ns::hub_sensor_leak};
        return std::ranges::find(mine, name_space) != mine.end();
    }

    // What does not say whether there is water changes nothing: a leak does not end because a push was short.
    void read(const Reading& reading, model::Observations& out) override {
        const Json* water = reading.name_space == ns::hub_sensor_leak
                                ? &reading.payload
                                : typed_object(reading.payload, {"waterLeak", "ms400", "ms405"});
        if (!water) return;
        if (const auto wet = flag_of(*water, "latestWaterLeak")) out.emplace_back("leak", *wet);
    }

private:
    std::string id_;
};

}  // namespace

FeaturePtr make_leak_sensor(const SubdeviceFacts& facts) { return std::make_unique<LeakSensor>(facts.id); }

}  // namespace lanbridge::meross
