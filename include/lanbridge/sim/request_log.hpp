#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "lanbridge/base/time.hpp"
#include "lanbridge/sim/identity.hpp"

namespace lanbridge::sim {

/// A SET that a device has obeyed.
struct ExecutedSet {
    ExecutedSet(TimeSource::Clock::time_point t, Via v, std::string_view ns, std::string_view id, Json p)
        : time(t), via(v), name_space(ns), message_id(id), payload(std::move(p)) {}
    TimeSource::Clock::time_point time;
    Via via;
    std::string name_space;
    std::string message_id;  ///< of the inner header for what came in a Multiple
    Json payload;
};

/// What was asked of a device, over all transports together: the proof that nothing was executed twice.
class RequestLog {
public:
    void note_request(Via via) { ++requests_[static_cast<std::size_t>(via)]; }
    void note_set(ExecutedSet set);

    std::uint64_t requests() const noexcept { return requests_[0] + requests_[1]; }
    std::uint64_t requests(Via via) const noexcept { return requests_[static_cast<std::size_t>(via)]; }
    /// Executed ones; a Multiple itself does not count, what is in it does.
    std::uint64_t sets() const noexcept;
    std::uint64_t sets(std::string_view name_space) const noexcept;
    /// The last ones, oldest first.
    const std::vector<ExecutedSet>& executed() const noexcept { return executed_; }

private:
    std::array<std::uint64_t, 2> requests_{};
    std::map<std::string, std::uint64_t, std::less<>> sets_;
    std::vector<ExecutedSet> executed_;
};

}  // namespace lanbridge::sim
