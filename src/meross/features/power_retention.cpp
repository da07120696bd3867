#include "meross/features/features.hpp"
#include "meross/features/names.hpp"
#include "meross/features/payload.hpp"

namespace lanbridge::meross {
namespace {

constexpr std::string_view entity_key = "power_retention";

/// A list without a channel is answered with an empty one.
Json ask() { return payload_of("powerRetention", list_of(channel_object(0))); }

/// Whether the device goes on after a power cut as it was before.
class PowerRetention final : public Feature {
public:
    void describe(std::vector<model::EntityDescription>& out) const override {
        if (!answered_) return;
        auto retention = model::make_switch(std::string(entity_key));
        retention.category = model::Category::config;
        retention.enabled_by_default = false;
        out.push_back(std::move(retention));
    }

    void polls(std::vector<Poll>& out) const override { out.emplace_back(ns::power_retention, ask()); }

    bool reads(std::string_view name_space) const override { return name_space == ns::power_retention; }

    void read(const Reading& reading, model::Observations& out) override {
        for_each_item(reading.payload, "powerRetention", [&](const Json& item) {
            const auto state = int_or(item, {"state"}, -1);
            if (state < 0 || int_or(item, {"channel"}, 0) != 0) return;
            answered_ = true;
            out.emplace_back(entity_key, state == 1);
        });
    }

    void refused(std::string_view name_space) override { answered_ = answered_ && !reads(name_space); }
    void answered_before(std::string_view name_space) override { answered_ = answered_ || reads(name_space); }

    std::optional<Result<Action>> command(const model::Command& command) const override {
        if (command.entity != entity_key) return std::nullopt;
        const auto on = on_off_of(command);
        if (!on) return on.error();
        Json item = channel_object(0);
        item["state"] = *on ? 1 : 0;
        Action action(Request(ns::power_retention, Method::set,
                              payload_of("powerRetention", list_of(std::move(item)))));
        action.reply_is_reading = true;
        action.read_back.emplace_back(ns::power_retention, Method::get, ask());
        return action;
    }

private:
    bool answered_ = false;
};

}  // namespace

FeaturePtr make_power_retention(const Facts& facts) {
    if (!facts.has(ns::power_retention)) return nullptr;
    return std::make_unique<PowerRetention>();
}

}  // namespace lanbridge::meross
