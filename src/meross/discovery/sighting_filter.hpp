#pragma once

#include <list>
#include <map>
#include <string>

#include "lanbridge/base/time.hpp"
#include "lanbridge/meross/sighting.hpp"
#include "meross/discovery/rate_limit.hpp"

namespace lanbridge::meross {

/// Lets the news through: the same device at the same place counts once in a while, and floods end here.
class SightingFilter {
public:
    using Clock = TimeSource::Clock;
    enum class Verdict { news, repeated, too_many };

    /// Devices of a large house, several times over; each entry is below 200 bytes.
    static constexpr std::size_t most = 1024;
    /// A whole house may answer at once; after that, every sighting costs somebody a request or two.
    static constexpr double burst = 1024;
    static constexpr double per_second = 20;

    explicit SightingFilter(Clock::duration quiet) : quiet_(quiet) {}

    Verdict judge(const Sighting& sighting, Clock::time_point now);
    /// What was told counts as news again; the limit stays.
    void forget() {
        index_.clear();
        told_.clear();
    }
    std::size_t size() const noexcept { return told_.size(); }

private:
    struct Told {
        Told(std::string k, Clock::time_point w) : key(std::move(k)), when(w) {}
        std::string key;
        Clock::time_point when;
    };
    Clock::duration quiet_;
    RateLimit limit_{burst, per_second};
    std::list<Told> told_;  ///< the oldest in front
    std::map<std::string_view, std::list<Told>::iterator> index_;
};

}  // namespace lanbridge::meross
