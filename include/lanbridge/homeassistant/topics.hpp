#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "lanbridge/base/error.hpp"
#include "lanbridge/model/device.hpp"

namespace lanbridge::homeassistant {

/// The word that Home Assistant uses for a component: "switch", "binary_sensor", …
std::string_view platform_name(model::Component component) noexcept;

/// A command topic taken apart. The views point into the topic that was parsed.
struct SetTopic {
    std::string_view device;  ///< the topic level: a device id, or "bridge"
    std::string_view entity;
    std::string_view part;  ///< "state" for the main command
};

/// A discovery topic taken apart: `<prefix>/<component>/[<node>/]<object>/config`.
struct ConfigTopic {
    std::string_view component;  ///< "device" for a device document
    std::string_view node;       ///< "" in the short form
    std::string_view object;
};

/// Every topic name that this layer uses.
class Topics {
public:
    Topics(std::string base, std::string discovery_prefix);

    const std::string& base() const noexcept { return base_; }
    const std::string& prefix() const noexcept { return prefix_; }

    std::string bridge_state() const { return base_ + "/bridge/state"; }
    std::string availability(const model::DeviceId& device) const;
    std::string entity_availability(std::string_view level, std::string_view entity) const;
    /// `level` is the device's level of topics, see `level_of`.
    std::string part(std::string_view level, std::string_view entity, std::string_view part) const;
    std::string command(std::string_view level, std::string_view entity, std::string_view part) const;

    std::string document(const model::DeviceId& device) const;
    std::string single_config(std::string_view platform, const model::DeviceId& device,
                              std::string_view entity) const;

    /// Nothing for topics that are no commands to a device.
    std::optional<SetTopic> parse_set(std::string_view topic) const;
    /// Nothing for topics that are no discovery topics below our prefix.
    std::optional<ConfigTopic> parse_config(std::string_view topic) const;
    /// Whether the topic lies below our base topic.
    bool is_below_base(std::string_view topic) const noexcept;

private:
    std::string base_;
    std::string prefix_;
};

/// The node level of our device documents.
inline constexpr std::string_view document_node = "lanbridge";

/// `bridge` for lanbridge itself, the id for everything else.
std::string_view level_of(const model::DeviceId& device, bool is_bridge) noexcept;
/// The identifier of a device in Home Assistant.
std::string identifier_of(const model::DeviceId& device);
/// The id of lanbridge's own device: `bridge_<base>`.
model::DeviceId bridge_id(std::string_view base_topic);
/// The part of an entity id after the dot that Home Assistant would make of a name: "Büro 2" -> "buro_2".
std::string slug(std::string_view name);

/// Errors: `invalid_value` with a sentence when a topic is empty, holds a wildcard, or when our topics would
/// lie in the discovery tree.
Result<void> check_topics(std::string_view base_topic, std::string_view discovery_prefix,
                          std::string_view status_topic);

}  // namespace lanbridge::homeassistant
