#include "meross/features/features.hpp"
#include "meross/features/names.hpp"
#include "meross/features/payload.hpp"

namespace lanbridge::meross {
namespace {

constexpr std::string_view entity_key = "wiring";
constexpr std::string_view attributes = "attributes";
/// The mts300 tells some twenty; more than that is no description of a plant.
constexpr std::size_t max_attributes = 64;

/// The plant that an mts300 was wired to, as its installer described it: the number of the system's kind, and
/// the rest as it comes.
class HvacWiring final : public Feature {
public:
    void describe(std::vector<model::EntityDescription>& out) const override {
        if (!told_) return;
        auto wiring = model::make_sensor(std::string(entity_key), "", "", "");
        wiring.category = model::Category::diagnostic;
        wiring.enabled_by_default = false;
        model::PartDescription more;
        more.name = std::string(attributes);
        more.kind = model::ValueKind::attributes;
        wiring.parts.push_back(std::move(more));
        out.push_back(std::move(wiring));
    }

    void polls(std::vector<Poll>& out) const override {
        out.emplace_back(ns::thermostat_system, payload_of("control", list_of(channel_object(0))));
    }

    bool reads(std::string_view name_space) const override { return name_space == ns::thermostat_system; }

    void read(const Reading& reading, model::Observations& out) override {
        for_each_item(reading.payload, "control", [&](const Json& item) {
            const auto kind = read_int64(item, {"sysType"});
            if (!kind || int_or(item, {"channel"}, 0) != 0) return;
            if (!told_) describe_anew();
            told_ = true;
            out.emplace_back(entity_key, *kind);
            model::Attributes about;
            add(item, "", about);
            out.emplace_back(entity_key, attributes, std::move(about));
        });
    }

private:
    /// Numbers by their names, those of an inner object behind its name: "wire_R".
    static void add(const Json& object, const std::string& prefix, model::Attributes& about) {
        for (const auto& [name, value] : object.items()) {
            if (about.size() >= max_attributes || name == "channel") continue;
            if (value.is_number_integer()) about.emplace_back(prefix + name, value.get<std::int64_t>());
            if (value.is_object() && prefix.empty()) add(value, name + "_", about);
        }
    }

    bool told_ = false;
};

}  // namespace

FeaturePtr make_hvac_wiring(const Facts& facts) {
    if (!facts.has(ns::thermostat_system)) return nullptr;
    return std::make_unique<HvacWiring>();
}

}  // namespace lanbridge::meross
