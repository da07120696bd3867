// How a session reads: heartbeat, polling cycle, batches and what becomes of the answers.
#include <algorithm>

#include "lanbridge/base/log.hpp"
#include "meross/device/session.hpp"

namespace lanbridge::meross {
namespace {

const log::Logger logger("meross.device");

/// After a failed request the device is probed soon, whatever its own period is.
constexpr std::chrono::seconds suspicious_delay{30};

}  // namespace

Request Session::all_request() {
    return Request("Appliance.System.All", Method::get, Json{{"all", Json::object()}});
}

asio::awaitable<void> Session::cycle() {
    const auto begin = now();
    next_cycle_ = begin + settings_.poll_interval;
    const bool refresh = std::exchange(refresh_wanted_, false);
    bool all_just_read = false;
    if (suspicious_ || refresh || begin - last_all_ >= PollSchedule::heartbeat) {
        all_just_read = co_await heartbeat();
        if (!all_just_read || !online_) co_return;
    }
    if (refresh)
        co_await read_batches(schedule_.first_round(begin, sizes_), Patience::normal);
    else
        co_await read_batches(schedule_.cycle(begin, all_just_read, sizes_), Patience::normal);
    if (!online_) co_return;
    remember_features();
    if (suspicious_) next_cycle_ = now() + std::min(settings_.poll_interval, suspicious_delay);
}

/// A device is off line at the second failure in a row.
asio::awaitable<bool> Session::heartbeat() {
    const bool was_suspicious = suspicious_;
    auto all = co_await ask(all_request(), Patience::normal);
    if (!all) {
        const bool certain =
            was_suspicious || all.error().is(Errc::wrong_device) || all.error().is(Errc::wrong_key);
        if (certain)
            go_offline(all.error());
        else
            next_cycle_ = now() + std::min(settings_.poll_interval, suspicious_delay);
        co_return false;
    }
    last_all_ = now();
    take_all(*all);
    co_return true;
}

asio::awaitable<void> Session::read_batches(std::vector<PollSchedule::Batch> batches, Patience patience) {
    for (auto& batch : batches) {
        co_await serve();  // a user does not wait for a poll to end
        if (!online_) co_return;
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
            if (!online_ || reply.error().is(Errc::unreachable)) co_return false;
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
        if (!online_ || (!reply && reply.error().is(Errc::unreachable))) co_return false;
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
        schedule_.unanswered(name_space);
    }
    co_return reply;
}

/// Every request of the running session goes through here: what it costs and what it says about the device.
asio::awaitable<Result<Message>> Session::ask(Request request, Patience patience) {
    const auto begin = now();
    auto reply = co_await read_namespace(transport_, std::move(request), patience);
    if (reply || reply.error().is(Errc::unsupported) || reply.error().is(Errc::device_error)) {
        suspicious_ = false;
        const auto took = std::chrono::duration_cast<std::chrono::microseconds>(now() - begin);
        latency_ = latency_.count() == 0 ? took : (latency_ * 7 + took) / 8;
        co_return reply;
    }
    ++errors_;
    suspicious_ = true;
    logger.debug("{}: {}", id_.value(), reply.error().text());
    if (online_ && (reply.error().is(Errc::wrong_device) || reply.error().is(Errc::wrong_key)))
        go_offline(reply.error());
    co_return reply;
}

void Session::take_all(const Message& all) {
    const auto facts = parse_facts(all.payload, Json::object());
    if (!facts) return;
    if (facts->firmware_version != firmware_version_) {
        firmware_changed();
        return;
    }
    zone_ = facts->time;
    for (const auto& part : split_digest(facts->digest))
        take(part.name_space, part.payload, all.header.timestamp);
}

void Session::take_answer(const Message& answer, std::int64_t device_time) {
    const auto& name_space = answer.header.name_space;
    if (const auto error = error_of(answer)) {
        if (error->code == error_unsupported)
            refused(name_space);
        else
            schedule_.unanswered(name_space);
        return;
    }
    if (answer.header.method != Method::getack && answer.header.method != Method::push) return;
    first_answer_ = schedule_.answered(name_space, now());
    take(name_space, answer.payload, device_time);
    first_answer_ = false;
}

void Session::take(std::string_view name_space, const Json& payload, std::int64_t device_time) {
    const Reading reading{name_space, payload, device_time, services_.context.time.wall_ms(), zone_};
    model::Observations observations;
    for (const auto& feature : features_)
        if (feature->reads(name_space)) feature->read(reading, observations);
    // A first answer may show more, or less, than the ability list did; later ones may bring a new channel.
    if (published_ && (first_answer_ || has_news(observations))) describe_again();
    observe(std::move(observations));
}

bool Session::has_news(const model::Observations& observations) const {
    return std::ranges::any_of(observations, [&](const auto& o) { return !entities_->find(o.entity); });
}

void Session::refused(std::string_view name_space) {
    logger.debug("{} does not have {}", id_.value(), name_space);
    schedule_.refused(name_space);
    for (const auto& feature : features_) feature->refused(name_space);
    if (published_) describe_again();
}

void Session::observe(model::Observations observations) {
    if (observations.empty()) return;
    if (published_) {
        services_.sink.observe(id_, observations, transport_.kind());
        return;
    }
    for (auto& observation : observations) early_.push_back(std::move(observation));
}

void Session::describe_again() {
    const auto before = entities_;
    auto description = this->description();
    entities_ = description.entities;
    remember_answers();
    if (entities_ != before) services_.sink.describe(std::move(description), *this);
}

void Session::remember_features() {
    for (const auto& feature : features_)
        if (auto memory = feature->memory())
            services_.memory.remember(id_, feature->memory_topic(), *std::move(memory));
}

/// A device that is off line at the next start shall have the entities that its answers have shown.
void Session::remember_answers() {
    services_.memory.remember(id_, "answered", dump_json(Json(schedule_.answered_name_spaces())));
}

void Session::recall_features() {
    Json answered = Json::array();
    if (const auto text = services_.memory.recall(id_, "answered"))
        if (auto json = parse_json(*text); json && json->is_array()) answered = *std::move(json);
    for (const auto& feature : features_) {
        for (const auto& name_space : answered)
            if (name_space.is_string()) feature->answered_before(name_space.get_ref<const std::string&>());
        const auto topic = feature->memory_topic();
        const auto text = topic.empty() ? std::nullopt : services_.memory.recall(id_, topic);
        if (!text) continue;
        if (const auto memory = parse_json(*text))
            feature->restore(*memory, services_.context.time.wall_ms());
    }
}

void Session::remember_facts(const Facts& facts) {
    if (facts.ability.empty()) return;
    Json all = Json::object();
    all["system"]["hardware"] = {{"type", facts.type},
                                 {"subType", facts.sub_type},
                                 {"version", facts.hardware_version},
                                 {"uuid", facts.uuid.value()},
                                 {"macAddress", facts.mac}};
    all["system"]["firmware"] = {{"version", facts.firmware_version}};
    all["digest"] = facts.digest;
    services_.memory.remember(id_, "all", dump_json(all));
    services_.memory.remember(id_, "ability", dump_json(facts.ability));
    services_.memory.remember(
        id_, "met", dump_json(Json{{"host", settings_.endpoint.text()}, {"uuid", facts.uuid.value()}}));
}

}  // namespace lanbridge::meross
