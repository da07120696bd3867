#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "lanbridge/base/json.hpp"

// What a simulated device is made of, whether it comes from a recording or from a description of our own.
namespace lanbridge::sim {

/// How the meter of a device behaves.
struct Metering {
    std::map<int, double> loads_w;  ///< what is plugged in, per metered channel; negative feeds in
    double voltage = 230;           ///< V
    double power_factor = 0.95;
    double noise = 0;           ///< relative; 0.02 lets power wander by 2 %
    int history_days = 0;       ///< invented daily records before today
    double history_wh = 300;    ///< about so much on each of them
    int hours = 24;             ///< remembered by ConsumptionH
    bool hourly_total = false;  ///< ConsumptionH.total is the sum of the hours (em06), else it stays 0
    bool carries_over_midnight = false;  ///< the fault of some plugs: today starts at yesterday's last value
    bool replayed = false;  ///< the recording's samples are shown while the relay is on, instead of `loads_w`
};

/// A change that the recording saw, to be lived through again.
struct TimelineEvent {
    TimelineEvent(std::chrono::seconds o, std::string ns, Json p, bool push)
        : offset(o), name_space(std::move(ns)), payload(std::move(p)), pushed(push) {}
    std::chrono::seconds offset;  ///< since the start of the replay
    std::string name_space;       ///< "Appliance.System.All": the payload is the inner object
    Json payload;
    bool pushed;
};

/// What happens in the room of a made-up device without anybody's doing.
struct Happening {
    Happening(std::chrono::seconds a, std::chrono::seconds e, std::string n, Json d)
        : after(a), every(e), event(std::move(n)), details(std::move(d)) {}
    std::chrono::seconds after;
    std::chrono::seconds every;  ///< 0 = once
    std::string event;
    Json details;
};

/// Immutable and shared: ten thousand plugs of one kind hold one of these.
struct Blueprint {
    std::string name;                                 ///< of the file or description, for people
    Json all = Json::object();                        ///< System.All, inner object
    Json ability = Json::object();                    ///< System.Ability, inner object
    std::map<std::string, Json, std::less<>> state;   ///< payload per namespace
    std::set<std::string, std::less<>> silent;        ///< asked in the proper shape and never answered
    std::set<std::string, std::less<>> refused;       ///< answered with ERROR 5000 even so
    std::set<std::string, std::less<>> push_queries;  ///< answer a PUSH query
    std::vector<TimelineEvent> timeline;              ///< ordered by offset
    std::vector<Happening> scenario;
    std::optional<Metering> metering;
    std::optional<std::int64_t> clock;   ///< epoch seconds at the start; nothing = the real time
    bool encrypted = false;              ///< wants encrypted requests
    bool master = false;                 ///< channel 0 switches all other outlets
    bool all_channels_by_65535 = false;  ///< Refoss: {"channel":65535} asks for every channel
    bool factory_new = false;            ///< begins in AP mode
    std::size_t max_reply = 3000;        ///< characters of an HTTP answer, the rest is cut off
    int max_cmd_num = 0;                 ///< inner commands of a Multiple; 0 = no Multiple

    std::string type() const { return string_or(all, {"system", "hardware", "type"}, "unknown"); }
    bool supports(std::string_view name_space) const { return ability.find(name_space) != ability.end(); }
};

using SharedBlueprint = std::shared_ptr<const Blueprint>;

/// Fills what follows from the rest: limits from the abilities, namespaces that only the digest shows.
void complete(Blueprint& blueprint);

}  // namespace lanbridge::sim
