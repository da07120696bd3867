#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "agent/journal.hpp"
#include "agent/paths.hpp"
#include "lanbridge/base/secret.hpp"

namespace lanbridge::agent {

/// openmiio_agent's arguments: `name` or `name=value`, split at the first `=` that is not in first place; the
/// last value wins, unknown names mean nothing.
using Arguments = std::map<std::string, std::string>;
Arguments parse_arguments(const std::vector<std::string>& words);

/// What the arguments ask for. The first three groups are openmiio_agent's own; the last is ours.
struct Settings {
    bool miio = false;
    bool mqtt = false;
    bool cache = false;
    bool central = false;
    bool z3 = false;

    std::string zigbee_tcp;               ///< --zigbee.tcp: a port; "" = off
    std::optional<unsigned> zigbee_baud;  ///< --zigbee.baud: no probing; only 38400 and 115200 can be opened
    std::string mqtt_sub;                 ///< --mqtt.sub: one more subscription

    Levels levels;  ///< --log.level and --log.PART

    std::vector<std::string> zigbee_allow;  ///< --zigbee.allow: networks as CIDR; empty = everybody
    std::optional<std::chrono::seconds>
        zigbee_return;       ///< --zigbee.return: vendor's software comes back; none = never
    std::string zigbee_tty;  ///< --zigbee.tty: another serial device than the model's
    std::string mqtt_bind;   ///< --mqtt.bind: the one address that the LAN reaches the broker at; "" = all
    std::string mqtt_user;   ///< --mqtt.user, --mqtt.pass (a value or @FILE): asked of the LAN
    Secret mqtt_pass;        ///< given exactly where the user is
    bool mqtt_local =
        false;  ///< the LAN shall not reach the broker: asked for, or what was asked is not understood
    std::uint64_t lua_budget = 10'000'000;  ///< --lua.budget: VM instructions a call
    Paths paths;                            ///< --root: prefix of /etc, /tmp, /dev, /sys, /proc, /bin
    std::uint16_t broker_port = 1883;       ///< --mqtt.port
    std::uint16_t cloud_port = 54322;       ///< --miio.port
    std::vector<std::string> mistakes;      ///< what was wrong and is not followed, for the log
};
/// A bad value of openmiio_agent's own arguments is ignored, as ever. One of ours is a mistake, and what it
/// was to protect stays closed.
Settings make_settings(const Arguments& arguments);

}  // namespace lanbridge::agent
