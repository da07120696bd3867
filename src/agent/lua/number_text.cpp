#include "agent/lua/number_text.hpp"

#include <cinttypes>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <limits>

namespace lanbridge::agent::lua {
namespace {

/// What is below this is exact, and has no shorter spelling than its digits.
constexpr double exact = 9007199254740992.0;

struct Digits {
    bool negative = false;
    std::string digits;  ///< significant ones, no trailing zeros
    int exponent = 0;    ///< of ten, of the first digit
};

/// The fewest digits that read back as the same value. Any 15 digits survive; a denormal has fewer.
Digits shortest(double value) {
    char text[40];
    for (int precision = std::fabs(value) < 1e-300 ? 0 : 14; precision <= 16; ++precision) {
        std::snprintf(text, sizeof text, "%.*e", precision, value);
        if (std::strtod(text, nullptr) == value) break;
    }
    Digits found;
    const char* at = text;
    for (; *at != 'e'; ++at) {
        if (*at == '-') found.negative = true;
        if (*at >= '0' && *at <= '9') found.digits += *at;
    }
    found.exponent = std::atoi(at + 1);
    while (found.digits.size() > 1 && found.digits.back() == '0') found.digits.pop_back();
    return found;
}

std::string with_exponent(const Digits& number, int least_digits) {
    std::string text = number.digits.substr(0, 1);
    if (number.digits.size() > 1) text.append(".").append(number.digits, 1);
    char exponent[16];
    std::snprintf(exponent, sizeof exponent, "e%c%0*d", number.exponent < 0 ? '-' : '+', least_digits,
                  std::abs(number.exponent));
    return text + exponent;
}

std::string plain(const Digits& number) {
    if (number.exponent < 0)
        return "0." + std::string(static_cast<std::size_t>(-number.exponent - 1), '0') + number.digits;
    const auto whole = static_cast<std::size_t>(number.exponent) + 1;
    std::string text = number.digits;
    if (text.size() <= whole) return text.append(whole - text.size(), '0');
    return text.insert(whole, ".");
}

std::string integer_text(double value) {
    char text[24];
    std::snprintf(text, sizeof text, "%" PRId64, static_cast<std::int64_t>(value));
    return text;
}

/// Exponents from 10^21 up and below 10^`lowest`.
std::string spell(double value, int lowest, int small_exponent_digits) {
    const Digits number = shortest(value);
    const bool small = number.exponent < lowest;
    std::string text = small || number.exponent >= 21
                           ? with_exponent(number, small ? small_exponent_digits : 2)
                           : plain(number);
    return number.negative ? "-" + text : text;
}

}  // namespace

std::string json_number(double value) {
    if (value == 0) return std::signbit(value) ? "-0" : "0";
    if (std::fabs(value) < exact && value == std::trunc(value)) return integer_text(value);
    return spell(value, -6, 1);
}

std::string lua_number(double value) {
    if (std::isnan(value)) return "NaN";
    if (std::isinf(value)) return value > 0 ? "+Inf" : "-Inf";
    const bool fits = std::fabs(value) < static_cast<double>(std::numeric_limits<std::int64_t>::max());
    if (fits && value == std::trunc(value)) return integer_text(value);
    return spell(value, -4, 2);
}

}  // namespace lanbridge::agent::lua
