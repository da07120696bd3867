#include <cmath>

// The C library's inverse sines, tangents and their tables take 50 kB, and nothing but a user's script could
// ask for them. What is left can express them, a bit in the last place less exact.
extern "C" {

double asin(double x) noexcept { return std::atan2(x, std::sqrt((1.0 - x) * (1.0 + x))); }

double acos(double x) noexcept { return std::atan2(std::sqrt((1.0 - x) * (1.0 + x)), x); }

double atan(double x) noexcept { return std::atan2(x, 1.0); }

double tan(double x) noexcept { return std::sin(x) / std::cos(x); }
}
