#pragma once

#include <boost/asio/awaitable.hpp>
#include <cstdint>
#include <memory>
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

struct EmbeddedBrokerSettings {
    std::string data_directory;  ///< the broker's files go to `<data_directory>/broker`
    std::vector<BrokerListener> listen{BrokerListener()};
    std::vector<BrokerUser> users;  ///< where there are any, nobody gets in without a password
    BrokerUser credentials;  ///< `mqtt.username` and `mqtt.password`; an empty name when not configured
    std::string program;     ///< of mosquitto; "" looks for it in PATH and the usual places
};

/// How `Client` reaches the broker.
struct BrokerEndpoint {
    BrokerEndpoint() = default;
    BrokerUrl url;  ///< with user and password where they are needed
    bool ours = false;
};

/// Where `EmbeddedBroker` with these settings is reached from this machine, and with which login: for commands
/// beside the daemon.
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
    /// is not installed), `io` (files), `timeout` or `closed` (mosquitto does not start, with what it said).
    asio::awaitable<Result<BrokerEndpoint>> start();

    /// Writes the files anew and has mosquitto read them: users at once and without a disconnect; changed
    /// listeners take a restart. Only for a broker of ours. Errors: as for `start`.
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
