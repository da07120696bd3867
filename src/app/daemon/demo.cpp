#include "app/daemon/demo.hpp"

namespace lanbridge::app {
namespace {

sim::FleetSettings demo_fleet() {
    sim::FleetSettings settings;
    settings.key = Secret("lanbridge-demo");  // no secret: it opens nothing but the simulated devices
    return settings;
}

}  // namespace

Demo::Demo(Context context) : fleet_(context, demo_fleet()), nursery_(context.executor) {}

Result<void> Demo::start() {
    if (auto added = fleet_.add_demo(); !added) return added;
    nursery_.start("demo devices", fleet_.live());
    return {};
}

void Demo::stop() {
    nursery_.stop();
    fleet_.close();
}

std::vector<meross::DeviceSettings> Demo::devices() const {
    std::vector<meross::DeviceSettings> devices;
    for (const auto& member : fleet_.members()) {
        meross::DeviceSettings settings;
        const auto endpoint = member->server.endpoint();
        settings.endpoint = net::HttpEndpoint(endpoint.address().to_string(), endpoint.port());
        settings.uuid = member->device.identity().uuid;
        settings.key = member->device.identity().key;
        settings.name = "Demo " + member->device.blueprint().type();
        settings.poll_interval = std::chrono::seconds(5);  // so that there is something to see
        devices.push_back(std::move(settings));
    }
    return devices;
}

}  // namespace lanbridge::app
