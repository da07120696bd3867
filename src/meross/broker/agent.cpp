#include "meross/broker/agent.hpp"

namespace lanbridge::meross {
namespace {

constexpr std::string_view trigger = "CloudControl";

/// The device's own header comes back to it, its signature included, which it accepts.
std::string echo(const Message& message, const Json& payload) {
    Header header = message.header;
    header.uuid.clear();
    header.trigger_src = trigger;
    return serialize(header, payload);
}

std::string bind_acknowledged(const Message& message, const Uuid& sender, const Secret& key,
                              std::int64_t now_s) {
    Header header;
    header.message_id = message.header.message_id;
    header.name_space = message.header.name_space;
    header.method = Method::setack;
    header.trigger_src = trigger;
    header.from = publish_topic(sender);
    header.timestamp = now_s;
    header.sign = sign(header.message_id, key, now_s);
    return serialize(header, Json::object());
}

}  // namespace

std::optional<std::string> agent_answer(const Message& message, const Uuid& sender, const Secret& key,
                                        std::int64_t now_s) {
    const auto& header = message.header;
    if (header.name_space == "Appliance.Control.Bind" && header.method == Method::set)
        return bind_acknowledged(message, sender, key, now_s);
    if (header.method != Method::push) return std::nullopt;
    if (header.name_space == "Appliance.Control.ConsumptionConfig") return echo(message, message.payload);
    if (header.name_space == "Appliance.System.Clock") {
        Json payload = Json::object();
        payload["clock"]["timestamp"] = now_s;
        return echo(message, payload);
    }
    return std::nullopt;
}

bool is_farewell(const Message& message) {
    return message.header.name_space == "Appliance.System.Online" && message.header.method == Method::push &&
           int_or(message.payload, {"online", "status"}, 1) != 1;
}

}  // namespace lanbridge::meross
