#pragma once

#include <boost/asio/awaitable.hpp>
#include <cstdint>
#include <string>
#include <vector>

#include "agent/broker/listening.hpp"
#include "agent/gateway.hpp"
#include "agent/journal.hpp"
#include "agent/paths.hpp"
#include "agent/programs.hpp"
#include "lanbridge/base/context.hpp"
#include "lanbridge/base/error.hpp"

namespace lanbridge::agent {

/// The gateway's own mosquitto, ended and started anew so that it listens where we want. It outlives us.
class VendorBroker {
public:
    VendorBroker(Context context, Journal& journal, Paths paths, const Gateway& gateway,
                 const Programs& programs, std::uint16_t port);

    Reach reach() const { return reach_of(paths_, port_); }

    /// It listens on all interfaces; nothing is done where it does already. Takes up to 5 s.
    /// Errors: `not_found` (there is no mosquitto), `unsupported` (an unknown one; it is left alone),
    /// `timeout` (it was started and does not listen so), the system's.
    asio::awaitable<Result<void>> make_public();
    /// It listens on loopback only; nothing is done where it does already, or where there is none that we
    /// have ended. Errors: as above.
    asio::awaitable<Result<void>> make_private();

private:
    Result<std::string> program() const;
    Result<std::string> public_program() const;
    asio::awaitable<void> restore();
    asio::awaitable<Result<void>> restart(std::vector<std::string> argv, Reach wanted, int attempts);
    std::vector<std::string> command(std::string program) const;

    Context context_;
    Journal& journal_;
    Paths paths_;
    bool old_;  ///< 1.x: all interfaces unless configured
    const Programs& programs_;
    std::uint16_t port_;
    bool ended_ = false;  ///< by us, and nothing has come in its place
};

}  // namespace lanbridge::agent
