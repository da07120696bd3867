#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "lanbridge/base/error.hpp"
#include "lanbridge/base/json.hpp"
#include "lanbridge/meross/protocol/message.hpp"
#include "lanbridge/sim/blueprint.hpp"

namespace lanbridge::sim {

/// Largest recording that is read; the longest known one has 130 kB, traces of lanbridge end at 256 KiB.
inline constexpr std::size_t max_recording_bytes = 16 * 1024 * 1024;

enum class Direction : std::uint8_t { to_device, from_device };

struct RecordedRow {
    std::int64_t time = 0;  ///< the recorder's local time, as seconds since 1970 of that clock
    Direction direction = Direction::from_device;
    meross::Method method = meross::Method::other;
    std::string name_space;
    Json payload;
};

/// A recorded exchange with a real device: CSV of version 0, 1 or 2, or a JSON diagnostics document.
struct Recording {
    std::string name;
    Json all;                            ///< inner object
    Json ability;                        ///< inner object
    std::map<std::string, Json> pushes;  ///< last PUSH payload per namespace, seen before the rows
    std::vector<RecordedRow> rows;
};

/// Errors: `io`, `too_large`, `malformed`, each naming the file and, where there is one, the line.
Result<Recording> read_recording(const std::string& path);
Result<Recording> parse_recording(std::string_view text, std::string_view name);

/// Which moment of the recording a device shows.
enum class Replay : std::uint8_t {
    from_start,  ///< the first answers, then it lives through the recording once, `replay_hold` later
    at_end,      ///< what the recording led to
};
/// How long a replayed device keeps its first state, so that it can be seen before the recording goes on.
inline constexpr std::chrono::seconds replay_hold{60};

Blueprint blueprint_of(const Recording& recording, Replay replay = Replay::from_start);

}  // namespace lanbridge::sim
