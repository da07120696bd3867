#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "lanbridge/base/context.hpp"
#include "lanbridge/homeassistant/discovery.hpp"
#include "lanbridge/model/outbox.hpp"
#include "lanbridge/registry/registry.hpp"

namespace lanbridge::homeassistant {

struct Settings {
    bool enabled = true;  ///< false: no discovery; states, availability and commands as always
    std::string base_topic = "lanbridge";
    std::string discovery_prefix = "homeassistant";
    std::string status_topic = "homeassistant/status";
    DiscoveryForm discovery = DiscoveryForm::device;
    Origin origin;
};

/// What this layer asks of, and tells, the rest of the program. Empty functions are never called.
struct Hooks {
    /// Whether a device that the registry does not have (yet) is configured or remembered: it keeps its
    /// topics.
    std::function<bool(const model::DeviceId&)> is_known;
    /// A command was refused or failed; for `bridge/event`.
    std::function<void(const model::DeviceId&, std::string_view entity, std::string_view part, const Error&)>
        device_error;
};

/// For `bridge/health`.
struct Counters {
    std::uint64_t published = 0;
    std::uint64_t refused_by_outbox = 0;  ///< tried again later
    std::uint64_t clears_dropped = 0;     ///< topics that could not be remembered for clearing
    std::uint64_t commands = 0;
    std::uint64_t commands_refused = 0;  ///< unknown target, nonsense, retained, duplicate, too many
    std::size_t waiting_devices = 0;     ///< devices with something left to publish
};

/// Shows the registry to Home Assistant and takes its commands. Publishes through the outbox; `app` feeds it
/// what the broker says. Single-threaded, on the context's executor. After `stop()` run the executor until
/// `idle()`.
class HomeAssistant final : public registry::Observer {
public:
    /// Everything passed by reference must outlive this. Registers itself as the registry's observer.
    HomeAssistant(Context context, registry::Registry& registry, model::Outbox& outbox, Settings settings,
                  Hooks hooks);
    ~HomeAssistant() override;

    /// The broker accepted us, and our subscriptions are sent. Everything is published (again).
    void link_up();
    void link_down();
    /// The outbox has room again.
    void on_room();
    /// The topics to subscribe, all with QoS 0 on a clean session, retained messages wanted. No two of them
    /// overlap.
    std::vector<std::string> subscriptions() const;
    /// A message on one of them. False when it was none of ours.
    bool incoming(std::string_view topic, std::string_view payload, bool retained, bool duplicate);

    /// Request `homeassistant/clear`: removes every retained topic of ours below base topic and prefix.
    /// Devices stay silent until `device/refresh` or a restart. `bridge/state`, `bridge/info` and
    /// `bridge/devices` are admin's.
    void clear_everything();
    /// Whether all that was to be said has been given to the outbox.
    bool all_published() const;
    Counters counters() const;

    void stop();
    bool idle() const;

    // registry::Observer
    void device_described(const registry::Device& device, const model::DeviceDescription* before) override;
    void device_read(const registry::Device& device) override;
    void value_changed(const registry::Device& device, std::size_t entity_index,
                       std::size_t part_index) override;
    void availability_changed(const registry::Device& device) override;
    void entity_availability_changed(const registry::Device& device, std::size_t entity_index) override;
    void command_failed(const registry::Device& device, const model::Command& command,
                        const Error& error) override;
    void republish(const registry::Device& device) override;
    void device_removed(const registry::Device& last) override;

private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace lanbridge::homeassistant
