#include "meross/features/whole_number.hpp"

#include <cmath>
#include <limits>

#include "meross/features/payload.hpp"

namespace lanbridge::meross {

Result<int> whole_number_of(const model::Command& command) {
    const auto number = number_of(command);
    if (!number) return number.error();
    const bool fits = std::abs(*number) <= std::numeric_limits<int>::max();
    if (!fits || *number != std::floor(*number))
        return Error(Errc::invalid_value, command.entity + " takes a whole number");
    return static_cast<int>(*number);
}

}  // namespace lanbridge::meross
