#include "sim/behaviour.hpp"

#include <array>

namespace lanbridge::sim {

namespace {

struct Row {
    std::string_view ability;
    std::unique_ptr<Behaviour> (*make)(const Blueprint&);
};
constexpr std::array rows{
    Row{"Appliance.GarageDoor.State", &make_garage_doors},
    Row{"Appliance.RollerShutter.Position", &make_shutter},
};

}  // namespace

Behaviours behaviours_of(const Blueprint& blueprint) {
    Behaviours found;
    for (const auto& row : rows) {
        if (blueprint.supports(row.ability)) found.push_back(row.make(blueprint));
    }
    return found;
}

}  // namespace lanbridge::sim
