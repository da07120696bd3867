#pragma once

#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "lanbridge/base/context.hpp"
#include "lanbridge/base/secret.hpp"
#include "lanbridge/meross/protocol/multiple.hpp"
#include "lanbridge/model/device.hpp"
#include "lanbridge/net/http_client.hpp"

namespace lanbridge::meross {

/// One configured device.
struct DeviceSettings {
    net::HttpEndpoint endpoint;
    std::optional<Uuid> uuid;   ///< nothing else is accepted at the endpoint
    std::optional<Secret> key;  ///< nothing: the shared keys are tried
    std::string name;           ///< "" = made from the product and the address
    std::chrono::seconds poll_interval{30};
    std::string timezone;  ///< written to a device that has none; "" = leave it alone
};

struct Settings {
    std::vector<Secret> keys;  ///< tried in order on devices that have none of their own
    std::vector<DeviceSettings> devices;
};

/// All Meross devices of this daemon: one session each, reporting into the sink.
class Integration {
public:
    Integration(Context context, net::HttpPoster& http, model::DeviceSink& sink, model::Memory& memory);
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
    /// Every session has ended its first attempt.
    bool all_tried() const;
    /// Configured endpoints that have not answered yet.
    std::vector<std::string> unreached() const;

    struct DeviceHealth {
        model::DeviceId id;
        std::uint64_t errors = 0;
        std::chrono::microseconds latency{0};
    };
    std::vector<DeviceHealth> health() const;

    /// One raw request in turn with the device's own traffic. Errors: `not_found` when no session serves
    /// `device`; those of the transport. An ERROR answer is an answer.
    boost::asio::awaitable<Result<Message>> request(model::DeviceId device, Request request);

private:
    struct State;
    std::unique_ptr<State> state_;
};

/// Who to ask, for a request without a running session.
struct OneShot {
    explicit OneShot(net::HttpEndpoint e) : endpoint(std::move(e)) {}
    net::HttpEndpoint endpoint;
    std::optional<Uuid> uuid;
    std::optional<Secret> key;
    std::vector<Secret> shared_keys;
};
/// Finds key and encryption, then asks once. Errors: those of identification and transport.
boost::asio::awaitable<Result<Message>> request_once(Context context, net::HttpPoster& http, OneShot target,
                                                     Request request);

}  // namespace lanbridge::meross
