#include "sim/behaviour.hpp"

#include <array>

namespace lanbridge::sim {

namespace {

struct Row {
    std::string_view ability;
    std::unique_ptr<Behaviour> (*make)(const Blueprint&);
};
constexpr std::array rows{
    Row{"Appliance.Control.Diffuser.Spray", &make_appliances},
    Row{"Appliance.Control.Fan", &make_appliances},
    Row{"Appliance.Control.Light", &make_lamp},
    Row{"Appliance.Control.Mp3", &make_appliances},
    Row{"Appliance.Control.Presence.Config", &make_presence},
    Row{"Appliance.Control.Spray", &make_appliances},
    Row{"Appliance.Control.Thermostat.Mode", &make_thermostat},
    Row{"Appliance.Control.Thermostat.ModeB", &make_socket_thermostat},
    Row{"Appliance.Control.Thermostat.ModeC", &make_hvac_thermostat},
    Row{"Appliance.GarageDoor.State", &make_garage_doors},
    Row{"Appliance.Hub.Mts100.All", &make_valves},
    Row{"Appliance.Hub.Online", &make_hub},
    Row{"Appliance.Hub.Sensor.All", &make_hub_sensors},
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
