// How a session reads: heartbeat, polling cycle, batches and what becomes of the answers.
#include <algorithm>

#include "lanbridge/base/log.hpp"
#include "meross/device/session.hpp"
#include "meross/device/session_memory.hpp"
#include "meross/features/names.hpp"

namespace lanbridge::meross {
namespace {

const log::Logger logger("meross.device");

/// After a failed request the device is probed soon, whatever its own period is.
constexpr std::chrono::seconds suspicious_delay{30};
/// Some firmware hangs up on one kind of question for ever; that is no reason to ask everything again without
/// a pause.
constexpr auto doubt_pause = 10s;
/// A push that is older than what the device has said since, by more than this, is a replay.
constexpr std::int64_t replay_tolerance_s = 60;

}  // namespace

asio::awaitable<void> Session::cycle() {
    const auto begin = now();
    const auto& policy = ways_.policy();
    state_.next_cycle = begin + settings_.poll_interval;
    const bool refresh = std::exchange(state_.refresh_wanted, false);
    bool all_just_read = false;
    co_await look_after_ways(all_just_read);
    if (!state_.online) co_return;
    // Only the digest tells who is no longer behind a hub.
    const bool told = policy.mqtt_active() && !hub_;
    const bool heartbeat_due = begin - state_.last_all >= PollSchedule::heartbeat;
    const bool all_due =
        (!told && (heartbeat_due || schedule_.needs_digest())) || std::exchange(state_.all_wanted, false);
    if (!all_just_read && (state_.suspicious || refresh || all_due)) {
        all_just_read = co_await heartbeat();
        if (!all_just_read || !state_.online) co_return;
    }
    co_await look_after_clock();
    auto batches = refresh ? schedule_.first_round(begin, sizes_)
                           : schedule_.cycle(begin, all_just_read, policy.mqtt_active(), sizes_);
    co_await read_batches(std::move(batches), Patience::normal);
    if (!state_.online) co_return;
    features_.remember(services_.memory, id_);
    if (hub_) hub_->remember();
    if (state_.suspicious) state_.next_cycle = now() + std::min(settings_.poll_interval, suspicious_delay);
}

/// A device is off line at the second failure in a row.
asio::awaitable<bool> Session::heartbeat() {
    const bool was_suspicious = state_.suspicious;
    auto all = co_await ask_everywhere();
    if (!all) {
        const bool certain =
            was_suspicious || all.error().is(Errc::wrong_device) || all.error().is(Errc::wrong_key);
        if (certain)
            go_offline(all.error());
        else
            state_.next_cycle = now() + std::min(settings_.poll_interval, suspicious_delay);
        co_return false;
    }
    state_.last_all = now();
    co_await take_all(std::move(*all));
    co_return true;
}

/// System.All over HTTP and, if that fails, over MQTT, whatever is in use: it decides on line or off line.
asio::awaitable<Result<Message>> Session::ask_everywhere() {
    const auto begin = now();
    const auto route = ways_.policy().probe_route();
    const auto request = all_request();
    auto reply = co_await ways_.request_over(route.first, request, Patience::normal);
    if (!reply && route.second != model::Transport::none) {
        auto other = co_await ways_.request_over(route.second, request, Patience::normal);
        if (other) reply = std::move(other);
    }
    show_transport();
    co_return judge(std::move(reply), request, begin);
}

asio::awaitable<void> Session::read_batches(std::vector<PollSchedule::Batch> batches, Patience patience) {
    for (auto& batch : batches) {
        co_await serve();  // a user does not wait for a poll to end
        co_await run_errands();
        co_await look_after_subdevices();
        if (!state_.online) co_return;
        const bool reached = co_await read_batch(std::move(batch), patience);
        if (!reached) co_return;
    }
}

/// False when the device cannot be reached, so that the rest need not be tried.
asio::awaitable<bool> Session::read_batch(PollSchedule::Batch batch, Patience patience) {
    while (batch.size() > 1) {
        Request multiple(multiple_namespace, Method::set, pack_multiple(batch, services_.context.random));
        auto reply = co_await ask(std::move(multiple), patience);
        if (!reply) {
            if (!state_.online || reply.error().is(Errc::unreachable)) co_return false;
            sizes_.multiple_unanswered();
            break;
        }
        const auto answers = unpack_multiple(reply->payload, batch);
        if (answers.empty()) break;  // a known firmware fault: ask one by one
        for (const auto& answer : answers) take_answer(answer, reply->header.timestamp);
        PollSchedule::Batch rest;
        for (auto index : unanswered(batch, answers)) rest.push_back(batch[index]);
        batch = std::move(rest);
    }
    for (auto& request : batch) {
        auto reply = co_await read_one(std::move(request), patience);
        if (!state_.online || (!reply && reply.error().is(Errc::unreachable))) co_return false;
    }
    co_return true;
}

asio::awaitable<Result<Message>> Session::read_one(Request request, Patience patience) {
    const std::string name_space = request.name_space;
    auto reply = co_await ask(std::move(request), patience);
    if (reply) {
        take_answer(*reply, reply->header.timestamp);
    } else if (reply.error().is(Errc::unsupported)) {
        refused(name_space);
    } else if (!reply.error().is(Errc::unreachable)) {
        no_answer(name_space, reply.error().is(Errc::truncated));
    }
    co_return reply;
}

/// Every request of the running session goes through here: what it costs and what it says about the device.
asio::awaitable<Result<Message>> Session::ask(Request request, Patience patience) {
    const auto begin = now();
    const Request asked(request.name_space, request.method, Json());
    auto reply = co_await ways_.request(std::move(request), patience);
    show_transport();
    // The other transport had to help out: whether the first is gone is worth knowing before the next
    // request.
    const auto& policy = ways_.policy();
    const bool doubtful = policy.http_doubtful() || policy.mqtt_doubtful();
    if (doubtful && (!state_.last_doubt || now() - *state_.last_doubt >= doubt_pause)) {
        state_.last_doubt = now();
        state_.next_cycle = now();
    }
    co_return judge(std::move(reply), asked, begin);
}

Result<Message> Session::judge(Result<Message> reply, const Request& request,
                               TimeSource::Clock::time_point begin) {
    reply = acknowledged(std::move(reply), request);
    if (reply || reply.error().is(Errc::unsupported) || reply.error().is(Errc::device_error)) {
        state_.suspicious = false;
        const auto took = std::chrono::duration_cast<std::chrono::microseconds>(now() - begin);
        state_.latency = state_.latency.count() == 0 ? took : (state_.latency * 7 + took) / 8;
        if (reply) clock_.sample(services_.context.time.wall_s(), reply->header.timestamp);
        return reply;
    }
    ++state_.errors;
    // A query by PUSH is not acknowledged on MQTT: no answer says nothing about the device.
    const bool telling = request.method != Method::push || ways_.policy().current() == model::Transport::http;
    if (telling && !state_.suspicious) services_.seek();
    state_.suspicious = state_.suspicious || telling;
    logger.debug("{}: {}", id_.value(), reply.error().text());
    if (state_.online && (reply.error().is(Errc::wrong_device) || reply.error().is(Errc::wrong_key)))
        go_offline(reply.error());
    return reply;
}

asio::awaitable<void> Session::take_all(Message all) {
    const auto facts = parse_facts(all.payload, Json::object());
    if (!facts) co_return;
    if (facts->firmware_version != info_.firmware_version) {
        firmware_changed();
        co_return;
    }
    zone_ = facts->time;
    state_.newest_s = all.header.timestamp;
    follow_inner_address(facts->inner_ip);
    for (const auto& part : split_digest(facts->digest))
        take(part.name_space, part.payload, all.header.timestamp);
    co_await find_its_broker(facts->online_status);
}

void Session::take_answer(const Message& answer, std::int64_t device_time) {
    const auto& name_space = answer.header.name_space;
    if (const auto error = error_of(answer)) {
        if (error->code == error_unsupported)
            refused(name_space);
        else
            no_answer(name_space, false);
        return;
    }
    if (answer.header.method != Method::getack && answer.header.method != Method::push) return;
    if (name_space == ns::system_all) {  // a feature's, whose own namespace does not answer
        if (const Json* digest = find_member(answer.payload, {"all", "digest"}))
            for (const auto& part : split_digest(*digest)) take(part.name_space, part.payload, device_time);
        return;
    }
    state_.first_answer = schedule_.answered(name_space, now());
    take(name_space, answer.payload, device_time);
    state_.first_answer = false;
}

/// `cut`: there was one, longer than the device can give.
void Session::no_answer(std::string_view name_space, bool cut) {
    schedule_.unanswered(name_space);
    if (hub_) hub_->unanswered(name_space, cut);
    follow_hub();
}

/// Pushes carry the state. One that may be forged or old is not believed: the device is asked what is true.
void Session::take_push(const Message& push) {
    const auto& name_space = push.header.name_space;
    // Who is behind a hub is not told by a stranger either.
    if (!believable(push) && (hub_ || !schedule_.requests_of(name_space).empty())) {
        state_.all_wanted = state_.all_wanted || (hub_ && requests_of(name_space).empty());
        const auto due = state_.reread_at;
        read_again_soon(name_space);
        if (due) state_.reread_at = due;  // a flood of them does not put the question off for ever
        wake_.notify();
        return;
    }
    state_.first_answer = schedule_.answered(name_space, now());
    if (hub_) hub_->heard(name_space, push.payload, now());
    take(name_space, push.payload, push.header.timestamp);
    state_.first_answer = false;
    if (expected_) expected_->seen(name_space);
}

bool Session::believable(const Message& push) {
    const bool late = push.header.timestamp + replay_tolerance_s < state_.newest_s;
    const bool signed_well = ways_.without_key() || signature_valid(push.header, ways_.key());
    // A device that has lost its clock begins anew.
    const bool new_time = push.header.name_space == "Appliance.System.Clock";
    // Only the device itself can say how late it is: a forged future would make its true pushes look old.
    if (signed_well && (new_time || push.header.timestamp > state_.newest_s))
        state_.newest_s = push.header.timestamp;
    // and one that is ahead is about to be set back
    if (signed_well && new_time) state_.newest_s = std::min(state_.newest_s, services_.context.time.wall_s());
    if (signed_well && !late) return true;
    if (state_.distrusted++ == 0)
        logger.warn("{}: a push with a wrong {}; such pushes are not believed, the device is asked instead",
                    id_.value(), signed_well ? "time" : "signature");
    return false;
}

void Session::take(std::string_view name_space, const Json& payload, std::int64_t device_time) {
    const Reading reading{name_space, payload, device_time, services_.context.time.wall_ms(), zone_, now()};
    model::Observations observations;
    if (hub_) hub_->read(reading);
    follow_hub();
    const bool changed = features_.read(reading, observations);
    // A first answer may show more, or less, than the ability list did; later ones may bring a new channel.
    show(std::move(observations), changed || state_.first_answer);
    if (state_.unknowns.note(name_space, payload) && state_.published) services_.unknown_seen();
    wake_for_errands();
}

/// The description first: a value of an entity that nobody has heard of is lost.
void Session::show(model::Observations observations, bool described_anew) {
    if (state_.published && (described_anew || has_news(observations, *entities_))) describe_again();
    observe(std::move(observations));
    if (state_.published) features_.show_gates(services_.sink, id_);
}

void Session::refused(std::string_view name_space) {
    logger.debug("{} does not have {}", id_.value(), name_space);
    schedule_.refused(name_space);
    features_.refused(name_space);
    if (hub_) hub_->refused(name_space);
    follow_hub();
    if (state_.published) describe_again();
}

void Session::observe(model::Observations observations) {
    if (observations.empty()) return;
    if (state_.published) {
        services_.sink.observe(id_, observations, ways_.answered_by());
        return;
    }
    for (auto& observation : observations) state_.early.push_back(std::move(observation));
}

void Session::describe_again() {
    const auto before = entities_;
    auto description = this->description();
    entities_ = description.entities;
    remember_answers(services_.memory, id_, schedule_);
    const bool moved = state_.shown_address != description.address;
    if (entities_ == before && !moved) return;
    state_.shown_address = description.address;
    services_.sink.describe(std::move(description), *this);
    if (moved) show_transport(true);
}

}  // namespace lanbridge::meross
