#pragma once

#include <optional>
#include <utility>

#include "lanbridge/net/http_client.hpp"

namespace lanbridge::meross {

/// Where a device is looked for: at the configured address, and at another one where it was found since.
/// Pure.
class Addresses {
public:
    using Endpoint = net::HttpEndpoint;
    Addresses() = default;
    /// Both may be nothing: a device that is only known on MQTT.
    Addresses(std::optional<Endpoint> home, std::optional<Endpoint> elsewhere)
        : home_(std::move(home)), elsewhere_(std::move(elsewhere)), at_home_(home_.has_value()) {
        if (elsewhere_ == home_) elsewhere_.reset();
    }

    const std::optional<Endpoint>& current() const noexcept { return at_home_ ? home_ : elsewhere_; }
    const std::optional<Endpoint>& home() const noexcept { return home_; }
    bool at_home() const noexcept { return at_home_; }

    /// It may be there now. False when that is where it is looked for already.
    bool sighted(Endpoint where) {
        if (current() == where) return false;
        at_home_ = home_ == where;
        if (!at_home_) elsewhere_ = std::move(where);
        return true;
    }
    /// The present address is of no use: looks at the other one. False when there is none.
    bool try_other() {
        const auto& other = at_home_ ? elsewhere_ : home_;
        if (!other) return false;
        at_home_ = !at_home_;
        return true;
    }

private:
    std::optional<Endpoint> home_;
    std::optional<Endpoint> elsewhere_;
    bool at_home_ = false;
};

}  // namespace lanbridge::meross
