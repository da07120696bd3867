#include "app/config/digest.hpp"

#include "app/config/option_build.hpp"
#include "lanbridge/base/bytes.hpp"
#include "lanbridge/base/crypto.hpp"

namespace lanbridge::app {

OrderedJson config_json(const Config& config) { return show_members(option_tree(), &config); }

std::string config_digest(const Config& config) {
    constexpr std::size_t digest_digits =
        16;  // enough to tell configurations apart, short enough to compare by eye
    return to_hex(crypto::sha256(as_bytes(dump_json(config_json(config))))).substr(0, digest_digits);
}

std::vector<std::string_view> changed_sections(const Config& before, const Config& after) {
    std::vector<std::string_view> out;
    if (before.mqtt != after.mqtt) out.emplace_back("mqtt");
    if (before.embedded_broker != after.embedded_broker) out.emplace_back("embedded_broker");
    if (before.homeassistant != after.homeassistant) out.emplace_back("homeassistant");
    if (before.meross != after.meross) out.emplace_back("meross");
    if (before.xiaomi != after.xiaomi) out.emplace_back("xiaomi");
    if (before.log != after.log) out.emplace_back("log");
    return out;
}

}  // namespace lanbridge::app
