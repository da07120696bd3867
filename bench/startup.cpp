// bench_startup: from exec to the moment when a subscriber has the document of every device and a value on
// every state topic that the documents name.
//
// Bare is a loop that sends the bytes of the same requests to the same devices, as many at a time, and then
// publishes the same messages to the same kind of subscriber.
#include <fmt/format.h>

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <map>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <thread>

#include "bare_http.hpp"
#include "bare_mqtt.hpp"
#include "lanbridge/net/http_client.hpp"
#include "peers.hpp"
#include "report.hpp"

namespace lanbridge::bench {
namespace {

using namespace std::chrono_literals;
using Json = nlohmann::json;
namespace asio = boost::asio;

constexpr auto patience = 60s;
/// While messages still come nothing is evaluated, so that the subscriber costs the daemon nothing.
constexpr auto quiet = 100ms;
constexpr std::string_view document_prefix = "homeassistant/device/";
constexpr std::string_view state_prefix = "lanbridge/meross_";

/// What the subscriber has seen, in order, and when each topic first came.
struct Seen {
    std::vector<BareMessage> messages;
    std::map<std::string, Clock::time_point, std::less<>> first;

    void add(BareMessage message) {
        first.try_emplace(message.topic, Clock::now());
        messages.push_back(std::move(message));
    }
};

bool is_state_topic(std::string_view key, const Json& value) {
    if (!value.is_string() || key.find("command") != key.npos) return false;
    return (key.ends_with("_topic") || key.ends_with("_t") || key == "topic") &&
           value.get_ref<const std::string&>().starts_with(state_prefix);
}

/// Every topic below our base that a document names, commands and events apart.
void collect_topics(const Json& node, std::vector<std::string>& topics) {
    const auto platform = node.find("platform");
    if (platform != node.end() && *platform == "event") return;
    for (const auto& [key, value] : node.items()) {
        if (value.is_structured())
            collect_topics(value, topics);
        else if (node.is_object() && is_state_topic(key, value))
            topics.push_back(value.get<std::string>());
    }
}

/// When the last of all that is needed had come; nothing while something is missing.
std::optional<Clock::time_point> completed(const Seen& seen, std::size_t devices) {
    std::size_t documents = 0;
    Clock::time_point last{};
    for (const auto& message : seen.messages) {
        if (!message.topic.starts_with(document_prefix)) continue;
        if (message.topic.find("/meross_") == message.topic.npos || message.payload.empty()) continue;
        ++documents;
        std::vector<std::string> topics{message.topic};
        collect_topics(Json::parse(message.payload), topics);
        for (const auto& topic : topics) {
            const auto found = seen.first.find(topic);
            if (found == seen.first.end()) return std::nullopt;
            last = std::max(last, found->second);
        }
    }
    if (documents < devices) return std::nullopt;
    return last;
}

void subscribe(BareMqtt& client) {
    client.subscribe(std::string(document_prefix) + "#");
    client.subscribe("lanbridge/#");
}

Clock::time_point watch(BareMqtt& client, Seen& seen, std::size_t devices) {
    const auto deadline = Clock::now() + patience;
    for (;;) {
        while (auto message = client.receive(Clock::now() + quiet)) seen.add(std::move(*message));
        if (const auto when = completed(seen, devices)) return *when;
        if (Clock::now() > deadline)
            throw std::runtime_error(fmt::format("not all of {} devices were published", devices));
    }
}

struct Traffic {
    Clock::duration took{};
    Seen seen;
    std::vector<std::vector<std::string>> requests;  ///< by device
};

Traffic start_lanbridge(const Arguments& arguments, std::size_t count) {
    TempFolder folder;
    Broker broker(folder);
    Devices devices(folder, count);
    BareMqtt subscriber(broker.port(), "bench_subscriber");
    subscribe(subscriber);
    LanbridgeSettings settings;
    settings.program = arguments.text("--lanbridge", "");
    settings.broker_port = broker.port();
    settings.devices = devices.endpoints();
    Traffic traffic;
    Lanbridge lanbridge(folder, settings);
    traffic.took = watch(subscriber, traffic.seen, count) - lanbridge.started();
    traffic.requests = devices.stop();
    return traffic;
}

asio::awaitable<void> ask_bare(const std::vector<asio::ip::tcp::endpoint>& devices, const Traffic& traffic,
                               std::size_t& next) {
    while (next < devices.size()) {
        const auto device = next++;
        for (const auto& request : traffic.requests.at(device)) {
            std::string body = request;
            co_await bare_exchange(devices[device], std::move(body));
        }
    }
}

Clock::duration start_bare(const Traffic& traffic) {
    TempFolder folder;
    Broker broker(folder);
    Devices devices(folder, traffic.requests.size());
    BareMqtt publisher(broker.port(), "bench_publisher");
    BareMqtt subscriber(broker.port(), "bench_subscriber");
    subscribe(subscriber);
    Clock::time_point last{};
    std::size_t received = 0;
    std::thread receiver([&] {
        while (received < traffic.seen.messages.size() && subscriber.receive(Clock::now() + patience)) {
            ++received;
            last = Clock::now();
        }
    });
    const auto begin = Clock::now();
    asio::io_context io(1);
    std::size_t next = 0;
    for (std::size_t i = 0; i < net::HttpClient::max_connections; ++i)
        asio::co_spawn(io, ask_bare(devices.endpoints(), traffic, next),
                       [](const std::exception_ptr& failure) {
                           if (failure) std::rethrow_exception(failure);
                       });
    io.run();
    for (const auto& message : traffic.seen.messages)
        publisher.publish(message.topic, message.payload, message.topic.starts_with(document_prefix));
    receiver.join();
    if (received < traffic.seen.messages.size()) throw std::runtime_error("the broker has lost messages");
    return last - begin;
}

std::size_t requests_in(const Traffic& traffic) {
    std::size_t count = 0;
    for (const auto& device : traffic.requests) count += device.size();
    return count;
}

int startup(int argc, char** argv) {
    const Arguments arguments(argc, argv, {"--json", "--quick", "--devices", "--rounds", "--lanbridge"});
    const bool quick = arguments.has("--quick");
    const auto count = arguments.number("--devices", quick ? 10 : 500);
    Report report("start-up", arguments);
    std::vector<double> ours;
    std::vector<double> bare;
    Traffic traffic;
    for (auto left = arguments.number("--rounds", quick ? 1 : 3); left > 0; --left) {
        traffic = start_lanbridge(arguments, count);
        ours.push_back(seconds(traffic.took));
        bare.push_back(seconds(start_bare(traffic)));
    }
    report.note(fmt::format("{} devices: {} requests, {} messages", count, requests_in(traffic),
                            traffic.seen.messages.size()));
    Measurement time{
        fmt::format("start to all {} devices published", count), "s", median(ours), median(bare), {}};
    if (count == 500) time.budget = Budget{Budget::Kind::at_most, 3, time.measured, "s"};
    report.add(std::move(time));
    return report.finish();
}

}  // namespace
}  // namespace lanbridge::bench

int main(int argc, char** argv) {
    return lanbridge::bench::run_benchmark(lanbridge::bench::startup, argc, argv);
}
