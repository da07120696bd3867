#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "lanbridge/base/bytes.hpp"
#include "lanbridge/base/time.hpp"
#include "lanbridge/meross/sighting.hpp"

namespace lanbridge::meross {

/// Makes sightings of DHCP messages: pure, told the time. A device that asks for an address has it a moment
/// later, so the sighting waits for that.
class DhcpWatch {
public:
    using Clock = TimeSource::Clock;
    using KnownMac = std::function<bool(const std::string&)>;

    /// From the request to the device's web server: address check, announcement, start.
    static constexpr auto settling = std::chrono::seconds(3);
    /// Devices that come back together after a power cut; more within three seconds are no devices.
    static constexpr std::size_t most_waiting = 256;

    enum class Verdict { waiting, not_ours, malformed, too_many };

    explicit DhcpWatch(KnownMac known, std::uint16_t http_port = 80)
        : known_(std::move(known)), http_port_(http_port) {}

    Verdict datagram(ByteSpan bytes, Clock::time_point now);
    /// When `due` will have something; nothing while nobody waits.
    std::optional<Clock::time_point> next() const;
    std::vector<Sighting> due(Clock::time_point now);
    std::size_t waiting() const noexcept { return waiting_.size(); }

private:
    struct Client {
        std::string address;
        Clock::time_point when;
    };
    KnownMac known_;
    std::uint16_t http_port_;
    std::map<std::string, Client> waiting_;  // by MAC
};

}  // namespace lanbridge::meross
