#pragma once

#include "meross/features_support.hpp"

// A shutter on the bench, and what is said to it.
namespace lanbridge::test {

using Keys = std::vector<std::string>;
using model::Value;

inline const std::vector<std::string_view> old_abilities{"RollerShutter.Position", "RollerShutter.State",
                                                         "RollerShutter.Config"};
inline const std::vector<std::string_view> new_abilities{"RollerShutter.Position", "RollerShutter.State",
                                                         "RollerShutter.Config", "RollerShutter.Adjust"};

inline Bench shutter(std::string_view firmware) {
    auto facts = facts_of("mrs100", firmware.starts_with("2.") ? old_abilities : new_abilities);
    facts.firmware_version = firmware;
    return Bench(std::move(facts));
}

inline model::Observations say_state(Bench& bench, int state) {
    return bench.feed("RollerShutter.State",
                      R"({"state":[{"channel":0,"state":)" + std::to_string(state) + "}]}");
}
inline model::Observations say_position(Bench& bench, int position) {
    return bench.feed("RollerShutter.Position",
                      R"({"position":[{"channel":0,"position":)" + std::to_string(position) + "}]}");
}
inline void say_runs(Bench& bench) {
    bench.feed("RollerShutter.Config",
               R"({"config":[{"channel":0,"signalOpen":50000,"signalClose":50000}]})");
}
/// At rest, with its run times told.
inline void settle(Bench& bench, int position) {
    say_runs(bench);
    say_state(bench, 0);
    say_position(bench, position);
}

inline Json set_to(int position) {
    return json(R"({"position":{"channel":0,"position":)" + std::to_string(position) + "}}");
}
inline Value word(const char* text) { return std::string(text); }
inline Value number_value(int number) { return std::int64_t{number}; }

inline Keys names(const std::vector<meross::Request>& requests) {
    Keys names;
    for (const auto& request : requests) {
        const bool set = request.method == meross::Method::set;
        names.push_back((set ? "SET " : "GET ") +
                        request.name_space.substr(std::string("Appliance.").size()));
    }
    return names;
}
inline const Keys both{"GET RollerShutter.State", "GET RollerShutter.Position"};

inline Value state_of(const model::Observations& seen) { return state(seen, "cover_0"); }
inline Value position_of(const model::Observations& seen) { return state(seen, "cover_0", "position"); }

}  // namespace lanbridge::test
