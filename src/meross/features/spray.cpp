#include <algorithm>
#include <array>
#include <span>

#include "meross/features/features.hpp"
#include "meross/features/names.hpp"
#include "meross/features/payload.hpp"

namespace lanbridge::meross {
namespace {

/// A way of spraying: what users choose, and the device's number for it.
struct Strength {
    std::string_view option;
    int mode;
};

/// Diffusers and humidifiers number the same things differently.
constexpr std::array diffuser_strengths{Strength{"off", 2}, Strength{"eco", 0}, Strength{"strong", 1}};
constexpr std::array humidifier_strengths{Strength{"off", 0}, Strength{"on", 1}, Strength{"eco", 2}};

struct Kind {
    std::string_view name_space;
    std::span<const Strength> strengths;
    bool sets_by_list;
};
constexpr Kind diffuser{ns::diffuser_spray, diffuser_strengths, true};
constexpr Kind humidifier{ns::spray, humidifier_strengths, false};

std::string key_of(int channel) { return "spray_" + std::to_string(channel); }

Json ask() { return payload_of("spray", Json::object()); }

/// Mist from a diffuser or a humidifier. Neither has a target humidity, so it is something to choose from.
class Spray final : public Feature {
public:
    Spray(const Kind& kind, const Json& shown) : kind_(kind) {
        for_each_item(shown, "spray", [this](const Json& item) { learn(channel_of(item)); });
        if (channels_.empty()) channels_.push_back(0);
    }

    void describe(std::vector<model::EntityDescription>& out) const override {
        std::vector<std::string> options;
        for (const auto& strength : kind_.strengths) options.emplace_back(strength.option);
        for (int channel : channels_) {
            auto spray = model::make_select(key_of(channel), options);
            spray.name = channels_.size() == 1 ? "Spray" : "Spray " + std::to_string(channel);
            out.push_back(std::move(spray));
        }
    }

    void polls(std::vector<Poll>& out) const override {
        out.emplace_back(kind_.name_space, ask(), static_cast<int>(channels_.size()));
    }

    bool reads(std::string_view name_space) const override { return name_space == kind_.name_space; }

    void read(const Reading& reading, model::Observations& out) override {
        for_each_item(reading.payload, "spray", [&](const Json& item) {
            const int channel = channel_of(item);
            const auto mode = int_or(item, {"mode"}, -1);
            const auto strength = std::ranges::find(kind_.strengths, mode, &Strength::mode);
            if (strength == kind_.strengths.end() || std::ranges::find(channels_, channel) == channels_.end())
                return;
            out.emplace_back(key_of(channel), std::string(strength->option));
        });
    }

    std::optional<Result<Action>> command(const model::Command& command) const override {
        const auto channel = std::ranges::find(channels_, command.entity, key_of);
        if (channel == channels_.end()) return std::nullopt;
        const auto* option = std::get_if<std::string>(&command.value);
        const auto strength = std::ranges::find_if(
            kind_.strengths, [option](const Strength& s) { return option && s.option == *option; });
        if (strength == kind_.strengths.end())
            return Error(Errc::invalid_value, command.entity + " has no such way of spraying");
        Json spray = channel_object(*channel);
        spray["mode"] = strength->mode;
        if (kind_.sets_by_list) spray = list_of(std::move(spray));
        Action action(Request(kind_.name_space, Method::set, payload_of("spray", std::move(spray))));
        action.reply_is_reading = true;
        action.read_back.emplace_back(kind_.name_space, Method::get, ask());
        return action;
    }

private:
    void learn(int channel) {
        if (channel >= 0 && std::ranges::find(channels_, channel) == channels_.end())
            channels_.push_back(channel);
    }

    const Kind& kind_;
    std::vector<int> channels_;
};

}  // namespace

FeaturePtr make_diffuser_spray(const Facts& facts) {
    if (!facts.has(ns::diffuser_spray)) return nullptr;
    const Json* shown = find_member(facts.digest, {"diffuser"});
    return std::make_unique<Spray>(diffuser, shown ? *shown : Json::object());
}

FeaturePtr make_spray(const Facts& facts) {
    if (!facts.has(ns::spray)) return nullptr;
    return std::make_unique<Spray>(humidifier, facts.digest);
}

}  // namespace lanbridge::meross
