#pragma once

#include <vector>

#include "sim/behaviour.hpp"

namespace lanbridge::sim {

/// What makes a device more than a plug: its parts, and what happens to it by itself.
class MerossDevice::Life {
public:
    explicit Life(const Blueprint& blueprint)
        : blueprint_(blueprint), parts_(behaviours_of(blueprint)), happened_(blueprint.scenario.size()) {}
    /// Nothing in it.
    bool empty() const noexcept { return parts_.empty() && happened_.empty(); }

    void advance(Inside& inside);
    /// True when one of the parts knows the event.
    bool happen(Inside& inside, std::string_view event, const Json& details);
    std::optional<Answer> set(Inside& inside, std::string_view name_space, const Json& payload);
    void changed(Inside& inside, std::string_view name_space);

private:
    const Blueprint& blueprint_;
    Behaviours parts_;
    std::vector<std::int64_t> happened_;  ///< how often each event of the blueprint has
};

}  // namespace lanbridge::sim
