#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "lanbridge/base/time.hpp"
#include "lanbridge/model/device.hpp"
#include "meross/device/facts.hpp"
#include "meross/device/unknowns.hpp"

namespace lanbridge::meross {

/// What a session keeps of the facts.
struct DeviceInfo {
    DeviceInfo() = default;
    explicit DeviceInfo(const Facts& facts)
        : type(facts.type),
          sub_type(facts.sub_type),
          hardware_version(facts.hardware_version),
          firmware_version(facts.firmware_version),
          mac(facts.mac),
          has_clock(facts.has("Appliance.System.Clock")),
          has_debug(facts.has("Appliance.System.Debug")),
          has_time(facts.has("Appliance.System.Time")) {}
    std::string type;
    std::string sub_type;
    std::string hardware_version;
    std::string firmware_version;
    std::string mac;
    bool has_clock = false;
    bool has_debug = false;
    bool has_time = false;
};

/// The latest a described device waits for its first reads: then it is shown with what is known.
inline constexpr auto publish_patience = std::chrono::seconds(5);

/// How a session and its device are at the moment.
struct SessionState {
    using TimePoint = TimeSource::Clock::time_point;
    bool identified = false;  ///< in this run, not only remembered
    bool online = false;
    bool suspicious = false;  ///< a request failed; the next cycle begins with a probe
    bool published = false;   ///< described to the sink since it came online
    bool described = false;
    bool tried = false;  ///< the first attempt to read it has ended, well or not
    bool refresh_wanted = false;
    bool all_wanted = false;    ///< something has come or gone that only System.All tells
    bool first_answer = false;  ///< what is being taken is its namespace's first answer since it came online
    bool heard = false;         ///< on MQTT, while it was off line: to be met there first
    bool probe_http = false;    ///< there may be an address that works
    model::Observations early;  ///< seen before the description was published
    model::Availability availability;
    Unknowns unknowns;
    std::string shown_address;  ///< as last described
    TimePoint last_all{};
    TimePoint next_cycle{};
    TimePoint last_attempt{};  ///< to come on line
    TimePoint last_errand{};
    std::optional<TimePoint> last_doubt;   ///< when a transport that had failed was last looked after at once
    std::optional<TimePoint> rests_until;  ///< while it waits between cycles
    std::optional<TimePoint> reread_at;
    std::vector<std::string> reread;
    std::int64_t newest_s = 0;     ///< the latest timestamp of the device's own clock
    std::uint64_t distrusted = 0;  ///< pushes whose signature or time was wrong
    std::uint64_t errors = 0;
    std::chrono::microseconds latency{0};
};

}  // namespace lanbridge::meross
