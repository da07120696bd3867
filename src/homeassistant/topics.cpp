#include "lanbridge/homeassistant/topics.hpp"

#include <array>
#include <cctype>
#include <utility>

namespace lanbridge::homeassistant {
namespace {

/// What U+00C0 to U+00FF become in an entity id, as Home Assistant transliterates them.
constexpr std::array<std::string_view, 64> latin1{
    "a", "a", "a", "a", "a", "a", "ae", "c", "e", "e", "e", "e", "i", "i", "i",  "i",   //
    "d", "n", "o", "o", "o", "o", "o",  "x", "o", "u", "u", "u", "u", "y", "th", "ss",  //
    "a", "a", "a", "a", "a", "a", "ae", "c", "e", "e", "e", "e", "i", "i", "i",  "i",   //
    "d", "n", "o", "o", "o", "o", "o",  "",  "o", "u", "u", "u", "u", "y", "th", "y"};

/// Cuts the next level off; nothing when there is none.
std::optional<std::string_view> next_level(std::string_view& rest) {
    if (rest.data() == nullptr) return std::nullopt;
    const auto slash = rest.find('/');
    const auto level = rest.substr(0, slash);
    rest = slash == std::string_view::npos ? std::string_view() : rest.substr(slash + 1);
    if (level.empty()) return std::nullopt;
    return level;
}

bool starts_below(std::string_view topic, std::string_view parent) noexcept {
    return topic.size() > parent.size() && topic.starts_with(parent) && topic[parent.size()] == '/';
}

Result<void> check_topic(std::string_view what, std::string_view topic) {
    const std::string name = std::string(what) + " \"" + std::string(topic) + "\"";
    if (topic.empty()) return Error(Errc::invalid_value, name + " must not be empty");
    if (topic.find_first_of("+#") != std::string_view::npos)
        return Error(Errc::invalid_value, name + " must not contain the wildcards + and #");
    if (topic.front() == '/' || topic.back() == '/' || topic.find("//") != std::string_view::npos)
        return Error(Errc::invalid_value, name + " must not have empty levels");
    if (topic.front() == '$') return Error(Errc::invalid_value, name + " must not start with $");
    return {};
}

}  // namespace

std::string_view platform_name(model::Component component) noexcept {
    using enum model::Component;
    switch (component) {
        case binary_sensor:
            return "binary_sensor";
        case button:
            return "button";
        case climate:
            return "climate";
        case cover:
            return "cover";
        case event:
            return "event";
        case fan:
            return "fan";
        case light:
            return "light";
        case number:
            return "number";
        case select:
            return "select";
        case sensor:
            return "sensor";
        case switch_:
            return "switch";
        case text:
            return "text";
        case update:
            return "update";
    }
    return "sensor";
}

Topics::Topics(std::string base, std::string discovery_prefix)
    : base_(std::move(base)), prefix_(std::move(discovery_prefix)) {}

std::string Topics::availability(const model::DeviceId& device) const {
    return base_ + "/" + device.value() + "/availability";
}

std::string Topics::entity_availability(std::string_view level, std::string_view entity) const {
    return base_ + "/" + std::string(level) + "/" + std::string(entity) + "/availability";
}

std::string Topics::part(std::string_view level, std::string_view entity, std::string_view part) const {
    // The last will writes this one; a second topic could not fall when lanbridge dies.
    if (level == "bridge" && entity == "connection" && part == "state") return bridge_state();
    return base_ + "/" + std::string(level) + "/" + std::string(entity) + "/" + std::string(part);
}

std::string Topics::command(std::string_view level, std::string_view entity, std::string_view part) const {
    std::string topic = base_ + "/" + std::string(level) + "/" + std::string(entity);
    if (part != "state") topic.append("/").append(part);
    return topic + "/set";
}

std::string Topics::document(const model::DeviceId& device) const {
    return prefix_ + "/device/" + std::string(document_node) + "/" + device.value() + "/config";
}

std::string Topics::single_config(std::string_view platform, const model::DeviceId& device,
                                  std::string_view entity) const {
    return prefix_ + "/" + std::string(platform) + "/" + device.value() + "/" + std::string(entity) +
           "/config";
}

std::optional<SetTopic> Topics::parse_set(std::string_view topic) const {
    if (!starts_below(topic, base_)) return std::nullopt;
    auto rest = topic.substr(base_.size() + 1);
    const auto device = next_level(rest);
    const auto entity = next_level(rest);
    const auto third = next_level(rest);
    if (!device || !entity || !third) return std::nullopt;
    if (rest.data() == nullptr) {
        if (*third != "set") return std::nullopt;
        return SetTopic{*device, *entity, "state"};
    }
    if (rest != "set") return std::nullopt;
    return SetTopic{*device, *entity, *third};
}

std::optional<ConfigTopic> Topics::parse_config(std::string_view topic) const {
    if (!starts_below(topic, prefix_)) return std::nullopt;
    auto rest = topic.substr(prefix_.size() + 1);
    const auto component = next_level(rest);
    const auto second = next_level(rest);
    const auto third = next_level(rest);
    if (!component || !second || !third) return std::nullopt;
    if (rest.data() == nullptr) {
        if (*third != "config") return std::nullopt;
        return ConfigTopic{*component, {}, *second};
    }
    if (rest != "config") return std::nullopt;
    return ConfigTopic{*component, *second, *third};
}

bool Topics::is_below_base(std::string_view topic) const noexcept { return starts_below(topic, base_); }

std::string_view level_of(const model::DeviceId& device, bool is_bridge) noexcept {
    return is_bridge ? std::string_view("bridge") : std::string_view(device.value());
}

std::string identifier_of(const model::DeviceId& device) { return "lanbridge_" + device.value(); }

model::DeviceId bridge_id(std::string_view base_topic) {
    std::string id = "bridge_";
    for (const char c : base_topic) {
        const bool plain = std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '-';
        id.push_back(plain ? c : '_');
    }
    return model::DeviceId(std::move(id));
}

std::string slug(std::string_view name) {
    std::string out;
    const auto gap = [&out] {
        if (!out.empty() && out.back() != '_') out.push_back('_');
    };
    for (std::size_t i = 0; i < name.size(); ++i) {
        const auto byte = static_cast<unsigned char>(name[i]);
        if (byte < 0x80) {
            if (std::isalnum(byte) != 0)
                out.push_back(static_cast<char>(std::tolower(byte)));
            else if (byte != '\'')
                gap();  // "Tom's" reads better as one word, and Home Assistant agrees
            continue;
        }
        const auto next = i + 1 < name.size() ? static_cast<unsigned char>(name[i + 1]) : 0U;
        if (byte == 0xC3 && (next & 0xC0U) == 0x80U) {
            out.append(latin1[next & 0x3FU]);
            ++i;
        } else if (byte >= 0xC0) {
            gap();  // the first byte of a character that has no Latin letter
        }
    }
    while (!out.empty() && out.back() == '_') out.pop_back();
    return out;
}

Result<void> check_topics(std::string_view base_topic, std::string_view discovery_prefix,
                          std::string_view status_topic) {
    if (auto ok = check_topic("mqtt.base_topic", base_topic); !ok) return ok;
    if (auto ok = check_topic("homeassistant.discovery_prefix", discovery_prefix); !ok) return ok;
    if (auto ok = check_topic("homeassistant.status_topic", status_topic); !ok) return ok;
    if (base_topic == discovery_prefix || starts_below(base_topic, discovery_prefix))
        return Error(Errc::invalid_value,
                     "mqtt.base_topic \"" + std::string(base_topic) +
                         "\" lies in Home Assistant's discovery tree; choose one outside of \"" +
                         std::string(discovery_prefix) + "\"");
    return {};
}

}  // namespace lanbridge::homeassistant
