#include "agent/zigbee/z3_host.hpp"

#include <signal.h>

#include <boost/asio/post.hpp>
#include <utility>

#include "lanbridge/net/serial_port.hpp"

namespace lanbridge::agent {
namespace {

/// After this the program works: whatever ended it is news.
constexpr auto stable_after = 60s;
/// What the vendor's program needs to let go of the chip.
constexpr auto settle_time = 1s;
constexpr auto stop_grace = 1s;
/// A killed program is gone at once, unless it hangs in the kernel.
constexpr auto kill_patience = 2s;
/// Its lines are Zigbee statistics for whoever reads log/z3. The chip's line carries some 10 KB a second,
/// which makes about a hundred of them; above ten times of that something is broken.
constexpr net::LineLimits line_limits{16 * 1024, 1000, true};

}  // namespace

RestartPlan::Duration RestartPlan::after(Duration life, Random& random) {
    if (life >= stable_after) backoff_.reset();
    return backoff_.next(random);
}

Z3Host::Z3Host(Context context, Journal& journal, std::vector<std::string> command, std::string device,
               bool run, Programs& programs, ZigbeeReport& report, Publish publish)
    : context_(std::move(context)),
      journal_(journal),
      command_(std::move(command)),
      device_(std::move(device)),
      run_(run),
      programs_(programs),
      report_(report),
      publish_(std::move(publish)),
      changed_(context_.executor),
      guard_changed_(context_.executor),
      nursery_(context_.executor) {}

void Z3Host::start() {
    hold_guard();
    nursery_.start("zigbee guard", keep_guard());
    nursery_.start("zigbee host", live());
}

asio::awaitable<void> Z3Host::live() {
    std::vector<std::string> names(1, command_.front());
    co_await programs_.end(std::move(names));
    co_await context_.time.sleep(settle_time);
    while (run_) {
        while (!may_run_) co_await changed_.wait();
        const auto began = context_.time.now();
        co_await run_once();
        const auto wait = restarts_.after(context_.time.now() - began, context_.random);
        co_await changed_.wait_until(context_.time, context_.time.now() + wait);
    }
}

asio::awaitable<void> Z3Host::run_once() {
    // an agent that was started beside us, to flash the chip: the program would talk in between
    if (net::serial_port_claimed(device_)) {
        complain(device_ + " is claimed by another program");
        co_return;
    }
    auto started = net::Process::start(
        context_, command_, [this](net::Stream, std::string_view line) { on_line(line); }, line_limits);
    if (!started) {
        complain(started.error().text());
        co_return;
    }
    child_ = std::move(*started);
    const auto severity = restarts_.failing() ? Severity::debug : Severity::info;
    const Field app("app", command_.front());
    ++report_.z3_starts;
    const auto began = context_.time.now();
    report_.z3_since = began;
    journal_.write(Part::zigbee, severity, "[zigb] run", {app});
    const auto child = child_;
    auto end = co_await child->wait();
    report_.z3_since.reset();
    if (!end) co_return;  // we are stopping
    child_.reset();
    journal_.write(Part::zigbee, severity, "[zigb] close", {app});
    if (context_.time.now() - began >= stable_after) said_.clear();
    if (may_run_) complain(end->text());
}

void Z3Host::on_line(std::string_view line) {
    if (line.empty()) return;
    if (journal_.enabled(Part::zigbee, Severity::trace))
        journal_.trace(Part::zigbee, "[zigb] " + std::string(line));
    publish_("log/z3", std::string(line));
}

/// Once for each new reason: a program that fails again and again fails in the same way.
void Z3Host::complain(const std::string& text) {
    if (text == said_) return;
    said_ = text;
    journal_.warn(Part::zigbee, "[zigb] the Zigbee program does not run, it is tried again",
                  {{"app", command_.front()}, {"error", text}});
}

asio::awaitable<void> Z3Host::claim() {
    may_run_ = false;
    hold_guard();
    if (const auto child = child_) {
        child->signal(SIGKILL);  // a polite end takes it seconds
        co_await with_timeout(context_.time, child->wait(), kill_patience);
    }
    std::vector<std::string> names(1, command_.front());
    co_await programs_.end(std::move(names));
}

void Z3Host::release() {
    may_run_ = true;
    restarts_.reset();
    changed_.notify();
    if (!run_) drop_guard();
}

asio::awaitable<void> Z3Host::stop() {
    may_run_ = false;
    run_ = false;
    guard_wanted_ = false;
    if (const auto child = child_) co_await child->stop(stop_grace);
    if (const auto guard = guard_) co_await guard->stop(stop_grace);
    nursery_.stop();
    while (!nursery_.idle()) co_await asio::post(context_.executor, asio::use_awaitable);
    report_.z3_since.reset();
    child_.reset();
    guard_.reset();
}

asio::awaitable<void> Z3Host::keep_guard() {
    RestartPlan restarts;
    for (;;) {
        while (!guard_wanted_) co_await guard_changed_.wait();
        const auto began = context_.time.now();
        hold_guard();
        if (const auto guard = guard_) co_await guard->wait();
        if (!guard_wanted_) continue;
        const auto wait = restarts.after(context_.time.now() - began, context_.random);
        co_await guard_changed_.wait_until(context_.time, context_.time.now() + wait);
    }
}

void Z3Host::hold_guard() {
    if (!std::exchange(guard_wanted_, true)) guard_changed_.notify();
    if (guard_ && guard_->running()) return;
    std::vector<std::string> command{"tail", command_.front(), "-f", "/dev/null"};
    auto started = net::Process::start(context_, std::move(command));
    if (started) {
        guard_ = std::move(*started);
        return;
    }
    if (std::exchange(said_no_guard_, true)) return;
    journal_.warn(Part::zigbee, "[zigb] the gateway is not kept from starting its own Zigbee program",
                  {{"error", started.error().text()}});
}

void Z3Host::drop_guard() {
    guard_wanted_ = false;
    if (guard_) guard_->signal(SIGTERM);
    guard_.reset();
}

}  // namespace lanbridge::agent
