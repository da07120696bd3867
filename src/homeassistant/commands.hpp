#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "homeassistant/publisher.hpp"
#include "lanbridge/base/async.hpp"

namespace lanbridge::homeassistant {

/// Strangers can send any number of wrong messages; the log says the first of each while and counts the rest.
class WarningLimit {
public:
    using Clock = TimeSource::Clock;
    /// How many were kept back since the last one; nothing when this one is to be kept back too.
    std::optional<std::size_t> admit(Clock::time_point now);

private:
    std::optional<Clock::time_point> last_;
    std::size_t kept_back_ = 0;
};

/// Turns messages on command topics into commands.
class Commands {
public:
    Commands(Context context, registry::Registry& registry, Publisher& publisher, const Topics& topics,
             const Hooks& hooks, Nursery& nursery);

    /// False when the topic is no command topic.
    bool incoming(std::string_view topic, std::string_view payload, bool retained, bool duplicate);
    void report(const model::DeviceId& device, std::string_view entity, std::string_view part,
                const Error& error);

    std::uint64_t accepted() const noexcept { return accepted_; }
    std::uint64_t refused() const noexcept { return refused_; }

private:
    struct Target {
        const registry::Device& device;
        const model::EntityDescription& entity;
        const model::PartDescription& part;
    };

    bool deserves_execution(std::string_view topic, std::string_view payload, bool retained, bool duplicate);
    std::optional<Target> find_target(const SetTopic& set, std::string_view topic);
    void handle(const Target& target, std::string_view payload);
    void handle_light(const Target& target, std::string_view payload);
    void refuse(const Target& target, std::string_view payload, const Error& error);
    void start(const Target& target, std::string_view part, model::Value value, std::string_view payload,
               model::PartValues more = {});
    asio::awaitable<void> execute(model::Command command);
    void warn_limited(std::string_view what, std::string_view topic);

    Context context_;
    registry::Registry& registry_;
    Publisher& publisher_;
    const Topics& topics_;
    const Hooks& hooks_;
    Nursery& nursery_;
    std::unordered_map<model::DeviceId, std::size_t> in_flight_;
    WarningLimit warnings_;
    std::uint64_t accepted_ = 0;
    std::uint64_t refused_ = 0;
};

}  // namespace lanbridge::homeassistant
