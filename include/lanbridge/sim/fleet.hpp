#pragma once

#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "lanbridge/base/context.hpp"
#include "lanbridge/sim/description.hpp"
#include "lanbridge/sim/member.hpp"
#include "lanbridge/sim/udp_responder.hpp"

namespace lanbridge::sim {

/// Where and how a fleet listens.
struct FleetSettings {
    FleetSettings() = default;
    asio::ip::address_v4 address = asio::ip::address_v4::loopback();
    std::uint16_t port = 0;  ///< the first port, counted upwards; 0 = free ones
    /// Each device has an address of its own, counted upwards, all at `port` (which then must not be 0).
    /// On Linux every 127.x.y.z listens.
    bool own_addresses = false;
    Secret key;                      ///< of every device
    std::uint64_t first_number = 1;  ///< from which uuids are made up
    MemberSettings member;
    /// What factory-new devices see in AP mode; none = the network "lanbridge", password "simulated".
    std::vector<WifiNetwork> wifi;
    bool factory_new = false;  ///< all devices are, not only those whose description says so
};

/// Many simulated devices in one process.
class Fleet {
public:
    explicit Fleet(Context context, FleetSettings settings = {});
    ~Fleet() { close(); }

    /// Adds `count` devices of one kind and starts them. Errors: as `HttpServer::listen`; those that were
    /// started before the failure stay.
    Result<void> add(SharedBlueprint blueprint, std::size_t count = 1);
    /// Recordings, descriptions, folders of them, or the name of a built-in description. Errors: those of the
    /// first file that cannot be used.
    Result<void> add_path(const std::string& path);
    /// The devices of `run --demo`, one of each built-in description.
    Result<void> add_demo();

    /// All devices, also those that are added later, on this one connection. Those in AP mode stay away.
    void join(mqtt::Client& client, MqttHabits habits = MqttHabits());
    /// All devices, also those that are added later, each with a connection and credentials of its own.
    void connect(const meross::BrokerAddress& broker);

    /// Answers discovery on the LAN for all devices that are switched on and not in AP mode. Errors: as
    /// `UdpResponder::listen`.
    Result<void> answer_discovery(UdpSettings settings = UdpSettings());
    /// nullptr before `answer_discovery`.
    UdpResponder* discovery() noexcept { return responder_.get(); }

    const std::vector<std::unique_ptr<Member>>& members() const noexcept { return members_; }
    Member& operator[](std::size_t index) { return *members_.at(index); }
    /// Lets replays go on and hours pass while nobody asks; runs until cancelled.
    asio::awaitable<void> live();
    void close();
    /// True when nothing runs any more after `close`: the fleet may be destroyed.
    bool idle() const;

private:
    asio::ip::tcp::endpoint next_endpoint();
    meross::Uuid next_uuid(const Blueprint& blueprint);
    Result<void> add_one(const SharedBlueprint& blueprint);
    void bring_online(Member& member);

    Context context_;
    FleetSettings settings_;
    std::size_t started_ = 0;
    std::set<std::string> uuids_;
    std::unique_ptr<SharedBroker> broker_;
    MqttHabits habits_;
    std::optional<meross::BrokerAddress> address_;
    std::unique_ptr<UdpResponder> responder_;
    std::vector<std::unique_ptr<Member>> members_;  // after what they are on
};

}  // namespace lanbridge::sim
