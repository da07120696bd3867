#include "meross/transport/frame_log.hpp"

#include <algorithm>
#include <array>

#include "lanbridge/meross/protocol/multiple.hpp"

namespace lanbridge::meross {
namespace {

constexpr std::size_t enough_to_log = 1500;

constexpr std::array secretive{
    std::string_view("Appliance.Config.Info"),
    std::string_view("Appliance.Config.Key"),
    std::string_view("Appliance.Config.Wifi"),
    std::string_view("Appliance.Config.WifiX"),
};

bool is_secretive(std::string_view name_space) {
    return std::ranges::find(secretive, name_space) != secretive.end();
}

bool carries_secretive(const Json& payload) {
    const Json* list = find_member(payload, {"multiple"});
    return list && list->is_array() && std::ranges::any_of(*list, [](const Json& inner) {
               return is_secretive(string_or(inner, {"header", "namespace"}, ""));
           });
}

}  // namespace

std::string shown_payload(std::string_view name_space, const Json& payload) {
    const bool hidden =
        is_secretive(name_space) || (name_space == multiple_namespace && carries_secretive(payload));
    return hidden ? "(not shown)" : dump_json(payload).substr(0, enough_to_log);
}

}  // namespace lanbridge::meross
