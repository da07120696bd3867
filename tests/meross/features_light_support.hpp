#pragma once

#include "meross/features_support.hpp"

// Lamps by what they say of themselves, and what they are sent.
namespace lanbridge::test {

/// `capacity` of the ability; -1 = not said. `more`: further abilities without "Appliance.".
inline Facts lamp_facts(std::string_view type, std::string_view firmware, int capacity,
                        std::string_view digest, std::vector<std::string_view> more = {"Control.ToggleX"}) {
    more.push_back("Control.Light");
    Facts facts = facts_of(type, std::move(more), digest);
    facts.firmware_version = firmware;
    if (capacity >= 0) facts.ability[full("Control.Light")]["capacity"] = capacity;
    return facts;
}

struct Sent {
    std::string name_space;
    Json payload;
    friend bool operator==(const Sent&, const Sent&) = default;
};

/// All requests of a command in order; empty when it was refused.
inline std::vector<Sent> sent(const Result<meross::Action>& action) {
    std::vector<Sent> all;
    if (!action) return all;
    all.push_back({action->request.name_space, action->request.payload});
    for (const auto& request : action->then) all.push_back({request.name_space, request.payload});
    return all;
}
inline std::vector<Sent> sent(const std::vector<meross::Request>& requests) {
    std::vector<Sent> all;
    for (const auto& request : requests) all.push_back({request.name_space, request.payload});
    return all;
}

inline Sent light_set(std::string_view object) {
    return {full("Control.Light"), Json::object({{"light", json(object)}})};
}
inline Sent toggle_set(int channel, int onoff) {
    return {full("Control.ToggleX"), Json::object({{"togglex", {{"channel", channel}, {"onoff", onoff}}}})};
}
inline Sent toggle_ask() { return {full("Control.ToggleX"), json(R"({"togglex":[]})")}; }

inline model::Value whole(std::int64_t number) { return number; }
inline model::Value word(std::string_view text) { return std::string(text); }

using Seq = std::vector<Sent>;

}  // namespace lanbridge::test
