// bench_failover: how long a device is out of reach when one of its two transports dies, and when it is used
// again. There is nothing bare to compare with: the times follow from lanbridge's own rules.
#include <fmt/format.h>

#include <functional>
#include <set>
#include <stdexcept>
#include <thread>

#include "bare_mqtt.hpp"
#include "house.hpp"
#include "lanbridge/meross/protocol/message.hpp"
#include "peers.hpp"
#include "report.hpp"

namespace lanbridge::bench {
namespace {

using namespace std::chrono_literals;

constexpr auto start_patience = 30s;
/// Times are in steps of this.
constexpr auto glance = 2ms;
/// After the start: documents, first reads, the devices' birth messages.
constexpr auto settling = 3s;
/// An address that was given up is tried again after 295 s, in the next polling cycle.
constexpr std::chrono::seconds return_to_http_after{295};

struct Plan {
    explicit Plan(const Arguments& arguments)
        : program(arguments.text("--lanbridge", "")),
          devices(arguments.number("--devices", arguments.has("--quick") ? 3 : 20)),
          interval(arguments.number("--interval", arguments.has("--quick") ? 5 : 30)),
          rounds(arguments.number("--rounds", arguments.has("--quick") ? 1 : 3)),
          way_back(arguments.number("--way-back", arguments.has("--quick") ? 0 : 1) != 0) {}
    std::string program;
    std::size_t devices;
    std::size_t interval;
    std::size_t rounds;
    bool way_back;  ///< also the five minutes until HTTP is tried again
};

/// When each device was first seen to have done something, in seconds since `begin`.
std::vector<double> watch(std::size_t count, Clock::time_point begin, std::chrono::seconds limit,
                          const std::function<std::vector<bool>()>& look) {
    std::vector<std::optional<double>> first(count);
    for (std::size_t left = count; left > 0;) {
        const auto passed = Clock::now() - begin;
        if (passed > limit)
            throw std::runtime_error(fmt::format("{} of {} devices did not change over", left, count));
        const auto done = look();
        for (std::size_t i = 0; i < count; ++i) {
            if (first[i] || !done[i]) continue;
            first[i] = seconds(Clock::now() - begin);
            --left;
        }
        std::this_thread::sleep_for(glance);
    }
    std::vector<double> times;
    for (const auto& time : first) times.push_back(*time);
    return times;
}

/// Devices, broker and daemon.
class Trial {
public:
    enum class Known : std::uint8_t { by_uuid, by_host };

    Trial(const Plan& plan, Known known)
        : plan_(plan), broker_(folder_), house_(plan.devices, broker_.port()) {
        LanbridgeSettings settings;
        settings.program = plan.program;
        settings.broker_port = broker_.port();
        settings.poll_interval_s = plan.interval;
        if (known == Known::by_uuid) {
            settings.uuids = house_.uuids();
            house_.join();  // lanbridge asks for them as soon as it connects
        } else {
            settings.devices = house_.endpoints();
        }
        lanbridge_ = std::make_unique<Lanbridge>(folder_, settings);
        wait_until_connected();
        if (known == Known::by_host) house_.join();
        house_.wait_until_settled();
        wait_until_online(broker_.port(), plan.devices, start_patience);
        house_.press_all();  // so that all are known to be on the broker too
        std::this_thread::sleep_for(settling);
    }

    /// From the broker's death to each device's first HTTP request, an exchange that succeeds here.
    std::vector<double> broker_dies() {
        const auto before = house_.http_requests();
        broker_.kill();
        return watch(plan_.devices, Clock::now(), patience(), [&] { return asked_since(before); });
    }

    /// From the broker's return until each device is reached by MQTT again, as its entity says.
    std::vector<double> broker_returns() {
        broker_.start();
        const auto begin = Clock::now();
        BareMqtt subscriber(broker_.port(), "bench_transports");
        subscriber.subscribe("lanbridge/+/transport/state");
        std::set<std::string> there;
        std::vector<double> times;
        while (there.size() < plan_.devices) {
            const auto message = subscriber.receive(begin + patience());
            if (!message) throw std::runtime_error("not all devices are back on MQTT");
            if (message->payload != "mqtt" || !there.insert(message->topic).second) continue;
            times.push_back(seconds(Clock::now() - begin));
        }
        std::this_thread::sleep_for(settling);
        return times;
    }

    /// HTTP dies and a command for each device follows at once: when each was executed.
    std::vector<double> http_dies(House::Http how) {
        const auto before = house_.relays();
        BareMqtt publisher(broker_.port(), "bench_commands");
        house_.set_http(how);
        const auto begin = Clock::now();
        const auto uuids = house_.uuids();
        for (std::size_t i = 0; i < uuids.size(); ++i) {
            const auto mac = meross::mac_digits_of(meross::Uuid(uuids[i]));
            publisher.publish(fmt::format("lanbridge/meross_{}/switch_0/set", mac), before[i] ? "OFF" : "ON");
        }
        return watch(plan_.devices, begin, patience(), [&] {
            auto now = house_.relays();
            for (std::size_t i = 0; i < now.size(); ++i) now[i] = now[i] != before[i];
            return now;
        });
    }

    /// From the return of HTTP to each device's first request.
    std::vector<double> http_returns() {
        const auto before = house_.http_requests();
        house_.set_http(House::Http::up);
        return watch(plan_.devices, Clock::now(), patience() + return_to_http_after,
                     [&] { return asked_since(before); });
    }

private:
    /// Lanbridge is on the broker: it answers what devices say there from now on.
    void wait_until_connected() {
        BareMqtt subscriber(broker_.port(), "bench_bridge_state");
        subscriber.subscribe("lanbridge/bridge/state");
        const auto state = subscriber.receive(Clock::now() + start_patience);
        if (!state) throw std::runtime_error("lanbridge does not connect to the broker");
    }

    std::chrono::seconds patience() const { return std::chrono::seconds(30 + 2 * plan_.interval); }

    std::vector<bool> asked_since(const std::vector<std::uint64_t>& before) {
        const auto now = house_.http_requests();
        std::vector<bool> asked;
        for (std::size_t i = 0; i < now.size(); ++i) asked.push_back(now[i] > before[i]);
        return asked;
    }

    Plan plan_;
    TempFolder folder_;
    Broker broker_;
    House house_;
    std::unique_ptr<Lanbridge> lanbridge_;
};

void tell(Report& report, const std::string& what, const std::vector<double>& times) {
    const auto add = [&](const char* which, double value) {
        report.add(Measurement{fmt::format("{}, {}", what, which), "s", value, {}, {}});
    };
    add("min", percentile(times, 0));
    add("median", percentile(times, 0.5));
    add("p90", percentile(times, 0.9));
    add("max", percentile(times, 1));
}

void append(std::vector<double>& all, const std::vector<double>& more) {
    all.insert(all.end(), more.begin(), more.end());
}

void measure_broker(Report& report, const Plan& plan) {
    std::vector<double> away;
    std::vector<double> back;
    Trial trial(plan, Trial::Known::by_uuid);
    for (std::size_t i = 0; i < plan.rounds; ++i) {
        append(away, trial.broker_dies());
        append(back, trial.broker_returns());
    }
    tell(report, "broker dies -> HTTP", away);
    tell(report, "broker is back -> MQTT", back);
}

void measure_http(Report& report, const Plan& plan, House::Http how, const std::string& what) {
    std::vector<double> away;
    std::vector<double> back;
    for (std::size_t i = 0; i < plan.rounds; ++i) {
        Trial trial(plan, Trial::Known::by_host);
        append(away, trial.http_dies(how));
        const bool last = i + 1 == plan.rounds;
        if (last && plan.way_back && how == House::Http::refusing) append(back, trial.http_returns());
    }
    tell(report, what, away);
    if (!back.empty()) tell(report, "HTTP is back -> HTTP", back);
}

int failover(int argc, char** argv) {
    const Arguments arguments(
        argc, argv,
        {"--json", "--quick", "--devices", "--interval", "--rounds", "--way-back", "--lanbridge"});
    const Plan plan(arguments);
    Report report("fail-over", arguments);
    report.note(fmt::format("{} devices polled every {} s, {} rounds each; 'back' is one round", plan.devices,
                            plan.interval, plan.rounds));
    measure_broker(report, plan);
    measure_http(report, plan, House::Http::refusing, "HTTP refuses -> command over MQTT");
    measure_http(report, plan, House::Http::silent, "HTTP is silent -> command over MQTT");
    return report.finish();
}

}  // namespace
}  // namespace lanbridge::bench

int main(int argc, char** argv) {
    return lanbridge::bench::run_benchmark(lanbridge::bench::failover, argc, argv);
}
