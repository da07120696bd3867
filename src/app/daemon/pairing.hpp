#pragma once

#include <boost/asio/awaitable.hpp>
#include <filesystem>
#include <functional>
#include <string>

#include "app/config/config.hpp"
#include "app/daemon/paired_devices.hpp"
#include "lanbridge/base/context.hpp"
#include "lanbridge/mqtt/client.hpp"
#include "lanbridge/net/http_client.hpp"
#include "lanbridge/registry/registry.hpp"

namespace lanbridge::app {

/// What the daemon's pairing works with; all of it outlives it.
struct PairingParts {
    PairingParts(const Config& c, model::Memory& m, net::HttpPoster& h, registry::Registry& r,
                 mqtt::Client& l)
        : config(c), memory(m), http(h), registry(r), client(l) {}
    const Config& config;
    model::Memory& memory;
    net::HttpPoster& http;
    registry::Registry& registry;
    mqtt::Client& client;
    std::filesystem::path data;
    mqtt::EmbeddedBroker* own_broker = nullptr;  ///< nullptr: the broker is its owner's business
    /// A device answers to this key from now on. Optional.
    std::function<void(const meross::Uuid&, const Secret&)> learn_key;
};

/// The request `pair`: prepares the broker for a device that a command pairs, or pairs it all by itself.
///
/// `{"prepare":{"uuid","mac","key","user_id","towards","broker_host","dry_run"}}` answers
/// `{"host","port","embedded","admits"}`; `{"confirm":{"uuid"}}`, once the device has taken its key, and
/// again with `"heard":true` once it has spoken, answers `{"id"}`. Anything else is a whole pairing:
/// `{"ssid","wifi_password","bssid","timezone"}` for a device in pairing mode,
/// `{"rebind":true,"device","key"}` for one on the LAN; both with `device` (host[:port]), `broker_host` and
/// `dry_run`; it answers `{"steps","device","broker","heard"}`.
class Pairing {
public:
    /// A whole pairing waits for people, and for a device that restarts.
    static constexpr auto limit = std::chrono::minutes(8);

    Pairing(Context context, PairingParts parts) : context_(std::move(context)), parts_(std::move(parts)) {}
    Pairing(const Pairing&) = delete;
    Pairing& operator=(const Pairing&) = delete;

    /// Errors: `invalid_value` naming the member, `busy`, those of the broker and of pairing.
    asio::awaitable<Result<Json>> handle(Json args);

private:
    struct Wish;
    asio::awaitable<Result<Json>> prepare(Json args);
    Result<Json> confirm(const Json& args);
    asio::awaitable<Result<Json>> pair(Json args);
    /// Opens the broker for a device, unless `dry_run`, and tells its host and port.
    asio::awaitable<Result<meross::PairingBroker>> open_broker(PairedDevice device, Wish wish);
    Result<meross::PairingBroker> foreign_broker(const Wish& wish) const;
    asio::awaitable<Result<void>> admit(PairedDevice device);
    asio::awaitable<Result<std::string>> wait_online(PairedDevice paired, bool was_online);
    Result<meross::PairingPlan> plan_of(const Json& args);
    Result<Secret> new_key();
    void confirmed(const PairedDevice& device, bool heard);

    Context context_;
    PairingParts parts_;
    bool pairing_ = false;
    bool opening_ = false;
};

}  // namespace lanbridge::app
