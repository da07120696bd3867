#include "meross/device/session.hpp"

#include <algorithm>

#include "lanbridge/base/log.hpp"
#include "meross/device/session_memory.hpp"
#include "meross/device/transport_entity.hpp"
#include "meross/features/channels.hpp"

namespace lanbridge::meross {
namespace {

const log::Logger logger("meross.device");

/// A wrong key or device does not mend itself: no need to ask often.
constexpr auto unusable_delay = PollSchedule::heartbeat;
/// After a change of firmware, until its abilities are read again.
constexpr auto firmware_settles = 5s;

/// An answer on MQTT does not make a hopeless device worth more attempts than this.
constexpr auto wake_pause = 5s;

model::Reason reason_of(const Error& error) {
    if (error.is(Errc::wrong_key)) return model::Reason::wrong_key;
    if (error.is(Errc::wrong_device)) return model::Reason::wrong_device;
    if (error.is(Errc::encrypted_without_key)) return model::Reason::encrypted_without_key;
    for (auto code :
         {Errc::malformed, Errc::truncated, Errc::too_large, Errc::device_error, Errc::unsupported})
        if (error.is(code)) return model::Reason::protocol_error;
    return model::Reason::unreachable;
}

std::string_view advice_for(model::Reason reason) {
    switch (reason) {
        case model::Reason::wrong_key:
            return "; set its `key` or add it to `meross.keys`";
        case model::Reason::encrypted_without_key:
            return "; set its `key`, without which its encryption cannot be spoken";
        case model::Reason::wrong_device:
            return "; correct `host` or `uuid` in the configuration";
        default:
            return "";
    }
}

}  // namespace

model::DeviceId device_id_of(const Uuid& uuid) { return model::DeviceId("meross_" + mac_digits_of(uuid)); }

Session::Session(const SessionServices& services, SessionSettings settings)
    : services_(services),
      settings_(std::move(settings)),
      addresses_(settings_.endpoint, std::nullopt),
      ways_(services.context, services.http, services.exchange, settings_.protocol),
      probe_delay_(settings_.poll_interval),
      wake_(services.context.executor) {
    if (settings_.endpoint) ways_.host_found(*settings_.endpoint);
}

asio::awaitable<void> Session::run() {
    recall();
    state_.next_cycle = now();
    for (;;) {
        if (state_.online)
            co_await cycle();
        else
            co_await come_online();
        co_await rest();
        const auto state = co_await asio::this_coro::cancellation_state;
        if (state.cancelled() != asio::cancellation_type::none) break;
    }
    jobs_.abandon(id_.value());
}

asio::awaitable<void> Session::come_online() {
    const auto turn = co_await services_.meetings.enter();
    if (!turn) co_return;  // cancelled
    state_.last_attempt = now();
    auto facts = co_await find_out();
    if (!facts) {
        go_offline(facts.error());
        co_return;
    }
    if (facts->ability.empty()) {  // known already: only its state is new
        probe_delay_.reset();
        zone_ = facts->time;
    } else {
        if (!take_identity(*facts)) co_return;
        build(*facts);
    }
    state_.online = true;
    state_.suspicious = false;
    state_.last_all = now();
    state_.newest_s = facts->clock;
    remember_place();
    follow_inner_address(facts->inner_ip);
    if (!settings_.timezone.empty() && facts->time.timezone.empty())
        co_await write_time_zone(settings_.timezone);
    services_.nursery.start("publish " + id_.value(), publish_at(now() + publish_patience));
    if (hub_) hub_->came_online(HubLink(ways_.policy().current(), ways_.policy().reason()));
    for (const auto& part : split_digest(facts->digest)) take(part.name_space, part.payload, facts->clock);
    co_await read_batches(schedule_.first_round(now(), sizes_), Patience::brief);
    co_await look_after_subdevices();
    if (!state_.online) co_return;  // and when to try again is set already
    publish();
    publish_subdevices();
    co_await find_its_broker(facts->online_status);
    const auto first_cycle =
        std::chrono::duration<double>(settings_.poll_interval) * (0.5 + services_.context.random.unit() / 2);
    state_.next_cycle = now() + std::chrono::duration_cast<TimeSource::Clock::duration>(first_cycle);
}

bool Session::take_identity(const Facts& facts) {
    if (settings_.uuid && *settings_.uuid != facts.uuid) {
        go_offline(Error(Errc::wrong_device, settings_.label() + ": expected " + settings_.uuid->value() +
                                                 ", found " + facts.uuid.value()));
        return false;
    }
    if (!services_.claim(facts.uuid, this)) {
        go_offline(Error(Errc::busy, settings_.label() + ": " + facts.uuid.value() +
                                         " is already served at another address"));
        return false;
    }
    if (uuid_ && *uuid_ != facts.uuid) leave(facts.uuid);
    services_.sink.set_candidate(settings_.label(), std::nullopt);
    const auto id = device_id_of(facts.uuid);
    // It had been taken out of the configuration, and is configured again.
    if (!settings_.found && services_.memory.recall(id, model::removed_topic)) services_.memory.forget(id);
    state_.identified = true;
    uuid_ = facts.uuid;
    id_ = device_id_of(facts.uuid);
    ways_.expect(facts.uuid);
    probe_delay_.reset();
    return true;
}

/// The address has a new owner: the device that was served here is somewhere else, or nowhere.
void Session::leave(const Uuid& newcomer) {
    if (services_.release(*uuid_, this) && state_.described) {
        model::Availability gone;
        gone.reason = model::Reason::wrong_device;
        gone.detail = "another device, " + newcomer.value() + ", answers at " + settings_.label();
        services_.sink.set_availability(id_, gone);
        services_.sink.withdraw(id_);
    }
    if (hub_) hub_->withdraw();
    hub_.reset();
    state_.described = false;
}

/// Everything that follows from what the device says of itself.
void Session::build(Facts facts) {
    facts.options = settings_.options;
    info_ = DeviceInfo(facts);
    zone_ = facts.time;
    sizes_ = ResponseSizeModel(facts.max_cmd_num());
    ways_.set_sizes(&sizes_);
    ways_.set_tries(facts.tries());
    const auto wall_ms = services_.context.time.wall_ms();
    state_.unknowns = Unknowns(facts);
    features_ = FeatureSet(make_features(facts));
    features_.recall(services_.memory, id_, wall_ms);
    if (is_hub(facts) && !hub_) {
        const HubParts parts{services_.sink, services_.memory,     services_.entity_sets,
                             *this,          services_.subdevices, settings_.options};
        hub_ = std::make_unique<Hub>(parts, id_, facts.ability);
        hub_->recall(wall_ms);
    } else if (hub_) {
        hub_->set_ability(facts.ability, wall_ms);
    }
    schedule_ = PollSchedule(polls(), facts.max_cmd_num(), hub_ != nullptr);
    for (const auto& part : split_digest(facts.digest)) schedule_.shown_by_digest(part.name_space);
    remember_facts(services_.memory, id_, facts);
}

bool Session::served_at(const net::HttpEndpoint& endpoint) const {
    return state_.online && addresses_.current() == endpoint && ways_.policy().http_active();
}

asio::awaitable<void> Session::publish_at(TimeSource::Clock::time_point when) {
    const auto self = shared_from_this();
    const auto cancelled = co_await services_.context.time.sleep_until(when);
    if (!cancelled && state_.online) publish();
}

void Session::publish() {
    if (state_.published) return;
    state_.published = true;
    state_.described = true;
    state_.tried = true;
    auto description = this->description();
    entities_ = description.entities;
    state_.shown_address = description.address;
    services_.sink.describe(std::move(description), *this);
    const bool news = !state_.availability.online;
    show_transport();
    if (news) logger.info("{} ({}) is online over {}", id_.value(), info_.type, ways_.place());
    if (news) ways_.note("online over " + ways_.place());
    services_.unknown_seen();
    services_.sink.first_read_done(id_);
    services_.sink.observe(id_, std::exchange(state_.early, {}), ways_.answered_by());
    features_.show_gates(services_.sink, id_);
    publish_subdevices();
    features_.remember(services_.memory, id_);
    remember_answers(services_.memory, id_, schedule_);
}

void Session::go_offline(const Error& why) {
    ++state_.errors;
    state_.online = false;
    state_.published = false;
    state_.tried = true;
    state_.early.clear();
    state_.reread_at.reset();
    ways_.policy().device_offline();
    model::Availability availability;
    availability.reason = reason_of(why);
    availability.detail = why.text() + std::string(advice_for(availability.reason));
    const bool news = state_.availability.online || state_.availability.reason != availability.reason;
    if (news) logger.warn("{}: {}", id_.empty() ? settings_.label() : id_.value(), availability.detail);
    if (news) ways_.note("offline: " + availability.detail);
    const bool hopeless = availability.reason != model::Reason::unreachable;
    const bool newcomer = why.is(Errc::wrong_device) && !settings_.uuid && addresses_.at_home();
    state_.next_cycle = now();  // a newcomer is welcome where no uuid is configured
    if (!newcomer) state_.next_cycle += hopeless ? unusable_delay : probe_delay_.next();
    // It has spoken while nobody listened: a birth on the broker comes only once.
    if (state_.heard && !hopeless)
        state_.next_cycle = std::min(state_.next_cycle, state_.last_attempt + wake_pause);
    if (why.is(Errc::wrong_device)) state_.identified = false;
    if (!hopeless || why.is(Errc::wrong_device)) services_.seek();
    state_.availability = availability;
    if (hub_) hub_->went_offline(availability.detail);
    if (state_.described)
        services_.sink.set_availability(id_, std::move(availability));
    else
        report_unusable(availability);
    wake_.notify();  // it may be resting until a later time
}

/// A device without a description cannot be a Home Assistant device; it is listed with what is missing.
void Session::report_unusable(const model::Availability& availability) {
    model::Candidate candidate;
    candidate.name = settings_.name;
    candidate.address = settings_.endpoint ? settings_.endpoint->text() : std::string();
    candidate.transport = ways_.policy().current();
    candidate.reason = availability.reason;
    candidate.detail = availability.detail;
    services_.sink.set_candidate(settings_.label(), std::move(candidate));
}

void Session::withdraw() {
    if (state_.described) features_.remember(services_.memory, id_);
    if (hub_) hub_->withdraw();
    services_.sink.set_candidate(settings_.label(), std::nullopt);
    if (state_.described && uuid_ && services_.release(*uuid_, this)) services_.sink.withdraw(id_);
    state_.described = false;
}

/// What the device says by itself. A message says at least that it is there.
void Session::heard(const Message& message) {
    auto& policy = ways_.policy();
    ways_.overheard(message);
    if (settings_.protocol == Protocol::http) return;
    policy.mqtt_heard(now());
    clock_.sample(services_.context.time.wall_s(), message.header.timestamp);
    if (!state_.online) {
        if (state_.heard || state_.availability.reason == model::Reason::wrong_key) return;
        state_.heard = true;
        state_.next_cycle = std::min(state_.next_cycle, std::max(now(), state_.last_attempt + wake_pause));
        wake_.notify();
        return;
    }
    show_transport();
    if (message.header.method == Method::push)
        take_push(message);
    else if (message.header.method == Method::getack)
        take_answer(message, message.header.timestamp);
}

void Session::broker_connected() {
    auto& policy = ways_.policy();
    policy.broker_connected();
    if (settings_.protocol == Protocol::http) return;
    if (state_.online) {  // it may have had a session there for long: its next System.All says so
        if (!policy.mqtt_active()) state_.last_all = now() - PollSchedule::heartbeat;
        return;
    }
    state_.next_cycle = now();
    wake_.notify();
}

/// Whatever was pushed from now on is not heard: what HTTP can read is read soon, not all devices at once.
void Session::broker_lost() {
    const bool unreachable = ways_.policy().broker_lost();
    if (!state_.online) return;
    if (unreachable) {
        go_offline(Error(Errc::link_down, "the MQTT broker, the only way to it"));
        return;
    }
    show_transport();
    const auto soon =
        std::chrono::duration<double>(settings_.poll_interval) * services_.context.random.unit();
    const auto next = now() + std::chrono::duration_cast<TimeSource::Clock::duration>(soon / 2);
    state_.next_cycle = std::min(state_.next_cycle, next);
    state_.last_all = now() - PollSchedule::heartbeat;
    wake_.notify();
}

model::DeviceDescription Session::description() const {
    model::DeviceDescription description;
    description.id = id_;
    description.name_is_configured = !settings_.name.empty();
    description.name = description.name_is_configured
                           ? settings_.name
                           : product_name(info_.type) + ' ' + mac_digits_of(*uuid_).substr(8);
    description.manufacturer = manufacturer_of(info_.type);
    description.model = info_.sub_type.empty() ? info_.type : info_.type + ' ' + info_.sub_type;
    description.model_id = info_.type;
    description.serial_number = uuid_->value();
    description.sw_version = info_.firmware_version;
    description.hw_version = info_.hardware_version;
    description.mac = info_.mac;
    description.address = ways_.address();
    std::vector<model::EntityDescription> entities;
    features_.describe(entities);
    entities.push_back(transport_entity());
    description.entities = services_.entity_sets.intern(std::move(entities));
    return description;
}

void Session::firmware_changed() {
    logger.info("{}: its firmware has changed, reading its abilities again", id_.value());
    state_.identified = false;
    state_.online = false;
    state_.published = false;
    state_.next_cycle = now() + firmware_settles;
}

}  // namespace lanbridge::meross
