#include "meross/features/payload.hpp"

#include <string>

namespace lanbridge::meross {

Json payload_of(std::string_view key, Json value) {
    Json payload = Json::object();
    payload.emplace(std::string(key), std::move(value));
    return payload;
}

Json payload_of(std::string_view key, std::string_view member, Json value) {
    return payload_of(key, payload_of(member, std::move(value)));
}

Json list_of(Json value) {
    Json list = Json::array();
    list.push_back(std::move(value));
    return list;
}

Json channel_object(int channel) { return payload_of("channel", channel); }

int channel_of(const Json& item) noexcept {
    const auto channel = int_or(item, {"channel"}, -1);
    return channel >= 0 && channel <= max_channel ? static_cast<int>(channel) : -1;
}

std::optional<bool> flag_of(const Json& item, std::string_view member) noexcept {
    const auto value = int_or(item, {member}, -1);
    if (value < 0) return std::nullopt;
    return value != 0;
}

std::optional<double> scaled(const Json& item, std::string_view member, double scale) {
    const auto value = read_number(item, {member});
    if (!value) return std::nullopt;
    return *value / scale;
}

Result<bool> on_off_of(const model::Command& command) {
    if (const auto* on = std::get_if<bool>(&command.value)) return *on;
    return Error(Errc::invalid_value, command.entity + " takes ON or OFF");
}

Result<double> number_of(const model::Command& command) {
    double scratch = 0;
    if (const auto* number = model::as_double(command.value, scratch)) return *number;
    return Error(Errc::invalid_value, command.entity + " takes a number");
}

}  // namespace lanbridge::meross
