// bench_devices: simulated devices for the benchmarks, in a process of their own.
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <cstdio>
#include <fstream>
#include <stdexcept>

#include "lanbridge/sim/fleet.hpp"
#include "peers.hpp"

namespace lanbridge::bench {
namespace {

/// More than any start-up asks of one device.
constexpr std::size_t remembered_requests = 64;

sim::FleetSettings settings_from(const Arguments& arguments) {
    sim::FleetSettings settings;
    settings.address = asio::ip::make_address_v4(arguments.text("--first", "127.1.0.1"));
    settings.port = static_cast<std::uint16_t>(arguments.number("--port", 18080));
    settings.own_addresses = true;
    settings.key = Secret(std::string(device_key));
    settings.first_number = arguments.number("--number", 1);
    if (arguments.has("--record")) settings.member.http.remembered_requests = remembered_requests;
    return settings;
}

void write_requests(const std::string& path, const sim::Fleet& fleet) {
    Json all = Json::array();
    for (const auto& member : fleet.members()) all.push_back(member->server.requests());
    std::ofstream(path) << dump_json(all);
}

int devices(int argc, char** argv) {
    const Arguments arguments(argc, argv, {"--kind", "--count", "--first", "--port", "--number", "--record"});
    asio::io_context io(1);
    SystemTime time;
    SystemRandom random;
    sim::Fleet fleet(Context(io.get_executor(), time, random), settings_from(arguments));
    auto blueprint = sim::builtin_blueprint(arguments.text("--kind", "mss310"));
    if (!blueprint) throw std::runtime_error(blueprint.error().text());
    auto added = fleet.add(*blueprint, arguments.number("--count", 1));
    if (!added) throw std::runtime_error(added.error().text());
    asio::signal_set ends(io, SIGTERM, SIGINT);
    ends.async_wait([&](error_code, int) {
        if (arguments.has("--record")) write_requests(arguments.text("--record", ""), fleet);
        fleet.close();
    });
    std::puts("ready");
    std::fflush(stdout);
    io.run();
    return 0;
}

}  // namespace
}  // namespace lanbridge::bench

int main(int argc, char** argv) {
    return lanbridge::bench::run_benchmark(lanbridge::bench::devices, argc, argv);
}
