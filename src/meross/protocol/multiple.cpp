#include "lanbridge/meross/protocol/multiple.hpp"

#include <algorithm>

namespace lanbridge::meross {
namespace {

Message inner_message(const Json& entry) {
    Message message;
    message.header.message_id = string_or(entry, {"header", "messageId"}, "");
    message.header.name_space = string_or(entry, {"header", "namespace"}, "");
    message.header.method = parse_method(string_or(entry, {"header", "method"}, ""));
    if (const Json* payload = find_member(entry, {"payload"}); payload && payload->is_object())
        message.payload = *payload;
    return message;
}

}  // namespace

Json pack_multiple(std::span<const Request> requests, Random& random) {
    Json entries = Json::array();
    for (const auto& request : requests) {
        Json header = Json::object();
        header["messageId"] = random.hex(16);
        header["method"] = method_name(request.method);
        header["namespace"] = request.name_space;
        Json entry = Json::object();
        entry["header"] = std::move(header);
        entry["payload"] = request.payload;
        entries.push_back(std::move(entry));
    }
    Json payload = Json::object();
    payload["multiple"] = std::move(entries);
    return payload;
}

std::vector<Message> unpack_multiple(const Json& payload, std::span<const Request> requests) {
    std::vector<Message> messages;
    const Json* entries = find_member(payload, {"multiple"});
    if (!entries || !entries->is_array()) return messages;
    messages.reserve(entries->size());
    for (std::size_t i = 0; i < entries->size(); ++i) {
        auto message = inner_message((*entries)[i]);
        if (message.header.name_space.empty() && i < requests.size())
            message.header.name_space = requests[i].name_space;
        if (!message.header.name_space.empty()) messages.push_back(std::move(message));
    }
    return messages;
}

std::vector<std::size_t> unanswered(std::span<const Request> requests, std::span<const Message> answers) {
    std::vector<bool> answered(requests.size(), false);
    for (const auto& answer : answers) {
        for (std::size_t i = 0; i < requests.size(); ++i) {
            if (answered[i] || requests[i].name_space != answer.header.name_space) continue;
            answered[i] = true;
            break;
        }
    }
    std::vector<std::size_t> rest;
    for (std::size_t i = 0; i < requests.size(); ++i)
        if (!answered[i]) rest.push_back(i);
    return rest;
}

std::optional<Message> recover_truncated(std::string_view text) {
    const auto json = parse_json(text);
    if (json || !json.error().is(Errc::truncated)) return std::nullopt;
    const auto cut = text.rfind(R"(,{"header":)");
    if (cut == std::string_view::npos) return std::nullopt;
    std::string closed(text.substr(0, cut));
    closed += "]}}";
    auto message = parse_message(closed);
    if (!message || message->header.name_space != multiple_namespace) return std::nullopt;
    return *std::move(message);
}

void ResponseSizeModel::received(std::size_t chars) {
    const auto length = static_cast<double>(chars);
    min_ = std::max(min_, length);
    max_ = std::max(max_, length);
}

void ResponseSizeModel::multiple_unanswered() { max_ = (max_ + min_) / 2; }

void ResponseSizeModel::truncated(std::size_t chars) {
    const auto safe = static_cast<double>(chars * 9 / 10);  // the cut is not always at the same character
    max_ = safe;
    min_ = std::min(min_, safe);
}

}  // namespace lanbridge::meross
