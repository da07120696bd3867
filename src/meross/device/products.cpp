#include <algorithm>
#include <array>

#include "meross/device/facts.hpp"

namespace lanbridge::meross {
namespace {

struct Product {
    std::string_view prefix;
    std::string_view name;
};
/// The longest prefix that fits counts.
constexpr std::array products{
    Product{"em", "Energy Monitor"},
    Product{"gs559", "Smoke Alarm"},
    Product{"hp110", "Baby Sound Machine"},
    Product{"map", "Air Purifier"},
    Product{"mfc", "Ceiling Fan Controller"},
    Product{"mod", "Aroma Diffuser"},
    Product{"mop", "Outdoor Plug"},
    Product{"mrs", "Roller Shutter Timer"},
    Product{"ms100", "Temp. & Humidity Sensor"},
    Product{"ms130", "Temp. & Humidity Sensor"},
    Product{"ms200", "Door/Window Sensor"},
    Product{"ms400", "Water Leak Sensor"},
    Product{"ms405", "Water Leak Sensor"},
    Product{"ms600", "Presence Sensor"},
    Product{"msg", "Garage Door Opener"},
    Product{"msh", "Smart Hub"},
    Product{"msl", "Smart Bulb"},
    Product{"msl320", "Light Strip"},
    Product{"msl4", "Ambient Lamp"},
    Product{"mss", "Smart Plug"},
    Product{"mss4", "Power Strip"},
    Product{"mss5", "Wall Switch"},
    Product{"mss56", "Dimmer"},
    Product{"mss57", "Dimmer"},
    Product{"mss6", "Wall Switch"},
    Product{"mss7", "Wall Switch"},
    Product{"msxh", "Humidifier"},
    Product{"mts1", "Radiator Valve"},
    Product{"mts2", "Thermostat"},
    Product{"mts300", "HVAC Thermostat"},
    Product{"mts960", "Socket Thermostat"},
    Product{"p11", "Smart Plug"},
    Product{"r10", "Smart Plug"},
    Product{"r11", "Smart Plug"},
    Product{"r21", "Smart Plug"},
};

constexpr std::array<std::string_view, 5> refoss_prefixes{"em", "p11", "r1", "r2", "rsg"};

}  // namespace

std::string product_name(std::string_view type) {
    const Product* best = nullptr;
    for (const auto& product : products)
        if (type.starts_with(product.prefix) && (!best || product.prefix.size() > best->prefix.size()))
            best = &product;
    return std::string(best ? best->name : type);
}

std::string_view manufacturer_of(std::string_view type) noexcept {
    const bool refoss = std::ranges::any_of(
        refoss_prefixes, [type](std::string_view prefix) { return type.starts_with(prefix); });
    return refoss ? "Refoss" : "Meross";
}

}  // namespace lanbridge::meross
