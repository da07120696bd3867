// How a session finds its device: over which transport, at which address, with which key; and what keeps both
// transports in order while it is on line.
#include <array>

#include "lanbridge/base/log.hpp"
#include "meross/device/session.hpp"
#include "meross/device/transport_entity.hpp"

namespace lanbridge::meross {
namespace {

const log::Logger logger("meross.device");

/// A device that is said to be where it did not answer may only have been on its way.
constexpr auto sighting_pause = 5s;

/// Nothing that belongs to the device answers there.
bool nobody_there(const Error& error) {
    return error.is(Errc::unreachable) || error.is(Errc::wrong_device) || error.is(Errc::timeout) ||
           error.is(Errc::closed);
}

/// An answer, even a refusal, says more than silence.
bool tells_more(const Error& error, const Error& than) {
    return nobody_there(than) && !nobody_there(error) && !error.is(Errc::cancelled);
}

}  // namespace

KeyRing Session::keys() const {
    auto ring = key_ring(settings_.key, settings_.shared_keys);
    if (settings_.key || !uuid_) return ring;
    // The key that it was paired with comes first.
    const auto learnt = services_.memory.recall(id_, "key");
    const auto record = learnt ? parse_json(*learnt) : Result<Json>(Error(Errc::not_found));
    if (record) {
        const auto key = string_or(*record, {"key"}, "");
        if (!key.empty()) ring.keys.insert(ring.keys.begin(), Secret(key));
    }
    return ring;
}

/// Over one transport after the other; one that the device was just heard on comes first. Facts without
/// abilities mean: the same device with the same firmware as before.
asio::awaitable<Result<Facts>> Session::find_out() {
    const auto route = ways_.policy().probe_route();
    std::array order{route.first, route.second};
    const bool heard = std::exchange(state_.heard, false);
    if (heard && route.second == model::Transport::mqtt) std::swap(order[0], order[1]);
    Result<Facts> outcome =
        Error(Errc::unreachable, settings_.label() + ": no address is known and no broker connected");
    bool first = true;
    for (const auto transport : order) {
        if (transport == model::Transport::none) continue;
        auto met = transport == model::Transport::http ? meet_over_http() : meet(transport);
        auto facts = co_await std::move(met);
        if (facts) co_return facts;
        if (first || tells_more(facts.error(), outcome.error())) outcome = std::move(facts);
        first = false;
    }
    co_return outcome;
}

/// Where it lived last and, if nobody is there, at the other address that is known.
asio::awaitable<Result<Facts>> Session::meet_over_http() {
    auto facts = co_await meet(model::Transport::http);
    if (facts || !nobody_there(facts.error()) || !addresses_.try_other()) co_return facts;
    ways_.host_found(*addresses_.current());
    auto elsewhere = co_await meet(model::Transport::http);
    if (elsewhere || tells_more(elsewhere.error(), facts.error())) co_return elsewhere;
    co_return facts;
}

asio::awaitable<Result<Facts>> Session::meet(model::Transport transport) {
    if (state_.identified) {
        auto facts = co_await say_hello(transport);
        if (facts && facts->firmware_version == info_.firmware_version) co_return facts;
        const bool another =
            !facts && facts.error().is(Errc::wrong_device) && addresses_.at_home() && !settings_.uuid;
        const bool refused = !facts && !nobody_there(facts.error());
        if (!facts && !another && !refused) co_return facts;
    }
    Transport* way = ways_.over(transport);
    if (!way) co_return Error(Errc::unreachable, settings_.label());
    // Whoever lives at an address that was configured without a uuid is welcome.
    const bool anyone = transport == model::Transport::http && addresses_.at_home() && !settings_.uuid;
    if (anyone) ways_.accept_anyone();
    auto ring = keys();
    auto facts = co_await identify(*way, std::move(ring));
    ways_.met(transport, facts.has_value());
    if (facts) {
        state_.identified = false;  // as another, or with another firmware: everything is built anew
        ways_.share_key_of(transport, may_want_encryption(facts->ability));
    }
    co_return facts;
}

asio::awaitable<Result<Facts>> Session::say_hello(model::Transport transport) {
    auto reply = co_await ways_.request_over(transport, all_request(), Patience::command);
    auto all = acknowledged(std::move(reply), all_request());
    if (!all) co_return std::move(all).error();
    auto facts = parse_facts(all->payload, Json::object());
    if (facts) facts->clock = all->header.timestamp;
    co_return facts;
}

/// An address that the device itself names is as good as it is; a configured one is never overridden, and one
/// where it was found only once it does not answer there.
void Session::follow_inner_address(const std::string& inner_ip) {
    if (addresses_.home() || settings_.protocol == Protocol::mqtt || inner_ip.empty()) return;
    auto endpoint = net::parse_endpoint(inner_ip);
    const bool found = ways_.policy().preferred() == model::Transport::http;
    if (!endpoint || (found && ways_.policy().http_active()) || !addresses_.sighted(*endpoint)) return;
    logger.info("{}: its address is {}", id_.value(), endpoint->text());
    if (found)
        ways_.host_found(*endpoint);
    else
        ways_.host_told(*endpoint);
    remember_place();
    if (state_.published) describe_again();
}

void Session::sighted(net::HttpEndpoint where) {
    if (settings_.protocol == Protocol::mqtt) return;
    const bool served = state_.online && ways_.policy().http_active() && !state_.suspicious;
    if (served) return;
    if (addresses_.sighted(where)) {
        logger.info("{}: may be at {} now", id_.empty() ? settings_.label() : id_.value(), where.text());
        ways_.host_found(std::move(where));
    } else if (now() - state_.last_attempt < sighting_pause) {
        return;  // it was looked for there just now
    }
    state_.probe_http = true;
    state_.next_cycle = now();
    wake_.notify();
}

void Session::meet_again() {
    state_.identified = false;
    state_.online = false;
    state_.published = false;
    state_.last_attempt = {};
    state_.next_cycle = now();
    wake_.notify();
}

/// The transport in use and why, where it has changed.
void Session::show_transport(bool anew) {
    if (!state_.published) return;
    const auto& policy = ways_.policy();
    if (hub_) hub_->reached_over(policy.current(), policy.reason());
    model::Availability availability;
    availability.online = true;
    availability.reason = model::Reason::ok;
    availability.transport = policy.current();
    availability.transport_reason = policy.reason();
    if (availability == state_.availability && !anew) return;
    if (state_.availability.online && state_.availability.transport != availability.transport) {
        logger.info("{}: over {} now ({})", id_.value(), model::transport_name(availability.transport),
                    availability.transport_reason);
        ways_.note("over " + std::string(model::transport_name(availability.transport)) +
                   " now: " + std::string(availability.transport_reason));
    }
    state_.availability = availability;
    services_.sink.set_availability(id_, std::move(availability));
    model::Observations observations;
    observe_transport(policy.current(), policy.reason(), ways_.address(), observations);
    services_.sink.observe(id_, observations, policy.current());
}

/// What is due for the transports themselves: is the preferred one back, is the silent one still there.
asio::awaitable<void> Session::look_after_ways(bool& all_just_read) {
    const auto& policy = ways_.policy();
    const bool asked = std::exchange(state_.probe_http, false) || policy.http_doubtful();
    if ((asked || policy.fail_back_due(now())) && policy.http_usable()) {
        bool there = co_await probe(model::Transport::http);
        if (!there && addresses_.try_other()) {
            ways_.host_found(*addresses_.current());
            there = co_await probe(model::Transport::http);
        }
        all_just_read = there;
    }
    // An answer there makes the change at once; else the next request would wait for HTTP first.
    const bool change =
        policy.mqtt_active() && !policy.http_active() && policy.current() == model::Transport::http;
    if (change || policy.mqtt_doubtful() || policy.mqtt_silent_for_long(now())) {
        const bool there = co_await probe(model::Transport::mqtt);
        all_just_read = all_just_read || there;
    }
    show_transport();
}

/// System.All over this transport alone; the policy hears how it went.
asio::awaitable<bool> Session::probe(model::Transport transport) {
    auto reply = co_await ways_.request_over(transport, all_request(), Patience::brief);
    auto all = acknowledged(std::move(reply), all_request());
    if (!all) {
        logger.debug("{}: no System.All over {}: {}", id_.value(), model::transport_name(transport),
                     all.error().text());
        co_return false;
    }
    state_.last_all = now();
    if (state_.published && state_.shown_address != ways_.address()) {
        logger.info("{}: is at {} now", id_.value(), ways_.address());
        remember_place();
        describe_again();
    }
    co_await take_all(std::move(*all));
    co_return true;
}

/// A device on HTTP says whether it has a broker session; if it is with our broker, MQTT is there without a
/// push having shown it.
asio::awaitable<void> Session::find_its_broker(int online_status) {
    if (ways_.answered_by() != model::Transport::http) co_return;
    const bool ask_it = ways_.policy().broker_session(online_status);
    if (!ask_it || !info_.has_debug) co_return;
    Json payload = Json::object();
    payload["debug"] = Json::object();
    Request question("Appliance.System.Debug", Method::get, std::move(payload));
    auto reply = co_await ask(std::move(question), Patience::command);
    if (!reply) co_return;
    const Json* debug = find_member(reply->payload, {"debug"});
    if (debug && services_.is_our_broker(broker_from_debug(*debug))) ways_.policy().broker_is_ours(now());
    show_transport();
}

/// The clock, which the device corrects itself once it asks, and the rules of its time zone. Only over our
/// own broker: elsewhere somebody else looks after them.
asio::awaitable<void> Session::look_after_clock() {
    if (!ways_.policy().mqtt_active() || !ways_.policy().mqtt_usable()) {
        if (clock_.complain_now(now()))
            logger.warn(
                "{}: its clock is wrong by {:.0f} s, which shifts its day; a device on this broker would be "
                "set right",
                id_.value(), clock_.skew_s());
        co_return;
    }
    if (info_.has_clock && clock_.ask_now(now())) {
        logger.debug("{}: its clock is wrong by {:.0f} s", id_.value(), clock_.skew_s());
        Request question("Appliance.System.Clock", Method::push, Json::object());
        co_await ways_.request_over(model::Transport::mqtt, std::move(question), Patience::brief);
        co_return;
    }
    const auto& zone = zone_.timezone.empty() ? settings_.timezone : zone_.timezone;
    if (!info_.has_time || zone.empty() || !clock_.zone_due(now())) co_return;
    const auto device_s = services_.context.time.wall_s();
    const bool right = time_rules_hold(zone_, zone, device_s);
    clock_.zone_checked(now(), right);
    if (!right) co_await write_time_zone(zone);
}

asio::awaitable<void> Session::write_time_zone(std::string zone) {
    const auto device_s = services_.context.time.wall_s();
    auto payload = set_time_payload(zone, device_s);
    if (!payload) {
        logger.warn("{}: {}", id_.value(), payload.error().text());
        co_return;
    }
    Request request("Appliance.System.Time", Method::set, *std::move(payload));
    auto done = co_await ask(std::move(request), Patience::normal);
    if (!done) {
        logger.warn("{}: its time zone could not be set: {}", id_.value(), done.error().text());
        co_return;
    }
    logger.info("{}: its time zone is set to {}", id_.value(), zone);
    zone_.timezone = zone;
    if (auto rules = time_rules(zone, device_s)) zone_.time_rule = *std::move(rules);
}

}  // namespace lanbridge::meross
