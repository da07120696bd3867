#include "bare_relay.hpp"

#include <fmt/format.h>
#include <mqtt/async_client.h>
#include <unistd.h>

#include <cstdio>

#include "mqtt/no_delay.hpp"

namespace lanbridge::bench {
namespace {

/// MQTT 3.1.1: with 5 mosquitto takes 20 messages at once, and Paho stalls for a second when there are more
/// to send.
constexpr int protocol = 4;
/// More than any benchmark has under way; Paho's default of 100 is less.
constexpr int paho_buffer = 4096;

struct Outlet {
    explicit Outlet(std::string t) : topic(std::move(t)) {}
    std::string topic;
    bool on = false;
};

}  // namespace

int run_bare_relay(std::uint16_t broker_port, const std::string& filter, const RelayTable& table) {
    std::map<std::string, Outlet, std::less<>> outlets;
    for (const auto& [from, to] : table) outlets.emplace(from, Outlet(to));
    auto created =
        ::mqtt::create_options_builder().mqtt_version(protocol).max_buffered_messages(paho_buffer).finalize();
    ::mqtt::async_client client(fmt::format("tcp://127.0.0.1:{}", broker_port), "bench_relay", created);
    client.set_message_callback([&](const ::mqtt::const_message_ptr& message) {
        const auto outlet = outlets.find(message->get_topic());
        if (outlet == outlets.end()) return;
        outlet->second.on = !outlet->second.on;
        const std::string_view word = outlet->second.on ? "ON" : "OFF";
        client.publish(outlet->second.topic, word.data(), word.size(), 1, true);
    });
    auto options = ::mqtt::connect_options_builder()
                       .mqtt_version(protocol)
                       .clean_session(true)
                       .max_inflight(1000)
                       .finalize();
    client.connect(options)->wait();
    mqtt::set_no_delay_by_peer(broker_port);  // as lanbridge does, or QoS 1 would wait in the kernel
    client.subscribe(filter, 0)->wait();
    std::puts("ready");
    std::fflush(stdout);
    for (;;) ::pause();
}

}  // namespace lanbridge::bench
