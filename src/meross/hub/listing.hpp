#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "lanbridge/base/json.hpp"
#include "lanbridge/model/ids.hpp"

// How a hub writes about its subdevices. Facts: docs/protocols/meross-devices.md, "Hubs and their
// subdevices".
namespace lanbridge::meross {

/// Twice what the largest hub takes; what a hub lists beyond is not believed.
inline constexpr std::size_t max_subdevices = 64;

/// `meross_<id>`: the same behind every hub.
model::DeviceId subdevice_device_id(std::string_view id);

/// One subdevice in a hub's digest.
struct Listed {
    std::string id;
    int status = -1;    ///< 1 = there; everything else is not
    std::string type;   ///< "" = not told, as of one that is off line
    std::string guess;  ///< of the type, from what else is told
    bool has_onoff = false;
    const Json* item = nullptr;  ///< lives as long as the payload

    bool online() const noexcept { return status == 1; }
};
/// All of them, each once: of records with the same id the first counts, the others are empty slots. Nothing
/// when the payload is no list of them.
std::optional<std::vector<Listed>> listed_subdevices(const Json& digest_payload);

/// A list item and whose it is.
using SubdeviceItem = std::pair<std::string, const Json*>;
/// The items of any other namespace of a hub, each subdevice once as above.
std::vector<SubdeviceItem> subdevice_items(std::string_view name_space, const Json& payload);

/// What kind of subdevice answers so in Hub.Sensor.All or Hub.Mts100.All; "" when that does not show.
std::string type_shown_by(std::string_view name_space, const Json& item);

/// The payload's member of a hub's namespace.
std::string hub_payload_key(std::string_view name_space);
/// {key: items}
Json hub_request_payload(std::string_view name_space, Json items);

}  // namespace lanbridge::meross
