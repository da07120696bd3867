#include <MQTTAsync.h>

#include <algorithm>
#include <list>
#include <mutex>

#include "mqtt/paho_failures.hpp"
#include "mqtt/paho_link.hpp"

// `PahoLink` over Paho's C library, for the small build: MQTT 3.1 and 3.1.1 without TLS. Debian has Paho's
// C++ library for no gateway.
namespace lanbridge::mqtt {
namespace {

/// Paho's own limit, which it applies while connected too; ours (`Flight`) is reached first.
constexpr int paho_buffer = 2 * static_cast<int>(Flight::most_messages);
/// Of QoS 1 messages; more than `Flight` ever lets out, for Paho stalls for a second when it reaches its
/// limit.
constexpr int unacknowledged_at_once = 1000;
/// Of messages, either way. A gateway has 64 MB of memory for everybody; a loop or a broker that lags behind
/// by more is in trouble.
constexpr std::size_t most_bytes = 1024 * 1024;
/// The lowest code of a SUBACK that says no.
constexpr int first_refusal = 128;

std::string paho_uri(const BrokerUrl& url) {
    const bool v6 = url.host.find(':') != std::string::npos;
    return "tcp://" + (v6 ? "[" + url.host + "]" : url.host) + ":" + std::to_string(url.port);
}

std::string message_of(const MQTTAsync_failureData* data) {
    return data != nullptr && data->message != nullptr ? data->message : std::string();
}

/// Why this build cannot speak to `target`; "" where it can.
std::string impossible(const LinkTarget& target) {
    if (target.url.tls) return "needs TLS, which this small program does not have: use its port without";
    if (target.protocol == Protocol::v5) return "MQTT 5 is not part of this small program";
    return {};
}

}  // namespace

/// A Paho client and what its callbacks need. They get a pointer to this, and run on Paho's threads;
/// destroying the client waits for them.
struct PahoLink::Session {
    explicit Session(PahoLink& link)
        : executor(link.executor_),
          weak(link.weak_from_this()),
          attempt(link.attempt_),
          inbox(link.inbox_),
          flight(link.flight_) {}
    Session(const Session&) = delete;
    Session& operator=(const Session&) = delete;
    ~Session() { MQTTAsync_destroy(&client); }  // allowed for none

    /// A SUBSCRIBE that has no answer yet.
    struct Asked {
        Asked(Session& s, std::vector<std::string> f) : session(s), filters(std::move(f)) {}
        Session& session;
        std::vector<std::string> filters;
    };

    int open(const ClientSettings& settings, const LinkTarget& target);
    int connect(const ClientSettings& settings, const LinkTarget& target);
    int send(const Outgoing& message);
    void subscribe(const std::vector<WireSubscription>& wires);
    std::vector<std::string> answered(const Asked* asked);

    template <class Call>
    void tell(Call call) const {
        post(executor, weak, std::move(call));
    }
    void fail(ConnectFailure failure, std::string why) const;

    static Session& of(void* context) { return *static_cast<Session*>(context); }
    static void on_connected(void* context, MQTTAsync_successData* data);
    static void on_failed(void* context, MQTTAsync_failureData* data);
    static void on_lost(void* context, char* cause);
    static int on_message(void* context, char* topic, int size, MQTTAsync_message* message);
    static void on_sent(void* context, MQTTAsync_successData* data);
    static void on_subscribed(void* context, MQTTAsync_successData* data);
    static void on_not_subscribed(void* context, MQTTAsync_failureData* data);
    static void on_left(void* context, MQTTAsync_successData* data);
    static void on_not_left(void* context, MQTTAsync_failureData* data);

    asio::any_io_executor executor;
    std::weak_ptr<PahoLink> weak;
    std::uintptr_t attempt;
    std::shared_ptr<Inbox> inbox;
    std::shared_ptr<Flight> flight;
    std::mutex mutex;
    std::list<Asked> asked;  ///< under the mutex
    MQTTAsync client = nullptr;
};

int PahoLink::Session::open(const ClientSettings& settings, const LinkTarget& target) {
    MQTTAsync_createOptions options = MQTTAsync_createOptions_initializer;
    options.MQTTVersion = static_cast<int>(target.protocol);
    options.maxBufferedMessages = paho_buffer;
    options.sendWhileDisconnected = 0;
    const auto uri = paho_uri(target.url);
    const int code = MQTTAsync_createWithOptions(&client, uri.c_str(), settings.client_id.c_str(),
                                                 MQTTCLIENT_PERSISTENCE_NONE, nullptr, &options);
    if (code != MQTTASYNC_SUCCESS) return code;
    MQTTAsync_setCallbacks(client, this, on_lost, on_message, nullptr);
    return connect(settings, target);
}

int PahoLink::Session::connect(const ClientSettings& settings, const LinkTarget& target) {
    MQTTAsync_connectOptions options = MQTTAsync_connectOptions_initializer;
    options.MQTTVersion = static_cast<int>(target.protocol);
    options.cleansession = settings.clean_session ? 1 : 0;
    options.keepAliveInterval = static_cast<int>(settings.keep_alive.count());
    options.connectTimeout = static_cast<int>(connect_timeout.count());
    options.maxInflight = unacknowledged_at_once;
    if (!target.url.username.empty()) options.username = target.url.username.c_str();
    const std::string password(target.url.password.reveal());
    if (!password.empty()) options.password = password.c_str();
    MQTTAsync_willOptions will = MQTTAsync_willOptions_initializer;
    will.topicName = settings.will.topic.c_str();
    will.payload.data = settings.will.payload.data();
    will.payload.len = static_cast<int>(settings.will.payload.size());
    will.qos = 1;
    will.retained = 1;
    if (!settings.will.topic.empty()) options.will = &will;
    options.context = this;
    options.onSuccess = on_connected;
    options.onFailure = on_failed;
    return MQTTAsync_connect(client, &options);
}

void PahoLink::Session::on_connected(void* context, MQTTAsync_successData*) {
    of(context).tell([attempt = of(context).attempt](PahoLink& self) {
        if (self.attempt_ == attempt) self.on_connected(Flight::widest_window);
    });
}

void PahoLink::Session::on_failed(void* context, MQTTAsync_failureData* data) {
    const int code = data != nullptr ? data->code : MQTTASYNC_FAILURE;
    const auto text = message_of(data);
    of(context).fail(classify_failure(code, text), describe_failure(code, text));
}

void PahoLink::Session::fail(ConnectFailure failure, std::string why) const {
    tell([attempt = attempt, failure, why = std::move(why)](PahoLink& self) {
        if (self.attempt_ == attempt) self.events_.failed(failure, why);
    });
}

void PahoLink::Session::on_lost(void* context, char* cause) {
    of(context).tell([why = std::string(cause != nullptr ? cause : "the connection broke")](PahoLink& self) {
        self.events_.lost(why);
    });
}

/// Always answers 1: taken.
int PahoLink::Session::on_message(void* context, char* topic, int size, MQTTAsync_message* message) {
    auto& session = of(context);
    std::string name = size > 0 ? std::string(topic, static_cast<std::size_t>(size)) : std::string(topic);
    Incoming incoming(std::move(name),
                      std::string(static_cast<const char*>(message->payload),
                                  static_cast<std::size_t>(message->payloadlen)),
                      message->qos, message->retained != 0, message->dup != 0);
    MQTTAsync_freeMessage(&message);
    MQTTAsync_free(topic);
    if (session.inbox->push(std::move(incoming)))
        session.tell([](PahoLink& self) { self.events_.readable(); });
    return 1;
}

/// There is no counterpart for failures: the link is gone then, and `forget` counts what was lost.
void PahoLink::Session::on_sent(void* context, MQTTAsync_successData* data) {
    auto& session = of(context);
    const auto& message = data->alt.pub.message;
    const auto progress =
        session.flight->done(session.attempt, static_cast<std::size_t>(message.payloadlen), message.qos);
    if (!progress.any()) return;
    session.tell([progress](PahoLink& self) {
        if (progress.send) self.send_waiting();
        if (progress.tell) self.events_.drained();
    });
}

std::vector<std::string> PahoLink::Session::answered(const Asked* which) {
    const std::lock_guard lock(mutex);
    const auto found = std::ranges::find_if(asked, [&](const Asked& one) { return &one == which; });
    if (found == asked.end()) return {};
    auto filters = std::move(found->filters);
    asked.erase(found);
    return filters;
}

/// A packet with several filters succeeds as a whole, and its answer has a code for each.
void PahoLink::Session::on_subscribed(void* context, MQTTAsync_successData* data) {
    const auto* asked = static_cast<const Asked*>(context);
    const auto& session = asked->session;
    const auto filters = asked->session.answered(asked);
    if (filters.size() < 2 || data == nullptr) return;
    for (std::size_t i = 0; i < filters.size(); ++i) {
        if (data->alt.qosList[i] < first_refusal) continue;
        session.tell([filter = filters[i]](PahoLink& self) { self.events_.refused_subscription(filter); });
    }
}

void PahoLink::Session::on_not_subscribed(void* context, MQTTAsync_failureData* data) {
    const auto* asked = static_cast<const Asked*>(context);
    const auto& session = asked->session;
    const auto filters = asked->session.answered(asked);
    // other failures: the link has gone before the answer
    if (data == nullptr || data->code < first_refusal || filters.empty()) return;
    session.tell([filter = filters.front()](PahoLink& self) { self.events_.refused_subscription(filter); });
}

void PahoLink::Session::on_left(void* context, MQTTAsync_successData*) {
    of(context).tell([](PahoLink& self) { self.events_.closed(); });
}
void PahoLink::Session::on_not_left(void* context, MQTTAsync_failureData*) { on_left(context, nullptr); }

int PahoLink::Session::send(const Outgoing& message) {
    MQTTAsync_responseOptions response = MQTTAsync_responseOptions_initializer;
    response.context = this;
    response.onSuccess = on_sent;
    return MQTTAsync_send(client, message.topic.c_str(), static_cast<int>(message.payload.size()),
                          message.payload.data(), message.qos, message.retain ? 1 : 0, &response);
}

void PahoLink::Session::subscribe(const std::vector<WireSubscription>& wires) {
    std::vector<std::string> filters;
    std::vector<int> qos;
    for (const auto& wire : wires) {
        filters.push_back(wire.filter);
        qos.push_back(wire.qos);
    }
    std::vector<char*> names;
    for (auto& filter : filters) names.push_back(filter.data());
    Asked* entry = nullptr;
    {
        const std::lock_guard lock(mutex);
        entry = &asked.emplace_back(*this, filters);
    }
    MQTTAsync_responseOptions response = MQTTAsync_responseOptions_initializer;
    response.context = entry;
    response.onSuccess = on_subscribed;
    response.onFailure = on_not_subscribed;
    // refused where the link has just gone: the next connect subscribes again
    if (MQTTAsync_subscribeMany(client, static_cast<int>(names.size()), names.data(), qos.data(),
                                &response) != MQTTASYNC_SUCCESS)
        answered(entry);
}

std::shared_ptr<Inbox> PahoLink::make_inbox() { return std::make_shared<Inbox>(most_bytes); }
std::shared_ptr<Flight> PahoLink::make_flight() { return std::make_shared<Flight>(most_bytes); }

void PahoLink::open_session(const LinkTarget& target) {
    session_ = std::make_shared<Session>(*this);
    if (const auto why = impossible(target); !why.empty())
        return session_->fail(target.url.tls ? ConnectFailure::refused : ConnectFailure::protocol, why);
    const int code = session_->open(settings_, target);
    if (code != MQTTASYNC_SUCCESS) session_->fail(ConnectFailure::unreachable, MQTTAsync_strerror(code));
}

void PahoLink::disconnect(std::chrono::milliseconds limit) {
    if (!session_) return;
    MQTTAsync_disconnectOptions options = MQTTAsync_disconnectOptions_initializer;
    options.timeout = static_cast<int>(limit.count());
    options.context = session_.get();
    options.onSuccess = Session::on_left;
    options.onFailure = Session::on_not_left;
    if (MQTTAsync_disconnect(session_->client, &options) != MQTTASYNC_SUCCESS)  // not connected any more
        Session::on_left(session_.get(), nullptr);
}

Result<void> PahoLink::hand_over(const Outgoing& message) {
    const int code = session_->send(message);
    if (code == MQTTASYNC_SUCCESS) return {};
    return Error(code == MQTTASYNC_MAX_BUFFERED_MESSAGES ? Errc::overflow : Errc::link_down,
                 MQTTAsync_strerror(code));
}

void PahoLink::subscribe(const std::vector<WireSubscription>& wires) {
    if (session_) session_->subscribe(wires);
}

void PahoLink::unsubscribe(const std::string& filter) {
    // Refused where the link has just gone, and with it the subscription.
    if (session_) MQTTAsync_unsubscribe(session_->client, filter.c_str(), nullptr);
}

}  // namespace lanbridge::mqtt
