#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "lanbridge/base/time.hpp"
#include "lanbridge/meross/protocol/cipher.hpp"
#include "lanbridge/sim/ap_mode.hpp"
#include "lanbridge/sim/blueprint.hpp"
#include "lanbridge/sim/identity.hpp"
#include "lanbridge/sim/meter.hpp"
#include "lanbridge/sim/request_log.hpp"

namespace lanbridge::sim {

/// A simulated device without sockets: requests in, replies and pushes out.
class MerossDevice {
public:
    using PushHandler = std::function<void(const meross::Message&)>;

    MerossDevice(SharedBlueprint blueprint, Identity identity, TimeSource& time);

    Reply handle(std::string_view body, Via via = Via::http);

    /// Sees every PUSH that the device sends by itself, with a session on a broker or without.
    void on_push(PushHandler handler) { push_ = std::move(handler); }
    /// Lets time take effect (replay, hourly records, motors). Requests do this by themselves.
    void tick();
    bool lives() const noexcept;  ///< something happens to it even when nobody asks

    // What happens to the device in its room.
    /// Its button. Errors: `not_found` without such a channel.
    Result<void> press(int channel = 0);
    /// What is plugged in. Errors: `unsupported` without a meter.
    Result<void> set_load(int channel, double watts);
    /// What else can happen to a device of its kind; docs/simulation.md, "Events". Errors: `unsupported`.
    Result<void> happen(std::string_view event, const Json& details = Json::object());
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
    const RequestLog& log() const noexcept { return log_; }
    meross::Message compose(std::string_view name_space, meross::Method method, Json payload) const;

    // Its broker.
    /// It has a session there now: System.All and System.Debug say so, and `uplink` is given every PUSH.
    void went_online(meross::BrokerAddress broker, PushHandler uplink);
    void went_offline();
    bool online() const noexcept { return broker_.has_value(); }
    void bind(Binding binding);
    const std::optional<Binding>& binding() const noexcept { return binding_; }
    std::string user_id() const;
    /// Config.Key has been answered: key and server are the new ones.
    void on_binding(std::function<void()> handler) { bound_ = std::move(handler); }

    // Its access point.
    /// Factory-new: no key, no signature check, and it waits for Config.Wifi.
    void enter_ap_mode(ApMode ap);
    bool in_ap_mode() const noexcept { return ap_ != nullptr && !joined_; }
    /// Config.Wifi has been answered: the device is about to `restart`.
    void on_restart(std::function<void()> handler) { restarting_ = std::move(handler); }
    /// True when it has left AP mode for the network it was told to join, with the key it was given.
    bool restart();

private:
    friend class Inside;
    class Life;
    struct Outcome;
    struct Query;
    using SetHandler = Outcome (MerossDevice::*)(const Json&);

    Reply exchange(std::string_view body, Via via), answer(std::string_view text, bool clear, Via via);
    void take_effect();
    const meross::PayloadCipher* cipher() const noexcept;
    std::string envelope(const meross::Header& request, meross::Method method, const Json& payload) const;
    Outcome dispatch(const Query& query, bool nested);
    Outcome get(const Query& query), push_query(const Query& query);
    Outcome get_system(std::string_view name_space);
    Json debug() const;
    int link_status() const noexcept;
    void write_binding(Json& firmware) const;
    Outcome set(const Query& query), set_multiple(const Query& query);
    static SetHandler set_handler(std::string_view name_space) noexcept;
    Outcome set_togglex(const Json& payload), set_toggle(const Json& payload), set_time(const Json& payload);
    Outcome set_wifi(const Json& payload), set_wifi_x(const Json& payload), set_ecdhe(const Json& payload);
    Outcome set_config_key(const Json& payload);
    Outcome obey(std::string_view name_space, const Json& payload);
    void adopt_digest(std::string_view name_space);
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
    void play_timeline(), play(const TimelineEvent& event);
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
    std::shared_ptr<Life> life_;  ///< none for a plug
    std::optional<meross::PayloadCipher> cipher_;
    PushHandler push_, uplink_;
    std::optional<meross::BrokerAddress> broker_;  ///< it has a session there
    std::optional<Binding> binding_, told_;        ///< `told_` takes effect after the answer
    std::function<void()> bound_, restarting_;
    std::unique_ptr<ApMode> ap_;
    RequestLog log_;
    mutable std::uint64_t messages_ = 0;
    bool hub_ = false, joined_ = false;
    int offset_ = 0;                 ///< of the device's zone…
    std::int64_t offset_until_ = 0;  ///< …until then
};

}  // namespace lanbridge::sim
