#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "agent/journal.hpp"
#include "agent/programs.hpp"
#include "agent/report.hpp"
#include "lanbridge/base/async.hpp"
#include "lanbridge/base/backoff.hpp"
#include "lanbridge/base/context.hpp"
#include "lanbridge/net/process.hpp"

namespace lanbridge::agent {

/// When a program that ended is started again: a program that cannot work must not eat the gateway.
class RestartPlan {
public:
    using Duration = TimeSource::Clock::duration;
    /// The wait after it lived so long.
    Duration after(Duration life, Random& random);
    /// It ended soon after its start, several times in a row.
    bool failing() const noexcept { return backoff_.failures() > many; }
    void reset() noexcept { backoff_.reset(); }

private:
    static constexpr int many = 5;
    Backoff backoff_{std::chrono::seconds(1), std::chrono::seconds(30)};
};

/// Who drives the Zigbee chip while no TCP client does: the vendor's program, run by us, so that its output
/// can be read. The gateway's watchdog is kept from starting its own by a `tail` that carries the program's
/// name.
class Z3Host {
public:
    using Publish = std::function<void(std::string topic, std::string payload)>;

    /// `command` begins with the program's name, `device` is the chip's. With `run` false nobody drives the
    /// chip.
    Z3Host(Context context, Journal& journal, std::vector<std::string> command, std::string device, bool run,
           Programs& programs, ZigbeeReport& report, Publish publish);

    void start();
    /// Nobody but the caller uses the chip when this returns, until `release()`.
    asio::awaitable<void> claim();
    /// The vendor's program may drive the chip again: ours where we run it, else the gateway's own.
    void release();
    /// Ends our children: the gateway starts its own program again.
    asio::awaitable<void> stop();

private:
    asio::awaitable<void> live();
    asio::awaitable<void> run_once();
    void on_line(std::string_view line);
    void complain(const std::string& text);

    asio::awaitable<void> keep_guard();
    void hold_guard();
    void drop_guard();

    Context context_;
    Journal& journal_;
    std::vector<std::string> command_;
    std::string device_;
    bool run_;
    Programs& programs_;
    ZigbeeReport& report_;
    Publish publish_;

    std::shared_ptr<net::Process> child_;
    bool may_run_ = true;
    Signal changed_;  ///< of `may_run_`
    RestartPlan restarts_;
    std::string said_;

    std::shared_ptr<net::Process> guard_;
    bool guard_wanted_ = true;
    bool said_no_guard_ = false;
    Signal guard_changed_;  ///< of `guard_wanted_`

    Nursery nursery_;
};

}  // namespace lanbridge::agent
