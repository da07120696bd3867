#pragma once

#include "meross/features_support.hpp"

// An opener on the bench, and what is said to it.
namespace lanbridge::test {

using Keys = std::vector<std::string>;
using model::Value;

inline constexpr std::string_view one_door = R"({"garageDoor":[{"channel":0,"open":0,"lmTime":0}]})";
inline constexpr std::string_view three_doors =
    R"({"garageDoor":[{"channel":1,"doorEnable":1,"open":0},{"channel":2,"doorEnable":1,"open":0},
                      {"channel":3,"doorEnable":0,"open":1}]})";

inline Bench opener(std::string_view type, std::string_view firmware, std::vector<std::string_view> configs,
                    std::string_view digest) {
    std::vector<std::string_view> abilities{"GarageDoor.State"};
    abilities.insert(abilities.end(), configs.begin(), configs.end());
    auto facts = facts_of(type, std::move(abilities), digest);
    facts.firmware_version = firmware;
    return Bench(std::move(facts));
}
inline Bench msg100(std::string_view firmware = "4.2.1") {
    return opener("msg100", firmware, {"GarageDoor.Config"}, one_door);
}
inline Bench msg200(std::string_view firmware = "4.2.8") {
    if (firmware == "4.2.8") return opener("msg200", firmware, {"GarageDoor.MultipleConfig"}, three_doors);
    return opener("msg200", firmware, {"GarageDoor.Config", "GarageDoor.MultipleConfig"}, three_doors);
}

inline Value word(const char* text) { return std::string(text); }
inline const Value on = true;
inline const Value off = false;

inline constexpr std::string_view config_of_421 =
    R"({"config":{"signalDuration":1000,"buzzerEnable":0,"doorOpenDuration":30000,"doorCloseDuration":30000}})";
inline constexpr std::string_view config_of_327 = R"({"config":{"signalDuration":1000,"buzzerEnable":0}})";

inline model::Observations contact(Bench& bench, int channel, int open) {
    return bench.feed("GarageDoor.State", R"({"state":[{"channel":)" + std::to_string(channel) +
                                              R"(,"open":)" + std::to_string(open) + R"(,"lmTime":0}]})");
}
inline std::string ack(int channel, int open, int execute, bool list = false) {
    const std::string item = R"({"channel":)" + std::to_string(channel) + R"(,"open":)" +
                             std::to_string(open) + R"(,"lmTime":1676147139,"execute":)" +
                             std::to_string(execute) + "}";
    return R"({"state":)" + (list ? "[" + item + "]" : item) + "}";
}
inline Value cover(const model::Observations& seen, int channel = 0) {
    return state(seen, "cover_" + std::to_string(channel));
}
inline Json sent(const Bench& bench, std::string_view entity, Value value) {
    return bench.command(entity, std::move(value)).value().request.payload;
}
inline std::vector<Json> payloads(const std::vector<meross::Request>& requests) {
    std::vector<Json> all;
    for (const auto& request : requests) all.push_back(request.payload);
    return all;
}

}  // namespace lanbridge::test
