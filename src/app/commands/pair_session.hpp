#pragma once

#include <boost/asio/awaitable.hpp>
#include <memory>
#include <optional>
#include <string>

#include "app/cli/daemon_link.hpp"
#include "app/commands/pair.hpp"
#include "lanbridge/base/async.hpp"

namespace lanbridge::app {

/// One run of `lanbridge pair`: speaks to the device itself, and to the daemon about its broker. Outlives its
/// coroutines; the options and the configuration outlive it.
class PairSession {
public:
    PairSession(Context context, const GlobalOptions& globals, const PairOptions& options,
                const Config& config);
    PairSession(const PairSession&) = delete;
    PairSession& operator=(const PairSession&) = delete;

    /// The exit code.
    asio::awaitable<int> run(meross::PairingPlan plan);

private:
    asio::awaitable<Result<meross::Paired>> pair(meross::PairingPlan plan);
    asio::awaitable<Result<void>> find_daemon();
    asio::awaitable<Result<void>> find_target(meross::PairingPlan& plan);
    asio::awaitable<Result<Json>> daemon_list();
    asio::awaitable<Result<meross::PairingBroker>> admit(meross::PairingAccount account);
    asio::awaitable<Result<meross::PairingBroker>> prepare(meross::PairingAccount account);
    asio::awaitable<Result<Json>> ask_daemon(Json args);
    asio::awaitable<Result<std::string>> test(meross::PairingLogin login);
    asio::awaitable<void> confirm(meross::Uuid uuid, bool has_spoken);
    asio::awaitable<Result<std::string>> heard(meross::PairingDevice device);
    Result<meross::PairingBroker> own_broker() const;
    meross::PairingHooks hooks();
    Result<void> listen_for(const meross::PairingDevice& device);
    void say(const meross::PairingStep& step) const;
    void conclude(const meross::Paired& paired) const;

    Context context_;
    const GlobalOptions& globals_;
    const PairOptions& options_;
    const Config& config_;
    net::HttpClient http_;
    std::optional<DaemonLink> link_;
    Signal changed_;
    std::string towards_;  ///< the device's address, where that is in the LAN
    std::optional<Json> devices_;
    bool embedded_ = false;
    bool heard_ = false;
    bool online_ = false;
    bool key_is_configured_ = false;  ///< by the configuration, for this device
};

}  // namespace lanbridge::app
