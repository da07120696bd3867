#include "app/config/formats.hpp"

#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <filesystem>

#include "lanbridge/base/time_zone.hpp"

namespace lanbridge::app {
namespace {

OrderedJson string_schema(const std::string& pattern = {}) {
    OrderedJson schema;
    schema["type"] = "string";
    if (!pattern.empty()) schema["pattern"] = pattern;
    return schema;
}

/// Texts of digits need no quotes in YAML, and editors then see a number.
OrderedJson text_schema() {
    OrderedJson schema;
    schema["type"] = OrderedJson::array({"string", "number"});
    return schema;
}

OrderedJson show_text(const std::string& text) { return text.empty() ? OrderedJson() : OrderedJson(text); }

bool plain_boolean(const Scalar& scalar) {
    return scalar.style == Scalar::Style::plain && (scalar.text == "true" || scalar.text == "false");
}

/// From a parser of text; an unquoted `true` is no text.
template <class T, class Parse>
auto from_text(Parse parse) {
    return [parse = std::move(parse)](const Scalar& scalar) -> Result<T> {
        if (plain_boolean(scalar))
            return Error(Errc::invalid_value, "put it in quotes if that is meant as text");
        auto value = parse(scalar.text);
        if (!value) return std::move(value).error();
        return T(std::move(*value));
    };
}

Format<std::string> string_format(std::string expected, OrderedJson schema,
                                  Result<std::string> (*parse)(std::string_view)) {
    Format<std::string> format;
    format.expected = std::move(expected);
    format.schema = std::move(schema);
    format.parse = from_text<std::string>(parse);
    format.show = show_text;
    return format;
}

Result<std::string> readable_file(const Scalar& scalar) {
    if (scalar.text.empty()) return Error(Errc::invalid_value, "leave it out where there is none");
    auto path = (std::filesystem::path(scalar.folder) / scalar.text).string();
    const bool folder = std::filesystem::is_directory(std::filesystem::status(path));
    if (folder) return Error(Errc::invalid_value, path + " is a folder");
    if (::access(path.c_str(), R_OK) == 0) return path;
    return Error(Errc::invalid_value,
                 path + ": " + error_code(errno, boost::system::generic_category()).message());
}

template <class T>
std::optional<T> whole_number(const std::string& text) {
    T value{};
    const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (code != std::errc() || end != text.data() + text.size()) return std::nullopt;
    return value;
}

std::string port_pattern(bool address_only) {
    return address_only ? "^(\\[[0-9A-Fa-f:.]+\\]|[0-9.]+|localhost)(:[0-9]{1,5})?$|^[0-9A-Fa-f:]+$"
                        : "^(\\[[0-9A-Fa-f:.]+\\]|[A-Za-z0-9._-]+)(:[0-9]{1,5})?$|^[0-9A-Fa-f:]+$";
}

}  // namespace

Format<bool> boolean_format() {
    Format<bool> format;
    format.expected = "true or false";
    format.schema["type"] = "boolean";
    format.show = [](const bool& value) { return OrderedJson(value); };
    format.parse = [](const Scalar& scalar) -> Result<bool> {
        const auto& text = scalar.text;
        if (scalar.style == Scalar::Style::quoted) return Error(Errc::invalid_value, "without quotes");
        // yes/no and on/off are booleans of YAML 1.1, which Home Assistant's own files have taught people
        if (text == "true" || text == "yes" || text == "on") return true;
        if (text == "false" || text == "no" || text == "off") return false;
        return Error(Errc::invalid_value);
    };
    return format;
}

Format<std::string> text_format(std::string what) {
    return string_format(std::move(what), text_schema(), &parse_name);
}

Format<Secret> secret_format(std::string what, std::string empty_is) {
    Format<Secret> format;
    format.expected = what + (empty_is.empty() ? "" : "; \"\" for " + empty_is);
    format.schema = text_schema();
    format.secret = true;
    format.show = [](const Secret&) { return OrderedJson(); };
    format.parse =
        from_text<Secret>([may_be_empty = !empty_is.empty()](std::string_view text) -> Result<std::string> {
            if (text.empty() && may_be_empty) return std::string();
            return parse_name(text);
        });
    return format;
}

Format<Secret> miio_token_format() {
    auto format = secret_format("a token of 32 hex digits");
    // no pattern: to an editor `!secret NAME` is the text NAME
    format.parse = from_text<Secret>([](std::string_view text) -> Result<std::string> {
        const bool hex = text.find_first_not_of("0123456789abcdefABCDEF") == std::string_view::npos;
        if (text.size() != 32 || !hex) return Error(Errc::invalid_value);
        return std::string(text);
    });
    return format;
}

Format<std::string> topic_format() {
    return string_format("a topic without wildcards", text_schema(), &parse_topic);
}

Format<std::string> file_format(std::string what) {
    auto format = string_format("the name of a readable file with " + what, string_schema(), nullptr);
    format.parse = &readable_file;
    return format;
}

Format<std::string> host_format() {
    return string_format("a host name or IP address", string_schema(), &parse_host);
}

Format<std::string> uuid_format() {
    auto schema = text_schema();  // one of digits only is a number to an editor
    schema["pattern"] = "^[0-9A-Fa-f-]{32,36}$";
    return string_format("a uuid of 32 hex digits", std::move(schema), &parse_uuid);
}

Format<std::string> time_zone_format() {
    return string_format("an IANA time zone such as Europe/Rome", string_schema(),
                         [](std::string_view text) -> Result<std::string> {
                             // a machine without zone data knows none: then the device's word has to do
                             if (known_zone(text) || (!text.empty() && !known_zone("Etc/UTC")))
                                 return std::string(text);
                             return Error(Errc::invalid_value);
                         });
}

Format<HostPort> host_port_format(std::uint16_t default_port) {
    Format<HostPort> format;
    format.expected = "a host name or IP address, with :port where it is not " + std::to_string(default_port);
    format.schema = string_schema(port_pattern(false));
    format.show = [](const HostPort& value) { return OrderedJson(value.text()); };
    format.parse =
        from_text<HostPort>([=](std::string_view text) { return parse_host_port(text, default_port); });
    return format;
}

Format<mqtt::BrokerListener> listen_format(std::uint16_t default_port) {
    Format<mqtt::BrokerListener> format;
    format.expected = "an address to listen on, such as 127.0.0.1:" + std::to_string(default_port);
    format.schema = string_schema(port_pattern(true));
    format.show = [](const mqtt::BrokerListener& value) {
        return OrderedJson(HostPort(value.address, value.port).text());
    };
    format.parse = [=](const Scalar& scalar) -> Result<mqtt::BrokerListener> {
        auto parsed = parse_listen(scalar.text, default_port);
        if (!parsed) return std::move(parsed).error();
        return mqtt::BrokerListener(std::move(parsed->host), parsed->port);
    };
    return format;
}

Format<mqtt::BrokerUrl> broker_url_format() {
    Format<mqtt::BrokerUrl> format;
    format.expected = "mqtt://[user:password@]host[:port] or mqtts://…";
    format.schema = string_schema("^(mqtt|mqtts|tcp|ssl)://[^/ ]+/?$");
    format.show = [](const mqtt::BrokerUrl& value) { return OrderedJson(value.display()); };
    format.parse = from_text<mqtt::BrokerUrl>(&mqtt::parse_broker_url);
    return format;
}

Format<Subnet> subnet_format() {
    Format<Subnet> format;
    format.expected = "an IPv4 network of /20 to /32, such as 192.168.1.0/24";
    format.schema = string_schema("^[0-9]{1,3}(\\.[0-9]{1,3}){3}/(1[6-9]|2[0-9]|3[0-2])$");
    format.show = [](const Subnet& value) { return OrderedJson(value.text()); };
    format.parse = from_text<Subnet>(&parse_subnet);
    return format;
}

Format<milliseconds> duration_format(milliseconds least, milliseconds most, std::string example) {
    Format<milliseconds> format;
    format.expected = "a duration from " + duration_text(least) + " to " + duration_text(most) +
                      ", such as " + std::move(example);
    format.schema = string_schema("^[0-9]+(ms|s|m|h|d)$");
    format.show = [](const milliseconds& value) { return OrderedJson(duration_text(value)); };
    format.parse = [=](const Scalar& scalar) -> Result<milliseconds> {
        auto value = parse_duration(scalar.text);
        if (value && (*value < least || *value > most)) return Error(Errc::invalid_value);
        return value;
    };
    return format;
}

Format<std::uint64_t> size_format(std::uint64_t least, std::uint64_t most, std::string example) {
    Format<std::uint64_t> format;
    format.expected =
        "a size from " + size_text(least) + " to " + size_text(most) + ", such as " + std::move(example);
    format.schema = string_schema("^[0-9]+(B|KiB|MiB|GiB)$");
    format.show = [](const std::uint64_t& value) { return OrderedJson(size_text(value)); };
    format.parse = [=](const Scalar& scalar) -> Result<std::uint64_t> {
        auto value = parse_size(scalar.text);
        if (value && (*value < least || *value > most)) return Error(Errc::invalid_value);
        return value;
    };
    return format;
}

Format<log::Level> level_format() {
    std::vector<std::pair<std::string, log::Level>> choices;
    for (auto level : {log::Level::trace, log::Level::debug, log::Level::info, log::Level::warn,
                       log::Level::error, log::Level::off})
        choices.emplace_back(log::level_name(level), level);
    auto format = choice_format(std::move(choices));
    format.schema["enum"].push_back("warning");
    format.schema["enum"].push_back(false);  // an unquoted `off` to editors that follow YAML 1.1
    format.parse = [](const Scalar& scalar) -> Result<log::Level> {
        log::Level level{};
        if (log::parse_level(scalar.text, level)) return level;
        return Error(Errc::invalid_value);
    };
    return format;
}

}  // namespace lanbridge::app
