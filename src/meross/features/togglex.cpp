#include <algorithm>

#include "meross/features/channels.hpp"
#include "meross/features/features.hpp"
#include "meross/features/names.hpp"
#include "meross/features/payload.hpp"

namespace lanbridge::meross {
namespace {

constexpr int master = 0;

std::string key_of(int channel) { return "switch_" + std::to_string(channel); }

/// An empty list asks for all channels.
Json ask_all() { return payload_of("togglex", Json::array()); }

/// Relays: one in a plug, several behind a master in a strip, what is left over in a fan controller.
class ToggleX final : public Feature {
public:
    explicit ToggleX(const Facts& facts)
        : owned_(owned_toggle_channels(facts)), outlet_(is_plug(facts.type)), learning_(true) {
        const auto listed = digest_channels(facts, "togglex");
        if (!listed) return;
        learning_ = false;
        others_live_here_ = std::ranges::any_of(*listed, [this](int c) { return is_owned(c); });
        std::ranges::copy_if(*listed, std::back_inserter(channels_), [this](int c) { return !is_owned(c); });
    }

    bool useful() const noexcept { return learning_ || !channels_.empty(); }

    void describe(std::vector<model::EntityDescription>& out) const override {
        for (int channel : channels_) {
            auto relay = model::make_switch(key_of(channel));
            relay.device_class = outlet_ ? "outlet" : "switch";
            relay.name = name_of(channel);
            if (relay.name.empty()) relay.naming = model::Naming::main;
            out.push_back(std::move(relay));
        }
    }

    void polls(std::vector<Poll>& out) const override {
        out.emplace_back(ns::togglex, ask_all(), std::max(1, static_cast<int>(channels_.size())));
    }

    bool reads(std::string_view name_space) const override { return name_space == ns::togglex; }

    // Neither the order of the list nor the envelope's channel means anything: firmware sends 0 or
    // 4294967295.
    void read(const Reading& reading, model::Observations& out) override {
        for_each_item(reading.payload, "togglex", [&](const Json& item) {
            const int channel = channel_of(item);
            const auto on = flag_of(item, "onoff");
            if (on && knows(channel)) out.emplace_back(key_of(channel), *on);
        });
    }

    std::optional<Result<Action>> command(const model::Command& command) const override {
        const auto it = std::ranges::find(channels_, command.entity, key_of);
        if (it == channels_.end()) return std::nullopt;
        const auto on = on_off_of(command);
        if (!on) return on.error();
        Json relay = channel_object(*it);
        relay["onoff"] = *on ? 1 : 0;
        Action action(Request(ns::togglex, Method::set, payload_of("togglex", std::move(relay))));
        action.read_back.emplace_back(ns::togglex, Method::get, ask_all());
        // A push tells only of the outlet that was set; the master may have changed with it.
        action.read_back_always = channels_.size() > 1;
        return action;
    }

private:
    bool is_owned(int channel) const { return std::ranges::binary_search(owned_, channel); }

    /// Takes up new channels where no digest has told them.
    bool knows(int channel) {
        if (channel < 0) return false;
        const auto at = std::ranges::lower_bound(channels_, channel);
        if (at != channels_.end() && *at == channel) return true;
        if (!learning_ || is_owned(channel)) return false;
        channels_.insert(at, channel);
        return true;
    }

    /// "" = the device's main feature.
    std::string name_of(int channel) const {
        if (others_live_here_ && channel == master) return "Power";
        if (!others_live_here_ && channels_.size() == 1) return {};
        return channel == master ? std::string("All") : "Outlet " + std::to_string(channel);
    }

    std::vector<int> owned_;     // sorted
    std::vector<int> channels_;  // sorted
    bool outlet_;
    bool learning_;
    bool others_live_here_ = false;
};

}  // namespace

FeaturePtr make_togglex(const Facts& facts) {
    if (!facts.has(ns::togglex) || owned_by_shutter(facts)) return nullptr;
    auto feature = std::make_unique<ToggleX>(facts);
    if (!feature->useful()) return nullptr;
    return feature;
}

}  // namespace lanbridge::meross
