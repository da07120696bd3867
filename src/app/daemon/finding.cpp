#include "app/daemon/finding.hpp"

#include <algorithm>
#include <set>

namespace lanbridge::app {
namespace {

/// From a hint to a device in the registry: identification and the first read.
constexpr auto acquaintance = 3s;

std::string id_of_mac(std::string mac) {
    std::erase(mac, ':');
    return "meross_" + mac;
}

/// Devices that the broadcast may miss: the configured ones and those met before.
std::vector<std::string> known_addresses(std::vector<std::string> configured,
                                         const registry::Registry& registry) {
    for (const auto& [id, device] : registry.devices())
        if (auto endpoint = net::parse_endpoint(device->description().address))
            configured.push_back(std::move(endpoint->host));
    return configured;
}

std::set<std::string> ids(const registry::Registry& registry) {
    std::set<std::string> out;
    for (const auto& [id, device] : registry.devices()) out.insert(id.value());
    return out;
}

Json candidates(const registry::Registry& registry) {
    Json out = Json::array();
    for (const auto& [key, candidate] : registry.candidates())
        out.push_back(Json{{"name", candidate.name},
                           {"model", candidate.model},
                           {"address", candidate.address},
                           {"reason", model::reason_name(candidate.reason)},
                           {"detail", candidate.detail}});
    return out;
}

}  // namespace

Finding::Finding(Context context, net::HttpPoster& http, meross::Integration& meross,
                 registry::Registry& registry, registry::Store& store, IsKnown is_known)
    : context_(context),
      meross_(meross),
      registry_(registry),
      store_(store),
      is_known_(std::move(is_known)),
      finder_(context, http, {}, [this](const auto& sighting) { meross_.sighted(sighting); }),
      nursery_(context.executor) {}

meross::FinderSettings Finding::settings(const Config& config) const {
    meross::FinderSettings settings;
    const auto& legs = config.meross.discovery;
    settings.udp = legs.udp;
    settings.dhcp = legs.dhcp;
    for (const auto& subnet : legs.subnets)
        settings.subnets.emplace_back(asio::ip::make_address_v4(subnet.address), subnet.prefix);
    std::vector<std::string> configured;
    for (const auto& device : config.meross.devices)
        if (device.host) configured.push_back(device.host->host);
    settings.known_addresses = [this, configured] { return known_addresses(configured, registry_); };
    settings.is_known_mac = [this](const std::string& mac) {
        return is_known_(model::DeviceId(id_of_mac(mac)));
    };
    settings.is_served = [this](const net::HttpEndpoint& endpoint) { return meross_.serves(endpoint); };
    return settings;
}

void Finding::start(const Config& config) {
    meross_.on_seek([this] { finder_.seek(); });
    finder_.reconfigure(settings(config));
    finder_.start();
    nursery_.start("first look", first_look());
}

void Finding::reconfigure(const Config& config) { finder_.reconfigure(settings(config)); }

void Finding::stop() {
    finder_.stop();
    nursery_.stop();
}

/// Not the sweep, which takes as long as it takes.
asio::awaitable<void> Finding::first_look() {
    const auto cancelled = co_await context_.time.sleep(acquaintance);
    if (!cancelled) looked_ = true;
}

asio::awaitable<Result<Json>> Finding::discover() {
    const auto before = ids(registry_);
    store_.pardon_removed();
    meross_.look_again();
    co_await finder_.scan();
    const auto cancelled = co_await context_.time.sleep(acquaintance);
    if (cancelled) co_return Error(Errc::cancelled);
    Json fresh = Json::array();
    for (const auto& id : ids(registry_))
        if (!before.contains(id)) fresh.push_back(id);
    Json answer{{"new", std::move(fresh)}, {"unusable", candidates(registry_)}, {"legs", health()}};
    co_return answer;
}

Json Finding::health() const {
    Json out = Json::object();
    for (const auto& leg : finder_.legs()) {
        out[leg.name] = {{"state", meross::leg_state_name(leg.state)},
                         {"seen", leg.seen},
                         {"malformed", leg.malformed},
                         {"dropped", leg.dropped}};
        if (!leg.why.empty()) out[leg.name]["why"] = leg.why;
    }
    return out;
}

}  // namespace lanbridge::app
