#include "meross/trace/traces.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "lanbridge/base/log.hpp"
#include "meross/trace/local_stamp.hpp"
#include "meross/trace/scan.hpp"

namespace lanbridge::meross {
namespace {

const log::Logger logger("meross.trace");

constexpr auto scan_period = 2s;

Result<void> check(const TraceLimits& limits) {
    if (limits.duration < shortest_trace || limits.duration > longest_trace)
        return Error(Errc::invalid_value, "the duration of a trace is 1s to 24h");
    if (limits.max_size < smallest_trace || limits.max_size > largest_trace)
        return Error(Errc::invalid_value, "the size of a trace is 1KiB to 64MiB");
    return {};
}

/// It heard nothing of the question. One that does not answer has heard it, and is not asked again.
bool away(const Error& error) { return error.is(Errc::unreachable) || error.is(Errc::link_down); }

}  // namespace

Traces::Traces(Context context, Hooks hooks)
    : context_(context), hooks_(std::move(hooks)), nursery_(context.executor) {}

Result<std::shared_ptr<Trace>> Traces::start(TraceSubject subject, TraceLimits limits) {
    if (auto fine = check(limits); !fine) return std::move(fine).error();
    if (folder_.empty()) return Error(Errc::unsupported, "there is no data folder for traces");
    const auto device = subject.device;
    if (const auto present = running(device))
        return Error(Errc::busy, device.value() + " is traced already, into " + present->info().file);
    if (running_.size() >= max_running)
        return Error(Errc::busy, fmt::format("{} traces are running already", max_running));
    const auto stamp = local_stamp(context_.time.wall_s(), "%Y-%m-%d_%H-%M-%S");
    auto file = TraceFile::create(folder_, stamp, device.value());
    if (!file) return std::move(file).error();
    auto trace = std::make_shared<Trace>(context_, *std::move(file), std::move(subject), limits);
    running_.emplace(device, trace);
    logger.info("{} is traced into {}", device.value(), trace->info().file);
    nursery_.start("trace " + device.value(), mind(trace));
    nursery_.start("scan " + device.value(), scan(trace));
    return trace;
}

std::shared_ptr<Trace> Traces::running(const model::DeviceId& device) const {
    const auto found = running_.find(device);
    return found == running_.end() ? nullptr : found->second;
}

std::vector<model::DeviceId> Traces::devices() const {
    std::vector<model::DeviceId> devices;
    for (const auto& [device, trace] : running_) devices.push_back(device);
    return devices;
}

Result<TraceInfo> Traces::stop(const std::string& device, const std::string& why) {
    const auto meant = [&](const TraceInfo& info) {
        return info.device.value() == device || info.id == device;
    };
    for (const auto& [id, trace] : running_) {
        if (!meant(trace->info())) continue;
        const auto ending = trace;
        finish(ending, why);
        return ending->info();
    }
    const auto last = std::ranges::find_if(ended_, meant);
    if (last != ended_.end()) return *last;
    return Error(Errc::not_found, "no trace of " + device + " is running");
}

void Traces::stop_all(const std::string& why) {
    while (!running_.empty()) {
        const auto trace = running_.begin()->second;
        finish(trace, why);
    }
    nursery_.stop();
}

/// Once, whoever notices first.
void Traces::finish(const std::shared_ptr<Trace>& trace, const std::string& why) {
    const auto found = running_.find(trace->subject().device);
    if (found == running_.end() || found->second != trace) return;
    running_.erase(found);
    trace->end(why);
    const auto info = trace->info();
    logger.info("the trace of {} has ended: {}", info.device.value(), info.end);
    ended_.push_front(info);
    if (ended_.size() > max_remembered) ended_.pop_back();
    hooks_.ended(info);
}

asio::awaitable<void> Traces::mind(std::shared_ptr<Trace> trace) {
    const auto deadline = context_.time.now() + trace->limits().duration;
    const auto header_deadline = std::min(deadline, context_.time.now() + Trace::header_patience);
    while (!trace->ended() && context_.time.now() < header_deadline) {
        const bool go_on = co_await trace->wait_end(header_deadline);
        if (!go_on) co_return;
    }
    trace->settle_header();
    while (!trace->ended() && context_.time.now() < deadline) {
        const bool go_on = co_await trace->wait_end(deadline);
        if (!go_on) co_return;
    }
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(trace->limits().duration).count();
    finish(trace, fmt::format("its time of {} s is over", seconds));
}

/// What the device is asked takes its turn with the polls. One that is away is asked again later.
asio::awaitable<void> Traces::scan(std::shared_ptr<Trace> trace) {
    AbilityScan scan(trace->subject().ability, trace->subject().all);
    auto question = scan.next();
    while (question) {
        const auto cancelled = co_await context_.time.sleep(scan_period);
        if (cancelled || trace->ended()) co_return;
        auto reply = co_await hooks_.ask(trace->subject().device, *question);
        if (trace->ended()) co_return;
        if (!reply && away(reply.error())) continue;
        std::optional<Message> answer;
        if (reply) answer = *std::move(reply);
        scan.answered(answer);
        question = scan.next();
    }
}

}  // namespace lanbridge::meross
