#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lanbridge/sim/device.hpp"

namespace lanbridge::sim {

/// The ways in which a device goes wrong on a broker. May be changed at any time.
struct MqttFaults {
    bool silent = false;                 ///< requests are neither executed nor answered
    bool unanswered = false;             ///< executed, but the answer is lost
    std::chrono::milliseconds delay{0};  ///< before whatever it sends
    bool drop_pushes = false;            ///< what it sends by itself is lost, the birth included
    bool wrong_sign = false;             ///< on whatever it sends
    int copies = 1;                      ///< of whatever it sends
    std::optional<int> requests;         ///< for so many requests, then none of the above
};

/// When a device repeats itself.
struct MqttHabits {
    MqttHabits() = default;
    std::chrono::milliseconds clock_interval{10'000};
    int clock_attempts = 10;
    std::chrono::milliseconds bind_interval{15'000};
    bool bind = true;  ///< it was just configured: Bind at the first connect
};

/// What one simulated device says and does on a broker, without a broker: texts in, texts out. The birth
/// sequence is Clock until answered, Bind after a configuration until acknowledged, then Report, Time, Online
/// and, where there is a meter, ConsumptionConfig. Requests are answered at their header's `from`.
class MqttSession {
public:
    using TimePoint = TimeSource::Clock::time_point;
    struct Outlet {
        Outlet() = default;
        /// Publishes with QoS 1, not retained.
        std::function<void(const std::string& topic, const std::string& payload)> send;
        /// May be empty: `tick` is wanted at this time. Whoever ticks often enough need not listen.
        std::function<void(TimePoint)> wake;
    };
    enum class Stage : std::uint8_t { offline, clock, bind, steady };
    struct Counters {
        std::uint64_t received = 0;
        std::uint64_t malformed = 0;
        std::uint64_t ill_signed = 0;  ///< answers whose signature is not the device's
        std::uint64_t replies = 0;
        std::uint64_t pushes = 0;
        std::uint64_t dropped = 0;        ///< by a fault, or because too much was delayed
        std::uint64_t clocks = 0;         ///< Clock pushes
        std::uint64_t binds = 0;          ///< Bind requests
        std::uint64_t births = 0;         ///< birth sequences that came to their end
        std::uint64_t config_echoes = 0;  ///< answers to ConsumptionConfig
    };

    /// `device` and `time` outlive it.
    MqttSession(MerossDevice& device, TimeSource& time, Outlet outlet, MqttHabits habits = MqttHabits());
    MqttSession(const MqttSession&) = delete;
    MqttSession& operator=(const MqttSession&) = delete;
    ~MqttSession() { disconnected(); }

    /// The topic it wants to hear.
    std::string topic() const { return meross::request_topic(device_.identity().uuid); }
    /// Connected and subscribed: the birth sequence begins.
    void connected(const meross::BrokerAddress& broker);
    void disconnected();
    /// A message that has come on `topic()`.
    void received(std::string_view text);
    /// Sends what is due.
    void tick();
    std::optional<TimePoint> next_due() const;
    /// Configured anew: the next connect sends Bind again.
    void reconfigured() { bind_due_ = true; }

    Stage stage() const noexcept { return stage_; }
    bool online() const noexcept { return stage_ != Stage::offline; }
    MqttFaults& faults() noexcept { return faults_; }
    const Counters& counters() const noexcept { return counters_; }

private:
    bool to_itself(const meross::Message& message);
    void obey(const meross::Message& message, std::string_view text);
    void say_clock();
    void say_bind();
    void clock_known();
    void announce();
    void push(const meross::Message& message);
    void transmit(std::string topic, std::string payload, const MqttFaults& faults);
    void repeat_at(TimePoint when);
    MqttFaults take_faults();

    struct Delayed {
        Delayed(std::string t, std::string p) : topic(std::move(t)), payload(std::move(p)) {}
        std::string topic;
        std::string payload;
    };

    MerossDevice& device_;
    TimeSource& time_;
    Outlet outlet_;
    MqttHabits habits_;
    MqttFaults faults_;
    Counters counters_;
    Stage stage_ = Stage::offline;
    bool bind_due_;
    int attempts_ = 0;
    std::optional<TimePoint> repeat_;
    std::multimap<TimePoint, Delayed> delayed_;
    bool obeying_ = false;
    std::vector<meross::Message> held_;  ///< pushes that follow the answer to what caused them
};

}  // namespace lanbridge::sim
