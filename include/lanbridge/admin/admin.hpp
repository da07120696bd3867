#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "lanbridge/admin/reply.hpp"
#include "lanbridge/base/context.hpp"
#include "lanbridge/base/log.hpp"
#include "lanbridge/model/outbox.hpp"
#include "lanbridge/registry/registry.hpp"

namespace lanbridge::admin {

struct Settings {
    std::string base_topic = "lanbridge";
    std::string version;
    std::string configuration_digest;
    log::Level mqtt_log_level = log::Level::off;  ///< from which on records go to `bridge/logging`
};

/// What only the composition of the daemon can do. A missing one makes its request answer `unsupported`.
struct Hooks {
    std::function<Json()> broker;  ///< for `bridge/info`: which broker, how
    /// For `bridge/devices`: what is not understood of a device, `[{"name","payload"}]`; empty = nothing.
    std::function<Json(const model::DeviceId&)> unknown;
    /// Ends and starts the daemon again. Called a moment after the answer has gone out.
    std::function<void()> restart;
    std::function<void(log::Level)> set_log_level;
    /// Takes a device out of service and out of the registry; its mark as removed is the admin's business.
    std::function<Result<void>(const model::DeviceId&)> remove_device;
    Handler discover;
    Handler clear_homeassistant;
};

/// Everything below `<base>/bridge/` but the entities of the bridge's own device, which the registry holds:
/// `state`, `info`, `devices`, `health`, `event`, `logging`, and `request/#` with `response/#`.
///
/// On the event loop's thread. All that it is given outlives it. Before destruction: `stop`, and run the loop
/// until `idle()`.
class Admin {
public:
    Admin(Context context, Settings settings, Hooks hooks, registry::Registry& registry,
          model::Memory& memory, model::Outbox& outbox);
    ~Admin();

    /// The bridge's own device enters the registry, and the clockwork starts.
    void start();
    void stop();
    bool idle() const noexcept;

    /// Adds a request; before the first message, since a handler is not replaced while it runs. One that
    /// takes longer than `limit` is cancelled and answered with an error.
    void add_request(std::string name, Handler handler,
                     TimeSource::Clock::duration limit = std::chrono::seconds(30));
    void add_request(std::string name, ReplyHandler handler,
                     TimeSource::Clock::duration limit = std::chrono::seconds(30));
    /// A section of `bridge/health`, such as the MQTT client's queue or the errors and latency of devices.
    void add_health(std::string section, std::function<Json()> provider);

    /// The broker has accepted us: `bridge/state` at once, then info and devices.
    void on_connected();
    /// A message on `request_filter()`; false for any other topic. Retained ones are refused and cleared.
    bool on_message(std::string_view topic, std::string_view payload, bool retained);
    /// To be subscribed with QoS 0.
    std::string request_filter() const;
    std::string state_topic() const;
    /// The last word before a clean disconnect.
    void say_offline();
    /// Instead of it, when the base topic changes: clears state, info and devices.
    void clear_topics();

    /// What `Hooks::unknown` says has changed.
    void unknown_changed();
    /// `bridge/event`; dropped while there is no broker.
    void event(std::string_view type, Json data);
    /// After a reload of the configuration, or a change of the level behind the admin's back.
    void configure(std::string configuration_digest, log::Level mqtt_log_level);
    Json health();
    model::DeviceId bridge_id() const;

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

/// `bridge_<base>`; what is not a letter, digit, `_` or `-` becomes `_`.
std::string bridge_device_id(std::string_view base_topic);

}  // namespace lanbridge::admin
