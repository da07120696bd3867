#include "meross/features/light_color.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

namespace lanbridge::meross {
namespace {

constexpr double kelvin_span = coldest_kelvin - warmest_kelvin;
constexpr int native_warmest = 1;
constexpr int native_coldest = 100;
constexpr int full = 255;

int largest(const Rgb& rgb) noexcept { return std::max({rgb.red, rgb.green, rgb.blue}); }
int smallest(const Rgb& rgb) noexcept { return std::min({rgb.red, rgb.green, rgb.blue}); }

/// A level at the head of `text`, which loses it; nothing where there is none.
std::optional<int> take_level(std::string_view& text) {
    const auto comma = std::min(text.find(','), text.size());
    auto word = text.substr(0, comma);
    text.remove_prefix(std::min(comma + 1, text.size()));
    while (word.starts_with(' ')) word.remove_prefix(1);
    double level = 0;
    const auto [end, failure] = std::from_chars(word.data(), word.data() + word.size(), level);
    if (failure != std::errc() || end != word.data() + word.size()) return std::nullopt;
    if (!(level >= 0 && level <= full)) return std::nullopt;
    return static_cast<int>(std::lround(level));
}

}  // namespace

int kelvin_of_native(std::int64_t native) noexcept {
    const auto known = std::clamp<std::int64_t>(native, native_warmest, native_coldest);
    const double share = static_cast<double>(known - native_warmest) / (native_coldest - native_warmest);
    return static_cast<int>(std::lround(warmest_kelvin + share * kelvin_span));
}

int native_of_kelvin(double kelvin) noexcept {
    const double known = std::clamp<double>(kelvin, warmest_kelvin, coldest_kelvin);
    const double share = (known - warmest_kelvin) / kelvin_span;
    return static_cast<int>(std::lround(native_warmest + share * (native_coldest - native_warmest)));
}

std::optional<Rgb> rgb_of_native(std::int64_t native) noexcept {
    if (native < 0 || native > 0xFFFFFF) return std::nullopt;
    const auto level = [native](int shift) { return static_cast<int>((native >> shift) & 0xFF); };
    return Rgb{level(16), level(8), level(0)};
}

int native_of_rgb(const Rgb& rgb) noexcept { return (rgb.red << 16) | (rgb.green << 8) | rgb.blue; }

std::optional<Rgb> parse_rgb(std::string_view text) {
    if (std::ranges::count(text, ',') != 2) return std::nullopt;
    const auto red = take_level(text);
    const auto green = take_level(text);
    const auto blue = take_level(text);
    if (!red || !green || !blue) return std::nullopt;
    return Rgb{*red, *green, *blue};
}

std::string rgb_text(const Rgb& rgb) {
    return std::to_string(rgb.red) + ',' + std::to_string(rgb.green) + ',' + std::to_string(rgb.blue);
}

bool is_white(const Rgb& rgb) noexcept { return largest(rgb) > 0 && smallest(rgb) == largest(rgb); }

Rgb strip_colour_sent(const Rgb& wanted) noexcept {
    const int white = smallest(wanted);
    const Rgb rest{wanted.red - white, wanted.green - white, wanted.blue - white};
    const int brightest = std::max(largest(rest), white);
    if (brightest == 0) return rest;
    const auto scaled = [&](int level) { return level * largest(wanted) / brightest; };
    return {scaled(rest.red), scaled(rest.green), scaled(rest.blue)};
}

Rgb strip_colour_shown(const Rgb& reported) noexcept {
    const int added = 2 * (full - largest(reported));
    const int brightest = largest(reported) + added;  // never 0
    const auto scaled = [&](int level) { return ((level + added) * full + brightest / 2) / brightest; };
    return {scaled(reported.red), scaled(reported.green), scaled(reported.blue)};
}

}  // namespace lanbridge::meross
