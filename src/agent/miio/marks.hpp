#pragma once

#include <algorithm>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "agent/address.hpp"
#include "agent/json/message.hpp"
#include "lanbridge/base/random.hpp"

namespace lanbridge::agent {

/// A request on its way, under an id of ours.
struct Mark {
    Mark(Question q, std::vector<Address> to) : question(std::move(q)), asked(std::move(to)) {}
    Question question;           ///< with the id of who asked
    std::vector<Address> asked;  ///< who may answer
    unsigned age = 0;            ///< how often the broom has passed

    /// An answer has no method; only the cloud's word on its state has one.
    bool answered_by(Address from, const Message& message) const {
        if (std::find(asked.begin(), asked.end(), from) == asked.end()) return false;
        if (!message.has("method")) return true;
        return message.method() == "local.status" && question.message.method() == "local.query_status";
    }
};

/// The requests that wait for an answer. Ids begin somewhere above what people type and below what the
/// integration uses (from 1,000,000,000), so that no sender's own id looks like one of ours.
class Marks {
public:
    static constexpr std::int32_t lowest_id = 100'000'000;
    static constexpr std::int32_t highest_id = 999'999'999;
    /// A flood of requests that nobody answers; the oldest go first. About 2 MB of usual requests.
    static constexpr std::size_t most = 4096;

    explicit Marks(Random& random)
        : next_(lowest_id + static_cast<std::int32_t>(random.unit() * 800'000'000.0)) {}

    std::int32_t add(Mark mark) {
        if (marks_.size() >= most) {
            marks_.erase(marks_.begin());
            ++crowded_out_;
        }
        const auto id = next_;
        next_ = next_ == highest_id ? lowest_id : next_ + 1;
        marks_.insert_or_assign(id, std::move(mark));
        return id;
    }

    /// Removes and returns the mark that `message` answers.
    std::optional<Mark> take(Address from, std::int32_t id, const Message& message) {
        const auto it = marks_.find(id);
        if (it == marks_.end() || !it->second.answered_by(from, message)) return std::nullopt;
        auto mark = std::move(it->second);
        marks_.erase(it);
        return mark;
    }

    /// To be called every minute: removes and returns those that were there the last time already.
    std::vector<Mark> sweep() {
        std::vector<Mark> expired;
        for (auto it = marks_.begin(); it != marks_.end();) {
            if (it->second.age++ == 0) {
                ++it;
                continue;
            }
            expired.push_back(std::move(it->second));
            it = marks_.erase(it);
        }
        return expired;
    }

    std::size_t size() const noexcept { return marks_.size(); }
    std::uint64_t crowded_out() const noexcept { return crowded_out_; }

private:
    std::map<std::int32_t, Mark> marks_;
    std::int32_t next_;
    std::uint64_t crowded_out_ = 0;
};

}  // namespace lanbridge::agent
