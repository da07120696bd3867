#include "meross/discovery/newcomers.hpp"

#include <algorithm>

#include "lanbridge/base/log.hpp"
#include "meross/device/identify.hpp"
#include "meross/transport/http_transport.hpp"

namespace lanbridge::meross {
namespace {

const log::Logger logger("meross.discovery");

/// By uuid and place: whoever claims a device's uuid elsewhere is not in the device's way.
std::string subject_of(const Sighting& sighting) {
    const auto uuid = sighting.uuid ? sighting.uuid->value() : std::string();
    return sighting.endpoint ? uuid + '@' + sighting.endpoint->text() : uuid;
}

model::Reason reason_of(const Error& error) {
    if (error.is(Errc::encrypted_without_key)) return model::Reason::encrypted_without_key;
    return model::Reason::wrong_key;
}

}  // namespace

Newcomers::Newcomers(Context context, net::HttpPoster& http, MqttExchange& exchange, model::DeviceSink& sink,
                     Welcome welcome)
    : context_(std::move(context)),
      http_(http),
      exchange_(exchange),
      sink_(sink),
      welcome_(std::move(welcome)),
      nursery_(context_.executor) {}

void Newcomers::set_keys(std::vector<Secret> keys) {
    if (keys == keys_) return;
    keys_ = std::move(keys);
    for (auto& [subject, tried] : tried_) tried.again = {};
}

void Newcomers::offer(const Sighting& sighting) {
    const auto subject = subject_of(sighting);
    if (subject.empty()) return;
    const auto known = tried_.find(subject);
    if (known != tried_.end() && context_.time.now() < known->second.again) return;
    const auto same = [&](const Sighting& other) { return subject_of(other) == subject; };
    if (std::ranges::any_of(waiting_, same)) return;
    if (waiting_.size() >= max_waiting) {
        if (dropped_++ == 0)
            logger.warn("more devices announce themselves than can be looked at; some are left out for now");
        return;
    }
    remember(subject).again = context_.time.now() + silent_pause;
    waiting_.push_back(sighting);
    if (working_ < max_at_once) {
        ++working_;
        nursery_.start("newcomers", work());
    }
}

Newcomers::Tried& Newcomers::remember(const std::string& subject) {
    const auto known = tried_.find(subject);
    if (known != tried_.end()) return known->second;
    if (tried_.size() >= max_remembered) {
        const auto oldest =
            std::ranges::min_element(tried_, {}, [](const auto& t) { return t.second.again; });
        unlist(oldest->second);
        tried_.erase(oldest);
    }
    return tried_[subject];
}

void Newcomers::unlist(Tried& tried) {
    if (!tried.candidate.empty()) sink_.set_candidate(std::exchange(tried.candidate, {}), std::nullopt);
}

void Newcomers::drop(const Uuid& uuid) {
    for (auto it = tried_.lower_bound(uuid.value());
         it != tried_.end() && it->first.starts_with(uuid.value());) {
        unlist(it->second);
        it = tried_.erase(it);
    }
}

asio::awaitable<void> Newcomers::work() {
    while (!waiting_.empty()) {
        const auto state = co_await asio::this_coro::cancellation_state;
        if (state.cancelled() != asio::cancellation_type::none) break;
        auto next = std::move(waiting_.front());
        waiting_.pop_front();
        co_await examine(std::move(next));
    }
    --working_;
}

asio::awaitable<void> Newcomers::examine(Sighting sighting) {
    const auto subject = subject_of(sighting);
    auto facts = co_await ask(sighting);
    auto& tried = remember(subject);
    if (facts) {
        unlist(tried);
        logger.info("found {} {} ({}) by {}", facts->type, facts->uuid.value(),
                    sighting.endpoint ? sighting.endpoint->text() : "MQTT", found_by_name(sighting.by));
        welcome_(facts->uuid, sighting.endpoint, sighting.by);
        co_return;
    }
    const auto& why = facts.error();
    if (why.is(Errc::wrong_key) || why.is(Errc::encrypted_without_key)) {
        tried.again = context_.time.now() + keyless_pause;
        list(subject, sighting, why);
        co_return;
    }
    logger.debug("{} was announced by {}, but: {}", subject, found_by_name(sighting.by), why.text());
}

asio::awaitable<Result<Facts>> Newcomers::ask(Sighting sighting) {
    auto ring = key_ring(std::nullopt, keys_);
    ring.may_reflect = false;  // a stranger that nobody has a key for is nobody's to control
    if (!sighting.endpoint) {
        MqttTransport transport(exchange_, *sighting.uuid);
        co_return co_await identify(transport, std::move(ring));
    }
    HttpTransport transport(context_, http_, *sighting.endpoint);
    if (sighting.uuid) transport.expect(*sighting.uuid);
    co_return co_await identify(transport, std::move(ring));
}

void Newcomers::list(const std::string& subject, const Sighting& sighting, const Error& why) {
    model::Candidate candidate;
    candidate.name = sighting.name;
    candidate.model = sighting.model;
    candidate.address = sighting.endpoint ? sighting.endpoint->text() : std::string();
    candidate.transport = sighting.endpoint ? model::Transport::http : model::Transport::mqtt;
    candidate.reason = reason_of(why);
    candidate.detail = "found by " + std::string(found_by_name(sighting.by)) +
                       (sighting.uuid ? ", uuid " + sighting.uuid->value() : std::string()) +
                       "; no known key fits: add its key to `meross.keys` (`lanbridge key` can ask for it)";
    auto& tried = remember(subject);
    if (tried.candidate.empty()) logger.info("{}: {}", subject, candidate.detail);
    tried.candidate = "found " + subject;
    sink_.set_candidate(tried.candidate, std::move(candidate));
}

void Newcomers::stop() {
    waiting_.clear();
    nursery_.stop();
}

}  // namespace lanbridge::meross
