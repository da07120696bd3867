#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "lanbridge/meross/device_options.hpp"
#include "meross/features/feature.hpp"

// What stands behind a hub: its features, made from what the hub tells of it.
namespace lanbridge::meross {

/// What is known of a subdevice when its features are made.
struct SubdeviceFacts {
    std::string id;          ///< as the hub writes it
    std::string type;        ///< its key in the hub's digest: "ms100", "mts150", …; "" = it told none
    bool has_onoff = false;  ///< the digest lists an `onoff`
    DeviceOptions options;   ///< of the hub's entry in the configuration
    Json ability = Json::object();  ///< the hub's: namespace -> parameters

    bool has(std::string_view name_space) const { return ability.contains(name_space); }
};

/// The subdevice's features. Readings are single list items: `Reading::name_space` is the hub's namespace,
/// `Reading::payload` this subdevice's item (`{"id":…}` or `{"subId":…}`); for `ns::digest_hub` it is the
/// subdevice's object of the digest. `polls()` gives per namespace the item to ask with (`{"id":…}` or
/// `{"subId":…,"channel":0,"data":[…]}`); the hub puts the items of all subdevices together, or asks with an
/// empty list where that means all. `command()` gives complete requests. A refusal of `*.All` is no refusal
/// of one subdevice's and is not told.
std::vector<FeaturePtr> make_subdevice_features(const SubdeviceFacts& facts);

/// "ms200" for "doorWindow"; the key itself when unknown.
std::string subdevice_model(std::string_view type);

}  // namespace lanbridge::meross
