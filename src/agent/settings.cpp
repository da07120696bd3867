#include "agent/settings.hpp"

#include <array>
#include <charconv>
#include <limits>

#include "agent/settings_access.hpp"

namespace lanbridge::agent {
namespace {

struct PartName {
    Part part;
    const char* argument;
};
constexpr std::array part_names{
    PartName{Part::store, "--log.store"},    PartName{Part::lua, "--log.lua"},
    PartName{Part::miio, "--log.miio"},      PartName{Part::zigbee, "--log.zigbee"},
    PartName{Part::cache, "--log.cache"},    PartName{Part::mqtt, "--log.mqtt"},
    PartName{Part::central, "--log.central"}};

/// "" where it is not given.
std::string value_of(const Arguments& arguments, const char* name) {
    const auto found = arguments.find(name);
    return found == arguments.end() ? std::string() : found->second;
}

template <class Number>
std::optional<Number> number_of(std::string_view text) {
    Number number = 0;
    const auto [end, ec] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (ec != std::errc() || end != text.data() + text.size()) return std::nullopt;
    return number;
}

/// "10s", "1m", "2h" or plain seconds, up to a day.
std::optional<std::chrono::seconds> period_of(std::string_view text) {
    std::int64_t unit = 1;
    if (text.ends_with('h')) unit = 3600;
    if (text.ends_with('m')) unit = 60;
    if (unit > 1 || text.ends_with('s')) text.remove_suffix(1);
    const auto number = number_of<std::uint16_t>(text);
    constexpr std::int64_t longest = 24 * 3600;
    if (!number || *number * unit > longest) return std::nullopt;
    return std::chrono::seconds(*number * unit);
}

/// The parts that have no level of their own follow the main one.
Levels levels_of(const Arguments& arguments) {
    Levels levels;
    auto main = Severity::info;
    parse_severity(value_of(arguments, "--log.level"), main);
    levels.of.fill(main);
    for (const auto& [part, argument] : part_names)
        parse_severity(value_of(arguments, argument), levels.of[static_cast<std::size_t>(part)]);
    return levels;
}

/// A number of ours: where it is wrong, what stands in `out` stays.
template <class Number>
void read_number(const Arguments& arguments, const char* name, Number least, Number& out,
                 Settings& settings) {
    const auto found = arguments.find(name);
    if (found == arguments.end()) return;
    const auto number = number_of<Number>(found->second);
    if (number && *number >= least) {
        out = *number;
        return;
    }
    settings.mistakes.push_back(
        std::string(name) + "=" + found->second + " is no number from " + std::to_string(least) + " to " +
        std::to_string(std::numeric_limits<Number>::max()) + "; it stays " + std::to_string(out));
}

void read_return(const Arguments& arguments, Settings& settings) {
    const auto found = arguments.find("--zigbee.return");
    if (found == arguments.end()) return;
    const auto period = period_of(found->second);
    if (!period)
        settings.mistakes.push_back("--zigbee.return=" + found->second +
                                    " is no time as 30s or 1m; the vendor's software does not come back");
    else if (period->count() > 0)
        settings.zigbee_return = period;
}

}  // namespace

Arguments parse_arguments(const std::vector<std::string>& words) {
    Arguments arguments;
    for (const auto& word : words) {
        const auto split = word.find('=', 1);
        arguments[word.substr(0, split)] = split == word.npos ? std::string() : word.substr(split + 1);
    }
    return arguments;
}

Settings make_settings(const Arguments& arguments) {
    Settings out;
    out.miio = arguments.contains("miio");
    out.mqtt = arguments.contains("mqtt");
    out.cache = arguments.contains("cache");
    out.central = arguments.contains("central");
    out.z3 = arguments.contains("z3");
    out.zigbee_tcp = value_of(arguments, "--zigbee.tcp");
    out.zigbee_baud = number_of<unsigned>(value_of(arguments, "--zigbee.baud"));
    out.mqtt_sub = value_of(arguments, "--mqtt.sub");
    out.levels = levels_of(arguments);

    out.paths = Paths(value_of(arguments, "--root"));
    out.zigbee_tty = value_of(arguments, "--zigbee.tty");
    read_access(arguments, out);
    read_return(arguments, out);
    read_number<std::uint64_t>(arguments, "--lua.budget", 1, out.lua_budget, out);
    read_number<std::uint16_t>(arguments, "--mqtt.port", 1, out.broker_port, out);
    read_number<std::uint16_t>(arguments, "--miio.port", 1, out.cloud_port, out);
    return out;
}

}  // namespace lanbridge::agent
