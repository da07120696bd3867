#pragma once

#include <boost/asio/awaitable.hpp>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "lanbridge/base/context.hpp"
#include "lanbridge/base/secret.hpp"
#include "lanbridge/meross/sighting.hpp"
#include "lanbridge/net/subnet.hpp"

namespace lanbridge::meross {

/// A wider network is not swept: it would take more than five minutes at a rate that home networks bear.
inline constexpr int widest_swept_prefix = 20;

struct FinderSettings {
    FinderSettings() = default;
    bool udp = true;
    bool dhcp = true;
    std::vector<net::Subnet> subnets;  ///< swept address by address; none by default

    // What changes while the finder runs, and so is asked for. Empty functions mean: none.
    std::function<std::vector<std::string>()> known_addresses;  ///< IPv4, asked by unicast too
    std::function<bool(const std::string& mac)> is_known_mac;   ///< beside the vendor's own prefixes
    std::function<bool(const net::HttpEndpoint&)> is_served;    ///< a known device is online there: not swept

    /// The same device at the same place is told again after this; 0: every time.
    TimeSource::Clock::duration quiet = std::chrono::seconds(30);
    bool broadcast = true;
    std::uint16_t query_port = 9988;   ///< where devices listen
    std::uint16_t answer_port = 9989;  ///< where they answer to
    std::uint16_t http_port = 80;      ///< that is swept
};

/// How one way of finding devices fares, for `bridge/health` and people.
struct LegStatus {
    enum class State : std::uint8_t { off, running, failed };
    LegStatus() = default;
    explicit LegStatus(std::string n) : name(std::move(n)) {}
    std::string name;  ///< "udp", "dhcp", "sweep"
    State state = State::off;
    std::string why;              ///< of `off` and `failed`: a sentence, with what to do
    std::uint64_t seen = 0;       ///< devices noticed, repetitions included
    std::uint64_t malformed = 0;  ///< what came and was nonsense, or a lie that could be told
    std::uint64_t dropped = 0;    ///< what came too fast
};
std::string_view leg_state_name(LegStatus::State state) noexcept;

/// Looks for Meross devices on the LAN: asks by UDP, listens to DHCP, sweeps subnets. What it sees are hints
/// that anybody on the network can forge; every one is bounded, limited in rate and to be verified.
///
/// On the loop's thread. Before destruction: `stop`, and run the loop until `idle`.
class Finder {
public:
    using OnSighting = std::function<void(const Sighting&)>;

    Finder(Context context, net::HttpPoster& http, FinderSettings settings, OnSighting on_sighting);
    ~Finder();
    Finder(const Finder&) = delete;
    Finder& operator=(const Finder&) = delete;

    void start();
    void stop();
    bool idle() const;
    /// Legs whose settings did not change go on undisturbed.
    void reconfigure(FinderSettings settings);

    /// A device has stopped answering: look now. May be called at any rate; UDP asks at most every 10 s, the
    /// subnets are swept at most every 5 min.
    void seek();
    /// One full round of UDP and sweep, or the rest of a sweep under way. At least 2.5 s with UDP; a /24
    /// takes up to 20 s. The finder must have been started.
    boost::asio::awaitable<void> scan();

    std::vector<LegStatus> legs() const;

private:
    struct State;
    std::unique_ptr<State> state_;
};

/// What a key is worth at a device that was found.
enum class KeyState : std::uint8_t {
    ok,                     ///< `key_index` says which
    empty,                  ///< the empty key: not bound to an account, or a Refoss device
    wrong,                  ///< it refuses every key tried
    encrypted_without_key,  ///< it encrypts, and no key fits
    no_answer,              ///< it does not answer, or with nonsense: `error` says what
    lied,                   ///< whoever answers there is not whom the hint has named
};
std::string_view key_state_name(KeyState state) noexcept;

/// A sighting after its examination.
struct Found {
    Found() = default;
    Sighting sighting;
    std::optional<Uuid> uuid;  ///< of who answered; else of the hint
    std::string model;
    std::string sub_type;
    std::string firmware;
    KeyState key = KeyState::no_answer;
    std::optional<std::size_t> key_index;  ///< in `keys`
    std::string error;                     ///< "" when all is well
};

/// Asks the device that a hint names who it is, trying `keys` in order and then the empty one. The sighting
/// must have an endpoint.
boost::asio::awaitable<Found> examine(Context context, net::HttpPoster& http, Sighting sighting,
                                      std::vector<Secret> keys);

}  // namespace lanbridge::meross
