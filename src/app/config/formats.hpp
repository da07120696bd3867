#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "app/config/config.hpp"
#include "app/config/option.hpp"

// The kinds of values that options have.
namespace lanbridge::app {

Format<bool> boolean_format();
/// Anything that people call the thing; `what` is "a name", "a user name", …
Format<std::string> text_format(std::string what);
/// May be empty only where `empty_is` says what that means.
Format<Secret> secret_format(std::string what, std::string empty_is = {});
Format<Secret> miio_token_format();
Format<std::string> topic_format();
/// The file has to be there and readable; relative paths start at the configuration file.
Format<std::string> file_format(std::string what);
Format<std::string> host_format();
Format<std::string> uuid_format();
Format<std::string> time_zone_format();
Format<HostPort> host_port_format(std::uint16_t default_port);
Format<mqtt::BrokerListener> listen_format(std::uint16_t default_port);
Format<mqtt::BrokerUrl> broker_url_format();
Format<Subnet> subnet_format();
Format<milliseconds> duration_format(milliseconds least, milliseconds most, std::string example);
Format<std::uint64_t> size_format(std::uint64_t least, std::uint64_t most, std::string example);
Format<log::Level> level_format();

/// One of a few words.
template <class T>
Format<T> choice_format(std::vector<std::pair<std::string, T>> choices) {
    Format<T> format;
    auto words = OrderedJson::array();
    for (const auto& [word, value] : choices) {
        format.expected += (format.expected.empty() ? "one of " : ", ") + word;
        words.push_back(word);
    }
    format.schema["enum"] = std::move(words);
    format.show = [choices](const T& value) {
        for (const auto& [word, meaning] : choices)
            if (meaning == value) return OrderedJson(word);
        return OrderedJson();
    };
    format.parse = [choices = std::move(choices)](const Scalar& scalar) -> Result<T> {
        for (const auto& [word, value] : choices)
            if (word == scalar.text) return value;
        return Error(Errc::invalid_value);
    };
    return format;
}

/// Where "not set" differs from every value.
template <class T>
Format<std::optional<T>> maybe(Format<T> inner) {
    Format<std::optional<T>> format;
    format.expected = inner.expected;
    format.schema = inner.schema;
    format.secret = inner.secret;
    format.show = [show = inner.show](const std::optional<T>& value) {
        return value ? show(*value) : OrderedJson();
    };
    format.parse = [parse = std::move(inner.parse)](const Scalar& scalar) -> Result<std::optional<T>> {
        auto value = parse(scalar);
        if (!value) return std::move(value).error();
        return std::optional<T>(std::move(*value));
    };
    return format;
}

}  // namespace lanbridge::app
