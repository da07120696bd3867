#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "lanbridge/base/async.hpp"
#include "meross/device/session.hpp"
#include "meross/hub/claims.hpp"

namespace lanbridge::meross {

/// All sessions of the integration: who serves which device, which start, which end.
class Roster {
public:
    Roster(Context context, net::HttpPoster& http, MqttExchange& exchange, model::DeviceSink& sink,
           model::Memory& memory);

    /// Makes the sessions those of the settings: what did not change is left alone, what is gone is removed
    /// with its topics and left alone by discovery.
    void configure(std::vector<SessionSettings> wanted);
    /// A session for a device that was found.
    void start(SessionSettings settings);
    /// False when it is none of ours.
    bool remove(const model::DeviceId& device);
    void stop();
    bool idle();

    Session* find(const Uuid& uuid) const;
    std::shared_ptr<Session> find(const model::DeviceId& device) const;
    /// By the MAC address, with colons.
    Session* find_mac(std::string_view mac) const;
    /// Taken out by its owner: discovery leaves it alone.
    bool removed(const Uuid& uuid) const;
    /// Devices that were found in an earlier run.
    std::vector<Uuid> found_before() const;

    template <class Visit>
    void each(Visit visit) const {
        for (const auto& running : sessions_) visit(*running->session);
    }
    template <class Test>
    bool all(Test test) const {
        for (const auto& running : sessions_)
            if (!test(*running->session)) return false;
        return true;
    }
    SessionServices& services() noexcept { return services_; }

private:
    /// A session and the switch that ends it.
    struct Running {
        Running(const asio::any_io_executor& executor, std::shared_ptr<Session> s)
            : session(std::move(s)), nursery(executor) {}
        std::shared_ptr<Session> session;
        Nursery nursery;
    };
    using RunningPtr = std::unique_ptr<Running>;

    bool claim(const Uuid& uuid, Session* session);
    bool release(const Uuid& uuid, Session* session);
    std::optional<Uuid> known_at(const net::HttpEndpoint& endpoint) const;
    void learn_addresses();
    void end(RunningPtr running);
    std::set<Uuid> end_changed(std::vector<SessionSettings>& wanted);
    void put_away(const model::DeviceId& id);
    void forget_strangers();
    asio::awaitable<void> settle();
    void sweep_ended();

    Context context_;
    model::DeviceSink& sink_;
    model::Memory& memory_;
    model::EntitySetPool entity_sets_;
    Nursery nursery_;
    Gate meetings_;
    SubdeviceClaims subdevices_;
    SessionServices services_;
    std::vector<RunningPtr> sessions_;
    std::vector<RunningPtr> ending_;
    std::map<Uuid, Session*> claims_;
    std::map<std::string, Uuid> last_seen_;
};

}  // namespace lanbridge::meross
