#pragma once

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "lanbridge/meross/discovery.hpp"
#include "meross/local_network.hpp"
#include "support/virtual_time.hpp"

namespace lanbridge::test {

/// Neither UDP nor DHCP, no subnets: a test names what it wants.
inline meross::FinderSettings quiet_settings() {
    meross::FinderSettings settings;
    settings.udp = false;
    settings.dhcp = false;
    settings.broadcast = false;
    return settings;
}

/// A finder on the virtual clock, with simulated devices in place of web servers.
struct FinderHouse {
    FinderHouse() : time(io), random(7), context(io.get_executor(), time, random), network(time) {}
    ~FinderHouse() {
        if (!finder) return;
        finder->stop();
        for (int i = 0; i < 100 && !finder->idle(); ++i) time.settle();
    }
    FinderHouse(const FinderHouse&) = delete;
    FinderHouse& operator=(const FinderHouse&) = delete;

    void start(meross::FinderSettings settings) {
        finder.emplace(context, network, std::move(settings),
                       [this](const meross::Sighting& sighting) { sightings.push_back(sighting); });
        finder->start();
    }
    std::set<std::string> places() const {
        std::set<std::string> out;
        for (const auto& sighting : sightings) out.insert(sighting.endpoint->text());
        return out;
    }
    meross::LegStatus leg(std::string_view name) const {
        for (const auto& status : finder->legs())
            if (status.name == name) return status;
        return {};
    }

    asio::io_context io;
    VirtualTime time;
    SeededRandom random;
    Context context;
    LocalNetwork network;
    std::optional<meross::Finder> finder;
    std::vector<meross::Sighting> sightings;
};

}  // namespace lanbridge::test
