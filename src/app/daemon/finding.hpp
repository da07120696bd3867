#pragma once

#include <functional>

#include "app/config/config.hpp"
#include "lanbridge/base/async.hpp"
#include "lanbridge/base/json.hpp"
#include "lanbridge/meross/discovery.hpp"
#include "lanbridge/meross/integration.hpp"
#include "lanbridge/registry/registry.hpp"
#include "lanbridge/registry/store.hpp"

namespace lanbridge::app {

/// Discovery within the daemon: hints go to the integration, and what it misses is looked for.
class Finding {
public:
    using IsKnown = std::function<bool(const model::DeviceId&)>;

    Finding(Context context, net::HttpPoster& http, meross::Integration& meross, registry::Registry& registry,
            registry::Store& store, IsKnown is_known);
    Finding(const Finding&) = delete;
    Finding& operator=(const Finding&) = delete;

    void start(const Config& config);
    void reconfigure(const Config& config);
    void stop();
    bool idle() const { return nursery_.idle() && finder_.idle(); }
    /// Whoever answers at once has been heard.
    bool first_look_over() const noexcept { return looked_; }

    /// The request `discover`: looks everywhere now, also for devices that were removed. Answers with who is
    /// new, who cannot be used and why, and how each way of looking fares.
    asio::awaitable<Result<Json>> discover();
    Json health() const;

private:
    meross::FinderSettings settings(const Config& config) const;
    asio::awaitable<void> first_look();

    Context context_;
    meross::Integration& meross_;
    registry::Registry& registry_;
    registry::Store& store_;
    IsKnown is_known_;
    meross::Finder finder_;
    Nursery nursery_;
    bool looked_ = false;
};

}  // namespace lanbridge::app
