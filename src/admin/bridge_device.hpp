#pragma once

#include <functional>
#include <string>

#include "lanbridge/base/log.hpp"
#include "lanbridge/registry/registry.hpp"

namespace lanbridge::admin {

/// lanbridge itself as a device: its state, version, restart button and log level.
class BridgeDevice final : public model::DeviceDriver {
public:
    using SetLevel = std::function<Result<void>(log::Level)>;
    using Restart = std::function<Result<void>()>;
    BridgeDevice(registry::Registry& registry, std::string base_topic, std::string version,
                 SetLevel set_level, Restart restart);

    void enter();
    /// The level as it is now; changed by a command, a request or a reload.
    void show_log_level();
    void show_devices_online(std::size_t number);
    const model::DeviceId& id() const noexcept { return id_; }

    asio::awaitable<Result<void>> apply(model::Command command) override;
    void refresh() override;

private:
    registry::Registry& registry_;
    model::DeviceId id_;
    std::string base_topic_;
    std::string version_;
    SetLevel set_level_;
    Restart restart_;
};

}  // namespace lanbridge::admin
