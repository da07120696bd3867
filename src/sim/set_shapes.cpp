#include "sim/set_shapes.hpp"

#include <algorithm>
#include <array>

#include "sim/payload.hpp"

namespace lanbridge::sim {

namespace {

/// What stands below the key of a SET.
struct Shape {
    std::string_view name_space;  ///< or its beginning; the first row that fits counts
    bool list;
    std::string_view index;  ///< what every item must have; "" = nothing
};
constexpr std::array device_shapes{
    Shape{"Appliance.Config.DeviceCfg", true, "channel"},
    Shape{"Appliance.Config.OverTemp", false, ""},
    Shape{"Appliance.Config.StandbyKiller", true, "channel"},
    Shape{"Appliance.Control.Diffuser.", true, "channel"},
    Shape{"Appliance.Control.Fan", true, "channel"},
    Shape{"Appliance.Control.Light.Effect", true, "Id"},
    Shape{"Appliance.Control.Light", false, ""},
    Shape{"Appliance.Control.Mp3", false, "channel"},
    Shape{"Appliance.Control.PhysicalLock", true, "channel"},
    Shape{"Appliance.Control.PowerRetention", true, "channel"},
    Shape{"Appliance.Control.Presence.Config", true, "channel"},
    Shape{"Appliance.Control.Screen.Brightness", true, "channel"},
    Shape{"Appliance.Control.Spray", false, "channel"},
    Shape{"Appliance.Control.TempUnit", true, "channel"},
    Shape{"Appliance.Control.Thermostat.", true, "channel"},
    Shape{"Appliance.GarageDoor.Config", false, ""},
    Shape{"Appliance.GarageDoor.MultipleConfig", true, "channel"},
    Shape{"Appliance.GarageDoor.State", false, "channel"},
    Shape{"Appliance.Mcu.Hp110.Lock", false, ""},
    Shape{"Appliance.RollerShutter.", false, "channel"},
    Shape{"Appliance.System.DNDMode", false, ""},
};
constexpr std::array hub_shapes{
    Shape{"Appliance.Config.DeviceCfg", true, "subId"},
    Shape{"Appliance.Hub.", true, "id"},
    Shape{"Appliance.System.DNDMode", false, ""},
};

struct Range {
    std::string_view name_space;
    std::string_view member;
    double least;
    double most;
};
constexpr std::array ranges{
    Range{"Appliance.Control.Diffuser.Light", "luminance", 1, 100},
    Range{"Appliance.Control.Diffuser.Light", "mode", 0, 2},
    Range{"Appliance.Control.Diffuser.Light", "onoff", 0, 1},
    Range{"Appliance.Control.Diffuser.Light", "rgb", 0, 0xFFFFFF},
    Range{"Appliance.Control.Diffuser.Spray", "mode", 0, 2},
    Range{"Appliance.Control.Fan", "speed", 0, 20},
    Range{"Appliance.Control.Light", "luminance", 1, 100},
    Range{"Appliance.Control.Light", "onoff", 0, 1},
    Range{"Appliance.Control.Light", "rgb", -1, 0xFFFFFF},
    Range{"Appliance.Control.Light", "temperature", -1, 100},
    Range{"Appliance.Control.Mp3", "mute", 0, 1},
    Range{"Appliance.Control.Mp3", "song", 1, 11},
    Range{"Appliance.Control.Mp3", "volume", 0, 16},
    Range{"Appliance.Control.PhysicalLock", "onoff", 0, 1},
    Range{"Appliance.Control.Screen.Brightness", "operation", 0, 100},
    Range{"Appliance.Control.Screen.Brightness", "standby", 0, 100},
    Range{"Appliance.Control.Spray", "mode", 0, 2},
    Range{"Appliance.Control.TempUnit", "tempUnit", 1, 2},
    Range{"Appliance.Control.Thermostat.HoldAction", "mode", 0, 2},
    Range{"Appliance.Control.Thermostat.Mode", "mode", 0, 4},
    Range{"Appliance.Control.Thermostat.Mode", "onoff", 0, 1},
    Range{"Appliance.Control.Thermostat.ModeB", "mode", 1, 3},
    Range{"Appliance.Control.Thermostat.ModeB", "onoff", 1, 2},
    Range{"Appliance.Control.Thermostat.ModeB", "working", 1, 2},
    Range{"Appliance.Control.Thermostat.ModeC", "mode", 0, 3},
    Range{"Appliance.Control.Thermostat.ModeC", "work", 1, 2},
    Range{"Appliance.Hub.Mts100.Mode", "state", 0, 4},
    Range{"Appliance.Hub.ToggleX", "onoff", 0, 1},
    Range{"Appliance.Mcu.Hp110.Lock", "enable", 0, 1},
    Range{"Appliance.RollerShutter.Adjust", "value", 1, 2},
    Range{"Appliance.RollerShutter.Position", "position", -1, 100},
    Range{"Appliance.System.DNDMode", "mode", 0, 1},
};

bool in_range(std::string_view name_space, const Json& item) {
    return std::ranges::all_of(ranges, [&](const Range& range) {
        if (range.name_space != name_space) return true;
        const auto member = item.find(range.member);
        if (member == item.end()) return true;
        return member->is_number() && member->get<double>() >= range.least &&
               member->get<double>() <= range.most;
    });
}

const Shape* shape_of(std::string_view name_space, bool hub) {
    const auto fits = [&](const Shape& shape) { return name_space.starts_with(shape.name_space); };
    const auto among = [&](const auto& shapes) -> const Shape* {
        const auto row = std::ranges::find_if(shapes, fits);
        return row == shapes.end() ? nullptr : &*row;
    };
    return hub ? among(hub_shapes) : among(device_shapes);
}

}  // namespace

bool proper_set(std::string_view name_space, bool hub, const Json& content) {
    const auto items = items_of(content);
    if (const auto* shape = shape_of(name_space, hub)) {
        if (content.is_array() != shape->list || items.empty()) return false;
        const auto named = [&](const Json* item) {
            return shape->index.empty() || item->contains(shape->index);
        };
        if (!std::ranges::all_of(items, named)) return false;
    }
    return std::ranges::all_of(items, [&](const Json* item) { return in_range(name_space, *item); });
}

}  // namespace lanbridge::sim
