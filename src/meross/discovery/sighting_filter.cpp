#include "meross/discovery/sighting_filter.hpp"

namespace lanbridge::meross {

SightingFilter::Verdict SightingFilter::judge(const Sighting& sighting, Clock::time_point now) {
    while (!told_.empty() && now - told_.front().when >= quiet_) {
        index_.erase(told_.front().key);
        told_.pop_front();
    }
    std::string key = sighting.uuid ? sighting.uuid->value() : sighting.mac;
    if (sighting.endpoint) key += '@' + sighting.endpoint->text();
    if (index_.contains(key)) return Verdict::repeated;
    if (!limit_.take(now)) return Verdict::too_many;
    if (told_.size() >= most) {
        index_.erase(told_.front().key);
        told_.pop_front();
    }
    told_.emplace_back(std::move(key), now);
    index_.emplace(told_.back().key, std::prev(told_.end()));
    return Verdict::news;
}

}  // namespace lanbridge::meross
