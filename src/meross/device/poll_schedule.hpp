#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "lanbridge/base/time.hpp"
#include "lanbridge/meross/protocol/namespaces.hpp"
#include "meross/features/feature.hpp"

namespace lanbridge::meross {

/// What to ask a device for and when: the strategies of docs/protocols/meross.md, "Polling". Pure: times in,
/// batches of requests out.
class PollSchedule {
public:
    using TimePoint = TimeSource::Clock::time_point;
    /// How often System.All is read while the device is on line.
    static constexpr auto heartbeat = std::chrono::seconds(295);
    /// A namespace without any answer is asked this often in a row, then left alone until the device comes
    /// back.
    static constexpr int max_silences = 2;

    PollSchedule() = default;
    /// `hub`: namespaces mean what they mean to one.
    PollSchedule(std::vector<Poll> polls, int max_cmd_num, bool hub = false);
    /// From now on these. What is known of a namespace stays known, also when it is asked otherwise.
    void replace(std::vector<Poll> polls);

    /// Requests that travel together: one, or several in a Control.Multiple.
    using Batch = std::vector<Request>;

    /// This device's digest carries this namespace: System.All reads it.
    void shown_by_digest(std::string_view name_space);

    /// Coming online: everything once that System.All did not already show.
    std::vector<Batch> first_round(TimePoint now, const ResponseSizeModel& sizes);
    /// One cycle. `all_just_read`: what the digest shows is not asked for again. `pushed`: the device tells
    /// its state by itself, only what it never pushes is asked for.
    std::vector<Batch> cycle(TimePoint now, bool all_just_read, bool pushed, const ResponseSizeModel& sizes);
    /// The requests that read this namespace again.
    std::vector<Request> requests_of(std::string_view name_space) const;

    /// What has been answered since the device came online, sorted.
    std::vector<std::string> answered_name_spaces() const;

    /// True for the first answer since the device came online.
    bool answered(std::string_view name_space, TimePoint now);
    void unanswered(std::string_view name_space);
    void refused(std::string_view name_space);

    /// Some state is shown by the digest and by nothing else: its own namespace has stayed without an answer.
    bool needs_digest() const;

private:
    struct Entry {
        Entry(Poll p, bool hub);
        Poll poll;
        Strategy strategy;
        bool in_digest = false;
        bool relayed = false;  ///< what subdevices have told the hub: with pushes the period, else each cycle
        std::int32_t period_s;
        double estimate;
        TimePoint last{};
        std::uint8_t silences = 0;
        bool answered = false;
        bool given_up = false;
        void follow(const Entry& before) {
            in_digest = before.in_digest;
            last = before.last;
            silences = before.silences;
            answered = before.answered;
            given_up = before.given_up;
        }
    };
    bool due(const Entry& entry, TimePoint now, bool all_just_read, bool pushed) const;
    std::vector<Batch> batches(const std::vector<Entry*>& due, const std::vector<Entry*>& lazy, TimePoint now,
                               const ResponseSizeModel& sizes);

    std::vector<Entry> entries_;
    int max_cmd_num_ = 0;
    bool hub_ = false;
};

/// Whether System.All's digest carries this namespace's state.
bool is_digest_namespace(std::string_view name_space) noexcept;

/// The wait between probes of a device that does not answer: one period more each time up to the heartbeat.
class ProbeDelay {
public:
    explicit ProbeDelay(std::chrono::seconds period) : period_(period), delay_(period) {}
    std::chrono::seconds next() {
        const auto now = delay_;
        delay_ = delay_ < PollSchedule::heartbeat ? delay_ + period_ : PollSchedule::heartbeat;
        return now;
    }
    void reset() { delay_ = period_; }

private:
    std::chrono::seconds period_;
    std::chrono::seconds delay_;
};

}  // namespace lanbridge::meross
