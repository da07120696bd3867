#pragma once

#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "lanbridge/base/async.hpp"
#include "lanbridge/base/secret.hpp"
#include "lanbridge/meross/sighting.hpp"
#include "lanbridge/model/device.hpp"
#include "meross/device/facts.hpp"
#include "meross/transport/mqtt_exchange.hpp"

namespace lanbridge::meross {

/// Looks at devices that nobody has configured: whoever answers a signed System.All with a known key is
/// welcome, others are listed with what is missing. Anyone on the network can claim to be a thousand devices,
/// so everything here is bounded: attempts at the same time, those that wait, and what is remembered of each.
class Newcomers {
public:
    static constexpr std::size_t max_at_once = 4;
    static constexpr std::size_t max_waiting = 64;
    static constexpr std::size_t max_remembered = 512;
    /// After an attempt without an answer, and after one that found no key.
    static constexpr auto silent_pause = std::chrono::minutes(5);
    static constexpr auto keyless_pause = std::chrono::hours(1);

    using Welcome = std::function<void(const Uuid&, const std::optional<net::HttpEndpoint>&, FoundBy)>;
    Newcomers(Context context, net::HttpPoster& http, MqttExchange& exchange, model::DeviceSink& sink,
              Welcome welcome);

    /// Everybody is looked at again with these.
    void set_keys(std::vector<Secret> keys);
    const std::vector<Secret>& keys() const noexcept { return keys_; }
    /// Somebody unknown was noticed.
    void offer(const Sighting& sighting);
    /// It is known by now, or not wanted: its entry goes.
    void drop(const Uuid& uuid);
    void forget_attempts() { tried_.clear(); }

    void stop();
    bool idle() const noexcept { return nursery_.idle(); }
    std::uint64_t dropped() const noexcept { return dropped_; }

private:
    struct Tried {
        TimeSource::Clock::time_point again{};
        std::string candidate;  ///< under which it is listed; "" = not at all
    };
    asio::awaitable<void> work();
    asio::awaitable<void> examine(Sighting sighting);
    asio::awaitable<Result<Facts>> ask(Sighting sighting);
    void list(const std::string& subject, const Sighting& sighting, const Error& why);
    void unlist(Tried& tried);
    Tried& remember(const std::string& subject);

    Context context_;
    net::HttpPoster& http_;
    MqttExchange& exchange_;
    model::DeviceSink& sink_;
    Welcome welcome_;
    std::vector<Secret> keys_;
    std::deque<Sighting> waiting_;
    std::map<std::string, Tried> tried_;
    std::size_t working_ = 0;
    std::uint64_t dropped_ = 0;
    Nursery nursery_;
};

}  // namespace lanbridge::meross
