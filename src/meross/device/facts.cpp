#include "meross/device/facts.hpp"

#include <algorithm>
#include <cctype>

#include "lanbridge/meross/protocol/multiple.hpp"

namespace lanbridge::meross {
namespace {

std::string lower(std::string text) {
    std::ranges::transform(text, text.begin(),
                           [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return text;
}

/// A number or a text, as firmware likes.
std::string text_of(const Json& root, std::initializer_list<std::string_view> path) {
    const Json* value = find_member(root, path);
    if (!value) return {};
    if (value->is_number_integer()) return value->dump();
    return string_or(root, path, {});
}

/// "48:e1:e9:a1:b2:c3" out of what the hardware says; "" when that is no address.
std::string tidy_mac(std::string text) {
    text = lower(std::move(text));
    std::ranges::replace(text, '-', ':');
    if (text.size() != 17 || text == "00:00:00:00:00:00") return {};
    for (std::size_t i = 0; i < text.size(); ++i)
        if (i % 3 == 2 ? text[i] != ':' : !std::isxdigit(static_cast<unsigned char>(text[i]))) return {};
    return text;
}

/// The object below `key` where it is wrapped in it, else the whole.
const Json& unwrap(const Json& json, std::string_view key) {
    const Json* inner = find_member(json, {key});
    return inner && inner->is_object() ? *inner : json;
}

const Json& object_or_empty(const Json* json) {
    static const Json empty = Json::object();
    return json && json->is_object() ? *json : empty;
}

void read_firmware(const Json& firmware, Facts& facts) {
    facts.firmware_version = string_or(firmware, {"version"}, {});
    facts.inner_ip = string_or(firmware, {"innerIp"}, {});
    facts.user_id = text_of(firmware, {"userId"});
    facts.server = string_or(firmware, {"server"}, {});
    // A number or a text; missing, empty and 0 mean the usual port.
    const auto port = int_or(firmware, {"port"}, default_broker_port);
    facts.server_port = port > 0 && port <= 65535 ? static_cast<int>(port) : default_broker_port;
}

/// "2.1.4" -> {2, 1, 4}
std::vector<int> version_numbers(std::string_view version) {
    std::vector<int> numbers(1, 0);
    for (char c : version) {
        if (c == '.') numbers.push_back(0);
        if (c >= '0' && c <= '9' && numbers.back() < 100000) numbers.back() = numbers.back() * 10 + (c - '0');
    }
    return numbers;
}

}  // namespace

bool Facts::firmware_at_least(std::string_view version) const {
    return version_numbers(firmware_version) >= version_numbers(version);
}

/// Shutters do it often, and mean nothing by it.
int Facts::tries() const noexcept { return type.starts_with("mrs") ? 3 : 1; }

int Facts::max_cmd_num() const {
    const Json* multiple = find_member(ability, {multiple_namespace});
    if (!multiple) return 0;
    // Shutters up to this firmware list it and mishandle it.
    if (type == "mrs100" && version_numbers(firmware_version) <= version_numbers("2.1.4")) return 0;
    constexpr std::int64_t careful = 3;  // the smaller of the two numbers that devices give
    return static_cast<int>(std::clamp<std::int64_t>(int_or(*multiple, {"maxCmdNum"}, careful), 0, 64));
}

Result<Facts> parse_facts(const Json& all, const Json& ability) {
    const Json& inner = unwrap(all, "all");
    const Json& system = object_or_empty(find_member(inner, {"system"}));
    const Json& hardware = object_or_empty(find_member(system, {"hardware"}));
    auto uuid = parse_uuid(string_or(hardware, {"uuid"}, {}));
    if (!uuid) return Error(Errc::malformed, "System.All: $.system.hardware.uuid is missing or no uuid");

    Facts facts;
    facts.uuid = std::move(*uuid);
    facts.type = lower(string_or(hardware, {"type"}, {}));
    facts.sub_type = lower(string_or(hardware, {"subType"}, {}));
    facts.hardware_version = string_or(hardware, {"version"}, {});
    facts.mac = tidy_mac(string_or(hardware, {"macAddress"}, {}));
    if (facts.mac.empty()) facts.mac = mac_of(facts.uuid);
    read_firmware(object_or_empty(find_member(system, {"firmware"})), facts);
    facts.online_status =
        static_cast<int>(std::clamp<std::int64_t>(int_or(system, {"online", "status"}, -1), -1, 9));
    facts.time = parse_device_time(object_or_empty(find_member(system, {"time"})));
    const Json* digest = find_member(inner, {"digest"});
    facts.digest = object_or_empty(digest ? digest : find_member(inner, {"control"}));
    facts.ability = object_or_empty(&unwrap(ability, "ability"));
    return facts;
}

}  // namespace lanbridge::meross
