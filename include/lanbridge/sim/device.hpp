#pragma once

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "lanbridge/base/random.hpp"
#include "lanbridge/base/secret.hpp"
#include "lanbridge/base/time.hpp"
#include "lanbridge/meross/protocol/cipher.hpp"
#include "lanbridge/meross/protocol/message.hpp"
#include "lanbridge/sim/blueprint.hpp"
#include "lanbridge/sim/meter.hpp"

namespace lanbridge::sim {

/// Who a simulated device is.
struct Identity {
    Identity(meross::Uuid u, Secret k, std::string a = "127.0.0.1")
        : uuid(std::move(u)), key(std::move(k)), address(std::move(a)) {}
    meross::Uuid uuid;  ///< its end is the MAC address
    Secret key;
    std::string address;  ///< what the device says its address is
};
/// A uuid that looks real and is none; the same for the same number.
meross::Uuid made_up_uuid(std::uint64_t number);
/// False for what a recording has masked: anything but 32 hex digits that are not the recordings' own
/// placeholder.
bool is_real_uuid(std::string_view text);

/// What a device does with a request.
struct Reply {
    enum class Kind : std::uint8_t { answer, close, silent };
    Reply() = default;
    explicit Reply(Kind k) : kind(k) {}
    explicit Reply(std::string b) : kind(Kind::answer), body(std::move(b)) {}
    Kind kind = Kind::close;
    std::string body;
};

/// The transport a request came by: only HTTP cuts long answers and encrypts.
enum class Via : std::uint8_t { http, mqtt };

/// A simulated device without sockets: requests in, replies and pushes out.
class MerossDevice {
public:
    using PushHandler = std::function<void(const meross::Message&)>;

    MerossDevice(SharedBlueprint blueprint, Identity identity, TimeSource& time);

    Reply handle(std::string_view body, Via via = Via::http);

    /// Sees every PUSH that the device sends by itself; the place where an MQTT session takes hold.
    void on_push(PushHandler handler) { push_ = std::move(handler); }
    /// Lets time take effect (replay, hourly records). Requests do this by themselves.
    void tick();

    // What happens to the device in its room.
    /// Its button. Errors: `not_found` without such a channel.
    Result<void> press(int channel = 0);
    /// What is plugged in. Errors: `unsupported` without a meter.
    Result<void> set_load(int channel, double watts);
    void set_clock(std::int64_t epoch_s);
    void set_time_zone(std::string zone, Json rules);
    /// From now on this payload; pushed like any change when `push`.
    void set_state(std::string_view name_space, Json payload, bool push = false);
    void set_key(Secret key);
    /// Another device takes the address: everything is as it was, the uuid apart.
    void set_uuid(meross::Uuid uuid);
    void set_address(std::string address) { identity_.address = std::move(address); }
    const Identity& identity() const noexcept { return identity_; }
    const Blueprint& blueprint() const noexcept { return *blueprint_; }
    std::int64_t clock_ms() const;
    std::int64_t clock_s() const { return clock_ms() / 1000; }
    /// Nothing when there is no such channel.
    std::optional<bool> relay(int channel = 0) const;
    /// The payload as a GET in the proper shape would show it; null when there is none.
    Json state(std::string_view name_space);
    std::string mac() const { return meross::mac_of(identity_.uuid); }

private:
    struct Outcome {
        Outcome() = default;
        Outcome(meross::Method m, Json p) : kind(Reply::Kind::answer), method(m), payload(std::move(p)) {}
        explicit Outcome(Reply::Kind k) : kind(k) {}
        Reply::Kind kind = Reply::Kind::close;
        meross::Method method = meross::Method::error;
        Json payload = Json::object();
    };
    struct Query {
        std::string_view name_space;
        meross::Method method;
        const Json& payload;
    };
    using SetHandler = Outcome (MerossDevice::*)(const Json&);

    Reply answer(std::string_view text, bool clear, Via via);
    std::string envelope(const meross::Header& request, meross::Method method, const Json& payload) const;
    Outcome dispatch(const Query& query, bool nested);
    Outcome get(const Query& query);
    Outcome get_system(std::string_view name_space);
    Outcome push_query(const Query& query);
    Outcome set(const Query& query);
    static SetHandler set_handler(std::string_view name_space) noexcept;
    Outcome set_togglex(const Json& payload);
    Outcome set_toggle(const Json& payload);
    Outcome set_time(const Json& payload);
    Outcome set_multiple(const Json& payload);
    Outcome set_generic(std::string_view name_space, const Json& payload);

    const Json* stored(std::string_view name_space) const;
    Json& own(std::string_view name_space);
    Json current(std::string_view name_space);
    Json metered(std::string_view name_space) const;
    const Json& all() const;
    Json system_all() const;
    void write_digest(Json& all) const;
    std::vector<int> channels() const;
    void switch_channel(int channel, bool on, std::vector<int>& changed);
    bool write_relay(int channel, bool on);
    void derive_master(std::vector<int>& changed);
    void push_relays(const std::vector<int>& changed);
    void push(std::string_view name_space, Json payload);
    void play_timeline();
    void play(const TimelineEvent& event);
    int offset_s();
    void make_cipher();

    SharedBlueprint blueprint_;
    Identity identity_;
    TimeSource& time_;
    TimeSource::Clock::time_point started_;
    std::int64_t clock_start_ms_;                       ///< the device's clock at `started_`
    std::size_t played_ = 0;                            ///< events of the timeline that took effect
    std::map<std::string, Json, std::less<>> changed_;  ///< what differs from the blueprint
    std::set<std::string, std::less<>> commanded_;      ///< obeyed a SET: the timeline has no say any more
    std::optional<Meter> meter_;
    std::optional<meross::PayloadCipher> cipher_;
    PushHandler push_;
    mutable std::uint64_t messages_ = 0;
    bool hub_ = false;
    int offset_ = 0;                 ///< of the device's zone…
    std::int64_t offset_until_ = 0;  ///< …until then
};

}  // namespace lanbridge::sim
