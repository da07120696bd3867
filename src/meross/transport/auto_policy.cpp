#include "meross/transport/auto_policy.hpp"

namespace lanbridge::meross {

using model::Transport;

AutoPolicy::AutoPolicy(Protocol configured) : configured_(configured), current_(preferred()) {}

Transport AutoPolicy::preferred() const noexcept {
    switch (configured_) {
        case Protocol::http:
            return Transport::http;
        case Protocol::mqtt:
            return Transport::mqtt;
        case Protocol::automatic:
            break;
    }
    return host_found_ ? Transport::http : Transport::mqtt;
}

void AutoPolicy::host_found() {
    host_found_ = true;
    http_known_ = true;
    // Nothing is in use yet, or the preferred transport works already: no reason to wait.
    if (!mqtt_active_ || http_active_) use(preferred());
}

void AutoPolicy::host_told() {
    http_known_ = true;
    if (configured_ == Protocol::automatic && !mqtt_active_ && !broker_up_) use(Transport::http);
}

void AutoPolicy::host_lost() {
    host_found_ = false;
    http_known_ = false;
    http_active_ = false;
    http_doubtful_ = false;
    use(preferred());
}

void AutoPolicy::http_replied() {
    http_active_ = true;
    http_doubtful_ = false;
    if (current_ != Transport::http && (prefers_http() || !mqtt_active_)) use(Transport::http);
}

void AutoPolicy::http_failed(bool probe) {
    if (!probe) {
        http_doubtful_ = true;
        return;
    }
    http_active_ = false;
    http_doubtful_ = false;
}

void AutoPolicy::mqtt_heard(TimePoint now) {
    if (configured_ == Protocol::http) return;
    mqtt_active_ = true;
    mqtt_doubtful_ = false;
    mqtt_heard_at_ = now;
    if (current_ != Transport::mqtt && (!prefers_http() || !http_active_)) use(Transport::mqtt);
}

void AutoPolicy::mqtt_failed(bool probe) {
    mqtt_doubtful_ = !probe;
    if (probe) mqtt_active_ = false;
}

void AutoPolicy::broker_connected() {
    broker_up_ = true;
    asked_for_broker_ = false;
}

bool AutoPolicy::broker_lost() {
    broker_up_ = false;
    mqtt_active_ = false;
    if (current_ != Transport::mqtt) return false;
    if (configured_ == Protocol::mqtt) return true;
    if (http_known_) use(Transport::http);
    return !http_known_;
}

void AutoPolicy::device_offline() {
    mqtt_active_ = false;
    http_active_ = false;
    http_doubtful_ = false;
    asked_for_broker_ = false;
}

bool AutoPolicy::broker_session(int online_status) {
    if (configured_ != Protocol::automatic) return false;
    if (online_status != 1) {
        mqtt_active_ = false;
        return false;
    }
    if (mqtt_active_ || !broker_up_ || asked_for_broker_) return false;
    return asked_for_broker_ = true;
}

void AutoPolicy::broker_is_ours(TimePoint now) {
    if (!broker_up_) return;
    mqtt_active_ = true;
    mqtt_heard_at_ = now;
    use(preferred());
}

Route AutoPolicy::route() const {
    if (configured_ == Protocol::http) return http_known_ ? Route(Transport::http, Transport::none) : Route();
    if (configured_ == Protocol::mqtt) return broker_up_ ? Route(Transport::mqtt, Transport::none) : Route();
    const auto http = http_known_ ? Transport::http : Transport::none;
    if (current_ == Transport::mqtt && broker_up_) return Route(Transport::mqtt, http);
    if (http == Transport::none) return Route();
    return Route(http, mqtt_active_ && broker_up_ ? Transport::mqtt : Transport::none);
}

Route AutoPolicy::probe_route() const {
    const auto http = http_usable() ? Transport::http : Transport::none;
    const auto mqtt = mqtt_usable() ? Transport::mqtt : Transport::none;
    return http == Transport::none ? Route(mqtt, Transport::none) : Route(http, mqtt);
}

bool AutoPolicy::fail_back_due(TimePoint now) const {
    if (configured_ != Protocol::automatic || current_ != Transport::mqtt || !prefers_http()) return false;
    return http_asked_at_ == TimePoint{} || now - http_asked_at_ > heartbeat;
}

bool AutoPolicy::mqtt_silent_for_long(TimePoint now) const {
    return mqtt_active_ && now - mqtt_heard_at_ > heartbeat;
}

std::string_view AutoPolicy::reason() const noexcept {
    if (configured_ != Protocol::automatic) return "set in the configuration";
    if (current_ == Transport::http) {
        if (prefers_http()) return "preferred, since its address is known";
        return broker_up_ ? "not heard on the broker" : "no broker";
    }
    if (!prefers_http()) return "preferred, since no address is configured";
    return "no answer over HTTP";
}

}  // namespace lanbridge::meross
