#include "app/config/unbuilt.hpp"

#include <array>
#include <string_view>

namespace lanbridge::app {
namespace {

bool wrote(const Config& config, std::string_view path) { return config.written.contains(std::string(path)); }

bool xiaomi(const Config& config) {
    return !config.xiaomi.gateways.empty() || !config.xiaomi.devices.empty() ||
           (config.xiaomi.discover_udp && wrote(config, "xiaomi.discovery.udp"));
}

struct Unbuilt {
    bool (*wanted)(const Config&);
    std::string_view sentence;
};

// A row goes when its part is built.
constexpr std::array rows{
    Unbuilt{
        &xiaomi,
        "xiaomi: Xiaomi gateways and miIO devices are not in this version yet; the section has no effect"},
};

}  // namespace

std::vector<std::string> unbuilt_parts(const Config& config) {
    std::vector<std::string> out;
    for (const auto& row : rows)
        if (row.wanted(config)) out.emplace_back(row.sentence);
    return out;
}

}  // namespace lanbridge::app
