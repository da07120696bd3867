#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "lanbridge/base/json.hpp"

// What is known of every namespace. Facts: docs/protocols/meross.md, "Namespaces".
namespace lanbridge::meross {

/// How a namespace is asked for.
enum class GetShape : std::uint8_t {
    none,        ///< no GET known
    dict,        ///< {key:{}}
    dict_c,      ///< {key:{"channel":0}}
    list,        ///< {key:[]}
    list_c,      ///< {key:[{"channel":0},…]}
    list_sx,     ///< {key:[{"channel":0,"data":[…]}]}
    push_query,  ///< PUSH {}
    dict_id,     ///< {key:{"id":…}}: one object, by its id
};

/// What tells the objects of a payload apart.
enum class IndexKey : std::uint8_t { none, channel, id, sub_id };

/// Known, refuted or never seen: a missing letter in the sources is no proof of absence.
enum class Seen : std::uint8_t { unknown, yes, no };

enum class Strategy : std::uint8_t { none, all, default_, smart, lazy, once, diagnostic, chunked, on_demand };

struct Namespace {
    std::string_view name;  ///< full: "Appliance.Control.ToggleX"
    std::string_view key;   ///< payload member; "" = none or unknown
    IndexKey index = IndexKey::none;
    GetShape shape = GetShape::none;
    Seen get = Seen::unknown;
    Seen set = Seen::unknown;
    Seen push = Seen::unknown;
    Seen push_query = Seen::unknown;
    bool do_not_probe = false;
    bool hub = false;  ///< the meaning when spoken to a hub
    Strategy strategy = Strategy::none;
    int period_s = 300;
    int cloud_period_s = 1195;
    int base_size = 300;  ///< expected characters of an answer
    int item_size = 0;    ///< more per channel or item
    int chunk = 0;        ///< strategy chunked: sub-devices per request
};

/// Sorted by name, then device before hub.
std::span<const Namespace> namespaces() noexcept;
/// The row for this name, on a hub preferring the hub's row; nullptr when unknown.
const Namespace* find_namespace(std::string_view name, bool hub = false) noexcept;

/// What an unknown namespace probably wants.
struct NamespaceGuess {
    std::string key;
    IndexKey index = IndexKey::none;
    GetShape shape = GetShape::dict;
};
NamespaceGuess guess_namespace(std::string_view name);

std::string_view index_member(IndexKey index) noexcept;
/// The default GET payload of a namespace, known or not, for these channels.
Json default_get_payload(std::string_view name, std::span<const int> channels, bool hub = false);

}  // namespace lanbridge::meross
