#pragma once

#include <boost/asio/awaitable.hpp>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "lanbridge/base/context.hpp"
#include "lanbridge/base/error.hpp"
#include "lanbridge/base/secret.hpp"
#include "lanbridge/mqtt/broker_url.hpp"

namespace lanbridge::mqtt {

struct BrokerListener {
    BrokerListener() = default;
    BrokerListener(std::string a, std::uint16_t p) : address(std::move(a)), port(p) {}
    std::string address = "127.0.0.1";  ///< IPv4 or IPv6, without brackets, or `localhost`
    std::uint16_t port = 1883;

    bool loopback() const;
    std::string text() const;  ///< "address:port"
    friend bool operator==(const BrokerListener&, const BrokerListener&) = default;
};

struct BrokerUser {
    BrokerUser() = default;
    BrokerUser(std::string n, Secret p) : username(std::move(n)), password(std::move(p)) {}
    std::string username;
    Secret password;
    friend bool operator==(const BrokerUser&, const BrokerUser&) = default;
};

/// A device and what it may do: read one topic, write one topic, nothing else.
struct DeviceLogin {
    DeviceLogin() = default;
    DeviceLogin(std::string u, Secret p, std::string r, std::string w)
        : username(std::move(u)),
          password(std::move(p)),
          read_topic(std::move(r)),
          write_topic(std::move(w)) {}
    std::string username;  ///< a MAC in lower case, with colons
    Secret password;
    std::string read_topic;   ///< without wildcards
    std::string write_topic;  ///< without wildcards
    friend bool operator==(const DeviceLogin&, const DeviceLogin&) = default;
};

struct EmbeddedBrokerSettings {
    EmbeddedBrokerSettings() = default;
    std::string data_directory;  ///< the broker's files go to `<data_directory>/broker`
    std::vector<BrokerListener> listen{BrokerListener()};
    std::vector<BrokerUser> users;  ///< where there are any, nobody gets in without a password
    BrokerUser credentials;  ///< `mqtt.username` and `mqtt.password`; an empty name when not configured
    std::string program;     ///< of mosquitto; "" looks for it in PATH and the usual places

    std::optional<BrokerListener> devices_listen;  ///< TLS, for `devices` alone; none means no such listener
    std::vector<DeviceLogin> devices;
    /// Host names and addresses devices are told: they go into the certificate, the first as its CN.
    std::vector<std::string> device_names;
    std::string device_plugin;  ///< mosquitto_dynamic_security.so; "" looks for it in the usual places
};

/// How `Client` reaches the broker.
struct BrokerEndpoint {
    BrokerEndpoint() = default;
    BrokerUrl url;  ///< with user and password where they are needed
    bool ours = false;
    std::optional<BrokerListener> devices;  ///< the open TLS listener for devices
    /// A listener for devices is wanted, but the broker is somebody else's: letting devices in is up to its
    /// owner.
    bool devices_left_to_owner = false;
};

/// Where `EmbeddedBroker` with these settings is reached from this machine, and with which login: for
/// commands beside the daemon.
BrokerUrl local_broker(const EmbeddedBrokerSettings& settings);

/// Runs mosquitto as a supervised child with a configuration it writes, unless a broker listens there
/// already.
class EmbeddedBroker {
public:
    EmbeddedBroker(Context context, EmbeddedBrokerSettings settings);
    EmbeddedBroker(const EmbeddedBroker&) = delete;
    EmbeddedBroker& operator=(const EmbeddedBroker&) = delete;
    /// Without `stop()` before, the child is killed at once.
    ~EmbeddedBroker();

    /// Returns when the broker accepts clients, at the latest after some 5 s.
    /// Errors, each with what to do: `invalid_value` (open address without users, bad listener), `wrong_key`
    /// (a foreign broker does not let us in), `busy` (something else listens there), `not_found` (mosquitto
    /// or its plugin is not installed), `io` (files), `timeout` or `closed` (mosquitto does not start, with
    /// what it said). The first start with a listener for devices makes two RSA keys, which takes a moment.
    asio::awaitable<Result<BrokerEndpoint>> start();

    /// Writes the files anew and has mosquitto read them: users at once and without a disconnect; changed
    /// listeners or devices take a restart, which every client sees as a short loss of the connection and
    /// which keeps retained messages. Only for a broker of ours (`unsupported` else). Errors: as for `start`;
    /// the broker then goes on as it was.
    asio::awaitable<Result<void>> reload(EmbeddedBrokerSettings settings);
    /// As `start` returned it, or as `reload` has changed it.
    const BrokerEndpoint& endpoint() const noexcept;

    asio::awaitable<void> stop();

    /// 0 when the broker is not ours or not running.
    int pid() const noexcept;
    /// How often it died and was started again.
    std::uint64_t restarts() const noexcept;

private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace lanbridge::mqtt
