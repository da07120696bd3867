#pragma once

#include <boost/asio/awaitable.hpp>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "app/config/config.hpp"
#include "lanbridge/base/async.hpp"
#include "lanbridge/base/context.hpp"
#include "lanbridge/base/json.hpp"
#include "lanbridge/mqtt/client.hpp"

namespace lanbridge::app {

/// A command's own connection to the broker that the configuration names (the embedded one: its first
/// listener on this machine, with our login), and through it to the running daemon. The client id carries
/// `purpose` and something random, so that no command throws out the daemon or another command.
///
/// Messages of errors are for people and say what to do; `exit_code_for` knows them all.
class DaemonLink {
public:
    using Duration = TimeSource::Clock::duration;
    /// A request that a device has a part in takes as long as the device does.
    static constexpr Duration usual_patience = std::chrono::seconds(15);

    DaemonLink(Context context, const Config& config, const std::string& purpose);
    DaemonLink(const DaemonLink&) = delete;
    DaemonLink& operator=(const DaemonLink&) = delete;

    /// Connects. Errors: `unreachable` when no broker is there, `wrong_key` when it refuses the login.
    asio::awaitable<Result<void>> connect();
    /// Connects, and finds out whether a daemon is alive (`<base>/bridge/state`). Errors: those of `connect`;
    /// `unreachable`: none is running.
    asio::awaitable<Result<void>> find_daemon();
    /// A request to the daemon and its answer's data. `args` is an object. After `find_daemon`. Errors: the
    /// daemon's own refusal; `timeout`; `link_down`.
    asio::awaitable<Result<Json>> ask(std::string name, Json args, Duration limit = usual_patience);
    /// Says goodbye; before destruction, or the link is dropped.
    asio::awaitable<void> close();

    /// For subscriptions and messages of the command itself; add them before `connect` or after.
    mqtt::Client& client() noexcept { return client_; }
    const std::string& base() const noexcept { return base_; }
    /// The broker, for people: never with a password.
    std::string where() const;

private:
    struct Pending;
    void take_answer(const mqtt::Message& message);
    void on_lost(const std::string& why);

    Context context_;
    mqtt::ClientSettings settings_;
    std::string base_;
    mqtt::Client client_;
    Signal changed_;
    std::optional<Error> trouble_;
    std::optional<std::string> daemon_state_;
    std::map<std::string, std::shared_ptr<Pending>, std::less<>> pending_;  ///< by transaction
};

/// The refusal that a text of the daemon's tells, with its code where the text still shows it.
Error error_from_text(const std::string& text);

}  // namespace lanbridge::app
