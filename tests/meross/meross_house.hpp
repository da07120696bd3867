#pragma once

#include <algorithm>
#include <boost/asio/co_spawn.hpp>

#include "lanbridge/meross/integration.hpp"
#include "local_broker.hpp"
#include "local_network.hpp"
#include "recording_sink.hpp"
#include "support/virtual_time.hpp"
#include "support/volatile_memory.hpp"

namespace lanbridge::test {

inline const Secret right_key("5d41402abc4b2a76b9719d911017c592");

struct MerossHouse {
    MerossHouse()
        : time(io),
          random(7),
          network(time),
          broker(io.get_executor(), time),
          context(io.get_executor(), time, random) {}
    ~MerossHouse() { stop(); }

    void start(meross::Settings settings) {
        if (!integration) {
            integration = std::make_unique<meross::Integration>(context, network, broker, sink, memory);
            integration->on_broker_question(
                [](const meross::BrokerAddress& named) { return named.host == LocalBroker::address().host; });
            broker.attach(*integration);
        }
        integration->configure(std::move(settings));
        pass(6s);
    }
    /// Time passes for everybody.
    void pass(std::chrono::milliseconds period) {
        for (constexpr auto step = 250ms; period > 0ms; period -= step) {
            broker.tick();
            time.advance(std::min<std::chrono::milliseconds>(step, period));
        }
        time.settle();
    }
    void stop() {
        if (!integration) return;
        broker.detach();
        asio::co_spawn(io, integration->stop(), [](const std::exception_ptr&) {});
        time.advance(1s);
        integration.reset();
    }
    static meross::DeviceSettings device(std::string host, std::optional<Secret> key = right_key) {
        meross::DeviceSettings settings;
        settings.endpoint = net::HttpEndpoint(std::move(host));
        settings.key = std::move(key);
        return settings;
    }
    /// Known by its uuid alone: on MQTT.
    static meross::DeviceSettings on_broker(std::uint64_t number = 1, std::optional<Secret> key = right_key) {
        meross::DeviceSettings settings;
        settings.uuid = sim::made_up_uuid(number);
        settings.key = std::move(key);
        return settings;
    }
    static meross::Settings one(meross::DeviceSettings device) {
        meross::Settings settings;
        settings.devices.push_back(std::move(device));
        return settings;
    }
    RecordingSink::Seen& seen(std::uint64_t number = 1) { return sink.devices[id(number)]; }
    static std::string id(std::uint64_t number = 1) {
        return "meross_" + meross::mac_digits_of(sim::made_up_uuid(number));
    }

    /// The outcome, where it is there within a second; the command goes on in any case.
    std::optional<Result<void>> command(std::string_view entity, model::Value value,
                                        std::uint64_t number = 1) {
        return command(model::Command(model::DeviceId(id(number)), entity, "state", std::move(value)),
                       number);
    }
    std::optional<Result<void>> command(model::Command wish, std::uint64_t number = 1) {
        const auto outcome = std::make_shared<std::optional<Result<void>>>();
        asio::co_spawn(
            io, seen(number).driver->apply(std::move(wish)),
            [outcome](const std::exception_ptr&, Result<void> result) { *outcome = std::move(result); });
        time.settle();
        time.advance(1s);
        return *outcome;
    }

    asio::io_context io;
    VirtualTime time;
    SeededRandom random;
    LocalNetwork network;
    LocalBroker broker;
    Context context;
    RecordingSink sink;
    VolatileMemory memory;
    std::unique_ptr<meross::Integration> integration;
};

}  // namespace lanbridge::test
