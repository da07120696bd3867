#include "agent/gateway.hpp"

#include <algorithm>
#include <array>

#include "lanbridge/base/files.hpp"

namespace lanbridge::agent {
namespace {

constexpr std::size_t file_limit = 64 * 1024;  // real ones have about 2 KiB

struct Model {
    std::string_view name;
    Gateway::Kind kind;
};
constexpr std::array models{
    Model{"lumi.gateway.mgl03", Gateway::Kind::mgw},   Model{"lumi.gateway.aqcn02", Gateway::Kind::e1},
    Model{"lumi.gateway.aqcn03", Gateway::Kind::e1},   Model{"lumi.gateway.mcn001", Gateway::Kind::mgw2},
    Model{"lumi.gateway.mgl001", Gateway::Kind::mgw2}, Model{"lumi.gateway.acn004", Gateway::Kind::m1s}};

/// `value_after` without what does not belong to the line: an empty value, or one with a carriage return.
std::string line_value(std::string_view text, std::string_view key) {
    auto value = value_after(text, key);
    value.resize(std::min(value.find_first_of("\r\n"), value.size()));
    return value;
}

}  // namespace

std::string value_after(std::string_view text, std::string_view key) {
    const auto at = text.find(key, 1);
    if (at == text.npos) return {};
    const auto value = text.substr(at + key.size());
    const auto end = value.find('\n');
    // an empty value takes the rest, as in openmiio_agent
    return std::string(end == 0 ? value : value.substr(0, end));
}

Gateway detect_gateway(const Paths& paths) {
    Gateway out;
    if (const auto properties = read_file(paths.at("/etc/build.prop"), file_limit)) {
        out.model = line_value(*properties, "ro.sys.model=");
        out.firmware = line_value(*properties, "ro.sys.mi_fw_ver=") + "_" +
                       line_value(*properties, "ro.sys.mi_build_num=");
    } else if (const auto info = read_file(paths.at("/etc/rootfs_fw_info"), file_limit)) {
        out.model = "lumi.gateway.mgl03";
        out.firmware = line_value(*info, "version=");
    }
    return out;
}

Gateway::Kind Gateway::kind() const noexcept {
    const auto* found =
        std::find_if(models.begin(), models.end(), [this](const Model& row) { return row.name == model; });
    return found == models.end() ? Kind::unknown : found->kind;
}

bool Gateway::has_old_broker() const noexcept { return kind() == Kind::mgw && firmware < "1.5.5"; }

bool Gateway::has_old_zigbee() const noexcept { return kind() == Kind::mgw && firmware <= "1.4.6"; }

}  // namespace lanbridge::agent
