#include "agent/zigbee/probe.hpp"

namespace lanbridge::agent {
namespace {

/// "I have been reset, by software", at version 2 of the protocol.
constexpr std::string_view answer{"\x1a\xc1\x02\x0b\x0a\x52\x7e", 7};
constexpr std::string_view boot_loader_name = "Gecko Bootloader";

}  // namespace

ZigbeeProbe::Verdict ZigbeeProbe::feed(std::string_view bytes) {
    heard_.append(bytes.substr(0, room()));
    if (heard_.find(answer) != std::string::npos) return Verdict::ok;
    if (heard_.find(boot_loader_name) != std::string::npos) return Verdict::boot_loader;
    return bytes.empty() || room() == 0 ? Verdict::fail : Verdict::more;
}

}  // namespace lanbridge::agent
