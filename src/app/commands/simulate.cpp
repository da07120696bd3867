#include "app/commands/simulate.hpp"

#include <fmt/format.h>

#include <boost/asio/io_context.hpp>

#include "app/cli/exit_code.hpp"
#include "app/cli/options.hpp"
#include "app/cli/run_config.hpp"
#include "app/signals.hpp"
#include "lanbridge/base/async.hpp"
#include "lanbridge/sim/fleet.hpp"

namespace lanbridge::app {
namespace {

/// Simulated devices have no secrets: their key is shown, so that they can be spoken to.
void show(const GlobalOptions& globals, const sim::Member& member) {
    const auto& identity = member.device.identity();
    const auto model = member.device.blueprint().type();
    const bool waiting = member.device.in_ap_mode();
    if (globals.json)
        fmt::print("{}\n", dump_json(Json{{"address", member.address()},
                                          {"uuid", identity.uuid.value()},
                                          {"model", model},
                                          {"mode", waiting ? "ap" : "lan"},
                                          {"key", identity.key.reveal()}}));
    else
        fmt::print("{:<22} {:<33} {:<12} {}\n", member.address(), identity.uuid.value(), model,
                   waiting                ? "factory-new, in AP mode"
                   : identity.key.empty() ? "\"\""
                                          : identity.key.reveal());
    std::fflush(stdout);
}

Result<sim::FleetSettings> fleet_settings(const SimulateOptions& options) {
    using Transport = sim::OwnConnection::Transport;
    sim::FleetSettings settings;
    error_code ec;
    const auto host = options.listen.host == "localhost" ? std::string("127.0.0.1") : options.listen.host;
    settings.address = asio::ip::make_address_v4(host, ec);
    if (ec) return Error(Errc::invalid_value, "--listen wants an IPv4 address, not " + options.listen.host);
    settings.port = options.listen.port;
    if (options.key) settings.key = *options.key;
    settings.factory_new = options.factory_new;
    if (!options.wifi_ssid.empty())
        settings.wifi.emplace_back(options.wifi_ssid, options.wifi_password.value_or(Secret()));
    if (options.broker && !options.broker->tls) settings.member.own.transport = Transport::plain;
    return settings;
}

mqtt::ClientSettings client_settings(const mqtt::BrokerUrl& broker, Random& random) {
    mqtt::ClientSettings settings;
    settings.brokers = {broker};
    settings.client_id = "lanbridge_simulate_" + random.hex(4);
    return settings;
}

/// The devices, their connection to a broker, and the end of both.
class Simulation {
public:
    Simulation(const GlobalOptions& globals, const SimulateOptions& options, sim::FleetSettings settings)
        : globals_(globals),
          options_(options),
          context_(io_.get_executor(), time_, random_),
          nursery_(context_.executor) {
        if (options.broker && !options.broker->tls && !options.own_connections)
            client_.emplace(context_, client_settings(*options.broker, random_));
        fleet_.emplace(context_, std::move(settings));
    }

    Result<void> add() {
        for (const auto& path : options_.paths) {
            if (auto added = fleet_->add_path(path); !added) return added;
        }
        if (options_.discovery) {
            if (auto listening = fleet_->answer_discovery(); !listening) return listening;
        }
        return {};
    }

    void run() {
        if (!globals_.json) fmt::print("{:<22} {:<33} {:<12} {}\n", "ADDRESS", "UUID", "MODEL", "KEY");
        for (const auto& member : fleet_->members()) {
            show(globals_, *member);
            member->on_joined([this, joined = member.get()] { show(globals_, *joined); });
        }
        connect();
        Signals::Handlers handlers;
        handlers.terminate = [this] { stop(); };
        handlers.terminate_now = [] { std::_Exit(exit_failed); };
        signals_ = std::make_unique<Signals>(context_.executor, std::move(handlers));
        nursery_.start("simulated devices", fleet_->live());
        io_.run();
    }

private:
    void connect() {
        if (client_) {
            fleet_->join(*client_);
            client_->start();
        } else if (options_.broker) {
            meross::BrokerAddress broker;
            broker.host = options_.broker->host;
            broker.port = options_.broker->port;
            fleet_->connect(broker);
        }
    }
    void stop() {
        nursery_.stop();
        fleet_->close();
        signals_.reset();
        if (client_) nursery_.start("farewell", client_->stop());
    }

    const GlobalOptions& globals_;
    const SimulateOptions& options_;
    asio::io_context io_{1};
    SystemTime time_;
    SystemRandom random_;
    Context context_;
    std::optional<mqtt::Client> client_;
    std::optional<sim::Fleet> fleet_;
    Nursery nursery_;
    std::unique_ptr<Signals> signals_;
};

}  // namespace

int run_simulation(const GlobalOptions& globals, const SimulateOptions& options) {
    log::Settings log_config;
    log_config.level = globals.log_level.value_or(log::Level::warn);
    log::configure(log_config);
    if (options.password_in_arguments) fmt::print(stderr, "lanbridge: {}\n", password_hint);
    auto settings = fleet_settings(options);
    if (!settings) {
        fmt::print(stderr, "lanbridge: {}\n", settings.error().text());
        return exit_usage;
    }
    Simulation simulation(globals, options, *std::move(settings));
    if (auto added = simulation.add(); !added) {
        fmt::print(stderr, "lanbridge: {}\n", added.error().text());
        return exit_failed;
    }
    simulation.run();
    return exit_done;
}

}  // namespace lanbridge::app
