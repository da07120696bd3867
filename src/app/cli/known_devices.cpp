#include "app/cli/known_devices.hpp"

#include <algorithm>

#include "lanbridge/meross/protocol/message.hpp"

namespace lanbridge::app {
namespace {

/// More would not help who has mistyped one.
constexpr std::size_t most_names = 12;

KnownDevice device_of(const Json& entry) {
    KnownDevice device;
    device.id = string_or(entry, {"id"}, "");
    device.name = string_or(entry, {"name"}, device.id);
    device.model = string_or(entry, {"model"}, "");
    device.address = string_or(entry, {"address"}, "");
    device.transport = string_or(entry, {"transport"}, "");
    device.online = string_or(entry, {"availability"}, "") == "online";
    device.reason = string_or(entry, {"reason"}, "");
    device.detail = string_or(entry, {"detail"}, "");
    return device;
}

}  // namespace

bool KnownDevices::take(std::string_view text) {
    const auto list = parse_json(text);
    if (!list || !list->is_array()) return false;
    list_.clear();
    by_id_.clear();
    for (const auto& entry : *list) {
        list_.push_back(device_of(entry));
        if (!list_.back().id.empty()) by_id_[list_.back().id] = list_.size() - 1;
    }
    return true;
}

const KnownDevice* KnownDevices::find(std::string_view wanted) const {
    if (const auto found = by_id_.find(wanted); found != by_id_.end()) return &list_[found->second];
    if (const auto uuid = meross::parse_uuid(wanted)) {
        const auto found = by_id_.find("meross_" + meross::mac_digits_of(*uuid));
        if (found != by_id_.end()) return &list_[found->second];
    }
    const auto named = std::ranges::find_if(
        list_, [&](const auto& device) { return !device.id.empty() && device.name == wanted; });
    return named == list_.end() ? nullptr : &*named;
}

std::string KnownDevices::name_of(std::string_view id) const {
    const auto found = by_id_.find(id);
    return found == by_id_.end() ? std::string(id) : list_[found->second].name;
}

std::string KnownDevices::names() const {
    std::string out;
    std::size_t shown = 0;
    for (const auto& device : list_) {
        if (device.id.empty()) continue;
        if (shown++ == most_names) return out + ", …";
        out += (out.empty() ? "" : ", ") + device.name;
    }
    return out.empty() ? "none" : out;
}

}  // namespace lanbridge::app
