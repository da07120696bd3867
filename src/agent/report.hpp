#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "agent/gateway.hpp"
#include "agent/paths.hpp"
#include "lanbridge/base/time.hpp"

namespace lanbridge::agent {

using Moment = TimeSource::Clock::time_point;

struct MiioReport {
    std::uint32_t cloud_starts = 0;
    std::string cloud_state;  ///< "" unless connected
    std::optional<Moment> cloud_since;
};

struct ZigbeeReport {
    std::uint32_t z3_starts = 0;
    std::optional<Moment> z3_since;
    std::uint32_t tcp_starts = 0;
    std::optional<Moment> tcp_since;
    std::string tcp_remote;
};

/// "8h18m22s": whole seconds, half away from zero, hours not folded into days.
std::string uptime_text(TimeSource::Clock::duration period);

/// openmiio/report: what the parts note here, and what is read from the kernel when it is asked for.
class Report {
public:
    Report(Gateway gateway, Paths paths, Moment started);

    std::optional<MiioReport> miio;      ///< only with the module
    std::optional<ZigbeeReport> zigbee;  ///< only once it really started

    /// Compact JSON: keys sorted, empty members left out. Serial counters that cannot be read are left out.
    std::string text(Moment now) const;

private:
    std::string serial_text() const;

    Gateway gateway_;
    Paths paths_;
    Moment started_;
};

}  // namespace lanbridge::agent
