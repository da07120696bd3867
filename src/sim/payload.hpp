#pragma once

#include <span>
#include <string_view>

#include "lanbridge/base/json.hpp"
#include "lanbridge/meross/protocol/namespaces.hpp"

// What devices do with the payloads of GET and SET, whatever the namespace.
namespace lanbridge::sim {

/// Channel number that means all of them.
inline constexpr int every_channel = 65535;

/// Where System.All shows the state of a namespace.
struct DigestRow {
    std::string_view group;  ///< member of the digest that holds `member`; "" = the digest itself
    std::string_view member;
    std::string_view name_space;
    std::string_view key;  ///< of the namespace's payload
    bool whole = false;    ///< the digest shows all of it, not only the members it has
};
std::span<const DigestRow> digest_rows() noexcept;
/// The digest, which old firmware calls `control`; nullptr when there is none.
Json* digest_of(Json& all);
const Json* digest_of(const Json& all);
/// What the digest says of a row's namespace; nullptr when nothing.
const Json* digest_value(const Json& all, const DigestRow& row);

/// How a namespace is spoken to, taken from the table or guessed.
struct Grammar {
    Grammar(std::string_view name_space, bool hub);
    std::string_view name;
    std::string key;
    std::string_view index;  ///< member that tells items apart
    meross::GetShape shape;
    bool pushes;
    bool push_query;
    bool get;              ///< false: known to ignore GET
    bool samples = false;  ///< a GET must name subdevices and kinds of samples
};

/// The key under which `payload` holds its content, where it differs from the grammar's.
std::string content_key(const Json& payload, const Grammar& grammar);

enum class Asked : std::uint8_t { everything, items, nothing, wrong_key };
/// What a GET asks for. `all_by_65535`: this firmware knows the channel that means all.
Asked classify_get(const Json& request, const Grammar& grammar, const std::string& key, bool all_by_65535);
/// The items of `payload` that `request` lists.
Json pick_items(const Json& payload, const Json& request, const std::string& key, std::string_view index);
/// True when a request has the shape that the namespace wants, so that silence means something.
bool proper_get(const Json& request, const Grammar& grammar);

/// Object or list of objects, as a list of pointers.
std::vector<const Json*> items_of(const Json& content);
std::vector<Json*> items_of(Json& content);
/// The item with this index value; a single object without the index member is the one.
Json* find_item(Json& content, std::string_view index, const Json& value);

/// Writes the members of `patch` that `target` has already. True when something changed.
bool merge_existing(Json& target, const Json& patch);
/// The same item by item; `add`: unknown items and members are taken too (PUSH), else they are left out
/// (SET). False when an item is unknown and may not be added.
bool merge_items(Json& content, const Json& patch, std::string_view index, bool add);
/// True when there is nothing in it that could replace a state.
bool carries_nothing(const Json& payload);

}  // namespace lanbridge::sim
