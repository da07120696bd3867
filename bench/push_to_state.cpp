// bench_push_to_state: from a device's push on MQTT to the state on MQTT.
//
// Bare is a Paho subscriber that republishes the bytes of the state, whatever the push says. Both get the
// same signed messages, of the same length and on topics of the same length, through the same broker, in
// turn.
#include <fmt/format.h>

#include <array>
#include <set>
#include <stdexcept>
#include <thread>

#include "bare_mqtt.hpp"
#include "bare_relay.hpp"
#include "lanbridge/base/random.hpp"
#include "lanbridge/base/time.hpp"
#include "lanbridge/meross/protocol/message.hpp"
#include "lanbridge/sim/identity.hpp"
#include "peers.hpp"
#include "report.hpp"

namespace lanbridge::bench {
namespace {

using namespace std::chrono_literals;

constexpr auto patience = 10s;
constexpr auto quiet = 1s;
constexpr unsigned network = 1;
/// Pushes on their way at a time: keeps both busy, and is less than what either of them queues.
constexpr std::size_t in_flight = 100;
constexpr std::size_t warm_up = 500;

/// Whose pushes they are, by the beginnings of the topics.
struct Realm {
    std::string devices;
    std::string states;
};
const std::array<Realm, 2> realms{Realm{"/appliance", "lanbridge"}, Realm{"/barebench", "barebench"}};

meross::Uuid uuid_of(std::size_t device) { return sim::made_up_uuid((network << 16) + device); }
std::string push_topic(const Realm& realm, std::size_t device) {
    return fmt::format("{}/{}/publish", realm.devices, uuid_of(device).value());
}
std::string state_topic(const Realm& realm, std::size_t device) {
    return fmt::format("{}/meross_{}/switch_0/state", realm.states, meross::mac_digits_of(uuid_of(device)));
}

/// The bare subscriber: a role of this program, run as a process of its own.
int bare_relay(const Arguments& arguments) {
    const auto& realm = realms[1];
    RelayTable table;
    for (std::size_t i = 0; i < arguments.number("--devices", 0); ++i)
        table.emplace(push_topic(realm, i), state_topic(realm, i));
    return run_bare_relay(static_cast<std::uint16_t>(arguments.number("--broker", 0)),
                          realm.devices + "/+/publish", table);
}

struct Push {
    std::string topic;
    std::string payload;
    std::string answer_topic;
    std::string_view answer;
};

/// One of the two who are measured, with its devices' pushes.
class Subject {
public:
    Subject(const Broker& broker, const Realm& realm, std::size_t devices, pid_t pid)
        : realm_(realm),
          on_(devices, false),
          pid_(pid),
          publisher_(broker.port(), "bench_devices_of_" + realm.states),
          subscriber_(broker.port(), "bench_subscriber_of_" + realm.states) {
        subscriber_.subscribe(realm.states + "/+/switch_0/state");
        std::set<std::string> on;  // by what was retained
        while (const auto state = subscriber_.receive(Clock::now() + quiet))
            if (state->payload == "ON") on.insert(state->topic);
        for (std::size_t i = 0; i < devices; ++i) on_[i] = on.contains(state_topic(realm, i));
    }

    struct Rate {
        double per_second = 0;
        double cpu_us = 0;  ///< of the measured process, each push
    };

    Rate sustained(std::size_t count) {
        const auto pushes = make(count);
        const auto cpu = cpu_of(pid_);
        const auto begin = Clock::now();
        std::size_t sent = 0;
        for (std::size_t received = 0; received < count; ++received) {
            for (; sent < count && sent - received < in_flight; ++sent)
                publisher_.publish(pushes[sent].topic, pushes[sent].payload);
            expect(pushes[received]);
        }
        const auto took = seconds(Clock::now() - begin);
        Rate rate;
        rate.per_second = static_cast<double>(count) / took;
        rate.cpu_us = seconds(cpu_of(pid_) - cpu) / static_cast<double>(count) * 1e6;
        return rate;
    }

    /// One push, in milliseconds.
    double one() {
        const auto push = make(1).front();
        const auto begin = Clock::now();
        publisher_.publish(push.topic, push.payload);
        expect(push);
        return milliseconds(Clock::now() - begin);
    }

private:
    std::vector<Push> make(std::size_t count) {
        std::vector<Push> pushes;
        pushes.reserve(count);
        for (std::size_t i = 0; i < count; ++i) {
            const auto device = next_++ % on_.size();
            on_[device] = !on_[device];
            Push push;
            push.topic = push_topic(realm_, device);
            push.payload = signed_push(device);
            push.answer_topic = state_topic(realm_, device);
            push.answer = on_[device] ? "ON" : "OFF";
            pushes.push_back(std::move(push));
        }
        return pushes;
    }

    std::string signed_push(std::size_t device) {
        meross::Origin origin;
        origin.from = meross::publish_topic(uuid_of(device));
        origin.timestamp = time_.wall_s();
        const auto header = meross::make_request_header("Appliance.Control.ToggleX", meross::Method::push,
                                                        Secret(std::string(device_key)), origin, random_);
        const Json relay{{"channel", 0}, {"onoff", on_[device] ? 1 : 0}, {"lmTime", origin.timestamp}};
        return meross::serialize(header, Json{{"togglex", Json::array({relay})}});
    }

    /// Each push gives one state, and they come in the order of the pushes.
    void expect(const Push& push) {
        const auto state = subscriber_.receive(Clock::now() + patience);
        if (!state) throw std::runtime_error("no state has come for a push of " + push.topic);
        if (state->topic != push.answer_topic || state->payload != push.answer)
            throw std::runtime_error(fmt::format("{} {} has come instead of {} {}", state->topic,
                                                 state->payload, push.answer_topic, push.answer));
    }

    Realm realm_;
    std::vector<bool> on_;
    pid_t pid_;
    SystemTime time_;
    SystemRandom random_;
    std::size_t next_ = 0;
    BareMqtt publisher_;
    BareMqtt subscriber_;
};

LanbridgeSettings settings_for(const Arguments& arguments, const Broker& broker, const Devices& devices) {
    LanbridgeSettings settings;
    settings.program = arguments.text("--lanbridge", "");
    settings.broker_port = broker.port();
    settings.devices = devices.endpoints();
    settings.poll_interval_s = 3600;
    return settings;
}

/// Broker, devices, both subjects; the devices are met over HTTP and from then on only push.
class Trial {
public:
    Trial(const Arguments& arguments, std::size_t devices)
        : broker_(folder_),
          devices_(folder_, devices, network),
          lanbridge_(folder_, settings_for(arguments, broker_, devices_)) {
        wait_until_online(broker_.port(), devices, 30s);
        const std::vector<std::string> argv{
            this_program().string(),        "--bare-relay", "--broker",
            std::to_string(broker_.port()), "--devices",    std::to_string(devices)};
        relay_ = std::make_unique<Child>(argv, folder_.file("relay.log"));
        relay_->read_line(patience);
        std::this_thread::sleep_for(500ms);  // the first documents and states are out
        ours = std::make_unique<Subject>(broker_, realms[0], devices, lanbridge_.pid());
        bare = std::make_unique<Subject>(broker_, realms[1], devices, relay_->pid());
        ours->sustained(warm_up);
        bare->sustained(warm_up);
    }

private:
    TempFolder folder_;
    Broker broker_;
    Devices devices_;
    Lanbridge lanbridge_;
    std::unique_ptr<Child> relay_;

public:
    std::unique_ptr<Subject> ours;
    std::unique_ptr<Subject> bare;
};

struct Plan {
    explicit Plan(const Arguments& arguments)
        : rounds(arguments.number("--rounds", arguments.has("--quick") ? 1 : 5)),
          count(arguments.number("--count", arguments.has("--quick") ? 500 : 30'000)),
          singles(arguments.number("--singles", arguments.has("--quick") ? 20 : 1000)),
          pause(std::chrono::milliseconds(arguments.number("--pause", 5))) {}
    std::size_t rounds;
    std::size_t count;    ///< pushes in each round
    std::size_t singles;  ///< one at a time
    std::chrono::milliseconds pause;
};

double median_of(const std::vector<Subject::Rate>& rates, double Subject::Rate::*member) {
    std::vector<double> values;
    for (const auto& rate : rates) values.push_back(rate.*member);
    return median(std::move(values));
}

void tell_rate(Report& report, Trial& trial, const Plan& plan, const std::string& devices) {
    std::vector<Subject::Rate> ours;
    std::vector<Subject::Rate> bare;
    for (std::size_t i = 0; i < plan.rounds; ++i) {
        ours.push_back(trial.ours->sustained(plan.count));
        bare.push_back(trial.bare->sustained(plan.count));
    }
    using Rate = Subject::Rate;
    Measurement rate{"push -> state, sustained, " + devices,
                     "1/s",
                     median_of(ours, &Rate::per_second),
                     median_of(bare, &Rate::per_second),
                     {}};
    rate.budget = Budget{Budget::Kind::at_least, 0.5, rate.ratio().value_or(0), "x bare"};
    report.add(std::move(rate));
    report.add(Measurement{"CPU of the process, each push, " + devices,
                           "us",
                           median_of(ours, &Rate::cpu_us),
                           median_of(bare, &Rate::cpu_us),
                           {}});
}

void tell_latency(Report& report, Trial& trial, const Plan& plan, const std::string& devices) {
    std::vector<double> ours;
    std::vector<double> bare;
    for (std::size_t i = 0; i < plan.singles; ++i) {
        std::this_thread::sleep_for(plan.pause);
        ours.push_back(trial.ours->one());
        std::this_thread::sleep_for(plan.pause);
        bare.push_back(trial.bare->one());
    }
    const auto add = [&](const char* what, double share) {
        report.add(Measurement{fmt::format("push -> state, {}, {}", what, devices),
                               "ms",
                               percentile(ours, share),
                               percentile(bare, share),
                               {}});
    };
    add("median", 0.5);
    add("p99", 0.99);
}

int push_to_state(int argc, char** argv) {
    const Arguments arguments(argc, argv,
                              {"--json", "--quick", "--devices", "--rounds", "--count", "--singles",
                               "--pause", "--lanbridge", "--bare-relay", "--broker"});
    if (arguments.has("--bare-relay")) return bare_relay(arguments);
    const Plan plan(arguments);
    Report report("push to state", arguments);
    report.note(
        fmt::format("{} rounds of {} pushes with {} on their way, then {} one at a time with {} ms "
                    "between, lanbridge and bare in turn",
                    plan.rounds, plan.count, in_flight, plan.singles, plan.pause.count()));
    for (auto count : arguments.numbers("--devices", arguments.has("--quick") ? "2" : "1,20")) {
        const auto devices = fmt::format("{} device{}", count, count == 1 ? "" : "s");
        Trial trial(arguments, count);
        tell_rate(report, trial, plan, devices);
        tell_latency(report, trial, plan, devices);
    }
    return report.finish();
}

}  // namespace
}  // namespace lanbridge::bench

int main(int argc, char** argv) {
    return lanbridge::bench::run_benchmark(lanbridge::bench::push_to_state, argc, argv);
}
