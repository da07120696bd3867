#include <algorithm>

#include "lanbridge/base/crypto.hpp"
#include "lanbridge/sim/device.hpp"
#include "sim/device_parts.hpp"
#include "sim/names.hpp"

// A simulated device's broker and access point: whom it belongs to and how it gets there.
namespace lanbridge::sim {

using meross::Method;

namespace {

Json unsupported() {
    Json payload = Json::object();
    payload["error"]["code"] = meross::error_unsupported;
    return payload;
}

/// Devices show a decimal user as a number.
Json user_as_shown(const std::string& user) {
    const bool number = !user.empty() && user.size() < 18 &&
                        std::ranges::all_of(user, [](char c) { return c >= '0' && c <= '9'; });
    return number ? Json(std::stoll(user)) : Json(user);
}

/// `gateway.redirect` of a move inside the vendor's cloud, which has no meaning elsewhere.
constexpr std::int64_t redirect_in_cloud = 2;

}  // namespace

meross::Message MerossDevice::compose(std::string_view name, Method method, Json payload) const {
    meross::Header header;
    const auto now = clock_ms();
    header.message_id =
        crypto::md5_hex(identity_.uuid.value() + std::to_string(++messages_) + std::to_string(now));
    header.name_space = name;
    header.method = method;
    header.trigger_src = "Device";
    header.from = meross::publish_topic(identity_.uuid);
    header.timestamp = now / 1000;
    header.timestamp_ms = static_cast<int>(now % 1000);
    header.sign = meross::sign(header.message_id, identity_.key, header.timestamp);
    return meross::Message(std::move(header), std::move(payload));
}

void MerossDevice::went_online(meross::BrokerAddress broker, PushHandler uplink) {
    broker_ = std::move(broker);
    uplink_ = std::move(uplink);
}

void MerossDevice::went_offline() {
    broker_.reset();
    uplink_ = nullptr;
}

int MerossDevice::link_status() const noexcept {
    if (in_ap_mode()) return 0;
    return online() ? 1 : 2;
}

void MerossDevice::write_binding(Json& firmware) const {
    if (!binding_) return;
    firmware["server"] = binding_->broker.host;
    firmware["port"] = binding_->broker.port;
    firmware["secondServer"] = binding_->second.host;
    firmware["secondPort"] = binding_->second.port;
    firmware["userId"] = user_as_shown(binding_->user_id);
}

std::string MerossDevice::user_id() const {
    if (binding_) return binding_->user_id;
    const auto number = int_or(all(), {"system", "firmware", "userId"}, -1);
    return number >= 0 ? std::to_string(number) : string_or(all(), {"system", "firmware", "userId"}, "0");
}

Json MerossDevice::debug() const {
    const auto* recorded = stored(names::debug);
    const auto* inner = recorded == nullptr ? nullptr : find_member(*recorded, {"debug"});
    Json result = inner != nullptr && inner->is_object() ? *inner : Json::object();
    const auto everything = system_all();
    const auto* firmware = find_member(everything, {"system", "firmware"});
    result["system"]["version"] = string_or(*firmware, {"version"}, "");
    auto& network = result["network"];
    network["innerIp"] = identity_.address;
    network["linkStatus"] = in_ap_mode() ? 0 : 1;
    auto& cloud = result["cloud"];
    const auto server = string_or(*firmware, {"server"}, "");
    cloud["activeServer"] = online() ? broker_->host : server;
    cloud["mainServer"] = server;
    cloud["mainPort"] = int_or(*firmware, {"port"}, 0);
    if (online() && broker_->host == server) cloud["mainPort"] = broker_->port;
    cloud["secondServer"] = string_or(*firmware, {"secondServer"}, server);
    cloud["secondPort"] = int_or(*firmware, {"secondPort"}, int_or(*firmware, {"port"}, 0));
    cloud["userId"] = user_as_shown(user_id());
    return result;
}

void MerossDevice::bind(Binding binding) {
    set_key(binding.key);
    binding_ = std::move(binding);
}

void MerossDevice::take_effect() {
    if (in_ap_mode()) {
        if (ap_->restart_due() && restarting_) restarting_();
        return;
    }
    if (!told_) return;
    auto told = std::move(*told_);
    told_.reset();
    bind(std::move(told));
    if (bound_) bound_();
}

void MerossDevice::enter_ap_mode(ApMode ap) {
    ap_ = std::make_unique<ApMode>(std::move(ap));
    joined_ = false;
    binding_.reset();
    told_.reset();
    went_offline();
    set_key(Secret());
}

bool MerossDevice::restart() {
    if (!in_ap_mode() || !ap_->join()) return false;
    joined_ = true;
    take_effect();
    return true;
}

MerossDevice::Outcome MerossDevice::set_config_key(const Json& payload) {
    auto binding = parse_binding(payload);
    if (!binding) return Outcome(Method::error, unsupported());
    // newer firmware refuses what older takes
    const bool strict = blueprint_->supports(names::ecdhe);
    if (strict && (binding->key.empty() || binding->user_id.empty()))
        return Outcome(Method::error, unsupported());
    const auto redirect = int_or(payload, {"key", "gateway", "redirect"}, 1);
    if (redirect != redirect_in_cloud) told_ = std::move(*binding);
    return Outcome(Method::setack, Json::object());
}

MerossDevice::Outcome MerossDevice::set_wifi(const Json& payload) {
    const bool done = in_ap_mode() && ap_->set_wifi(payload, nullptr).has_value();
    return done ? Outcome(Method::setack, Json::object()) : Outcome(Method::error, unsupported());
}

MerossDevice::Outcome MerossDevice::set_wifi_x(const Json& payload) {
    if (!in_ap_mode()) return Outcome(Method::error, unsupported());
    const auto cipher =
        meross::PayloadCipher::for_wifi_password(blueprint_->type(), identity_.uuid.value(), mac());
    const bool done = ap_->set_wifi(payload, &cipher).has_value();
    return done ? Outcome(Method::setack, Json::object()) : Outcome(Method::error, unsupported());
}

MerossDevice::Outcome MerossDevice::set_ecdhe(const Json& payload) {
    if (!in_ap_mode()) return Outcome(Method::error, unsupported());
    auto answer = ap_->exchange(payload);
    if (!answer) return Outcome(Method::error, unsupported());
    return Outcome(Method::setack, std::move(*answer));
}

}  // namespace lanbridge::sim
