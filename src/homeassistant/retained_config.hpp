#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "homeassistant/device_record.hpp"
#include "lanbridge/homeassistant/topics.hpp"

namespace lanbridge::homeassistant {

/// A retained config that an earlier run of ours left on the broker.
struct RetainedConfig {
    std::string topic;
    bool migration_marker = false;           ///< `migrate_discovery` of a move that did not end
    std::vector<StaleComponent> components;  ///< what it names; of a single config exactly one
    std::vector<std::string> shared_topics;  ///< retained topics below our base that belong to no component
};

/// Reads a config. Nothing unless its origin is lanbridge and every availability in it lies below our base
/// topic: several bridges share a broker.
std::optional<RetainedConfig> read_own_config(const Topics& topics, std::string_view topic,
                                              const ConfigTopic& config, std::string_view payload);

}  // namespace lanbridge::homeassistant
