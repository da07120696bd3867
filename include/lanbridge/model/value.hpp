#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace lanbridge::model {

/// A counter that restarts at a known time and may fall in between.
struct Total {
    double value = 0;
    std::int64_t last_reset = 0;  ///< epoch seconds
    friend bool operator==(const Total&, const Total&) = default;
};

/// Named facts beside a state, such as where a device is reached; they change rarely.
using Scalar = std::variant<std::monostate, bool, std::int64_t, double, std::string>;
using Attributes = std::vector<std::pair<std::string, Scalar>>;

/// What a part of an entity can hold. `std::monostate` is "unknown, or does not apply now".
/// bool: on/off. int64 and double: a number in the description's unit. string: an option or a text.
using Value = std::variant<std::monostate, bool, std::int64_t, double, std::string, Total, Attributes>;

/// Whether a value is a number, whatever its representation, and which.
inline const double* as_double(const Value& value, double& scratch) noexcept {
    if (const auto* number = std::get_if<double>(&value)) return &(scratch = *number);
    if (const auto* integer = std::get_if<std::int64_t>(&value))
        return &(scratch = static_cast<double>(*integer));
    return nullptr;
}

}  // namespace lanbridge::model
