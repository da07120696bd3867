#include "lanbridge/sim/request_log.hpp"

namespace lanbridge::sim {

namespace {

/// Payloads are kept for looking at; whoever counts uses the counters, which forget nothing.
constexpr std::size_t remembered = 1024;

}  // namespace

void RequestLog::note_set(ExecutedSet set) {
    ++sets_[set.name_space];
    if (executed_.size() >= remembered)
        executed_.erase(executed_.begin(), executed_.begin() + remembered / 4);
    executed_.push_back(std::move(set));
}

std::uint64_t RequestLog::sets() const noexcept {
    std::uint64_t all = 0;
    for (const auto& [name, count] : sets_) all += count;
    return all;
}

std::uint64_t RequestLog::sets(std::string_view name_space) const noexcept {
    const auto known = sets_.find(name_space);
    return known == sets_.end() ? 0 : known->second;
}

}  // namespace lanbridge::sim
