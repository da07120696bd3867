#include "lanbridge/mqtt/broker_url.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

#include "lanbridge/base/bytes.hpp"

namespace lanbridge::mqtt {
namespace {

struct Scheme {
    std::string_view prefix;
    bool tls;
    std::uint16_t port;
};
constexpr std::array schemes{Scheme{"mqtt://", false, 1883}, Scheme{"tcp://", false, 1883},
                             Scheme{"mqtts://", true, 8883}, Scheme{"ssl://", true, 8883}};

constexpr std::string_view expected = "expected mqtt://[user[:password]@]host[:port] or mqtts://…";

Error bad_url(std::string_view why) {
    return Error(Errc::invalid_value, "broker URL: " + std::string(why) + "; " + std::string(expected));
}

std::optional<std::string> percent_decoded(std::string_view text) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '%') {
            out.push_back(text[i]);
            continue;
        }
        if (i + 2 >= text.size()) return std::nullopt;
        const auto byte = from_hex(text.substr(i + 1, 2));
        if (!byte || byte->front() == 0) return std::nullopt;
        out.push_back(static_cast<char>(byte->front()));
        i += 2;
    }
    return out;
}

Result<void> read_login(std::string_view login, BrokerUrl& url) {
    const auto colon = login.find(':');
    auto user = percent_decoded(login.substr(0, colon));
    auto password = percent_decoded(colon == login.npos ? std::string_view() : login.substr(colon + 1));
    if (!user || !password) return bad_url("a '%' in user or password is not followed by two hex digits");
    if (user->empty()) return bad_url("the user before '@' is empty");
    url.username = std::move(*user);
    url.password = Secret(std::move(*password));
    return {};
}

Result<void> read_port(std::string_view text, BrokerUrl& url) {
    unsigned port = 0;
    const auto [end, ec] = std::from_chars(text.data(), text.data() + text.size(), port);
    if (ec != std::errc() || end != text.data() + text.size() || port == 0 || port > 65535)
        return bad_url("'" + std::string(text) + "' is no port between 1 and 65535");
    url.port = static_cast<std::uint16_t>(port);
    return {};
}

bool host_character(char c) {
    const bool alphanumeric = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    return alphanumeric || c == '-' || c == '.' || c == '_' || c == ':' || c == '%';
}

Result<void> read_address(std::string_view text, BrokerUrl& url) {
    std::string_view host = text.substr(0, text.find(':'));
    std::string_view rest = text.substr(host.size());
    if (text.starts_with('[')) {
        const auto end = text.find(']');
        if (end == text.npos) return bad_url("'[' without ']'");
        host = text.substr(1, end - 1);
        rest = text.substr(end + 1);
    }
    if (host.empty()) return bad_url("the host is missing");
    if (!std::ranges::all_of(host, host_character))
        return bad_url("'" + std::string(host) + "' is no host name");
    url.host = std::string(host);
    if (rest.empty()) return {};
    if (!rest.starts_with(':')) return bad_url("'" + std::string(rest) + "' after the host");
    return read_port(rest.substr(1), url);
}

}  // namespace

std::string BrokerUrl::display() const {
    const bool v6 = host.find(':') != std::string::npos;
    return std::string(tls ? "mqtts://" : "mqtt://") + (v6 ? "[" + host + "]" : host) + ":" +
           std::to_string(port);
}

Result<BrokerUrl> parse_broker_url(std::string_view text) {
    const auto scheme =
        std::ranges::find_if(schemes, [&](const Scheme& s) { return text.starts_with(s.prefix); });
    if (scheme == schemes.end()) return bad_url("unknown scheme");
    BrokerUrl url;
    url.tls = scheme->tls;
    url.port = scheme->port;

    std::string_view rest = text.substr(scheme->prefix.size());
    if (const auto at = rest.rfind('@'); at != rest.npos) {
        if (auto login = read_login(rest.substr(0, at), url); !login) return std::move(login).error();
        rest = rest.substr(at + 1);
    }
    if (rest.ends_with('/')) rest.remove_suffix(1);
    if (rest.find('/') != rest.npos) return bad_url("a path after the host has no meaning");
    if (auto address = read_address(rest, url); !address) return std::move(address).error();
    return url;
}

}  // namespace lanbridge::mqtt
