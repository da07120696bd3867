#pragma once

#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lanbridge/base/context.hpp"
#include "lanbridge/base/secret.hpp"
#include "lanbridge/meross/broker_link.hpp"
#include "lanbridge/meross/device_options.hpp"
#include "lanbridge/meross/protocol/credentials.hpp"
#include "lanbridge/meross/protocol/multiple.hpp"
#include "lanbridge/meross/sighting.hpp"
#include "lanbridge/meross/trace.hpp"
#include "lanbridge/meross/transport_choice.hpp"
#include "lanbridge/meross/unknown.hpp"
#include "lanbridge/model/device.hpp"
#include "lanbridge/net/http_client.hpp"

namespace lanbridge::meross {

/// One configured device: an address, a uuid, or both.
struct DeviceSettings {
    std::optional<net::HttpEndpoint> endpoint;  ///< nothing: reached over MQTT
    std::optional<Uuid> uuid;                   ///< nothing else is accepted at the endpoint
    Protocol protocol = Protocol::automatic;
    std::optional<Secret> key;  ///< nothing: the shared keys are tried
    std::string name;           ///< "" = made from the product and the address
    std::chrono::seconds poll_interval{30};
    std::string timezone;  ///< written to a device that has none; "" = leave it alone
    DeviceOptions options;
};

/// Messages of devices, and what became of those that are of no use.
struct InboundCounters {
    std::uint64_t messages = 0;
    std::uint64_t malformed = 0;  ///< no message of the protocol, or retained
    std::uint64_t foreign = 0;    ///< the sender inside is not the device of the topic, or no device at all
    std::uint64_t strangers = 0;  ///< of unknown devices
    std::uint64_t throttled = 0;  ///< of unknown devices, too many at once
};

struct Settings {
    std::vector<Secret> keys;  ///< tried in order on devices that have none of their own
    std::vector<DeviceSettings> devices;
    // Of devices that discovery finds.
    std::chrono::seconds poll_interval{30};
    Protocol found_protocol = Protocol::automatic;
    bool sniff = true;  ///< unknown devices that speak on the broker are looked at
};

/// All Meross devices of this daemon: one session each, reporting into the sink.
class Integration {
public:
    Integration(Context context, net::HttpPoster& http, BrokerLink& broker, model::DeviceSink& sink,
                model::Memory& memory);
    ~Integration();
    Integration(const Integration&) = delete;
    Integration& operator=(const Integration&) = delete;

    /// Starts sessions; called again, it leaves alone what did not change, restarts what did, and removes
    /// what is gone together with its topics.
    void configure(Settings settings);
    /// Cancels every session and waits for their ends.
    boost::asio::awaitable<void> stop();

    /// Stops serving a device until the next `configure` or start. False when it is none of ours.
    bool remove(const model::DeviceId& device);
    // What comes from the network.
    /// A message on `device_messages_filter`.
    void on_message(std::string_view topic, std::string_view payload, bool retained);
    void broker_connected();
    void broker_lost();
    /// Somebody says that a device is somewhere.
    void sighted(const Sighting& sighting);
    /// Called when a device is missed where it should be.
    void on_seek(std::function<void()> look_around);
    /// Tells whether a broker that a device names is the one that we are connected to.
    void on_broker_question(std::function<bool(const BrokerAddress&)> is_ours);
    /// Unknown devices that were looked at before are looked at again.
    void look_again();
    /// A device was paired with this key: it is served from now on.
    void learn_key(const Uuid& uuid, Secret key);
    /// A known device answers here already: a sweep can leave the address out.
    bool serves(const net::HttpEndpoint& endpoint) const;

    /// Every session has ended its first attempt.
    bool all_tried() const;
    /// Configured endpoints that have not answered yet.
    std::vector<std::string> unreached() const;

    struct DeviceHealth {
        model::DeviceId id;
        std::uint64_t errors = 0;
        std::chrono::microseconds latency{0};
        double clock_skew_s = 0;       ///< how far its clock is behind ours
        std::uint64_t distrusted = 0;  ///< pushes whose signature or time was wrong
    };
    std::vector<DeviceHealth> health() const;
    const InboundCounters& inbound() const noexcept;
    /// What is not understood of a device; empty for one that no session serves.
    std::vector<Unknown> unknown(const model::DeviceId& device) const;
    void on_unknown(std::function<void()> listener);

    /// One raw request in turn with the device's own traffic, over `via` alone or over what is best. Errors:
    /// `not_found` when no session serves `device`; those of the transport. An ERROR answer is an answer.
    boost::asio::awaitable<Result<Message>> request(model::DeviceId device, Request request,
                                                    model::Transport via = model::Transport::none);
    /// To a device that no session serves, over the broker. Errors: those of the transport.
    boost::asio::awaitable<Result<Message>> request_over_mqtt(Uuid uuid, Secret key, Request request);

    // Traces: what is said to a device and what it says, in files (meross/trace/).
    void set_trace_folder(std::string folder);
    void on_trace_ended(std::function<void(const TraceInfo&)> listener);
    /// Errors: `not_found` when no session serves it; `busy` when it is traced already, or too many are;
    /// `invalid_value` for the limits; those of the file.
    Result<TraceInfo> start_trace(const model::DeviceId& device, TraceLimits limits);
    /// By the device's id or the trace's; one that has ended is found by its own. Errors: `not_found`.
    Result<TraceInfo> stop_trace(const std::string& which, const std::string& why);

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace lanbridge::meross
