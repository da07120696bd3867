#pragma once

#include <boost/asio/io_context.hpp>
#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "lanbridge/base/json.hpp"
#include "lanbridge/model/outbox.hpp"

namespace lanbridge::test {

/// A broker in memory with two clients: the bridge, and what stands for Home Assistant. Messages travel with
/// `pump()`.
class FakeBroker final : public model::Outbox {
public:
    struct Client {
        std::function<void(std::string_view topic, std::string_view payload, bool retained)> deliver;
        std::vector<std::string> filters;
    };

    bool publish(model::Publication publication) override;
    std::size_t room() const override {
        return up ? capacity - std::min(capacity, log.size() - acknowledged) : 0;
    }

    /// A message of somebody else.
    void inject(const std::string& topic, const std::string& payload, bool retain = false);
    /// Adds a filter and replays what is retained on it.
    void subscribe(Client& client, const std::string& filter);
    /// Delivers what is on its way, and what follows from it.
    void pump();
    /// The retained messages are lost, as with a broker without persistence.
    void forget_retained() { retained.clear(); }

    std::vector<model::Publication> published_on(std::string_view topic) const;
    std::optional<std::string> retained_on(const std::string& topic) const;
    void acknowledge_all() { acknowledged = log.size(); }

    Client bridge;
    Client home_assistant;
    bool up = true;
    std::size_t capacity = 1'000'000;
    std::size_t acknowledged = 0;
    bool keeps_up = true;  ///< acknowledges with every `pump()`
    std::map<std::string, std::string> retained;
    std::vector<model::Publication> log;  ///< all of the bridge's

private:
    struct Delivery {
        Client* to;
        std::string topic;
        std::string payload;
        bool retained;
    };
    void accept(const std::string& topic, const std::string& payload, bool retain);
    std::deque<Delivery> on_the_way_;
};

bool topic_matches(std::string_view filter, std::string_view topic);

/// What Home Assistant does with discovery: keeps a registry of entities, loads them from configs, follows
/// availability and state, and writes down what it would complain about.
class FakeHomeAssistant {
public:
    struct Entity {
        std::string platform;
        std::string unique_id;
        std::string entity_id;
        std::string config_topic;
        std::string component_id;
        Json config;
        bool loaded = false;  ///< false: restored from the registry, unavailable
        std::map<std::string, bool> available;
        std::optional<std::string> state;
        std::map<std::string, std::string> values;  ///< last payload by topic
    };

    explicit FakeHomeAssistant(FakeBroker& broker);

    /// Subscribes, reads the retained configs, says that it is ready.
    void start(bool birth = true);
    /// Forgets what discovery told; the registry stays.
    void stop();
    /// The user deletes a device.
    void delete_device(const std::string& config_topic);
    /// The user acts: publishes on the entity's command topic.
    void command(const std::string& unique_id, const std::string& payload,
                 std::string_view key = "command_topic");

    const Entity* find(const std::string& unique_id) const;
    bool available(const std::string& unique_id) const;
    std::string state(const std::string& unique_id) const;
    std::size_t loaded_count() const;

    std::map<std::string, Entity> entities;  ///< the registry, by unique id
    std::vector<std::string> complaints;
    std::size_t documents = 0;  ///< configs taken

private:
    void receive(std::string_view topic, std::string_view payload, bool retained);
    void config(const std::string& topic, std::string_view payload);
    void document(const std::string& topic, const Json& json);
    void load(const std::string& topic, const std::string& component_id, Json config);
    void remove_topic(const std::string& topic);
    void unload_topic(const std::string& topic);
    void state_message(Entity& entity, const std::string& topic, std::string_view payload);
    void check_state(const Entity& entity, const std::string& payload);

    FakeBroker& broker_;
    bool running_ = false;
};

}  // namespace lanbridge::test
