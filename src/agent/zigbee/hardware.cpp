#include "agent/zigbee/hardware.hpp"

namespace lanbridge::agent {
namespace {

using Kind = Gateway::Kind;

struct Row {
    Kind kind;
    ZigbeeHardware hardware;
};

/// Some owners of the first Multimode Gateway gave the chip a firmware that talks at 38400 baud.
constexpr std::array rows{
    Row{Kind::mgw,
        {"Lumi_Z3GatewayHost_MQTT",
         "-n 1 -b 115200 -p",
         "-d /data/silicon_zigbee_host/ -r c",
         "/dev/ttyS2",
         false,
         "/sys/class/gpio/gpio18/value",
         "1",
         {115200, 38400}}},
    Row{Kind::e1,
        {"mZ3GatewayHost_MQTT",
         "-p",
         "-d /data/",
         "/dev/ttyS1",
         true,
         "/sys/class/gpio/gpio44/value",
         "0",
         {115200, 0}}},
    Row{Kind::mgw2,
        {"mZ3GatewayHost_MQTT",
         "-p",
         "-d /data/zigbee_host/ -r c",
         "/dev/ttyS1",
         true,
         "/sys/class/gpio/gpio44/value",
         "0",
         {115200, 0}}},
};

void append_words(std::vector<std::string>& to, std::string_view text) {
    while (!text.empty()) {
        const auto end = text.find(' ');
        to.emplace_back(text.substr(0, end));
        text.remove_prefix(end == text.npos ? text.size() : end + 1);
    }
}

}  // namespace

std::vector<std::string> ZigbeeHardware::command(const std::string& serial_device) const {
    std::vector<std::string> words{std::string(program)};
    append_words(words, before_device);
    words.push_back(serial_device);
    append_words(words, after_device);
    return words;
}

ZigbeeChoice choose_zigbee(const Gateway& gateway) {
    const auto kind = gateway.kind();
    if (kind == Kind::m1s) return {nullptr, "Zigbee of the Aqara M1S 2022 is not supported"};
    if (gateway.has_old_zigbee())  // with another program and another protocol
        return {nullptr, "Zigbee needs a gateway firmware later than 1.4.6"};
    for (const auto& row : rows)
        if (row.kind == kind) return {&row.hardware, {}};
    return {};
}

}  // namespace lanbridge::agent
