#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "support.hpp"

// The processes around a measurement: a real broker, simulated devices, the daemon itself.
namespace lanbridge::bench {

inline constexpr std::string_view device_key = "bench";

/// mosquitto on a loopback port, as distributions ship it but for the two settings that everybody who
/// measures needs: TCP_NODELAY, and no messages dropped for a subscriber that is slower than the publisher.
class Broker {
public:
    explicit Broker(const TempFolder& folder);
    std::uint16_t port() const noexcept { return port_; }
    /// As a power cut ends it: no farewell.
    void kill() { process_->kill(); }
    /// Again, on the same port and with nothing retained.
    void start();

private:
    std::uint16_t port_;
    std::vector<std::string> command_;
    std::string log_file_;
    std::unique_ptr<Child> process_;
};

/// Simulated devices of one kind in a process of their own; each has an address of its own (127.x.y.z) and
/// the port of all.
class Devices {
public:
    /// `network` tells several sets of devices apart: they listen on 127.<network>.0.1 and upwards.
    Devices(const TempFolder& folder, std::size_t count, unsigned network = 1, std::string kind = "mss310");

    const std::vector<boost::asio::ip::tcp::endpoint>& endpoints() const noexcept { return endpoints_; }
    pid_t pid() const noexcept { return process_->pid(); }
    /// Ends the devices. The bodies of the requests that each of them has seen, in order.
    std::vector<std::vector<std::string>> stop();

private:
    std::string record_file_;
    std::unique_ptr<Child> process_;
    std::vector<boost::asio::ip::tcp::endpoint> endpoints_;
};

/// How the daemon under test is configured.
struct LanbridgeSettings {
    std::string program;  ///< "" = the one of the same build
    std::uint16_t broker_port = 0;
    std::vector<boost::asio::ip::tcp::endpoint> devices;
    std::vector<std::string> uuids;  ///< of devices that are known over MQTT alone
    std::size_t poll_interval_s = 30;
};

/// The real daemon, `lanbridge run`, with a data directory of its own.
class Lanbridge {
public:
    Lanbridge(const TempFolder& folder, const LanbridgeSettings& settings);
    pid_t pid() const noexcept { return process_->pid(); }
    Clock::time_point started() const noexcept { return process_->started(); }

private:
    std::unique_ptr<Child> process_;
};

/// Reads until `count` devices are `online`, or throws after `limit`.
void wait_until_online(std::uint16_t broker_port, std::size_t count, std::chrono::seconds limit);

}  // namespace lanbridge::bench
