#include "mqtt/paho_link.hpp"

#include <mqtt/async_client.h>

#include <boost/asio/post.hpp>

#include "mqtt/paho_options.hpp"

namespace lanbridge::mqtt {
namespace {

/// Paho's own limit, which it applies while connected too; ours (`Flight`) is reached first.
constexpr int paho_buffer = 2 * static_cast<int>(Flight::most_messages);

/// The lowest code of a SUBACK that says no.
constexpr int first_refusal = 128;
/// Paho's reason code where there is none, as with MQTT 3.1.1.
constexpr int no_reason = 255;

bool subscription_refused(const ::mqtt::token& token) {
    const int reason = static_cast<int>(token.get_reason_code());
    return token.get_return_code() >= first_refusal || (reason >= first_refusal && reason != no_reason);
}

/// The filters that the broker does not want to serve. A packet with several of them succeeds as a whole.
std::vector<std::string> refused_filters(const ::mqtt::token& token, bool succeeded) {
    std::vector<std::string> out;
    const auto topics = token.get_topics();
    if (!topics || topics->empty()) return out;
    if (!succeeded) {  // other failures: the link has gone before the answer
        if (subscription_refused(token)) out.push_back((*topics)[0]);
        return out;
    }
    if (topics->size() == 1) return out;
    const auto response = token.get_subscribe_response();
    const auto& codes = response.get_reason_codes();
    for (std::size_t i = 0; i < std::min(codes.size(), topics->size()); ++i)
        if (static_cast<int>(codes[i]) >= first_refusal) out.push_back((*topics)[i]);
    return out;
}

/// Calls a function with the token and whether the action succeeded, on Paho's thread.
class Listener final : public ::mqtt::iaction_listener {
public:
    using Handler = std::function<void(const ::mqtt::token&, bool succeeded)>;
    explicit Listener(Handler handler) : handler_(std::move(handler)) {}
    void on_success(const ::mqtt::token& token) override { handler_(token, true); }
    void on_failure(const ::mqtt::token& token) override { handler_(token, false); }

private:
    Handler handler_;
};

void* as_context(std::uintptr_t number) { return reinterpret_cast<void*>(number); }
std::uintptr_t context_of(const ::mqtt::token& token) {
    return reinterpret_cast<std::uintptr_t>(token.get_user_context());
}

std::pair<std::size_t, int> size_and_qos(const ::mqtt::token& token) {
    const auto* delivery = dynamic_cast<const ::mqtt::delivery_token*>(&token);
    const auto message = delivery != nullptr ? delivery->get_message() : nullptr;
    if (!message) return {0, 0};
    return {message->get_payload().size(), message->get_qos()};
}

/// How many unacknowledged messages an MQTT 5 broker takes; with 3.1.1 nobody says.
std::size_t receive_maximum(const ::mqtt::token& token) {
    try {
        const auto response = token.get_connect_response();
        const auto& properties = response.get_properties();
        if (properties.contains(::mqtt::property::RECEIVE_MAXIMUM))
            return ::mqtt::get<std::uint16_t>(properties, ::mqtt::property::RECEIVE_MAXIMUM);
    } catch (const std::exception&) {
        // no response, no limit
    }
    return Flight::widest_window;
}

/// The text that goes with a failed token: only the exception that its wait throws carries it.
std::string failure_text(const ::mqtt::token_ptr& token) {
    try {
        if (token) token->try_wait();
    } catch (const ::mqtt::exception& e) {
        return e.get_message();
    }
    return {};
}

::mqtt::create_options make_create_options(Protocol protocol) {
    return ::mqtt::create_options_builder()
        .mqtt_version(static_cast<int>(protocol))
        .max_buffered_messages(paho_buffer)
        .send_while_disconnected(false)
        .finalize();
}

}  // namespace

/// A Paho client and what it calls. The client comes last: its destructor waits for a running callback.
struct PahoLink::Session {
    Session(Protocol p, const std::string& uri, const std::string& id, Listener::Handler on_connect,
            Listener::Handler on_publish, Listener::Handler on_subscribe, Listener::Handler on_disconnect)
        : protocol(p),
          connect(std::move(on_connect)),
          publish(std::move(on_publish)),
          subscribe(std::move(on_subscribe)),
          disconnect(std::move(on_disconnect)),
          client(uri, id, make_create_options(p)) {}

    void subscribe_alone(const WireSubscription& wire, void* context) {
        ::mqtt::subscribe_options options;
        if (wire.replay == RetainedReplay::none)
            options.set_retain_handling(::mqtt::subscribe_options::DONT_SEND_RETAINED);
        if (wire.replay == RetainedReplay::flagged) options.set_retain_as_published(true);
        client.subscribe(wire.filter, wire.qos, context, subscribe, options);
    }
    void subscribe_together(const std::vector<WireSubscription>& wires, void* context) {
        auto filters = std::make_shared<::mqtt::string_collection>();
        ::mqtt::iasync_client::qos_collection qos;
        for (const auto& wire : wires) {
            filters->push_back(wire.filter);
            qos.push_back(wire.qos);
        }
        client.subscribe(filters, qos, context, subscribe);
    }

    void call_connect(PahoLink& link, const LinkTarget& target);
    void install_handlers(PahoLink& link);
    static void end_connect(PahoLink& link, std::uintptr_t attempt, int code, std::size_t window);

    Protocol protocol;
    Listener connect;
    Listener publish;
    Listener subscribe;
    Listener disconnect;
    std::shared_ptr<TlsComplaint> complaint = std::make_shared<TlsComplaint>();
    ::mqtt::token_ptr connecting;
    ::mqtt::async_client client;
};

std::shared_ptr<Inbox> PahoLink::make_inbox() { return std::make_shared<Inbox>(); }
std::shared_ptr<Flight> PahoLink::make_flight() { return std::make_shared<Flight>(); }

void PahoLink::open_session(const LinkTarget& target) {
    // The handlers copy what they need.
    auto poster = [executor = executor_, weak = weak_from_this()](auto call) {
        post(executor, weak, std::move(call));
    };
    auto on_connect = [poster](const ::mqtt::token& token, bool succeeded) {
        const int code = succeeded ? 0 : token.get_return_code();
        const auto window = succeeded ? receive_maximum(token) : 0;
        poster([attempt = context_of(token), code, window](PahoLink& self) {
            Session::end_connect(self, attempt, code, window);
        });
    };
    auto on_publish = [poster, flight = flight_](const ::mqtt::token& token, bool) {
        const auto [size, qos] = size_and_qos(token);
        const auto progress = flight->done(context_of(token), size, qos);
        if (!progress.any()) return;
        poster([progress](PahoLink& self) {
            if (progress.send) self.send_waiting();
            if (progress.tell) self.events_.drained();
        });
    };
    auto on_subscribe = [poster](const ::mqtt::token& token, bool succeeded) {
        for (auto& filter : refused_filters(token, succeeded))
            poster([filter](PahoLink& self) { self.events_.refused_subscription(filter); });
    };
    auto on_disconnect = [poster](const ::mqtt::token&, bool) {
        poster([](PahoLink& self) { self.events_.closed(); });
    };
    // The address is a formality: every connect names its own.
    session_ = std::make_shared<Session>(target.protocol, "tcp://" + target.url.host, settings_.client_id,
                                         on_connect, on_publish, on_subscribe, on_disconnect);
    session_->install_handlers(*this);
    session_->call_connect(*this, target);
}

void PahoLink::Session::call_connect(PahoLink& link, const LinkTarget& target) {
    const auto attempt = link.attempt_;
    try {
        auto options = make_connect_options(link.settings_, target, complaint);
        connecting = client.connect(std::move(options), as_context(attempt), connect);
    } catch (const ::mqtt::exception& e) {
        post(link.executor_, link.weak_from_this(), [attempt, why = std::string(e.what())](PahoLink& self) {
            if (self.attempt_ == attempt) self.events_.failed(ConnectFailure::unreachable, why);
        });
    }
}

void PahoLink::Session::install_handlers(PahoLink& link) {
    auto lost = [executor = link.executor_, weak = link.weak_from_this()](const std::string& why) {
        post(executor, weak, [why](PahoLink& self) { self.events_.lost(why); });
    };
    client.set_connection_lost_handler(
        [lost](const std::string& cause) { lost(cause.empty() ? "the connection broke" : cause); });
    client.set_disconnected_handler([lost](const ::mqtt::properties&, ::mqtt::ReasonCode reason) {
        lost(describe_disconnect(static_cast<int>(reason)));
    });
    client.set_message_callback([executor = link.executor_, weak = link.weak_from_this(),
                                 inbox = link.inbox_](const ::mqtt::const_message_ptr& message) {
        const auto& payload = message->get_payload();
        Incoming incoming(message->get_topic(), std::string(payload.data(), payload.size()),
                          message->get_qos(), message->is_retained(), message->is_duplicate());
        if (!inbox->push(std::move(incoming))) return;
        post(executor, weak, [](PahoLink& self) { self.events_.readable(); });
    });
}

void PahoLink::Session::end_connect(PahoLink& link, std::uintptr_t attempt, int code, std::size_t window) {
    if (attempt != link.attempt_ || !link.session_) return;
    const auto token = std::exchange(link.session_->connecting, nullptr);
    if (code == 0) return link.on_connected(window);
    const auto text = failure_text(token);
    const auto complaint = link.session_->complaint->take();
    const auto kind = complaint.empty() ? classify_failure(code, text) : ConnectFailure::unreachable;
    link.events_.failed(kind, complaint.empty() ? describe_failure(code, text) : "TLS: " + complaint);
}

void PahoLink::disconnect(std::chrono::milliseconds limit) {
    try {
        if (session_)
            session_->client.disconnect(static_cast<int>(limit.count()), as_context(attempt_),
                                        session_->disconnect);
    } catch (const ::mqtt::exception&) {  // not connected any more
        post(executor_, weak_from_this(), [](PahoLink& self) { self.events_.closed(); });
    }
}

Result<void> PahoLink::hand_over(const Outgoing& message) {
    try {
        session_->client.publish(::mqtt::make_message(message.topic, message.payload.data(),
                                                      message.payload.size(), message.qos, message.retain),
                                 as_context(attempt_), session_->publish);
        return {};
    } catch (const ::mqtt::exception& e) {
        const bool full = e.get_return_code() == MQTTASYNC_MAX_BUFFERED_MESSAGES;
        return Error(full ? Errc::overflow : Errc::link_down, e.what());
    }
}

void PahoLink::subscribe(const std::vector<WireSubscription>& wires) {
    try {
        if (session_->protocol == Protocol::v5)
            for (const auto& wire : wires) session_->subscribe_alone(wire, as_context(attempt_));
        else
            session_->subscribe_together(wires, as_context(attempt_));
    } catch (const ::mqtt::exception&) {
        // the link has just gone: the next connect subscribes again
    }
}

void PahoLink::unsubscribe(const std::string& filter) {
    try {
        session_->client.unsubscribe(filter);
    } catch (const ::mqtt::exception&) {
        // the link has just gone, and with it the subscription
    }
}

}  // namespace lanbridge::mqtt
