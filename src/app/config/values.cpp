#include "app/config/values.hpp"

#include <algorithm>
#include <array>
#include <boost/asio/ip/address.hpp>
#include <cctype>
#include <charconv>
#include <limits>
#include <optional>

#include "lanbridge/mqtt/topic_filter.hpp"

namespace lanbridge::app {
namespace {

using std::chrono::milliseconds;

Error bad(std::string advice = {}) { return Error(Errc::invalid_value, std::move(advice)); }

bool digits_only(std::string_view text) {
    return !text.empty() && std::ranges::all_of(text, [](unsigned char c) { return std::isdigit(c) != 0; });
}

std::string lower(std::string_view text) {
    std::string out(text);
    std::ranges::transform(out, out.begin(),
                           [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return out;
}

struct Unit {
    std::string_view name;
    std::int64_t factor;
};
// largest first: the texts are made with the first unit that divides the value
constexpr std::array duration_units{Unit{"d", 86'400'000}, Unit{"h", 3'600'000}, Unit{"m", 60'000},
                                    Unit{"s", 1000}, Unit{"ms", 1}};
constexpr std::array size_units{Unit{"GiB", 1 << 30}, Unit{"MiB", 1 << 20}, Unit{"KiB", 1 << 10},
                                Unit{"B", 1}};

template <std::size_t N>
std::optional<std::int64_t> quantity(std::string_view text, const std::array<Unit, N>& units) {
    std::int64_t number = 0;
    const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (code != std::errc() || number < 0) return std::nullopt;
    const std::string_view rest(end, static_cast<std::size_t>(text.data() + text.size() - end));
    const auto unit = std::ranges::find(units, rest, &Unit::name);
    if (unit == units.end() || number > std::numeric_limits<std::int64_t>::max() / unit->factor)
        return std::nullopt;
    return number * unit->factor;
}

template <std::size_t N>
std::string quantity_text(std::int64_t value, const std::array<Unit, N>& units, std::string_view zero_unit) {
    if (value == 0) return "0" + std::string(zero_unit);
    const auto unit = std::ranges::find_if(units, [&](const Unit& u) { return value % u.factor == 0; });
    return std::to_string(value / unit->factor) + std::string(unit->name);
}

std::optional<std::uint16_t> port_number(std::string_view text) {
    unsigned value = 0;
    const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (code != std::errc() || end != text.data() + text.size() || value == 0 || value > 65535)
        return std::nullopt;
    return static_cast<std::uint16_t>(value);
}

bool is_address(std::string_view text) {
    boost::system::error_code ec;
    boost::asio::ip::make_address(std::string(text), ec);
    return !ec;
}

bool is_host_name(std::string_view text) {
    constexpr std::size_t longest_name = 253;  // RFC 1035
    if (text.empty() || text.size() > longest_name || text.front() == '.' || text.front() == '-')
        return false;
    const bool letters = std::ranges::all_of(
        text, [](unsigned char c) { return std::isalnum(c) != 0 || c == '-' || c == '.' || c == '_'; });
    // only digits and dots, yet no address: a mistyped address rather than a name
    const bool numeric =
        std::ranges::all_of(text, [](unsigned char c) { return std::isdigit(c) != 0 || c == '.'; });
    return letters && !numeric && text.find("..") == std::string_view::npos;
}

struct HostAndPort {
    std::string_view host;
    std::optional<std::string_view> port;
};

HostAndPort split_port(std::string_view text) {
    if (text.starts_with('[')) {
        const auto close = text.find(']');
        if (close == std::string_view::npos) return {text, std::nullopt};
        const auto rest = text.substr(close + 1);
        if (rest.empty()) return {text.substr(1, close - 1), std::nullopt};
        if (rest.front() == ':') return {text.substr(1, close - 1), rest.substr(1)};
        return {text, std::nullopt};
    }
    const auto colon = text.rfind(':');
    if (colon == std::string_view::npos || text.find(':') != colon) return {text, std::nullopt};
    return {text.substr(0, colon), text.substr(colon + 1)};
}

}  // namespace

std::string HostPort::text() const {
    const bool v6 = host.find(':') != std::string::npos;
    return (v6 ? '[' + host + ']' : host) + ':' + std::to_string(port);
}

std::string Subnet::text() const { return address + '/' + std::to_string(prefix); }

Result<milliseconds> parse_duration(std::string_view text) {
    if (digits_only(text)) return bad("give a unit: " + std::string(text) + "s");
    const auto value = quantity(text, duration_units);
    if (!value) return bad();
    return milliseconds(*value);
}

std::string duration_text(milliseconds duration) {
    return quantity_text(duration.count(), duration_units, "s");
}

Result<std::uint64_t> parse_size(std::string_view text) {
    if (digits_only(text)) return bad("give a unit: " + std::string(text) + "B, or KiB, MiB");
    const auto value = quantity(text, size_units);
    if (!value) return bad();
    return static_cast<std::uint64_t>(*value);
}

std::string size_text(std::uint64_t bytes) {
    return quantity_text(static_cast<std::int64_t>(bytes), size_units, "B");
}

Result<HostPort> parse_host_port(std::string_view text, std::uint16_t default_port) {
    if (text.find("://") != std::string_view::npos) return bad("leave out the scheme before \"://\"");
    const auto parts = split_port(text);
    auto port = std::optional<std::uint16_t>(default_port);
    if (parts.port) port = port_number(*parts.port);
    if (!port) return bad("ports are numbers from 1 to 65535");
    auto host = parse_host(parts.host);
    if (!host) return std::move(host).error();
    return HostPort(std::move(*host), *port);
}

Result<HostPort> parse_listen(std::string_view text, std::uint16_t default_port) {
    auto parsed = parse_host_port(text, default_port);
    if (parsed && parsed->host != "localhost" && !is_address(parsed->host))
        return bad("use an address of this machine, or 0.0.0.0 for all");
    return parsed;
}

Result<std::string> parse_host(std::string_view text) {
    if (text.starts_with('[') && text.ends_with(']')) text = text.substr(1, text.size() - 2);
    if (!is_address(text) && !is_host_name(text)) return bad();
    return lower(text);
}

Result<Subnet> parse_subnet(std::string_view text) {
    const auto slash = text.find('/');
    if (slash == std::string_view::npos) return bad("add the prefix length, such as /24");
    boost::system::error_code ec;
    const auto address = boost::asio::ip::make_address_v4(std::string(text.substr(0, slash)), ec);
    const auto length = text.substr(slash + 1);
    int prefix = -1;
    const auto [end, code] = std::from_chars(length.data(), length.data() + length.size(), prefix);
    if (ec || code != std::errc() || end != length.data() + length.size() || prefix < 0 || prefix > 32)
        return bad();
    if (prefix < widest_subnet_prefix)
        return bad("networks wider than /20 take too long to search: name smaller ones");
    const auto mask = prefix == 0 ? 0U : ~0U << (32 - prefix);
    return Subnet(boost::asio::ip::address_v4(address.to_uint() & mask).to_string(), prefix);
}

Result<std::string> parse_uuid(std::string_view text) {
    std::string out = lower(text);
    std::erase(out, '-');
    const bool hex = std::ranges::all_of(out, [](unsigned char c) { return std::isxdigit(c) != 0; });
    if (out.size() != 32 || !hex) return bad();
    return out;
}

Result<std::string> parse_topic(std::string_view text) {
    if (text.empty()) return bad("it must not be empty");
    if (text.find_first_of("+#") != std::string_view::npos) return bad("\"+\" and \"#\" are wildcards");
    if (text.front() == '$') return bad("topics with \"$\" in front belong to the broker");
    if (text.front() == '/' || text.back() == '/' || text.find("//") != std::string_view::npos)
        return bad("no \"/\" in front, at the end or twice in a row");
    const bool printable = std::ranges::none_of(text, [](unsigned char c) { return std::iscntrl(c) != 0; });
    if (!printable || !mqtt::valid_topic(text)) return bad();
    return std::string(text);
}

Result<std::string> parse_name(std::string_view text) {
    if (text.empty()) return bad("it must not be empty; leave it out instead");
    if (std::ranges::any_of(text, [](unsigned char c) { return std::iscntrl(c) != 0; }))
        return bad("no control characters");
    return std::string(text);
}

}  // namespace lanbridge::app
