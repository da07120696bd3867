#include "meross/features/names.hpp"
#include "meross/features/payload.hpp"
#include "meross/hub/list_items.hpp"
#include "meross/hub/subdevices.hpp"

namespace lanbridge::meross {
namespace {

/// The charge of a subdevice's battery, in steps of 25 % with older types.
class Battery final : public Feature {
public:
    Battery(std::string id, bool expected) : id_(std::move(id)), known_(expected) {}

    void describe(std::vector<model::EntityDescription>& out) const override {
        if (!known_) return;
        auto battery = model::make_sensor("battery", "battery", "%", "measurement");
        battery.category = model::Category::diagnostic;
        out.push_back(std::move(battery));
    }

    void polls(std::vector<Poll>& out) const override { out.emplace_back(ns::hub_battery, item_of(id_)); }

    bool reads(std::string_view name_space) const override { return name_space == ns::hub_battery; }

    void read(const Reading& reading, model::Observations& out) override {
        const auto percent = int_or(reading.payload, {"value"}, -1);
        if (percent < 0 || percent > 100) return;
        if (!known_) describe_anew();
        known_ = true;
        out.emplace_back("battery", percent);
    }

    void answered_before(std::string_view name_space) override { known_ = known_ || reads(name_space); }

private:
    std::string id_;
    bool known_;
};

}  // namespace

FeaturePtr make_battery(const SubdeviceFacts& facts) { return std::make_unique<Battery>(facts.id, true); }

FeaturePtr make_battery_if_told(const SubdeviceFacts& facts) {
    return std::make_unique<Battery>(facts.id, false);
}

}  // namespace lanbridge::meross
