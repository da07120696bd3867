#pragma once

#include <chrono>
#include <deque>
#include <memory>
#include <optional>
#include <string>

#include "lanbridge/base/async.hpp"
#include "lanbridge/base/context.hpp"
#include "lanbridge/meross/protocol/multiple.hpp"
#include "lanbridge/model/device.hpp"

namespace lanbridge::meross {

/// A command or a raw request that waits for its turn on the device's one connection.
struct Job {
    Job(const asio::any_io_executor& executor, model::Command c) : command(std::move(c)), done(executor) {}
    Job(const asio::any_io_executor& executor, Request r, model::Transport v)
        : request(std::move(r)), via(v), done(executor) {}
    std::optional<model::Command> command;
    std::optional<Request> request;
    model::Transport via = model::Transport::none;  ///< none: over what is best
    Signal done;
    std::optional<Result<Message>> result;
    bool abandoned = false;  ///< its owner has stopped waiting: it must not be executed any more
};
using JobPtr = std::shared_ptr<Job>;

/// What others want of a device, first come, first served.
class JobQueue {
public:
    /// More than a person or an automation has under way for one device.
    static constexpr std::size_t max_jobs = 32;
    /// A garage door answers after 6 s, and one poll may be ahead; what is not done by then is not done at
    /// all.
    static constexpr auto patience = std::chrono::seconds(20);

    bool full() const noexcept { return jobs_.size() >= max_jobs; }
    void add(JobPtr job) { jobs_.push_back(std::move(job)); }
    /// The next that somebody still waits for; nothing when there is none.
    JobPtr next() {
        while (!jobs_.empty()) {
            const auto job = std::move(jobs_.front());
            jobs_.pop_front();
            if (!job->abandoned) return job;
        }
        return nullptr;
    }
    void abandon(const std::string& device) {
        for (auto& job : jobs_) {
            job->result = Error(Errc::cancelled, device);
            job->done.notify();
        }
        jobs_.clear();
    }

private:
    std::deque<JobPtr> jobs_;
};

}  // namespace lanbridge::meross
