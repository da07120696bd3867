#include "peers.hpp"

#include <fmt/format.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <set>
#include <stdexcept>
#include <thread>

#include "bare_mqtt.hpp"
#include "lanbridge/net/process.hpp"

namespace lanbridge::bench {
namespace {

namespace asio = boost::asio;
using Json = nlohmann::json;
using Tcp = asio::ip::tcp;
using namespace std::chrono_literals;

constexpr auto start_patience = 30s;

bool accepts(std::uint16_t port) {
    asio::io_context io;
    Tcp::socket socket(io);
    boost::system::error_code ec;
    socket.connect(Tcp::endpoint(asio::ip::address_v4::loopback(), port), ec);
    return !ec;
}

std::string text_of(const Tcp::endpoint& endpoint) {
    return fmt::format("{}:{}", endpoint.address().to_string(), endpoint.port());
}

/// YAML, since JSON is YAML.
void write_configuration(const std::string& path, const LanbridgeSettings& settings) {
    Json devices = Json::array();
    for (const auto& endpoint : settings.devices) devices.push_back(Json{{"host", text_of(endpoint)}});
    for (const auto& uuid : settings.uuids) devices.push_back(Json{{"uuid", uuid}});
    const Json discovery{{"udp", false}, {"mqtt", false}, {"dhcp", false}};
    const Json document{{"mqtt", {{"broker", fmt::format("mqtt://127.0.0.1:{}", settings.broker_port)}}},
                        {"meross",
                         {{"keys", Json::array({device_key})},
                          {"poll_interval", fmt::format("{}s", settings.poll_interval_s)},
                          {"discovery", discovery},
                          {"devices", devices}}},
                        {"xiaomi", {{"discovery", {{"udp", false}}}}},
                        {"log", {{"level", "warn"}}}};
    std::ofstream(path) << document.dump();
}

}  // namespace

Broker::Broker(const TempFolder& folder) : port_(free_port()) {
    const auto program = net::find_program("mosquitto");
    if (!program) throw std::runtime_error("mosquitto is needed: scripts/packages.sh run installs it");
    const auto file = folder.file("mosquitto.conf");
    std::ofstream(file) << fmt::format(
        "listener {} 127.0.0.1\nallow_anonymous true\npersistence false\nset_tcp_nodelay true\n"
        "max_queued_messages 0\nlog_type error\n",
        port_);
    command_ = {*program, "-c", file};
    log_file_ = folder.file("mosquitto.log");
    start();
}

void Broker::start() {
    process_ = std::make_unique<Child>(command_, log_file_);
    for (const auto deadline = Clock::now() + start_patience; !accepts(port_);) {
        if (Clock::now() > deadline) throw std::runtime_error("mosquitto does not start");
        std::this_thread::sleep_for(10ms);
    }
}

Devices::Devices(const TempFolder& folder, std::size_t count, unsigned network, std::string kind)
    : record_file_(folder.file(fmt::format("requests-{}.json", network))) {
    const auto first = asio::ip::make_address_v4(fmt::format("127.{}.0.1", network));
    const auto port = free_port();  // so that two benchmarks may run at a time
    const std::vector<std::string> argv{program_beside("bench_devices"),
                                        "--kind",
                                        std::move(kind),
                                        "--count",
                                        std::to_string(count),
                                        "--first",
                                        first.to_string(),
                                        "--port",
                                        std::to_string(port),
                                        "--record",
                                        record_file_,
                                        "--number",
                                        std::to_string(network << 16)};
    process_ = std::make_unique<Child>(argv, folder.file("devices.log"));
    process_->read_line(start_patience);
    for (unsigned i = 0; i < count; ++i)
        endpoints_.emplace_back(asio::ip::address_v4(first.to_uint() + i), port);
}

std::vector<std::vector<std::string>> Devices::stop() {
    process_->stop();
    std::ifstream file(record_file_);
    return Json::parse(file).get<std::vector<std::vector<std::string>>>();
}

Lanbridge::Lanbridge(const TempFolder& folder, const LanbridgeSettings& settings) {
    const auto file = folder.file("lanbridge.yaml");
    write_configuration(file, settings);
    const auto of_this_build = this_program().parent_path().parent_path() / "src/app/lanbridge";
    const auto program = settings.program.empty() ? of_this_build.string() : settings.program;
    const std::vector<std::string> argv{program, "--config", file, "run", "--data-dir", folder.file("data")};
    process_ = std::make_unique<Child>(argv, folder.file("lanbridge.log"));
}

void wait_until_online(std::uint16_t broker_port, std::size_t count, std::chrono::seconds limit) {
    BareMqtt client(broker_port, "bench_availability");
    client.subscribe("lanbridge/+/availability");
    std::set<std::string> online;
    for (const auto deadline = Clock::now() + limit; online.size() < count;) {
        const auto message = client.receive(deadline);
        if (!message)
            throw std::runtime_error(fmt::format("after {} s only {} of {} devices are online", limit.count(),
                                                 online.size(), count));
        if (message->payload == "online") online.insert(message->topic);
    }
}

}  // namespace lanbridge::bench
