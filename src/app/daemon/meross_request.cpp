#include "app/daemon/meross_request.hpp"

#include <algorithm>
#include <array>

#include "app/daemon/settings.hpp"
#include "lanbridge/meross/protocol/namespaces.hpp"

namespace lanbridge::app {
namespace {

Result<std::string> member(const Json& args, const char* name, const char* what) {
    const auto* value = find_member(args, {name});
    if (!value || !value->is_string() || value->get_ref<const std::string&>().empty())
        return Error(Errc::invalid_value, std::string("\"") + name + "\" must be " + what);
    return value->get_ref<const std::string&>();
}

Result<meross::Method> method_of(const Json& args) {
    auto text = string_or(args, {"method"}, "GET");
    std::ranges::transform(text, text.begin(),
                           [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
    const auto method = meross::parse_method(text);
    for (auto known : {meross::Method::get, meross::Method::set, meross::Method::push})
        if (method == known) return method;
    return Error(Errc::invalid_value, "\"method\" must be GET, SET or PUSH");
}

Result<Json> payload_of(const Json& args, const std::string& name_space, meross::Method method) {
    const auto* given = find_member(args, {"payload"});
    if (!given || given->is_null()) return default_payload(name_space, method);
    if (given->is_object()) return *given;
    if (given->is_string()) {
        auto parsed = parse_json(given->get_ref<const std::string&>());
        if (parsed && parsed->is_object()) return parsed;
    }
    return Error(Errc::invalid_value, "\"payload\" must be a JSON object");
}

bool names(const MerossDeviceConfig& device, const std::string& target) {
    if (!device.name.empty() && device.name == target) return true;
    if (!device.uuid.empty() &&
        (device.uuid == target || "meross_" + meross::mac_digits_of(meross::Uuid(device.uuid)) == target))
        return true;
    if (!device.host) return false;
    const auto endpoint = net::parse_endpoint(target);
    return endpoint && endpoint_of(*device.host) == *endpoint;
}

}  // namespace

Json default_payload(const std::string& name_space, meross::Method method) {
    if (method != meross::Method::get) return Json::object();
    static constexpr std::array first_channel{0};
    return meross::default_get_payload(name_space, first_channel);
}

Result<MerossRequest> parse_meross_request(const Json& args) {
    MerossRequest request;
    auto target = member(args, "target", "a host[:port], uuid, id or name");
    if (!target) return std::move(target).error();
    auto name_space = member(args, "namespace", "a namespace such as \"Appliance.System.All\"");
    if (!name_space) return std::move(name_space).error();
    auto method = method_of(args);
    if (!method) return std::move(method).error();
    auto payload = payload_of(args, *name_space, *method);
    if (!payload) return std::move(payload).error();
    const auto via = string_or(args, {"via"}, "auto");
    if (via != "auto" && via != "http" && via != "mqtt")
        return Error(Errc::invalid_value, "\"via\" must be auto, http or mqtt");
    if (via != "auto") request.via = via == "http" ? model::Transport::http : model::Transport::mqtt;
    if (const auto* key = find_member(args, {"key"}); key && key->is_string())
        request.key = Secret(key->get_ref<const std::string&>());
    request.target = *std::move(target);
    request.request = meross::Request(*name_space, *method, *std::move(payload));
    return request;
}

const MerossDeviceConfig* configured_device(const Config& config, const std::string& target) {
    const auto& devices = config.meross.devices;
    const auto found =
        std::ranges::find_if(devices, [&](const auto& device) { return names(device, target); });
    return found == devices.end() ? nullptr : &*found;
}

Result<meross::OneShot> one_shot_target(const MerossRequest& request, const Config& config,
                                        const std::string& address) {
    const auto* configured = configured_device(config, request.target);
    meross::OneShot target{net::HttpEndpoint()};
    if (configured && configured->host) {
        target.endpoint = endpoint_of(*configured->host);
        if (!configured->uuid.empty()) target.uuid = meross::Uuid(configured->uuid);
        target.key = configured->key;
    } else {
        auto endpoint = net::parse_endpoint(address.empty() ? request.target : address);
        if (!endpoint) return std::move(endpoint).error();
        if (address.empty() && meross::parse_uuid(request.target))
            return Error(Errc::not_found, "no address is known for " + request.target +
                                              "; name a host or configure the device");
        target.endpoint = *std::move(endpoint);
    }
    target.shared_keys = config.meross.keys;
    if (request.key) target.key = request.key;
    return target;
}

Json message_json(const meross::Message& message) {
    const auto& header = message.header;
    Json shown{{"messageId", header.message_id},
               {"namespace", header.name_space},
               {"method", meross::method_name(header.method)},
               {"payloadVersion", header.payload_version},
               {"from", header.from},
               {"timestamp", header.timestamp},
               {"timestampMs", header.timestamp_ms}};
    if (!header.trigger_src.empty()) shown["triggerSrc"] = header.trigger_src;
    if (!header.uuid.empty()) shown["uuid"] = header.uuid;
    return Json{{"header", std::move(shown)}, {"payload", message.payload}};
}

std::optional<Error> device_error(const meross::Message& message) {
    const auto error = meross::error_of(message);
    if (!error) return std::nullopt;
    if (error->code == meross::error_bad_signature) return Error(Errc::wrong_key, "error 5001");
    return Error(Errc::device_error,
                 "error " + std::to_string(error->code) + (error->detail.empty() ? "" : ' ' + error->detail));
}

admin::Reply meross_reply(const meross::Message& message) {
    if (auto error = device_error(message)) return admin::Reply(*std::move(error), message_json(message));
    return admin::Reply(message_json(message));
}

}  // namespace lanbridge::app
