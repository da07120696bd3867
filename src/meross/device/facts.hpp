#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "lanbridge/base/error.hpp"
#include "lanbridge/base/json.hpp"
#include "lanbridge/meross/device_options.hpp"
#include "lanbridge/meross/protocol/message.hpp"
#include "lanbridge/meross/protocol/time_rules.hpp"

namespace lanbridge::meross {

/// The vendor's MQTT port, meant where a device names none.
inline constexpr int default_broker_port = 443;

/// What a device says of itself in System.All and System.Ability, and what its user wants of it. A value;
/// features are built from it.
struct Facts {
    // hardware
    std::string type;      ///< "mss310"
    std::string sub_type;  ///< "eu"
    std::string hardware_version;
    Uuid uuid;
    std::string mac;  ///< lower case with colons
    // firmware
    std::string firmware_version;
    std::string inner_ip;
    std::string user_id;
    std::string server;  ///< the broker it is bound to; "" = not told
    int server_port = default_broker_port;
    int online_status = -1;  ///< 1 = the device has a broker session
    DeviceTime time;
    std::int64_t clock = 0;         ///< the device's clock when it said all this, epoch seconds
    Json digest = Json::object();   ///< firmware 1.x: its `control` object
    Json ability = Json::object();  ///< namespace -> parameters
    DeviceOptions options;          ///< from the configuration

    bool has(std::string_view name_space) const { return ability.contains(name_space); }
    bool firmware_at_least(std::string_view version) const;
    int max_cmd_num() const;  ///< of Control.Multiple; 0 = never send it
    /// How often a request is sent in all to a device that hangs up without an answer.
    int tries() const noexcept;
};

/// `all` is the payload of a System.All answer, with or without its `{"all":…}` wrapper.
/// Errors: `malformed` when it names no uuid.
Result<Facts> parse_facts(const Json& all, const Json& ability);

/// A piece of the digest in the shape of the namespace that it stands for.
struct DigestPart {
    DigestPart(std::string_view ns, Json p) : name_space(ns), payload(std::move(p)) {}
    std::string name_space;
    Json payload;
};
std::vector<DigestPart> split_digest(const Json& digest);
/// Keys that `split_digest` knows nothing of, for one line in the log.
std::vector<std::string> unknown_digest_keys(const Json& digest);

/// "Smart Plug" for "mss310"; the type itself when unknown.
std::string product_name(std::string_view type);
/// "Refoss" for its types, else "Meross".
std::string_view manufacturer_of(std::string_view type) noexcept;

}  // namespace lanbridge::meross
