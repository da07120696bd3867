#include "lanbridge/sim/fleet.hpp"

#include <sys/resource.h>

#include <algorithm>
#include <filesystem>
#include <set>

#include "lanbridge/base/log.hpp"

namespace lanbridge::sim {

namespace {

const log::Logger logger("sim");
/// How often replays are looked after; recordings have a resolution of one second.
constexpr auto heartbeat = 1s;

std::vector<WifiNetwork> default_networks() {
    std::vector<WifiNetwork> around;
    around.emplace_back("lanbridge", Secret("simulated"));
    around.emplace_back("Neighbours", Secret("nobody knows"));
    around.back().bssid = "02:00:00:00:00:02";
    around.back().signal = 35;
    return around;
}

/// Each device needs a descriptor for its listener and one for a connection.
void raise_descriptor_limit(std::size_t devices) {
    rlimit limit{};
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= devices * 2 + 256) return;
    limit.rlim_cur = std::min<rlim_t>(limit.rlim_max, devices * 2 + 256);
    if (setrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur < devices + 256) {
        logger.warn("{} simulated devices need about as many open files; raise the limit with ulimit -n",
                    devices);
    }
}

}  // namespace

Fleet::Fleet(Context context, FleetSettings settings) : context_(context), settings_(std::move(settings)) {
    if (settings_.wifi.empty()) settings_.wifi = default_networks();
}

asio::ip::tcp::endpoint Fleet::next_endpoint() {
    const auto number = static_cast<std::uint32_t>(started_++);
    if (settings_.own_addresses) {
        return asio::ip::tcp::endpoint(asio::ip::address_v4(settings_.address.to_uint() + number),
                                       settings_.port);
    }
    const auto port = settings_.port == 0 ? 0U : settings_.port + number;
    return asio::ip::tcp::endpoint(settings_.address, static_cast<std::uint16_t>(port));
}

meross::Uuid Fleet::next_uuid(const Blueprint& blueprint) {
    // a recording's own uuid for the first device of it, so that it can be recognised
    const auto recorded = string_or(blueprint.all, {"system", "hardware", "uuid"}, "");
    if (is_real_uuid(recorded) && uuids_.insert(recorded).second) return meross::Uuid(recorded);
    auto uuid = made_up_uuid(settings_.first_number + uuids_.size());
    uuids_.insert(uuid.value());
    return uuid;
}

Result<void> Fleet::add(SharedBlueprint blueprint, std::size_t count) {
    if (settings_.own_addresses && settings_.port == 0) {
        return Error(Errc::invalid_value, "devices with addresses of their own need a port");
    }
    raise_descriptor_limit(members_.size() + count);
    members_.reserve(members_.size() + count);
    for (std::size_t i = 0; i < count; ++i) {
        if (!settings_.own_addresses && settings_.port + started_ > 65535) {
            return Error(Errc::invalid_value,
                         "no ports left above 65535; give the devices addresses of their own");
        }
        if (auto added = add_one(blueprint); !added) return added;
    }
    return {};
}

Result<void> Fleet::add_one(const SharedBlueprint& blueprint) {
    const bool factory_new = settings_.factory_new || blueprint->factory_new;
    Identity identity(next_uuid(*blueprint), settings_.key);
    auto member = std::make_unique<Member>(context_, blueprint, std::move(identity), settings_.member);
    auto listening = member->server.listen(next_endpoint());
    if (!listening) return listening.error();
    if (factory_new) member->enter_ap_mode(settings_.wifi, next_endpoint());
    bring_online(*member);
    members_.push_back(std::move(member));
    return {};
}

void Fleet::bring_online(Member& member) {
    if (member.device.in_ap_mode()) return;
    if (broker_) return member.join(*broker_, habits_);
    if (!address_) return;
    auto& device = member.device;
    device.bind(Binding(*address_, device.identity().key, device.user_id()));
    member.connect();
}

void Fleet::join(mqtt::Client& client, MqttHabits habits) {
    broker_ = std::make_unique<SharedBroker>(context_, client);
    habits_ = habits;
    for (const auto& member : members_) bring_online(*member);
}

void Fleet::connect(const meross::BrokerAddress& broker) {
    address_ = broker;
    for (const auto& member : members_) bring_online(*member);
}

Result<void> Fleet::answer_discovery(UdpSettings settings) {
    const auto roll = [this] {
        std::vector<UdpResponder::Present> present;
        for (const auto& member : members_) {
            if (member->server.listening() && !member->device.in_ap_mode())
                present.emplace_back(member->device, member->server.endpoint());
        }
        return present;
    };
    responder_ = std::make_unique<UdpResponder>(context_, roll, settings);
    return responder_->listen();
}

Result<void> Fleet::add_path(const std::string& path) {
    std::error_code failure;
    if (!std::filesystem::exists(path, failure)) {
        if (auto builtin = builtin_blueprint(path)) return add(std::move(*builtin));
    }
    if (!std::filesystem::is_directory(path, failure)) {
        auto blueprint = read_blueprint(path);
        if (!blueprint) return blueprint.error();
        return add(std::move(*blueprint));
    }
    std::vector<std::string> files;
    for (const auto& entry : std::filesystem::directory_iterator(path, failure)) {
        const auto name = entry.path().filename().string();
        const bool wanted = name.ends_with(".csv") || name.ends_with(".json") || name.ends_with(".json.txt");
        if (wanted && entry.is_regular_file(failure)) files.push_back(entry.path().string());
    }
    std::ranges::sort(files);
    if (files.empty())
        return Error(Errc::not_found, path + ": no recording (.csv, .json, .json.txt) in this folder");
    for (const auto& file : files) {
        if (auto added = add_path(file); !added) return added.error();
    }
    return {};
}

Result<void> Fleet::add_demo() {
    for (const auto& builtin : builtin_descriptions()) {
        auto blueprint = builtin_blueprint(builtin.name);
        if (!blueprint) return blueprint.error();
        if ((*blueprint)->factory_new) continue;
        if (auto added = add(std::move(*blueprint)); !added) return added.error();
    }
    return {};
}

asio::awaitable<void> Fleet::live() {
    for (;;) {
        const auto cancelled = co_await context_.time.sleep(heartbeat);
        if (cancelled) co_return;
        for (const auto& member : members_) {
            if (member->device.lives()) member->device.tick();
        }
    }
}

void Fleet::close() {
    for (const auto& member : members_) member->close();
    if (broker_) broker_->close();
    if (responder_) responder_->close();
}

bool Fleet::idle() const {
    const bool members = std::ranges::all_of(members_, [](const auto& member) { return member->idle(); });
    return members && (!broker_ || broker_->idle()) && (!responder_ || responder_->idle());
}

}  // namespace lanbridge::sim
