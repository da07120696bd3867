#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "lanbridge/base/json.hpp"
#include "lanbridge/homeassistant/topics.hpp"
#include "lanbridge/model/device.hpp"

namespace lanbridge::homeassistant {

/// One document for a device (Home Assistant 2024.11 and later), or one message for each entity.
enum class DiscoveryForm { device, entity };

/// Who publishes, for Home Assistant's log lines.
struct Origin {
    std::string sw_version;
    std::string support_url;
};

/// Entities that a published document still named and that are gone: key -> platform.
using Markers = std::map<std::string, std::string, std::less<>>;

/// What a device is announced with.
struct Announcement {
    /// (topic, payload); an empty payload clears.
    std::vector<std::pair<std::string, std::string>> messages;
    /// A sentence for each entity that had to be left out.
    std::vector<std::string> problems;
};

/// Makes discovery messages of descriptions. Pure: what goes in decides what comes out.
class Discovery {
public:
    Discovery(const Topics& topics, Origin origin) : topics_(topics), origin_(std::move(origin)) {}

    /// The device document. Entities that fail validation are left out and explained in `problems`.
    OrderedJson document(const model::DeviceDescription& device, const Markers& markers,
                         std::vector<std::string>& problems) const;
    /// The config of one entity in the older form.
    OrderedJson single(const model::DeviceDescription& device, const model::EntityDescription& entity) const;
    Announcement announce(const model::DeviceDescription& device, const Markers& markers,
                          DiscoveryForm form) const;

    /// Every topic on which `announce` publishes, markers included.
    std::vector<std::string> config_topics(const model::DeviceId& device, const model::EntitySet& entities,
                                           const Markers& markers, DiscoveryForm form) const;

private:
    OrderedJson component(const model::DeviceDescription& device,
                          const model::EntityDescription& entity) const;
    OrderedJson device_block(const model::DeviceDescription& device) const;
    OrderedJson origin_block() const;
    OrderedJson shared_availability(const model::DeviceDescription& device) const;
    void put_own_availability(const model::DeviceDescription& device, const model::EntityDescription& entity,
                              OrderedJson& out) const;
    void put_name(const model::DeviceDescription& device, const model::EntityDescription& entity,
                  OrderedJson& out) const;

    const Topics& topics_;
    Origin origin_;
};

}  // namespace lanbridge::homeassistant
