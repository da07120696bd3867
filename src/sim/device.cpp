#include "lanbridge/sim/device.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "lanbridge/base/crypto.hpp"
#include "lanbridge/base/log.hpp"
#include "lanbridge/meross/protocol/multiple.hpp"
#include "lanbridge/meross/protocol/time_rules.hpp"
#include "sim/device_parts.hpp"
#include "sim/life.hpp"
#include "sim/names.hpp"
#include "sim/payload.hpp"

namespace lanbridge::sim {

using meross::Method;

namespace {

const log::Logger logger("sim");

/// A zone's offset is looked up again after so long.
constexpr std::int64_t offset_kept_s = 900;

Json error_payload(int code, std::string_view detail = {}) {
    Json error = Json::object();
    error["code"] = code;
    if (!detail.empty()) error["detail"] = detail;
    Json payload = Json::object();
    payload["error"] = std::move(error);
    return payload;
}

std::uint64_t seed_of(const meross::Uuid& uuid) { return std::hash<std::string>{}(uuid.value()); }

}  // namespace

MerossDevice::MerossDevice(SharedBlueprint blueprint, Identity identity, TimeSource& time)
    : blueprint_(std::move(blueprint)), identity_(std::move(identity)), time_(time), started_(time.now()) {
    clock_start_ms_ = blueprint_->clock ? *blueprint_->clock * 1000 : time.wall_ms();
    hub_ = find_member(blueprint_->all, {"digest", "hub"}) != nullptr;
    make_cipher();
    life_ = std::make_shared<Life>(*blueprint_);
    if (life_->empty()) life_.reset();
    if (!blueprint_->metering) return;
    meter_.emplace(*blueprint_->metering, seed_of(identity_.uuid), clock_s(), offset_s());
    for (const auto name : {names::electricity, names::consumption_x}) {
        if (const auto* payload = stored(name)) meter_->adopt(name, *payload);
    }
    for (const auto channel : channels()) meter_->set_relay(channel, relay(channel).value_or(true));
}

void MerossDevice::make_cipher() {
    cipher_.reset();
    if (blueprint_->encrypted)
        cipher_ = meross::PayloadCipher::for_device(identity_.uuid.value(), mac(), identity_.key);
}

std::int64_t MerossDevice::clock_ms() const {
    return clock_start_ms_ +
           std::chrono::duration_cast<std::chrono::milliseconds>(time_.now() - started_).count();
}

int MerossDevice::offset_s() {
    const auto now = clock_s();
    if (now < offset_until_ && now >= offset_until_ - offset_kept_s) return offset_;
    const auto* time = find_member(all(), {"system", "time"});
    offset_ = time == nullptr ? 0 : meross::device_offset_s(meross::parse_device_time(*time), now);
    offset_until_ = (now / offset_kept_s + 1) * offset_kept_s;
    return offset_;
}

void MerossDevice::tick() {
    play_timeline();
    Inside inside(*this);
    if (life_) life_->advance(inside);
    if (meter_) meter_->advance(clock_s(), offset_s());
}

Reply MerossDevice::handle(std::string_view body, Via via) {
    tick();
    log_.note_request(via);
    auto reply = exchange(body, via);
    take_effect();
    return reply;
}

const meross::PayloadCipher* MerossDevice::cipher() const noexcept {
    if (in_ap_mode()) return ap_->cipher();
    return cipher_ ? &*cipher_ : nullptr;
}

Reply MerossDevice::exchange(std::string_view body, Via via) {
    const bool clear = body.starts_with('{');
    if (via == Via::mqtt || clear) return answer(body, true, via);
    if (cipher() == nullptr) return Reply(Reply::Kind::close);
    const auto session = *cipher();  // the request may end it
    auto text = session.decrypt(body);
    if (!text) return Reply(Reply::Kind::close);
    auto reply = answer(*text, false, via);
    if (reply.kind == Reply::Kind::answer) reply.body = session.encrypt(reply.body);
    return reply;
}

Reply MerossDevice::answer(std::string_view text, bool clear, Via via) {
    auto message = meross::parse_message(text);
    if (!message) return Reply(Reply::Kind::close);
    const auto& header = message->header;
    const bool open =
        in_ap_mode() ? ApMode::takes_clear(header.name_space) : meross::is_clear_namespace(header.name_space);
    if (blueprint_->encrypted && via == Via::http && clear && !open) return Reply(Reply::Kind::close);
    if (!in_ap_mode() && !meross::signature_valid(header, identity_.key)) {
        return Reply(
            envelope(header, Method::error, error_payload(meross::error_bad_signature, "sign error")));
    }
    logger.debug("{} over {}: {} {}", identity_.uuid.value(), via_name(via),
                 meross::method_name(header.method), header.name_space);
    const Query query{header.name_space, header.method, message->payload, header.message_id, via};
    auto outcome = dispatch(query, false);
    if (outcome.kind != Reply::Kind::answer) return Reply(outcome.kind);
    if (via == Via::mqtt && outcome.method == Method::push) {
        push(header.name_space, std::move(outcome.payload));  // a query has no answer but this
        return Reply(Reply::Kind::silent);
    }
    auto body = envelope(header, outcome.method, outcome.payload);
    // the output buffer of the web server ends here, whatever it holds
    if (via == Via::http && body.size() > blueprint_->max_reply) body.resize(blueprint_->max_reply);
    return Reply(std::move(body));
}

std::string MerossDevice::envelope(const meross::Header& request, Method method, const Json& payload) const {
    meross::Header header;
    const auto now = clock_ms();
    header.message_id = request.message_id;
    if (header.message_id.empty()) {
        header.message_id =
            crypto::md5_hex(fmt::format("{} {} {}", identity_.uuid.value(), ++messages_, now));
    }
    header.name_space = request.name_space;
    header.method = method;
    header.trigger_src = "Device";
    header.from = meross::publish_topic(identity_.uuid);
    header.timestamp = now / 1000;
    header.timestamp_ms = static_cast<int>(now % 1000);
    header.sign = meross::sign(header.message_id, identity_.key, header.timestamp);
    return meross::serialize(header, payload);
}

MerossDevice::Outcome MerossDevice::dispatch(const Query& query, bool nested) {
    const auto name = query.name_space;
    if (!blueprint_->supports(name)) return Outcome(Reply::Kind::close);
    if (name == meross::multiple_namespace) {
        const bool possible = !nested && query.method == Method::set && blueprint_->max_cmd_num > 0;
        if (!possible) return Outcome(Method::error, error_payload(meross::error_unsupported));
        return set_multiple(query);
    }
    const bool asked = query.method != Method::set;  // what only System.All shows obeys too
    if (asked && blueprint_->silent.contains(name) && !changed_.contains(name))
        return Outcome(Reply::Kind::silent);
    switch (query.method) {
        case Method::get:
            return get(query);
        case Method::set:
            return set(query);
        case Method::push:
            return push_query(query);
        case Method::delete_:
            return Outcome(Method::error, error_payload(meross::error_unknown_id));
        default:
            return Outcome(Reply::Kind::close);
    }
}

MerossDevice::Outcome MerossDevice::get_system(std::string_view name) {
    Json payload = Json::object();
    if (name == names::all) {
        payload["all"] = system_all();
    } else if (name == names::ability) {
        payload["payloadVersion"] = 1;
        payload["ability"] = blueprint_->ability;
    } else if (name == names::debug) {
        payload["debug"] = debug();
    } else {
        const auto part = name.substr(names::system.size());
        const std::string_view key = part == "Time"       ? "time"
                                     : part == "Firmware" ? "firmware"
                                     : part == "Hardware" ? "hardware"
                                     : part == "Online"   ? "online"
                                                          : "";
        const auto everything = system_all();
        const auto* value = find_member(everything, {"system", key});
        if (key.empty() || value == nullptr) return Outcome(Reply::Kind::close);
        payload[std::string(key)] = *value;
    }
    return Outcome(Method::getack, std::move(payload));
}

MerossDevice::Outcome MerossDevice::get(const Query& query) {
    const auto name = query.name_space;
    if (name.starts_with(names::system)) {
        auto outcome = get_system(name);
        if (outcome.kind == Reply::Kind::answer) return outcome;
    }
    if (in_ap_mode() && name == names::wifi_list) return Outcome(Method::getack, ap_->wifi_list());
    if (in_ap_mode() && name == names::trace) return Outcome(Method::getack, ap_->trace());
    if (blueprint_->refused.contains(name))
        return Outcome(Method::error, error_payload(meross::error_unsupported));
    const Grammar grammar(name, hub_);
    auto payload = current(name);
    if (payload.is_null() && grammar.shape == meross::GetShape::none) return Outcome(Reply::Kind::silent);
    if (!grammar.get) return Outcome(Reply::Kind::silent);
    const auto key = content_key(payload, grammar);
    Json nothing = Json::object();
    nothing[key] = Json::array();
    switch (classify_get(query.payload, grammar, key, blueprint_->all_channels_by_65535)) {
        case Asked::wrong_key:
            return Outcome(Method::error, error_payload(meross::error_unsupported));
        case Asked::nothing:
            return Outcome(Method::getack, std::move(nothing));
        case Asked::items:
            if (!payload.is_null()) payload = pick_items(payload, query.payload, key, grammar.index);
            break;
        case Asked::everything:
            break;
    }
    if (payload.is_null())
        payload = grammar.shape == meross::GetShape::dict ? Json::object() : std::move(nothing);
    return Outcome(Method::getack, std::move(payload));
}

MerossDevice::Outcome MerossDevice::push_query(const Query& query) {
    const auto name = query.name_space;
    if (name == names::clock) {
        // the answer to its own question about the time; a replayed device stays in its own day
        const auto now = int_or(query.payload, {"clock", "timestamp"}, 0);
        if (now > 0 && !blueprint_->clock) set_clock(now);
        if (now > 0) return Outcome(Reply::Kind::silent);
        Json payload = Json::object();
        payload["clock"]["timestamp"] = clock_s();
        return Outcome(Method::push, std::move(payload));
    }
    const bool answers = blueprint_->push_queries.contains(name) || Grammar(name, hub_).push_query;
    auto payload = current(name);
    if (!answers || payload.is_null()) return Outcome(Reply::Kind::silent);
    return Outcome(Method::push, std::move(payload));
}

}  // namespace lanbridge::sim
