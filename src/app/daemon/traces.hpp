#pragma once

#include <functional>
#include <map>
#include <set>
#include <string>

#include "app/config/config.hpp"
#include "lanbridge/admin/admin.hpp"
#include "lanbridge/base/async.hpp"
#include "lanbridge/meross/integration.hpp"
#include "lanbridge/registry/registry.hpp"

namespace lanbridge::app {

/// Traces as users ask for them: `bridge/request/trace/start` and `trace/stop`, the event when one has ended,
/// and those that the configuration wants, from when their device first answers.
class TraceDesk final : public registry::Observer {
public:
    /// All outlive this. `folder`: where the files go.
    TraceDesk(Context context, meross::Integration& meross, registry::Registry& registry, admin::Admin& admin,
              std::string folder);

    /// At the start, and after a reload: traces that the configuration no longer wants end.
    void configure(const Config& config);
    void stop() { nursery_.stop(); }
    bool idle() const noexcept { return nursery_.idle(); }

private:
    void device_described(const registry::Device& device, const model::DeviceDescription* before) override;
    void availability_changed(const registry::Device& device) override;

    asio::awaitable<Result<Json>> start_trace(Json args);
    asio::awaitable<Result<Json>> stop_trace(Json args);
    Result<model::DeviceId> device_of(const Json& args) const;
    const TraceConfig* wanted(const registry::Device& device) const;
    void consider(const registry::Device& device);
    asio::awaitable<void> start_configured(model::DeviceId device, meross::TraceLimits limits);

    Context context_;
    meross::Integration& meross_;
    registry::Registry& registry_;
    std::vector<MerossDeviceConfig> traced_;       ///< the configured ones
    std::map<model::DeviceId, std::string> ours_;  ///< started for the configuration, with the trace's id
    std::set<model::DeviceId> done_;               ///< had their configured trace
    Nursery nursery_;
};

/// `duration` ("10m", or seconds) and `max_size` ("64KiB", or bytes). Errors: `invalid_value`.
Result<meross::TraceLimits> parse_trace_limits(const Json& args);

}  // namespace lanbridge::app
