#include "meross/device/session.hpp"

#include "lanbridge/base/log.hpp"
#include "meross/device/job.hpp"

namespace lanbridge::meross {
namespace {

const log::Logger logger("meross.device");

/// The latest a described device waits for its first reads: then it is shown with what is known.
constexpr auto publish_patience = 5s;
/// A wrong key or device does not mend itself: no need to ask often.
constexpr auto unusable_delay = PollSchedule::heartbeat;
/// After a change of firmware, until its abilities are read again.
constexpr auto firmware_settles = 5s;

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
      transport_(services.context, services.http, settings_.endpoint),
      probe_delay_(settings_.poll_interval),
      wake_(services.context.executor) {}

asio::awaitable<void> Session::run() {
    recall();
    next_cycle_ = now();
    for (;;) {
        if (online_)
            co_await cycle();
        else
            co_await come_online();
        co_await rest();
        const auto state = co_await asio::this_coro::cancellation_state;
        if (state.cancelled() != asio::cancellation_type::none) break;
    }
    abandon_jobs();
}

/// A device that was known before this run has its entities while it is off line.
void Session::recall() {
    uuid_ = settings_.uuid ? settings_.uuid : services_.known_at(settings_.endpoint);
    if (!uuid_) return;
    id_ = device_id_of(*uuid_);
    const auto all = services_.memory.recall(id_, "all");
    const auto ability = services_.memory.recall(id_, "ability");
    if (!all || !ability) return;
    auto all_json = parse_json(*all);
    auto ability_json = parse_json(*ability);
    if (!all_json || !ability_json) return;
    auto facts = parse_facts(*all_json, *ability_json);
    if (!facts || facts->uuid != *uuid_) return;
    // Only remembered: whoever really meets the device may have it.
    if (!services_.release(*uuid_, this)) return;
    build(*facts);
    services_.sink.describe(description(), *this);
    described_ = true;
}

asio::awaitable<void> Session::come_online() {
    const auto turn = co_await services_.meetings.enter();
    if (!turn) co_return;  // cancelled
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
    online_ = true;
    suspicious_ = false;
    last_all_ = now();
    co_await care_for_time_zone(*facts);
    services_.nursery.start("publish " + id_.value(), publish_at(now() + publish_patience));
    for (const auto& part : split_digest(facts->digest)) take(part.name_space, part.payload, facts->clock);
    co_await first_reads();
    if (!online_) co_return;  // and when to try again is set already
    publish();
    const auto first_cycle =
        std::chrono::duration<double>(settings_.poll_interval) * (0.5 + services_.context.random.unit() / 2);
    next_cycle_ = now() + std::chrono::duration_cast<TimeSource::Clock::duration>(first_cycle);
}

/// Facts without abilities mean: the same device with the same firmware as before.
asio::awaitable<Result<Facts>> Session::find_out() {
    if (identified_) {
        auto facts = co_await say_hello();
        if (facts && facts->firmware_version == firmware_version_) co_return facts;
        if (!facts && reason_of(facts.error()) == model::Reason::unreachable) co_return facts;
        identified_ = false;
    }
    transport_.reset();
    if (settings_.uuid) transport_.expect(*settings_.uuid);
    co_return co_await identify(transport_, key_ring(settings_.key, settings_.shared_keys));
}

asio::awaitable<Result<Facts>> Session::say_hello() {
    auto all = co_await read_namespace(transport_, all_request(), Patience::command);
    if (!all) co_return std::move(all).error();
    auto facts = parse_facts(all->payload, Json::object());
    if (facts) facts->clock = all->header.timestamp;
    co_return facts;
}

bool Session::take_identity(const Facts& facts) {
    if (settings_.uuid && *settings_.uuid != facts.uuid) {
        go_offline(Error(Errc::wrong_device, settings_.endpoint.text() + ": expected " +
                                                 settings_.uuid->value() + ", found " + facts.uuid.value()));
        return false;
    }
    if (!services_.claim(facts.uuid, this)) {
        go_offline(Error(Errc::busy, settings_.endpoint.text() + ": " + facts.uuid.value() +
                                         " is already served at another address"));
        return false;
    }
    if (uuid_ && *uuid_ != facts.uuid) leave(facts.uuid);
    services_.sink.set_candidate(settings_.endpoint.text(), std::nullopt);
    identified_ = true;
    uuid_ = facts.uuid;
    id_ = device_id_of(facts.uuid);
    transport_.expect(facts.uuid);
    probe_delay_.reset();
    return true;
}

/// The address has a new owner: the device that was served here is somewhere else, or nowhere.
void Session::leave(const Uuid& newcomer) {
    if (services_.release(*uuid_, this) && described_) {
        model::Availability gone;
        gone.reason = model::Reason::wrong_device;
        gone.detail = "another device, " + newcomer.value() + ", answers at " + settings_.endpoint.text();
        services_.sink.set_availability(id_, gone);
        services_.sink.withdraw(id_);
    }
    described_ = false;
}

/// Everything that follows from what the device says of itself.
void Session::build(const Facts& facts) {
    type_ = facts.type;
    sub_type_ = facts.sub_type;
    hardware_version_ = facts.hardware_version;
    firmware_version_ = facts.firmware_version;
    mac_ = facts.mac;
    zone_ = facts.time;
    sizes_ = ResponseSizeModel(facts.max_cmd_num());
    transport_.set_sizes(&sizes_);
    features_ = make_features(facts);
    std::vector<Poll> polls;
    for (const auto& feature : features_) feature->polls(polls);
    recall_features();
    schedule_ = PollSchedule(std::move(polls), facts.max_cmd_num());
    for (const auto& part : split_digest(facts.digest)) schedule_.shown_by_digest(part.name_space);
    remember_facts(facts);
}

asio::awaitable<void> Session::care_for_time_zone(const Facts& facts) {
    if (settings_.timezone.empty() || !facts.time.timezone.empty()) co_return;
    auto payload = set_time_payload(settings_.timezone, facts.clock);
    if (!payload) {
        logger.warn("{}: {}", id_.value(), payload.error().text());
        co_return;
    }
    Request request("Appliance.System.Time", Method::set, *std::move(payload));
    auto done = co_await read_namespace(transport_, std::move(request), Patience::normal);
    if (!done) {
        logger.warn("{}: its time zone could not be set: {}", id_.value(), done.error().text());
        co_return;
    }
    logger.info("{}: had no time zone, now it has {}", id_.value(), settings_.timezone);
    zone_.timezone = settings_.timezone;
    if (auto rules = time_rules(settings_.timezone, facts.clock)) zone_.time_rule = *std::move(rules);
}

asio::awaitable<void> Session::first_reads() {
    co_await read_batches(schedule_.first_round(now(), sizes_), Patience::brief);
}

asio::awaitable<void> Session::publish_at(TimeSource::Clock::time_point when) {
    const auto self = shared_from_this();
    const auto cancelled = co_await services_.context.time.sleep_until(when);
    if (!cancelled && online_) publish();
}

void Session::publish() {
    if (published_) return;
    published_ = true;
    described_ = true;
    tried_ = true;
    auto description = this->description();
    entities_ = description.entities;
    services_.sink.describe(std::move(description), *this);
    model::Availability availability;
    availability.online = true;
    availability.reason = model::Reason::ok;
    availability.transport = transport_.kind();
    if (!availability_.online)
        logger.info("{} ({}) is online at {}", id_.value(), type_, settings_.endpoint.text());
    availability_ = availability;
    services_.sink.set_availability(id_, std::move(availability));
    services_.sink.first_read_done(id_);
    services_.sink.observe(id_, std::exchange(early_, {}), transport_.kind());
    remember_features();
    remember_answers();
}

void Session::go_offline(const Error& why) {
    ++errors_;
    online_ = false;
    published_ = false;
    tried_ = true;
    early_.clear();
    reread_at_.reset();
    model::Availability availability;
    availability.reason = reason_of(why);
    availability.detail = why.text() + std::string(advice_for(availability.reason));
    const bool news = availability_.online || availability_.reason != availability.reason;
    if (news)
        logger.warn("{}: {}", id_.empty() ? settings_.endpoint.text() : id_.value(), availability.detail);
    const bool hopeless = availability.reason != model::Reason::unreachable;
    next_cycle_ = now() + (hopeless ? unusable_delay : probe_delay_.next());
    if (why.is(Errc::wrong_device)) identified_ = false;
    availability_ = availability;
    if (described_)
        services_.sink.set_availability(id_, std::move(availability));
    else
        report_unusable(availability);
}

/// A device without a description cannot be a Home Assistant device; it is listed with what is missing.
void Session::report_unusable(const model::Availability& availability) {
    model::Candidate candidate;
    candidate.name = settings_.name;
    candidate.address = settings_.endpoint.text();
    candidate.transport = transport_.kind();
    candidate.reason = availability.reason;
    candidate.detail = availability.detail;
    services_.sink.set_candidate(settings_.endpoint.text(), std::move(candidate));
}

void Session::withdraw() {
    services_.sink.set_candidate(settings_.endpoint.text(), std::nullopt);
    if (described_ && uuid_ && services_.release(*uuid_, this)) services_.sink.withdraw(id_);
    described_ = false;
}

model::DeviceDescription Session::description() const {
    model::DeviceDescription description;
    description.id = id_;
    description.name_is_configured = !settings_.name.empty();
    description.name = description.name_is_configured
                           ? settings_.name
                           : product_name(type_) + ' ' + mac_digits_of(*uuid_).substr(8);
    description.manufacturer = manufacturer_of(type_);
    description.model = sub_type_.empty() ? type_ : type_ + ' ' + sub_type_;
    description.model_id = type_;
    description.serial_number = uuid_->value();
    description.sw_version = firmware_version_;
    description.hw_version = hardware_version_;
    description.mac = mac_;
    description.address = settings_.endpoint.text();
    std::vector<model::EntityDescription> entities;
    for (const auto& feature : features_) feature->describe(entities);
    description.entities = services_.entity_sets.intern(std::move(entities));
    return description;
}

void Session::firmware_changed() {
    logger.info("{}: its firmware has changed, reading its abilities again", id_.value());
    identified_ = false;
    online_ = false;
    published_ = false;
    next_cycle_ = now() + firmware_settles;
}

}  // namespace lanbridge::meross
