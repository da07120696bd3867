// bench_footprint: memory and CPU of the real daemon against the number of devices.
//
// Bare is a loop that polls as many devices of its own at the same pace with Beast, at the same time, and
// keeps nothing of the answers.
#include <fmt/format.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <stdexcept>
#include <thread>

#include "bare_http.hpp"
#include "lanbridge/base/async.hpp"
#include "lanbridge/base/random.hpp"
#include "peers.hpp"
#include "report.hpp"

namespace lanbridge::bench {
namespace {

using Tcp = asio::ip::tcp;

constexpr std::size_t budget_devices = 100;
constexpr double megabyte = 1e6;
constexpr double kilobyte = 1e3;
/// What the start leaves behind (first reads, documents, the store's file) is over by then.
constexpr auto settling = 5s;

asio::awaitable<void> poll_for_ever(Tcp::endpoint device, std::string body, double interval, double phase) {
    asio::steady_timer timer(co_await asio::this_coro::executor);
    auto next = Clock::now() +
                std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(interval * phase));
    for (;;) {
        timer.expires_at(next);
        co_await timer.async_wait(as_result);
        std::string copy = body;
        co_await bare_exchange(device, std::move(copy));
        next += std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(interval));
    }
}

/// The bare poller: a role of this program, run as a process of its own.
int bare_poller(const Arguments& arguments) {
    asio::io_context io(1);
    SystemRandom random;
    const auto first = asio::ip::make_address_v4(arguments.text("--first", ""));
    const auto port = static_cast<std::uint16_t>(arguments.number("--port", 0));
    const auto count = static_cast<std::uint32_t>(arguments.number("--devices", 0));
    const auto interval = static_cast<double>(arguments.number("--interval", 30));
    for (std::uint32_t i = 0; i < count; ++i) {
        const Tcp::endpoint device(asio::ip::address_v4(first.to_uint() + i), port);
        asio::co_spawn(io, poll_for_ever(device, electricity_request(device_key), interval, random.unit()),
                       [](const std::exception_ptr& failure) {
                           if (failure) std::rethrow_exception(failure);
                       });
    }
    io.run();
    return 0;
}

struct Load {
    Memory memory;
    double cpu_percent = 0;  ///< of one core
};

struct Footprint {
    std::size_t devices = 0;
    Load lanbridge;
    Load bare;
};

struct Plan {
    explicit Plan(const Arguments& arguments)
        : program(arguments.text("--lanbridge", "")),
          interval(arguments.number("--interval", arguments.has("--quick") ? 5 : 30)),
          window(arguments.number("--window", arguments.has("--quick") ? 2 : 60)),
          settle(settling + std::chrono::seconds(
                                arguments.number("--settle", arguments.has("--quick") ? 1 : interval))) {}
    std::string program;
    std::size_t interval;
    std::chrono::seconds window;
    std::chrono::seconds settle;
};

std::unique_ptr<Child> start_bare_poller(const TempFolder& folder, const Devices& devices, const Plan& plan) {
    const auto& first = devices.endpoints().front();
    const std::vector<std::string> argv{this_program().string(),
                                        "--bare-poller",
                                        "--first",
                                        first.address().to_string(),
                                        "--port",
                                        std::to_string(first.port()),
                                        "--devices",
                                        std::to_string(devices.endpoints().size()),
                                        "--interval",
                                        std::to_string(plan.interval)};
    return std::make_unique<Child>(argv, folder.file("bare.log"));
}

/// Both processes over the same stretch of time.
void watch(pid_t lanbridge, pid_t bare, std::chrono::seconds window, Footprint& result) {
    const auto ours = cpu_of(lanbridge);
    const auto theirs = cpu_of(bare);
    const auto begin = Clock::now();
    std::this_thread::sleep_for(window);
    const auto passed = seconds(Clock::now() - begin);
    result.lanbridge.cpu_percent = 100 * seconds(cpu_of(lanbridge) - ours) / passed;
    result.bare.cpu_percent = 100 * seconds(cpu_of(bare) - theirs) / passed;
    result.lanbridge.memory = memory_of(lanbridge);
    result.bare.memory = memory_of(bare);
}

Footprint measure(std::size_t count, const Plan& plan) {
    TempFolder folder;
    Broker broker(folder);
    Devices devices(folder, count, 1);
    Devices others(folder, std::max<std::size_t>(count, 1), 2);
    const auto bare = start_bare_poller(folder, others, plan);
    LanbridgeSettings settings;
    settings.program = plan.program;
    settings.broker_port = broker.port();
    settings.devices = devices.endpoints();
    settings.poll_interval_s = plan.interval;
    Lanbridge lanbridge(folder, settings);
    wait_until_online(broker.port(), count, std::chrono::seconds(30 + count / 20));
    std::this_thread::sleep_for(plan.settle);
    Footprint result;
    result.devices = count;
    watch(lanbridge.pid(), bare->pid(),
          count == 0 ? std::min(plan.window, std::chrono::seconds(10)) : plan.window, result);
    return result;
}

void tell_memory(Report& report, const Footprint& now) {
    Measurement resident{fmt::format("resident memory, {} devices", now.devices),
                         "MB",
                         now.lanbridge.memory.resident / megabyte,
                         now.bare.memory.resident / megabyte,
                         {}};
    if (now.devices == budget_devices)
        resident.budget = Budget{Budget::Kind::at_most, 14, resident.measured, "MB"};
    report.add(std::move(resident));
    report.note(fmt::format("of it proportional {:.2f} MB, private {:.2f} MB",
                            now.lanbridge.memory.proportional / megabyte,
                            now.lanbridge.memory.own / megabyte));
}

void tell_cpu(Report& report, const Footprint& now, const Plan& plan) {
    Measurement cpu{fmt::format("CPU, {} devices every {} s", now.devices, plan.interval),
                    "% of a core",
                    now.lanbridge.cpu_percent,
                    now.bare.cpu_percent,
                    {}};
    if (now.devices == budget_devices && plan.interval == 30)
        cpu.budget = Budget{Budget::Kind::at_most, 0.3, cpu.measured, "%"};
    report.add(std::move(cpu));
}

void tell_growth(Report& report, const Footprint& before, const Footprint& now) {
    const auto more = static_cast<double>(now.devices - before.devices);
    const auto each = [&](double from, double to) { return (to - from) / more / kilobyte; };
    Measurement growth{fmt::format("each further device, {} to {}", before.devices, now.devices),
                       "kB",
                       each(before.lanbridge.memory.resident, now.lanbridge.memory.resident),
                       each(before.bare.memory.resident, now.bare.memory.resident),
                       {}};
    if (before.devices >= budget_devices)
        growth.budget = Budget{Budget::Kind::at_most, 16, growth.measured, "kB"};
    report.add(std::move(growth));
}

int footprint(int argc, char** argv) {
    const Arguments arguments(argc, argv,
                              {"--json", "--quick", "--devices", "--interval", "--window", "--settle",
                               "--lanbridge", "--bare-poller", "--first", "--port"});
    if (arguments.has("--bare-poller")) return bare_poller(arguments);
    const Plan plan(arguments);
    Report report("footprint", arguments);
    std::vector<Footprint> all;
    for (auto count : arguments.numbers("--devices", arguments.has("--quick") ? "0,5" : "0,100,1000")) {
        all.push_back(measure(count, plan));
        tell_memory(report, all.back());
        tell_cpu(report, all.back(), plan);
        if (all.size() > 1 && all[all.size() - 2].devices < count)
            tell_growth(report, all[all.size() - 2], all.back());
    }
    return report.finish();
}

}  // namespace
}  // namespace lanbridge::bench

int main(int argc, char** argv) {
    return lanbridge::bench::run_benchmark(lanbridge::bench::footprint, argc, argv);
}
