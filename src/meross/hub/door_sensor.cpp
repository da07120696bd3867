#include <algorithm>
#include <array>

#include "meross/features/names.hpp"
#include "meross/features/payload.hpp"
#include "meross/hub/list_items.hpp"
#include "meross/hub/subdevices.hpp"

namespace lanbridge::meross {
namespace {

/// The contact of a door or a window (ms200). Its `onoff` switches nothing.
class DoorSensor final : public Feature {
public:
    explicit DoorSensor(std::string id) : id_(std::move(id)) {}

    void describe(std::vector<model::EntityDescription>& out) const override {
        auto door = model::make_binary_sensor("door", "door");
        door.naming = model::Naming::class_name;
        out.push_back(std::move(door));
    }

    void polls(std::vector<Poll>& out) const override { out.emplace_back(ns::hub_sensor_all, item_of(id_)); }

    bool reads(std::string_view name_space) const override {
        constexpr std::array mine{ns::digest_hub, ns::hub_sensor_all, ns::hub_sensor_door};
        return std::ranges::find(mine, name_space) != mine.end();
    }

    // The answer of DoorWindow has the same members, beside a history that says nothing new.
    void read(const Reading& reading, model::Observations& out) override {
        const Json* contact = reading.name_space == ns::hub_sensor_door
                                  ? &reading.payload
                                  : typed_object(reading.payload, {"doorWindow", "ms200"});
        if (!contact) return;
        if (const auto open = flag_of(*contact, "status")) out.emplace_back("door", *open);
    }

private:
    std::string id_;
};

}  // namespace

FeaturePtr make_door_sensor(const SubdeviceFacts& facts) { return std::make_unique<DoorSensor>(facts.id); }

}  // namespace lanbridge::meross
