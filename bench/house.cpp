#include "house.hpp"

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <stdexcept>

#include "peers.hpp"

namespace lanbridge::bench {
namespace {

constexpr auto patience = std::chrono::seconds(30);
constexpr unsigned network = 3;  // 127.3.0.1 and upwards

mqtt::ClientSettings client_settings(std::uint16_t broker_port) {
    mqtt::ClientSettings settings;
    settings.brokers.push_back(
        mqtt::parse_broker_url("mqtt://127.0.0.1:" + std::to_string(broker_port)).value());
    settings.client_id = "bench_house";
    return settings;
}

sim::FleetSettings fleet_settings() {
    sim::FleetSettings settings;
    settings.address = asio::ip::make_address_v4("127." + std::to_string(network) + ".0.1");
    settings.port = free_port();
    settings.own_addresses = true;
    settings.key = Secret(std::string(device_key));
    settings.first_number = network << 16;
    return settings;
}

}  // namespace

House::House(std::size_t devices, std::uint16_t broker_port)
    : size_(devices), client_(context_, client_settings(broker_port)), fleet_(context_, fleet_settings()) {
    auto added = fleet_.add(sim::builtin_blueprint("mss310").value(), devices);
    if (!added) throw std::runtime_error(added.error().text());
    thread_ = std::thread([this] { io_.run(); });
}

House::~House() {
    on_loop([this] {
        fleet_.close();
        asio::co_spawn(io_, client_.stop(), [this](const std::exception_ptr&) { work_.reset(); });
    });
    thread_.join();
}

void House::join() {
    on_loop([this] {
        fleet_.join(client_);
        client_.start();
    });
}

void House::wait_until_settled() {
    const auto steady = [this] {
        return std::ranges::all_of(fleet_.members(), [](const auto& member) {
            return member->session() && member->session()->stage() == sim::MqttSession::Stage::steady;
        });
    };
    for (const auto deadline = Clock::now() + patience; !on_loop(steady);) {
        if (Clock::now() > deadline)
            throw std::runtime_error("simulated devices get no answer on the broker");
        std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
}

std::vector<asio::ip::tcp::endpoint> House::endpoints() {
    return on_loop([this] {
        std::vector<asio::ip::tcp::endpoint> all;
        for (const auto& member : fleet_.members()) all.push_back(member->server.endpoint());
        return all;
    });
}

std::vector<std::string> House::uuids() {
    return on_loop([this] {
        std::vector<std::string> all;
        for (const auto& member : fleet_.members()) all.push_back(member->device.identity().uuid.value());
        return all;
    });
}

void House::press_all() {
    on_loop([this] {
        for (const auto& member : fleet_.members())
            if (!member->device.press()) throw std::runtime_error("a simulated device has no button");
    });
}

std::vector<std::uint64_t> House::http_requests() {
    return on_loop([this] {
        std::vector<std::uint64_t> all;
        for (const auto& member : fleet_.members()) all.push_back(member->server.counters().requests);
        return all;
    });
}

std::vector<bool> House::relays() {
    return on_loop([this] {
        std::vector<bool> all;
        for (const auto& member : fleet_.members()) all.push_back(member->device.relay().value());
        return all;
    });
}

void House::set_http(Http state) {
    on_loop([this, state] {
        for (const auto& member : fleet_.members()) {
            member->server.faults().half_open = state == Http::silent;
            if (state == Http::refusing)
                member->server.pause();
            else if (!member->server.listening() && !member->server.listen_again())
                throw std::runtime_error("a simulated device cannot listen again");
        }
    });
}

}  // namespace lanbridge::bench
