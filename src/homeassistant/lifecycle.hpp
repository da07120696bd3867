#pragma once

#include <map>
#include <string_view>
#include <vector>

#include "homeassistant/publisher.hpp"
#include "homeassistant/retained_config.hpp"

namespace lanbridge::homeassistant {

/// What happens around the devices: Home Assistant's births, configs that earlier runs left behind, configs
/// that users delete.
class Lifecycle {
public:
    Lifecycle(registry::Registry& registry, Publisher& publisher, const Settings& settings,
              const Topics& topics, const Hooks& hooks, Agenda& agenda);

    void link_up();
    /// False when the topic is neither the status nor a config topic.
    bool incoming(std::string_view topic, std::string_view payload, bool retained);

private:
    void status(std::string_view payload, bool retained);
    void config_cleared(std::string_view topic, const ConfigTopic& config);
    void collect(std::string_view topic, const ConfigTopic& config, std::string_view payload);
    void sweep();
    void sweep_known(const model::DeviceId& id, std::vector<RetainedConfig>& configs);
    void clear_orphan(const model::DeviceId& id, std::vector<RetainedConfig>& configs);
    bool is_known(const model::DeviceId& id) const;
    bool is_present_form(const model::DeviceId& id, const RetainedConfig& config) const;

    registry::Registry& registry_;
    Publisher& publisher_;
    const Settings& settings_;
    const Topics& topics_;
    const Hooks& hooks_;
    Agenda& agenda_;
    std::map<model::DeviceId, std::vector<RetainedConfig>> collected_;
    std::size_t collected_count_ = 0;
    bool collecting_ = false;
    bool swept_ = false;
    bool birth_scheduled_ = false;
};

}  // namespace lanbridge::homeassistant
