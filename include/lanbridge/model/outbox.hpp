#pragma once

#include <string>

namespace lanbridge::model {

struct Publication {
    Publication(std::string t, std::string p, int q, bool r)
        : topic(std::move(t)), payload(std::move(p)), qos(q), retain(r) {}
    std::string topic;
    std::string payload;  ///< "" with `retain` clears the topic
    int qos;
    bool retain;
};

/// Where messages for the broker go. Layers above use this, not the MQTT client, so that tests need no
/// broker.
class Outbox {
public:
    virtual ~Outbox() = default;
    /// False when the link is down or its bounded queue is full: the caller keeps what it needs to try again.
    virtual bool publish(Publication publication) = 0;
    /// How many messages are accepted right now; 0 while the link is down.
    virtual std::size_t room() const = 0;
};

}  // namespace lanbridge::model
