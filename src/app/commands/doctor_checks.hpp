#pragma once

#include <boost/asio/awaitable.hpp>
#include <filesystem>
#include <memory>
#include <optional>

#include "app/cli/daemon_link.hpp"
#include "app/cli/known_devices.hpp"
#include "app/commands/doctor_report.hpp"
#include "app/config/load.hpp"

// What the doctor looks at, one area each. All take what they need and add to the report; none throws, none
// changes anything that stays.
namespace lanbridge::app {

void check_configuration(const LoadedConfig& loaded, DoctorReport& report);
/// `folder`: nothing when none can be named.
void check_data(const std::optional<std::filesystem::path>& folder, DoctorReport& report);
void check_clock(std::int64_t wall_s, DoctorReport& report);

/// What is known once the broker was looked at.
struct BrokerState {
    BrokerState() = default;
    bool connected = false;
    bool daemon = false;
};
asio::awaitable<BrokerState> check_broker(Context context, const Config& config, DaemonLink& link,
                                          DoctorReport& report);
/// Rights and retained messages; the broker is connected.
asio::awaitable<void> check_rights(Context context, const Config& config, DaemonLink& link,
                                   DoctorReport& report);

/// Where devices connect, seen as by one of them.
asio::awaitable<void> check_listener(Context context, const Config& config, BrokerState broker,
                                     DoctorReport& report);

/// Through the daemon.
asio::awaitable<void> check_served_devices(Context context, DaemonLink& link, DoctorReport& report);
/// Without one: every configured device is asked.
asio::awaitable<void> check_configured_devices(Context context, const Config& config, BrokerState broker,
                                               DaemonLink& link, DoctorReport& report);
asio::awaitable<void> check_discovery(Context context, const Config& config, DoctorReport& report);

}  // namespace lanbridge::app
