#include "meross/features/light_effects.hpp"

#include <algorithm>
#include <cctype>

#include "meross/features/payload.hpp"

namespace lanbridge::meross {
namespace {

/// The vendor's app lets a lamp have some twenty.
constexpr std::size_t max_effects = 64;

std::string trimmed(const std::string& text) {
    const auto first = text.find_first_not_of(" \t\r\n");
    if (first == std::string::npos) return {};
    return text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1);
}

bool same_word(std::string_view a, std::string_view b) noexcept {
    return std::ranges::equal(
        a, b, [](unsigned char x, unsigned char y) { return std::tolower(x) == std::tolower(y); });
}

/// Commands find an effect whatever the case of its letters, so names must differ in more than that.
void add_name(std::vector<std::string>& names, const std::string& name) {
    const auto taken = [&](const std::string& candidate) {
        return same_word(candidate, no_effect) ||
               std::ranges::any_of(names, [&](const auto& other) { return same_word(other, candidate); });
    };
    std::string unique = name;
    for (int number = 2; taken(unique); ++number) unique = name + " (" + std::to_string(number) + ")";
    names.push_back(std::move(unique));
}

std::vector<std::string> names_of(const std::vector<Json>& effects) {
    std::vector<std::string> names;
    for (const Json& effect : effects) {
        auto name = trimmed(string_or(effect, {"effectName"}, ""));
        if (name.empty()) name = "Effect " + std::to_string(names.size() + 1);
        add_name(names, name);
    }
    names.emplace_back(no_effect);
    return names;
}

std::optional<int> percent_of(const Json& object, std::string_view member) noexcept {
    const auto value = int_or(object, {member}, -1);
    if (value < 1 || value > 100) return std::nullopt;
    return static_cast<int>(value);
}

}  // namespace

LightEffects::LightEffects(std::vector<std::string> names) : names_(std::move(names)) {
    if (!names_.empty()) names_.emplace_back(no_effect);
}

bool LightEffects::take(const Json& payload) {
    if (numbers_only() && !empty()) return false;
    std::vector<Json> effects;
    for_each_item(payload, "effect", [&](const Json& effect) {
        if (effects.size() < max_effects) effects.push_back(effect);
    });
    if (effects.empty()) return false;
    // A list never shrinks to one, since the built-in effects cannot be deleted.
    const bool one_of_many = effects.size() == 1 && effects_.size() > 1;
    if (!one_of_many || !update_one(effects.front())) effects_ = std::move(effects);
    auto names = names_of(effects_);
    if (names == names_) return false;
    names_ = std::move(names);
    return true;
}

bool LightEffects::update_one(const Json& effect) {
    const auto id = string_or(effect, {"Id"}, "");
    const auto known = std::ranges::find_if(
        effects_, [&](const Json& other) { return !id.empty() && string_or(other, {"Id"}, "") == id; });
    if (known == effects_.end()) return false;
    known->update(effect);
    if (int_or(effect, {"enable"}, 0) == 1)
        for (auto& other : effects_)
            if (&other != &*known) other["enable"] = 0;
    return true;
}

std::optional<std::size_t> LightEffects::find(std::string_view name) const noexcept {
    const auto it = std::ranges::find(names_, name);
    if (it == names_.end() || it + 1 == names_.end()) return std::nullopt;
    return static_cast<std::size_t>(it - names_.begin());
}

std::optional<std::size_t> LightEffects::enabled() const noexcept {
    const auto it =
        std::ranges::find_if(effects_, [](const Json& effect) { return int_or(effect, {"enable"}, 0) == 1; });
    if (it == effects_.end()) return std::nullopt;
    return static_cast<std::size_t>(it - effects_.begin());
}

std::optional<int> LightEffects::luminance(std::size_t index) const noexcept {
    if (!listed(index)) return std::nullopt;
    const Json* members = find_member(effects_[index], {"member"});
    if (!members || !members->is_array() || members->empty()) return std::nullopt;
    return percent_of(members->front(), "luminance");
}

std::optional<int> LightEffects::speed(std::size_t index) const noexcept {
    if (!listed(index)) return std::nullopt;
    return percent_of(effects_[index], "speed");
}

Json LightEffects::enabled_object(std::size_t index, std::optional<int> luminance,
                                  std::optional<int> speed) const {
    Json effect = effects_[index];
    effect["enable"] = 1;
    if (speed) effect["speed"] = *speed;
    const auto members = effect.find("member");
    if (luminance && members != effect.end() && members->is_array())
        for (Json& member : *members)
            if (member.is_object()) member["luminance"] = *luminance;
    return effect;
}

}  // namespace lanbridge::meross
