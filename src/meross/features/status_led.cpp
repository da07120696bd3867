#include "meross/features/features.hpp"
#include "meross/features/names.hpp"
#include "meross/features/payload.hpp"

namespace lanbridge::meross {
namespace {

constexpr std::string_view entity_key = "led";

Json ask() { return payload_of("DNDMode", Json::object()); }

/// "Do not disturb" darkens the status LED: mode 0 is lit. The device never pushes it.
class StatusLed final : public Feature {
public:
    void describe(std::vector<model::EntityDescription>& out) const override {
        if (refused_) return;
        auto led = model::make_switch(std::string(entity_key));
        led.name = "Status LED";
        led.category = model::Category::config;
        out.push_back(std::move(led));
    }

    void polls(std::vector<Poll>& out) const override { out.emplace_back(ns::dnd_mode, ask()); }

    bool reads(std::string_view name_space) const override { return name_space == ns::dnd_mode; }

    void read(const Reading& reading, model::Observations& out) override {
        for_each_item(reading.payload, "DNDMode", [&](const Json& item) {
            const auto dark = flag_of(item, "mode");
            if (!dark) return;
            refused_ = false;
            out.emplace_back(entity_key, !*dark);
        });
    }

    void refused(std::string_view name_space) override { refused_ = refused_ || reads(name_space); }

    std::optional<Result<Action>> command(const model::Command& command) const override {
        if (command.entity != entity_key) return std::nullopt;
        const auto lit = on_off_of(command);
        if (!lit) return lit.error();
        Action action(Request(ns::dnd_mode, Method::set, payload_of("DNDMode", "mode", *lit ? 0 : 1)));
        action.read_back.emplace_back(ns::dnd_mode, Method::get, ask());
        return action;
    }

private:
    bool refused_ = false;
};

}  // namespace

FeaturePtr make_status_led(const Facts& facts) {
    if (!facts.has(ns::dnd_mode)) return nullptr;
    return std::make_unique<StatusLed>();
}

}  // namespace lanbridge::meross
