#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "app/config/load.hpp"
#include "app/daemon/demo.hpp"
#include "app/daemon/finding.hpp"
#include "app/daemon/meross_link.hpp"
#include "app/daemon/meross_request.hpp"
#include "app/daemon/mqtt_outbox.hpp"
#include "app/daemon/pairing.hpp"
#include "app/daemon/traces.hpp"
#include "app/systemd_notify.hpp"
#include "lanbridge/admin/admin.hpp"
#include "lanbridge/base/async.hpp"
#include "lanbridge/homeassistant/homeassistant.hpp"
#include "lanbridge/meross/integration.hpp"
#include "lanbridge/mqtt/client.hpp"
#include "lanbridge/mqtt/embedded_broker.hpp"
#include "lanbridge/net/http_client.hpp"
#include "lanbridge/registry/registry.hpp"
#include "lanbridge/registry/store.hpp"

namespace lanbridge::app {

/// What a life of the daemon is given.
struct DaemonSetup {
    Config config;
    std::filesystem::path data;
    bool demo = false;
    bool once = false;
};

/// All parts of the daemon, composed: from the broker to the devices. One life; a restart makes a new one.
class Daemon {
public:
    enum class End { stopped, restart };

    Daemon(Context context, DaemonSetup setup, registry::Store& store, const SystemdNotify& notify);
    Daemon(const Daemon&) = delete;
    Daemon& operator=(const Daemon&) = delete;
    ~Daemon();

    /// Lives until `stop`, `restart` or, with `once`, until everything has been published. Every part has
    /// wound down when it returns. Errors: no broker; with `once`, `unreachable` when a configured device did
    /// not answer.
    asio::awaitable<Result<End>> run();
    void stop();
    void restart();
    /// Takes a new configuration; restarts by itself where a part cannot change in place.
    void reconfigure(Config config);

private:
    asio::awaitable<Result<std::optional<mqtt::BrokerUrl>>> open_broker();
    void compose(const std::optional<mqtt::BrokerUrl>& embedded, const std::string& client_id);
    void connect_parts();
    void connect_devices();
    void add_requests();
    PairingParts pairing_parts();
    void add_health();
    void start();
    asio::awaitable<void> shut_down();
    bool wound_down() const;
    meross::Settings devices() const;
    admin::Hooks admin_hooks();
    homeassistant::Hooks homeassistant_hooks();
    bool is_known(const model::DeviceId& device) const;
    Json broker_info() const;
    asio::awaitable<admin::Reply> meross_request(Json args);
    asio::awaitable<Result<meross::Message>> route_request(MerossRequest request);
    asio::awaitable<void> summarise();
    asio::awaitable<Result<void>> publish_once();

    Context context_;
    DaemonSetup setup_;
    registry::Store& store_;
    const SystemdNotify& notify_;
    Signal ended_;
    End end_ = End::stopped;
    bool ending_ = false;
    bool leave_no_trace_ = false;  ///< the topics get other names: the old ones are cleared
    Nursery nursery_;

    std::unique_ptr<mqtt::EmbeddedBroker> broker_;
    bool broker_is_ours_ = false;
    std::unique_ptr<mqtt::Client> client_;
    std::unique_ptr<MqttOutbox> outbox_;
    std::unique_ptr<MerossLink> meross_link_;
    std::unique_ptr<registry::Registry> registry_;
    std::unique_ptr<admin::Admin> admin_;
    std::unique_ptr<homeassistant::HomeAssistant> homeassistant_;
    std::unique_ptr<net::HttpClient> http_;
    std::unique_ptr<meross::Integration> meross_;
    std::unique_ptr<TraceDesk> traces_;
    std::unique_ptr<Pairing> pairing_;
    std::unique_ptr<Finding> finding_;
    std::unique_ptr<Demo> demo_;
};

}  // namespace lanbridge::app
