#include "agent/blot.hpp"

#include <algorithm>
#include <array>

namespace lanbridge::agent {
namespace {

/// As they occur in the gateway's messages: whole names of members.
constexpr std::array<std::string_view, 15> names{"app_key", "appkey",  "beacon_key", "beaconkey", "bind_key",
                                                 "bindkey", "dev_key", "devkey",     "ltmk",      "net_key",
                                                 "netkey",  "passwd",  "password",   "psk",       "token"};

static_assert(std::is_sorted(names.begin(), names.end()));

bool is_secret(std::string_view name) { return std::binary_search(names.begin(), names.end(), name); }

struct Range {
    std::size_t begin = 0;
    std::size_t end = 0;
};

/// Up to the quote that is escaped no deeper than the opening one was.
Range quoted_value(std::string_view text, std::size_t begin, std::size_t depth) {
    for (auto quote = text.find('"', begin); quote != text.npos; quote = text.find('"', quote + 1)) {
        std::size_t slashes = 0;
        while (quote - slashes > begin && text[quote - slashes - 1] == '\\') ++slashes;
        if (slashes <= depth) return {begin, quote - slashes};
    }
    return {begin, text.size()};
}

/// Of the scalar that follows a member's name, of which `at` is the end; empty where there is none.
Range value_behind(std::string_view text, std::size_t at) {
    const auto colon = text.find_first_not_of("\\\" ", at);
    if (colon == text.npos || text[colon] != ':') return {};
    const auto first = text.find_first_not_of(' ', colon + 1);
    if (first == text.npos || text[first] == '{' || text[first] == '[') return {};
    const auto quote = text.find_first_not_of('\\', first);
    if (quote != text.npos && text[quote] == '"') return quoted_value(text, quote + 1, quote - first);
    return {first, std::min(text.find_first_of(",}]\" ", first), text.size())};
}

}  // namespace

std::string blotted(std::string_view text) {
    std::string out;
    std::size_t copied = 0;
    // A name begins behind a quote and ends at the next quote or, inside quoted JSON, at its backslash.
    for (auto quote = text.find('"'); quote != text.npos; quote = text.find('"', quote + 1)) {
        const auto begin = quote + 1;
        const auto end = text.find_first_of("\"\\", begin);
        if (end == text.npos) break;
        if (quote < copied || !is_secret(text.substr(begin, end - begin))) continue;
        const auto value = value_behind(text, end);
        if (value.begin == value.end) continue;
        out.append(text.substr(copied, value.begin - copied)).append("***");
        copied = value.end;
    }
    return out.append(text.substr(copied));
}

}  // namespace lanbridge::agent
