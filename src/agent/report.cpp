#include "agent/report.hpp"

#include <fmt/format.h>

#include <span>

#include "agent/json/json_text.hpp"
#include "agent/serial.hpp"
#include "lanbridge/base/files.hpp"

namespace lanbridge::agent {
namespace {

/// What integrations show as the agent's version, and what they know the features of.
constexpr std::string_view version = "1.2.1";
constexpr std::size_t counters_limit = 64 * 1024;

/// Which port of which file belongs to which chip.
struct SerialUse {
    Gateway::Kind kind;
    std::string_view file;
    std::string_view name;
    unsigned port;
};
constexpr std::string_view uart = "/proc/tty/driver/serial";
constexpr std::string_view ms_uart = "/proc/tty/driver/ms_uart";
constexpr std::array uses{SerialUse{Gateway::Kind::mgw, uart, "bluetooth", 1},
                          SerialUse{Gateway::Kind::mgw, uart, "zigbee", 2},
                          SerialUse{Gateway::Kind::e1, ms_uart, "zigbee", 1},
                          SerialUse{Gateway::Kind::mgw2, ms_uart, "bluetooth", 2},
                          SerialUse{Gateway::Kind::mgw2, ms_uart, "zigbee", 1}};

/// A JSON object of members that are there only where they say something.
class Members {
public:
    Members& text(std::string_view name, std::string_view value) {
        if (!value.empty()) raw(name, quote(value));
        return *this;
    }
    Members& number(std::string_view name, std::uint32_t value) {
        if (value != 0) raw(name, std::to_string(value));
        return *this;
    }
    Members& raw(std::string_view name, std::string_view json) {
        if (!body_.empty()) body_ += ',';
        body_ += fmt::format("\"{}\":{}", name, json);
        return *this;
    }
    std::string done() const { return '{' + body_ + '}'; }

private:
    std::string body_;
};

std::string uptime_since(const std::optional<Moment>& since, Moment now) {
    return since ? uptime_text(now - *since) : std::string();
}

std::string miio_text(const MiioReport& miio, Moment now) {
    Members members;
    members.number("cloud_starts", miio.cloud_starts).text("cloud_state", miio.cloud_state);
    if (!miio.cloud_state.empty()) members.text("cloud_uptime", uptime_since(miio.cloud_since, now));
    return members.done();
}

std::string zigbee_text(const ZigbeeReport& zigbee, Moment now) {
    return Members()
        .text("tcp_remote", zigbee.tcp_remote)
        .number("tcp_starts", zigbee.tcp_starts)
        .text("tcp_uptime", uptime_since(zigbee.tcp_since, now))
        .number("z3_starts", zigbee.z3_starts)
        .text("z3_uptime", uptime_since(zigbee.z3_since, now))
        .done();
}

}  // namespace

std::string uptime_text(TimeSource::Clock::duration period) {
    const auto milliseconds = std::chrono::duration_cast<std::chrono::milliseconds>(period).count();
    const auto rounded = (milliseconds + 500) / 1000;  // half up: periods are not negative
    const auto hours = rounded / 3600, minutes = rounded / 60 % 60;
    std::string out;
    if (hours > 0) out += fmt::format("{}h", hours);
    if (rounded >= 60) out += fmt::format("{}m", minutes);
    return out + fmt::format("{}s", rounded % 60);
}

Report::Report(Gateway gateway, Paths paths, Moment started)
    : gateway_(std::move(gateway)), paths_(std::move(paths)), started_(started) {}

std::string Report::text(Moment now) const {
    Members gateway, agent, all;
    gateway.raw("firmware", quote(gateway_.firmware)).raw("model", quote(gateway_.model));
    agent.text("uptime", uptime_text(now - started_)).text("version", version);
    all.raw("gateway", gateway.done());
    if (miio) all.raw("miio", miio_text(*miio, now));
    all.raw("openmiio", agent.done()).raw("serial", serial_text());
    if (zigbee) all.raw("zigbee", zigbee_text(*zigbee, now));
    return all.done();
}

std::string Report::serial_text() const {
    Members members;
    std::string_view read;
    std::vector<SerialPort> ports;
    for (const auto& use : uses) {
        if (use.kind != gateway_.kind()) continue;
        if (read != use.file) {
            read = use.file;
            if (const auto text = read_file(paths_.at(use.file), counters_limit)) ports = serial_ports(*text);
        }
        for (const auto& port : ports) {
            if (port.index != use.port) continue;
            members.number(fmt::format("{}_rx", use.name), port.rx)
                .number(fmt::format("{}_tx", use.name), port.tx)
                .number(fmt::format("{}_oe", use.name), port.overruns);
        }
    }
    return members.done();
}

}  // namespace lanbridge::agent
