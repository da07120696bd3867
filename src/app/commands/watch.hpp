#pragma once

#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "app/cli/command_config.hpp"
#include "app/cli/known_devices.hpp"

namespace lanbridge::app {

/// The arguments of `lanbridge watch`.
struct WatchOptions {
    WatchOptions() = default;
    std::vector<std::string> devices;  ///< ids, uuids or names; none = all
    bool present = false;              ///< begin with what is so now
    BrokerFlag broker;
};

int run_watch(const GlobalOptions& globals, const WatchOptions& options);

/// One line of `watch`.
struct WatchedChange {
    WatchedChange() = default;
    std::string device;  ///< id
    std::string name;
    std::string entity;  ///< "" for the device itself
    std::string part;
    std::string value;
    bool retained = false;  ///< it was so before the watching began

    std::string line(std::int64_t wall_ms) const;
    Json json(std::int64_t wall_ms) const;
};

/// Turns what is published below the base topic into changes. Remembers values, because the daemon publishes
/// them again when Home Assistant or the broker starts.
class WatchFilter {
public:
    /// A house's 10,000 devices with a hundred topics each; what comes above is shown without comparison.
    static constexpr std::size_t most_topics = 1'000'000;

    explicit WatchFilter(std::string base) : base_(std::move(base)) {}
    /// Only these devices, by id; an empty set means all.
    void only(std::set<std::string> ids) { only_ = std::move(ids); }
    /// Nothing: no state, of no interest, or as before.
    std::optional<WatchedChange> take(std::string_view topic, std::string_view payload, bool retained,
                                      const KnownDevices& devices);

private:
    bool changed(std::string_view topic, std::string_view payload);

    std::string base_;
    std::set<std::string> only_;
    std::unordered_map<std::string, std::string> last_;
};

}  // namespace lanbridge::app
