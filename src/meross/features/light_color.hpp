#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

// Colours and white temperatures as lamps say them and as users do. Facts:
// docs/protocols/meross-devices.md, "Lights".
namespace lanbridge::meross {

inline constexpr int warmest_kelvin = 2700;
inline constexpr int coldest_kelvin = 6500;

/// 1..100 on the wire: warm to cold, linear.
int kelvin_of_native(std::int64_t native) noexcept;
/// What lies beyond the lamp's range becomes its end.
int native_of_kelvin(double kelvin) noexcept;

struct Rgb {
    int red = 0;
    int green = 0;
    int blue = 0;
    friend bool operator==(const Rgb&, const Rgb&) = default;
};

/// 0xRRGGBB; nothing for -1, which is "not applicable", and for what is no colour.
std::optional<Rgb> rgb_of_native(std::int64_t native) noexcept;
int native_of_rgb(const Rgb& rgb) noexcept;
/// "255,120,0", fractions allowed; nothing for anything else.
std::optional<Rgb> parse_rgb(std::string_view text);
std::string rgb_text(const Rgb& rgb);
/// Equal parts of all three; black is no white.
bool is_white(const Rgb& rgb) noexcept;

/// What to send for a wanted colour to a strip that moves the white part of a colour to white LEDs which do
/// not follow its luminance (msl320cp, msl320cpr).
Rgb strip_colour_sent(const Rgb& wanted) noexcept;
/// About what such a strip shows when it reports a colour; no exact inverse.
Rgb strip_colour_shown(const Rgb& reported) noexcept;

}  // namespace lanbridge::meross
