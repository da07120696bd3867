#include "meross/features/channels.hpp"
#include "meross/features/features.hpp"
#include "meross/features/names.hpp"
#include "meross/features/payload.hpp"

namespace lanbridge::meross {
namespace {

constexpr std::string_view entity_key = "switch_0";

/// The one relay of firmware 1.x, which knows no channels.
class Toggle final : public Feature {
public:
    explicit Toggle(const Facts& facts) : wall_(is_wall_switch(facts.type)) {}

    void describe(std::vector<model::EntityDescription>& out) const override {
        auto relay = model::make_switch(std::string(entity_key));
        relay.naming = model::Naming::main;
        relay.name.clear();
        relay.device_class = wall_ ? "switch" : "outlet";
        out.push_back(std::move(relay));
    }

    void polls(std::vector<Poll>& out) const override {
        out.emplace_back(ns::toggle, payload_of("toggle", Json::object()));
    }

    bool reads(std::string_view name_space) const override { return name_space == ns::toggle; }

    void read(const Reading& reading, model::Observations& out) override {
        for_each_item(reading.payload, "toggle", [&](const Json& item) {
            if (const auto on = flag_of(item, "onoff")) out.emplace_back(entity_key, *on);
        });
    }

    std::optional<Result<Action>> command(const model::Command& command) const override {
        if (command.entity != entity_key) return std::nullopt;
        const auto on = on_off_of(command);
        if (!on) return on.error();
        Action action(Request(ns::toggle, Method::set, payload_of("toggle", "onoff", *on ? 1 : 0)));
        action.read_back.emplace_back(ns::toggle, Method::get, payload_of("toggle", Json::object()));
        return action;
    }

private:
    bool wall_;
};

}  // namespace

FeaturePtr make_toggle(const Facts& facts) {
    if (!facts.has(ns::toggle) || facts.has(ns::togglex)) return nullptr;
    return std::make_unique<Toggle>(facts);
}

}  // namespace lanbridge::meross
