#include "agent/serial.hpp"

#include <charconv>
#include <optional>

namespace lanbridge::agent {
namespace {

template <class Number>
std::optional<Number> number_at(std::string_view text) {
    Number number = 0;
    const auto [end, ec] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (ec != std::errc()) return std::nullopt;
    return number;
}

std::optional<std::uint32_t> counter(std::string_view line, std::string_view name) {
    const auto at = line.find(name);
    if (at == line.npos) return std::nullopt;
    const auto number = number_at<std::int64_t>(line.substr(at + name.size()));
    if (!number) return std::nullopt;
    return static_cast<std::uint32_t>(*number);
}

std::optional<SerialPort> port_of(std::string_view line) {
    const auto colon = line.find(':');
    const auto index = number_at<unsigned>(line);
    const auto tx = counter(line, " tx:");
    const auto rx = counter(line, " rx:");
    if (colon == line.npos || !index || !tx || !rx) return std::nullopt;
    SerialPort port;
    port.index = *index;
    port.tx = *tx;
    port.rx = *rx;
    port.overruns = counter(line, " oe:").value_or(0);
    return port;
}

}  // namespace

std::vector<SerialPort> serial_ports(std::string_view text) {
    std::vector<SerialPort> ports;
    while (!text.empty()) {
        const auto end = text.find('\n');
        if (const auto port = port_of(text.substr(0, end))) ports.push_back(*port);
        if (end == text.npos) break;
        text.remove_prefix(end + 1);
    }
    return ports;
}

}  // namespace lanbridge::agent
