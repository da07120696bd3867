#pragma once

#include "lanbridge/model/outbox.hpp"
#include "lanbridge/mqtt/client.hpp"

namespace lanbridge::app {

/// The MQTT client as the layers above know it.
class MqttOutbox final : public model::Outbox {
public:
    explicit MqttOutbox(mqtt::Client& client) : client_(client) {}
    bool publish(model::Publication publication) override {
        return client_.publish(publication.topic, publication.payload, publication.qos, publication.retain)
            .has_value();
    }
    std::size_t room() const override { return client_.room(); }

private:
    mqtt::Client& client_;
};

}  // namespace lanbridge::app
