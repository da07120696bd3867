#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "lanbridge/model/ids.hpp"
#include "lanbridge/model/value.hpp"

namespace lanbridge::model {

/// One value that a device reported.
struct Observation {
    Observation(std::string_view e, Value v) : Observation(e, "state", std::move(v)) {}
    Observation(std::string_view e, std::string_view p, Value v) : entity(e), part(p), value(std::move(v)) {}
    std::string entity;
    std::string part;
    Value value;
};
using Observations = std::vector<Observation>;

/// Parts of one entity with their values.
using PartValues = std::vector<std::pair<std::string, Value>>;

/// One wish of a user, already checked against the parts' descriptions.
struct Command {
    Command(DeviceId d, std::string_view e, std::string_view p, Value v)
        : device(std::move(d)), entity(e), part(p), value(std::move(v)) {}
    DeviceId device;
    std::string entity;
    std::string part;
    Value value;      ///< monostate for a press
    PartValues more;  ///< further parts of the same wish: a light's colour beside its brightness

    /// What is wished for a part; null where the wish does not mention it.
    const Value* wish(std::string_view name) const noexcept {
        if (part == name) return &value;
        for (const auto& [other, wished] : more)
            if (other == name) return &wished;
        return nullptr;
    }
};

}  // namespace lanbridge::model
