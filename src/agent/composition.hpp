#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "agent/broker/broker_host.hpp"
#include "agent/broker/mqtt_link.hpp"
#include "agent/cache/cache.hpp"
#include "agent/gateway.hpp"
#include "agent/journal.hpp"
#include "agent/miio/hub.hpp"
#include "agent/peers/central_proxy.hpp"
#include "agent/programs.hpp"
#include "agent/report.hpp"
#include "agent/script.hpp"
#include "agent/script_hooks.hpp"
#include "agent/settings.hpp"
#include "agent/zigbee/zigbee.hpp"
#include "lanbridge/base/async.hpp"
#include "lanbridge/base/context.hpp"

namespace lanbridge::agent {

/// The agent put together: the modules that the settings ask for, and what flows between them.
class Agent {
public:
    /// `program` is the absolute path of the program; the script and the store lie beside it.
    Agent(Context context, Settings settings, const std::string& program);
    Agent(const Agent&) = delete;
    Agent& operator=(const Agent&) = delete;

    Journal& journal() noexcept { return journal_; }

    void start();
    /// Gives the gateway back to the vendor's programs. Run the loop until `idle()` before destruction.
    asio::awaitable<void> stop();
    bool idle() const noexcept;

private:
    void introduce();
    void make_link();
    void start_script();
    void start_miio();
    void start_zigbee();
    void start_mqtt();
    void start_central();
    asio::awaitable<void> open_broker();
    void subscribe();
    void publish(std::string_view topic, std::string_view payload, bool retain = false);

    Context context_;
    Settings settings_;
    std::string program_;
    Journal journal_;
    Gateway gateway_;
    Report report_;
    Programs programs_;
    std::optional<BrokerHost> broker_;
    std::optional<MqttLink> link_;
    std::optional<Script> script_;
    std::optional<ScriptHooks> hooks_;
    std::optional<Cache> cache_;
    std::optional<MiioHub> hub_;
    std::optional<Zigbee> zigbee_;
    std::optional<CentralProxy> central_;
    Nursery tasks_;
};

}  // namespace lanbridge::agent
