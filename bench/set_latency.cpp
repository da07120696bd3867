// bench_set_latency: from `set` on MQTT to the first byte of the request on the device's socket.
//
// Bare is the least that could do the same: one process with one blocking MQTT socket, which opens a
// connection to the same device and sends the bytes of the same request. Both take turns, so that they meet
// the same machine.
#include <fmt/format.h>

#include <boost/asio/buffer.hpp>
#include <boost/asio/write.hpp>
#include <fstream>
#include <iterator>
#include <random>
#include <stdexcept>
#include <thread>

#include "bare_mqtt.hpp"
#include "noted_device.hpp"
#include "peers.hpp"
#include "report.hpp"

namespace lanbridge::bench {
namespace {

using namespace std::chrono_literals;
using Tcp = asio::ip::tcp;

constexpr auto patience = 5s;
/// Between two messages, so that one does not meet the tail of the one before.
constexpr auto breath = 3ms;
constexpr std::size_t warm_up = 20;

std::string http_request(const Tcp::endpoint& device, std::string_view body) {
    return fmt::format(
        "POST /config HTTP/1.1\r\nHost: {}:{}\r\nContent-Type: application/json\r\nContent-Length: {}\r\n"
        "Connection: close\r\n\r\n{}",
        device.address().to_string(), device.port(), body.size(), body);
}

/// The bare bridge: a role of this program, run as a process of its own.
int bare_bridge(const Arguments& arguments) {
    std::ifstream file(arguments.text("--request", ""));
    const std::string body{std::istreambuf_iterator<char>(file), {}};
    const Tcp::endpoint device(asio::ip::address_v4::loopback(),
                               static_cast<std::uint16_t>(arguments.number("--device", 0)));
    const auto request = http_request(device, body);
    BareMqtt client(static_cast<std::uint16_t>(arguments.number("--broker", 0)), "bench_bridge");
    client.subscribe(arguments.text("--topic", ""));
    std::puts("ready");
    std::fflush(stdout);
    asio::io_context io;
    for (;;) {
        if (!client.receive(Clock::now() + 1h)) continue;
        Tcp::socket socket(io);
        socket.connect(device);
        asio::write(socket, asio::buffer(request));
        char answer[4096];
        for (error_code ec; !ec;) socket.read_some(asio::buffer(answer), ec);
    }
}

class Trial {
public:
    explicit Trial(const Arguments& arguments)
        : broker_(folder_),
          device_(device_key),
          lanbridge_(folder_, settings(arguments)),
          publisher_(broker_.port(), "bench_publisher") {
        wait_until_online(broker_.port(), 1, 30s);
        const auto set = fmt::format("lanbridge/meross_{}/switch_0/set", device_.mac_digits());
        topic_ = set;
        bare_topic_ = "barebridg" + set.substr(9);  // no shorter: the broker has the same work
        std::ofstream(folder_.file("request")) << one(topic_).body;
        const std::vector<std::string> argv{this_program().string(),
                                            "--bare-bridge",
                                            "--broker",
                                            std::to_string(broker_.port()),
                                            "--device",
                                            std::to_string(device_.endpoint().port()),
                                            "--topic",
                                            bare_topic_,
                                            "--request",
                                            folder_.file("request")};
        bare_ = std::make_unique<Child>(argv, folder_.file("bare.log"));
        bare_->read_line(patience);
    }

    struct Times {
        std::vector<double> ours;
        std::vector<double> bare;
    };

    Times run(std::size_t count) {
        Times times;
        for (std::size_t i = 0; i < count + warm_up; ++i) {
            const auto ours = one(topic_).milliseconds;
            const auto bare = one(bare_topic_).milliseconds;
            if (i < warm_up) continue;
            times.ours.push_back(ours);
            times.bare.push_back(bare);
        }
        return times;
    }

    /// As people press switches: each message after a silence of another length.
    Times run_sparse(std::size_t count) {
        Times times;
        std::mt19937 random(1);
        std::uniform_int_distribution<int> silence(1000, 2200);
        for (std::size_t i = 0; i < count; ++i) {
            std::this_thread::sleep_for(std::chrono::milliseconds(silence(random)));
            times.ours.push_back(one(topic_).milliseconds);
            times.bare.push_back(one(bare_topic_).milliseconds);
        }
        return times;
    }

    static void judge(Report& report, std::string_view what, const Times& times, double share, double limit) {
        Measurement result;
        result.what = fmt::format("set -> socket, {}", what);
        result.unit = "ms";
        result.measured = percentile(times.ours, share);
        result.baseline = percentile(times.bare, share);
        result.budget = Budget{Budget::Kind::at_most, limit, result.measured - *result.baseline, "ms added"};
        report.add(std::move(result));
    }

private:
    struct Sample {
        double milliseconds;
        std::string body;
    };

    LanbridgeSettings settings(const Arguments& arguments) const {
        LanbridgeSettings settings;
        settings.program = arguments.text("--lanbridge", "");
        settings.broker_port = broker_.port();
        settings.devices = {device_.endpoint()};
        settings.poll_interval_s = 3600;
        return settings;
    }

    Sample one(const std::string& topic) {
        const auto answered = device_.requests();
        const auto payload = on_ ? "ON" : "OFF";
        on_ = !on_;
        const auto begin = Clock::now();
        publisher_.publish(topic, payload);
        auto arrival = device_.next_set(patience);
        if (!arrival) throw std::runtime_error("no request has come for " + topic);
        // the SET and, of lanbridge, the look at what the device made of it
        device_.wait_for_requests(answered + (topic == bare_topic_ ? 1 : 2), 50ms);
        std::this_thread::sleep_for(breath);
        return Sample{bench::milliseconds(arrival->first_byte - begin), std::move(arrival->body)};
    }

    TempFolder folder_;
    Broker broker_;
    NotedDevice device_;
    Lanbridge lanbridge_;
    BareMqtt publisher_;
    std::unique_ptr<Child> bare_;
    std::string topic_;
    std::string bare_topic_;
    bool on_ = false;
};

int set_latency(int argc, char** argv) {
    const Arguments arguments(argc, argv,
                              {"--json", "--quick", "--count", "--sparse", "--lanbridge", "--bare-bridge",
                               "--broker", "--device", "--topic", "--request"});
    if (arguments.has("--bare-bridge")) return bare_bridge(arguments);
    const bool quick = arguments.has("--quick");
    const auto count = arguments.number("--count", quick ? 20 : 500);
    const auto sparse = arguments.number("--sparse", quick ? 1 : 60);
    Report report("set latency", arguments);
    report.note(
        fmt::format("{} messages one at a time, then {} after 1 to 2.2 s of silence each, lanbridge and "
                    "bare in turn",
                    count, sparse));
    Trial trial(arguments);
    const auto dense_times = trial.run(count);
    Trial::judge(report, "median", dense_times, 0.5, 0.3);
    Trial::judge(report, "p99", dense_times, 0.99, 1);
    if (sparse == 0) return report.finish();
    const auto sparse_times = trial.run_sparse(sparse);
    Trial::judge(report, "after silence, median", sparse_times, 0.5, 0.3);
    Trial::judge(report, "after silence, p99", sparse_times, 0.99, 1);
    return report.finish();
}

}  // namespace
}  // namespace lanbridge::bench

int main(int argc, char** argv) {
    return lanbridge::bench::run_benchmark(lanbridge::bench::set_latency, argc, argv);
}
