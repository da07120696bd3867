#include "meross/features/names.hpp"
#include "meross/features/payload.hpp"
#include "meross/hub/list_items.hpp"
#include "meross/hub/subdevices.hpp"

namespace lanbridge::meross {
namespace {

/// Where the motor of a mts150 stands and how much it has worked, which only the digest tells.
class ValveMotor final : public Feature {
public:
    void describe(std::vector<model::EntityDescription>& out) const override {
        if (!told_) return;
        auto motor = model::make_sensor("motor", "", "", "measurement");
        motor.category = model::Category::diagnostic;
        motor.enabled_by_default = false;
        model::PartDescription attributes;
        attributes.name = "attributes";
        attributes.kind = model::ValueKind::attributes;
        motor.parts.push_back(std::move(attributes));
        out.push_back(std::move(motor));
    }

    bool reads(std::string_view name_space) const override { return name_space == ns::digest_hub; }

    void read(const Reading& reading, model::Observations& out) override {
        const Json* valve = typed_object(reading.payload, {"mts150", "mts150p"});
        if (!valve) return;
        const auto place = read_int64(*valve, {"motorCurLocation"});
        if (!place) return;
        if (!std::exchange(told_, true)) describe_anew();
        out.emplace_back("motor", *place);
        model::Attributes attributes;
        if (const auto starts = read_int64(*valve, {"motorStartCtr"}))
            attributes.emplace_back("starts", *starts);
        if (const auto path = read_int64(*valve, {"motorTotalPath"}))
            attributes.emplace_back("total_path", *path);
        out.emplace_back("motor", "attributes", std::move(attributes));
    }

private:
    bool told_ = false;
};

}  // namespace

FeaturePtr make_valve_motor(const SubdeviceFacts&) { return std::make_unique<ValveMotor>(); }

}  // namespace lanbridge::meross
