#pragma once

#include <algorithm>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/steady_timer.hpp>
#include <deque>
#include <memory>
#include <optional>

#include "lanbridge/registry/registry.hpp"

namespace lanbridge::registry {

/// The commands of one device, while there are any.
struct Registry::Lane {
    /// One command and everybody who waits for its end; commands that it overtook wait for it too.
    struct Job {
        Job(const asio::any_io_executor& executor, model::Command c, std::size_t s)
            : command(std::move(c)), slot(s), done(executor, asio::steady_timer::time_point::max()) {}
        model::Command command;
        std::size_t slot;
        std::optional<Result<void>> result;
        asio::steady_timer done;  // never expires: cancelled when the result is there

        void finish(Result<void> outcome) {
            result.emplace(std::move(outcome));
            done.cancel();
        }
    };

    /// Adds a command behind all others, in place of one that wishes nothing that the new one does not.
    std::shared_ptr<Job> add(const asio::any_io_executor& executor, model::Command command,
                             std::size_t slot) {
        std::shared_ptr<Job> job;
        for (auto it = waiting.begin(); it != waiting.end(); ++it) {
            if ((*it)->slot != slot || !covers(command, (*it)->command)) continue;
            job = *it;
            job->command = std::move(command);
            waiting.erase(it);
            break;
        }
        if (!job) job = std::make_shared<Job>(executor, std::move(command), slot);
        waiting.push_back(job);
        return job;
    }

    static bool covers(const model::Command& later, const model::Command& earlier) {
        return std::ranges::all_of(earlier.more,
                                   [&](const auto& wished) { return later.wish(wished.first) != nullptr; });
    }

    std::deque<std::shared_ptr<Job>> waiting;
    std::shared_ptr<Job> running;
    asio::cancellation_signal cancel;
};

}  // namespace lanbridge::registry
