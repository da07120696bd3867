#include "lanbridge/meross/protocol/reply_header.hpp"

#include <array>

namespace lanbridge::meross {
namespace {

constexpr std::array<const char*, 3> signed_members{"messageId", "timestamp", "sign"};

Json reflect(Json header, const Request& request, const std::string& from, const std::string& trigger_src) {
    if (!header.is_object()) header = Json::object();
    header["namespace"] = request.name_space;
    header["method"] = method_name(request.method);
    header["payloadVersion"] = 1;
    header["triggerSrc"] = trigger_src;
    header["from"] = from;
    return header;
}

std::string envelope(Json header, const Request& request) {
    Json message = Json::object();
    message["header"] = std::move(header);
    message["payload"] = request.payload;
    return dump_json(message);
}

}  // namespace

Json to_json(const Header& header) {
    Json json = Json::object();
    json["messageId"] = header.message_id;
    json["namespace"] = header.name_space;
    json["method"] = method_name(header.method);
    json["payloadVersion"] = header.payload_version;
    if (!header.trigger_src.empty()) json["triggerSrc"] = header.trigger_src;
    json["from"] = header.from;
    json["timestamp"] = header.timestamp;
    json["timestampMs"] = header.timestamp_ms;
    json["sign"] = header.sign;
    if (!header.uuid.empty()) json["uuid"] = header.uuid;
    return json;
}

std::string ReplyHeader::request(const Request& request) const {
    return envelope(reflect(stored_, request, from_, trigger_src_), request);
}

std::string ReplyHeader::retry(const Request& request, const Json& error_reply_header) const {
    Json header = reflect(stored_, request, from_, trigger_src_);
    for (const auto* member : signed_members)
        if (const Json* value = find_member(error_reply_header, {member})) header[member] = *value;
    return envelope(std::move(header), request);
}

}  // namespace lanbridge::meross
