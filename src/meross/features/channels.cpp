#include "meross/features/channels.hpp"

#include <algorithm>
#include <array>

#include "meross/features/names.hpp"
#include "meross/features/payload.hpp"

namespace lanbridge::meross {
namespace {

void sort_unique(std::vector<int>& channels) {
    std::ranges::sort(channels);
    const auto tail = std::ranges::unique(channels);
    channels.erase(tail.begin(), tail.end());
}

template <std::size_t N>
bool starts_with_any(std::string_view type, const std::array<std::string_view, N>& prefixes) noexcept {
    return std::ranges::any_of(prefixes, [type](std::string_view p) { return type.starts_with(p); });
}

}  // namespace

std::optional<std::vector<int>> digest_channels(const Facts& facts, std::string_view key) {
    if (!find_member(facts.digest, {key})) return std::nullopt;
    std::vector<int> channels;
    for_each_item(facts.digest, key, [&](const Json& item) {
        if (const int channel = channel_of(item); channel >= 0) channels.push_back(channel);
    });
    sort_unique(channels);
    return channels;
}

std::vector<int> channels_owned_by_lights(const Facts& facts) {
    if (auto listed = digest_channels(facts, "light")) return std::move(*listed);
    if (facts.has(ns::light)) return std::vector<int>(1, 0);
    return {};
}

std::vector<int> channels_owned_by_fans(const Facts& facts) {
    if (auto listed = digest_channels(facts, "fan")) return std::move(*listed);
    if (facts.has(ns::fan)) return std::vector<int>(1, 0);  // map100: its digest knows only togglex
    return {};
}

std::vector<int> channels_owned_by_garage_doors(const Facts& facts) {
    if (!facts.has(ns::garage_door)) return {};
    std::vector<int> channels = digest_channels(facts, "garageDoor").value_or(std::vector<int>());
    channels.push_back(
        0);  // msg100's door, and the meaningless 0 that msg200 4.2.8 lists beside doors 1 to 3
    sort_unique(channels);
    return channels;
}

bool owned_by_shutter(const Facts& facts) {
    return facts.has(ns::shutter_position) || facts.has(ns::shutter_state);
}

std::vector<int> owned_toggle_channels(const Facts& facts) {
    std::vector<int> owned = channels_owned_by_lights(facts);
    for (const auto& more : {channels_owned_by_fans(facts), channels_owned_by_garage_doors(facts)})
        owned.insert(owned.end(), more.begin(), more.end());
    sort_unique(owned);
    return owned;
}

bool is_hub(const Facts& facts) { return facts.has(ns::hub_online) || facts.digest.contains("hub"); }

bool is_wall_switch(std::string_view type) noexcept {
    return starts_with_any<3>(type, {"mss5", "mss6", "mss7"});
}

bool is_plug(std::string_view type) noexcept {
    return !is_wall_switch(type) && starts_with_any<6>(type, {"mss", "mop", "r10", "r11", "r21", "p11"});
}

bool is_energy_monitor(std::string_view type) noexcept { return type.starts_with("em"); }

}  // namespace lanbridge::meross
