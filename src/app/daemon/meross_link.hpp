#pragma once

#include <set>
#include <string>

#include "lanbridge/meross/broker_link.hpp"
#include "lanbridge/meross/protocol/credentials.hpp"
#include "lanbridge/mqtt/client.hpp"

namespace lanbridge::app {

/// The MQTT client as the Meross devices know it.
class MerossLink final : public meross::BrokerLink {
public:
    explicit MerossLink(mqtt::Client& client) : client_(client) {}
    Result<void> publish(const std::string& topic, const std::string& payload) override {
        return client_.publish(topic, payload, 0, false);
    }
    bool connected() const override { return client_.connected(); }

    /// Whether devices that name this broker are on ours: by its name or address and, for one on this
    /// machine, by any of the machine's addresses and its name.
    bool leads_to(const meross::BrokerAddress& address);

private:
    void learn_names(const std::string& broker);

    mqtt::Client& client_;
    std::string learnt_for_;
    std::set<std::string> names_;
};

}  // namespace lanbridge::app
