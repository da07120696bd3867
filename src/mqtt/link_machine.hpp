#pragma once

#include <cstddef>
#include <variant>

#include "lanbridge/base/backoff.hpp"
#include "lanbridge/base/time.hpp"
#include "lanbridge/mqtt/client.hpp"

namespace lanbridge::mqtt {

/// Why a connection was not made.
enum class ConnectFailure {
    unreachable,  ///< no such host, refused, no answer in time, TLS failed
    dropped,      ///< closed instead of an answer, as old brokers do at an MQTT 5 CONNECT
    protocol,     ///< the broker says that it does not speak this version
    login,        ///< user or password refused
    refused,      ///< any other refusal
};

/// Decides what the link does next; knows nothing of sockets nor of time that passes.
class LinkMachine {
public:
    struct Connect {
        std::size_t broker;
        Protocol protocol;
    };
    struct Announce {};  ///< subscribe again, tell the listeners
    struct Wait {
        Backoff::Duration period;
    };
    using Action = std::variant<Connect, Announce, Wait>;

    /// A link that held for this long was sound: its loss is answered with the shortest wait. Below, waits
    /// keep growing, or two clients of one id would throw each other out twice a second for ever.
    static constexpr auto sound_after = 10s;

    LinkMachine(std::size_t brokers, Protocol wanted, const Backoff& backoff, Random& random)
        : brokers_(brokers), wanted_(wanted), random_(random), backoff_(backoff) {}

    Action started() { return first_broker(); }
    Action waited() { return first_broker(); }
    Action connected() { return Announce{}; }

    /// MQTT 5 refused: the same broker with 3.1.1 at once. Else the next broker at once; after the last one a
    /// wait.
    Action failed(ConnectFailure failure) {
        const bool version = failure == ConnectFailure::protocol || failure == ConnectFailure::dropped;
        if (version && next_.protocol == Protocol::v5) {
            next_.protocol = Protocol::v3_1_1;
            return next_;
        }
        if (next_.broker + 1 < brokers_) {
            next_ = Connect{next_.broker + 1, wanted_};
            return next_;
        }
        return Wait{backoff_.next(random_)};
    }

    Action lost(TimeSource::Clock::duration held) {
        if (held >= sound_after) backoff_.reset();
        return Wait{backoff_.next(random_)};
    }

private:
    Action first_broker() {
        next_ = Connect{0, wanted_};
        return next_;
    }

    std::size_t brokers_;
    Protocol wanted_;
    Random& random_;
    Backoff backoff_;
    Connect next_{0, Protocol::v5};
};

}  // namespace lanbridge::mqtt
