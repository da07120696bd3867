#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lanbridge/base/json.hpp"

namespace lanbridge::app {

/// A device as `<base>/bridge/devices` lists it.
struct KnownDevice {
    KnownDevice() = default;
    std::string id;  ///< "" for one that is not served for want of something
    std::string name;
    std::string model;
    std::string address;
    std::string transport;
    bool online = false;
    std::string reason;
    std::string detail;
};

/// The daemon's list of devices, for commands beside it.
class KnownDevices {
public:
    /// False when `text` is no such list; what was known stays.
    bool take(std::string_view text);
    const std::vector<KnownDevice>& all() const noexcept { return list_; }
    /// By id, uuid or name. nullptr = none.
    const KnownDevice* find(std::string_view id_uuid_or_name) const;
    /// The id itself for one that is not listed.
    std::string name_of(std::string_view id) const;
    /// "Kettle, Lamp, …", for messages.
    std::string names() const;

private:
    std::vector<KnownDevice> list_;
    std::map<std::string, std::size_t, std::less<>> by_id_;
};

}  // namespace lanbridge::app
