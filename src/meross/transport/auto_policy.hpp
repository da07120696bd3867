#pragma once

#include <cstdint>
#include <string_view>

#include "lanbridge/base/time.hpp"
#include "lanbridge/meross/transport_choice.hpp"
#include "lanbridge/model/device.hpp"

namespace lanbridge::meross {

/// In which order the transports are tried with one request; `none` = not at all.
struct Route {
    Route() = default;
    Route(model::Transport f, model::Transport s) : first(f), second(s) {}
    model::Transport first = model::Transport::none;
    model::Transport second = model::Transport::none;
    friend bool operator==(const Route&, const Route&) = default;
};

/// Which transport a device is talked to by, and what each event means for that. Pure: events and times in,
/// routes out. Facts: docs/protocols/meross.md, "Two transports".
class AutoPolicy {
public:
    using TimePoint = TimeSource::Clock::time_point;
    /// How long silence on MQTT is believed in, and how often the better transport is tried again.
    static constexpr auto heartbeat = std::chrono::seconds(295);

    explicit AutoPolicy(Protocol configured);

    // What is known
    /// An address was configured, or found on the network: HTTP is then preferred.
    void host_found();
    /// An address that the device itself has told: HTTP is possible, no more.
    void host_told();
    void host_lost();

    // Events
    void http_asked(TimePoint now) { http_asked_at_ = now; }
    void http_replied();
    /// `probe`: it was System.All, the only request whose failure says that HTTP is down.
    void http_failed(bool probe);
    void mqtt_heard(TimePoint now);
    void mqtt_failed(bool probe);
    void broker_connected();
    /// True when the device is unreachable from now on.
    bool broker_lost();
    void device_offline();
    /// What System.All says of the device's own broker session (1 = it has one). True when it is to be asked
    /// which broker that is.
    bool broker_session(int online_status);
    /// It is the one that we are connected to.
    void broker_is_ours(TimePoint now);

    // Answers
    Route route() const;
    /// For a device that is off line or doubtful: what to try, in this order.
    Route probe_route() const;
    model::Transport current() const noexcept { return current_; }
    model::Transport preferred() const noexcept;
    /// Pushes carry the state: it need not be polled.
    bool mqtt_active() const noexcept { return mqtt_active_; }
    bool http_active() const noexcept { return http_active_; }
    bool mqtt_usable() const noexcept { return configured_ != Protocol::http && broker_up_; }
    bool http_usable() const noexcept { return configured_ != Protocol::mqtt && http_known_; }
    /// A request has failed on a transport that was thought to work: System.All will tell.
    bool http_doubtful() const noexcept { return http_doubtful_ && http_active_; }
    bool mqtt_doubtful() const noexcept { return mqtt_doubtful_ && mqtt_active_; }
    /// HTTP is preferred and not used: time to see whether it is back.
    bool fail_back_due(TimePoint now) const;
    bool mqtt_silent_for_long(TimePoint now) const;
    /// Why the current transport is the current one: a few words.
    std::string_view reason() const noexcept;

private:
    bool prefers_http() const noexcept { return preferred() == model::Transport::http; }
    void use(model::Transport transport) { current_ = transport; }

    Protocol configured_;
    bool host_found_ = false;  ///< configured or found
    bool http_known_ = false;  ///< or told by the device
    bool http_active_ = false;
    bool http_doubtful_ = false;
    bool broker_up_ = false;
    bool mqtt_doubtful_ = false;
    bool mqtt_active_ = false;
    bool asked_for_broker_ = false;
    model::Transport current_;
    TimePoint http_asked_at_{};  ///< never, while it is the clock's zero
    TimePoint mqtt_heard_at_{};
};

}  // namespace lanbridge::meross
