#pragma once

#include <initializer_list>
#include <string>
#include <string_view>

#include "lanbridge/base/json.hpp"
#include "lanbridge/meross/protocol/multiple.hpp"

// The items that the lists of Hub.* namespaces consist of, one for each subdevice.
namespace lanbridge::meross {

/// {"id": id}
Json item_of(std::string_view id);
/// {"id": id, member: value}
Json item_of(std::string_view id, std::string_view member, Json value);

/// Sets one subdevice: {key: [item]}.
Request set_item(std::string_view name_space, std::string_view key, Json item);
/// Asks for one subdevice: {key: [{"id": id}]}.
Request get_item(std::string_view name_space, std::string_view key, std::string_view id);
/// Asks for all: {key: []}, the only shape that some namespaces are known to answer.
Request get_all_items(std::string_view name_space, std::string_view key);

/// What a type key holds in the digest and in Sensor.All; the key differs by firmware. nullptr where there is
/// none, and for the zero-filled copy of a subdevice that hubs list beside the true one.
const Json* typed_object(const Json& item, std::initializer_list<std::string_view> keys) noexcept;

}  // namespace lanbridge::meross
