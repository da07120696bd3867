#include "lanbridge/mqtt/feature_probe.hpp"

#include <optional>

#include "lanbridge/base/async.hpp"

namespace lanbridge::mqtt {
namespace {

/// For each of connecting and of a message's way through the broker.
constexpr auto step_deadline = 5s;
constexpr std::string_view kept = "kept";
constexpr std::string_view echo = "echo";

struct Observed {
    explicit Observed(const asio::any_io_executor& executor) : changed(executor) {}
    Signal changed;
    std::optional<Error> unreached;
    bool connected = false;
    bool retained = false;
    bool echoed = false;

    void hear(const Message& message) {
        if (message.payload == kept && message.retained) retained = true;
        if (message.payload == echo) echoed = true;
        changed.notify();
    }
};

ClientSettings settings_for(const BrokerUrl& url, TlsSettings tls, const std::string& id) {
    ClientSettings settings;
    settings.brokers.push_back(url);
    settings.tls = std::move(tls);
    settings.client_id = id;
    return settings;
}

void watch(Client& client, Observed& observed) {
    client.on_connected([&observed] {
        observed.connected = true;
        observed.changed.notify();
    });
    client.on_unreached([&observed](const Error& why) {
        observed.unreached = why;
        observed.changed.notify();
    });
}

asio::awaitable<Result<void>> until_connected(Context context, Observed& observed) {
    const auto deadline = context.time.now() + step_deadline;
    while (!observed.connected && !observed.unreached && context.time.now() < deadline)
        co_await wait_signal_until(context.time, observed.changed, deadline);
    if (observed.connected) co_return Result<void>();
    if (observed.unreached) co_return *observed.unreached;
    co_return Error(Errc::timeout, "the broker does not answer within 5 s");
}

/// MQTT keeps the order of one connection: the retained message, if it is replayed, comes before the echo.
asio::awaitable<Result<BrokerFeatures>> look(Context context, Client& client, Observed& observed,
                                             std::string topic) {
    BrokerFeatures features;
    features.mqtt5 = client.statistics().protocol == Protocol::v5;
    if (auto sent = client.publish(topic, kept, 1, true); !sent) co_return std::move(sent).error();
    const auto hear = [&observed](const Message& message) { observed.hear(message); };
    if (auto done = client.subscribe(topic, 1, hear); !done) co_return std::move(done).error();
    const auto begin = context.time.now();
    if (auto sent = client.publish(topic, echo, 1, false); !sent) co_return std::move(sent).error();
    while (!observed.echoed && context.time.now() < begin + step_deadline)
        co_await wait_signal_until(context.time, observed.changed, begin + step_deadline);
    features.latency = std::chrono::duration_cast<std::chrono::microseconds>(context.time.now() - begin);
    features.retained = observed.retained;
    (void)client.publish(topic, "", 1, true);  // nothing stays
    if (observed.echoed) co_return features;
    co_return Error(Errc::timeout,
                    "what is published on " + topic +
                        " does not come back: may this login read and write below that topic?");
}

}  // namespace

asio::awaitable<Result<BrokerFeatures>> probe_features(Context context, BrokerUrl url, TlsSettings tls,
                                                       std::string base_topic) {
    const auto id = "lanbridge_probe_" + context.random.hex(4);
    Observed observed(context.executor);
    Client client(context, settings_for(url, std::move(tls), id));
    watch(client, observed);
    client.start();
    auto connected = co_await until_connected(context, observed);
    auto features = Result<BrokerFeatures>(BrokerFeatures());
    if (connected.has_value())
        features = co_await look(context, client, observed, base_topic + "/probe/" + id);
    else
        features = std::move(connected).error();
    co_await client.stop();
    if (!features) co_return features.error().in(url.display());
    co_return features;
}

}  // namespace lanbridge::mqtt
