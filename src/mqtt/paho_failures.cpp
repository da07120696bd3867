#include "mqtt/paho_failures.hpp"

#include <algorithm>
#include <array>

namespace lanbridge::mqtt {
namespace {

/// CONNACK codes: below 128 those of MQTT 3.1.1, from 128 those of MQTT 5.
struct Row {
    int code;
    ConnectFailure kind;
    std::string_view text;
};
constexpr std::array rows{
    Row{1, ConnectFailure::protocol, "does not speak this version of MQTT"},
    Row{2, ConnectFailure::refused, "refuses the client id"},
    Row{3, ConnectFailure::refused, "is unavailable"},
    Row{4, ConnectFailure::login, "bad user name or password"},
    Row{5, ConnectFailure::login, "not authorized"},
    Row{128, ConnectFailure::refused, "unspecified error"},
    Row{129, ConnectFailure::protocol, "malformed packet"},
    Row{130, ConnectFailure::protocol, "protocol error"},
    Row{132, ConnectFailure::protocol, "does not speak this version of MQTT"},
    Row{133, ConnectFailure::refused, "refuses the client id"},
    Row{134, ConnectFailure::login, "bad user name or password"},
    Row{135, ConnectFailure::login, "not authorized"},
    Row{136, ConnectFailure::refused, "is unavailable"},
    Row{137, ConnectFailure::refused, "is busy"},
    Row{138, ConnectFailure::refused, "has banned this client"},
    Row{140, ConnectFailure::login, "wants another way of authentication"},
};

const Row* find_row(int code) {
    const auto row = std::ranges::find(rows, code, &Row::code);
    return row == rows.end() ? nullptr : &*row;
}

}  // namespace

ConnectFailure classify_failure(int code, const std::string& text) {
    if (const Row* row = find_row(code)) return row->kind;
    if (code > 0) return ConnectFailure::refused;
    const bool no_connection = text.find("TCP/TLS connect failure") != std::string::npos ||
                               text.find("timeout") != std::string::npos ||
                               text.find("SSL") != std::string::npos;
    return no_connection ? ConnectFailure::unreachable : ConnectFailure::dropped;
}

std::string describe_failure(int code, const std::string& text) {
    if (const Row* row = find_row(code)) return std::string(row->text);
    if (code > 0) return "refuses with code " + std::to_string(code);
    if (text.find("timeout") != std::string::npos) return "gives no answer in time";
    if (text.find("completion failure") != std::string::npos)
        return "closes the connection without an answer";
    if (text.find("TCP/TLS connect failure") != std::string::npos) return "cannot be reached";
    return text.empty() ? "cannot be reached" : text;
}

}  // namespace lanbridge::mqtt
