#pragma once

#include <list>
#include <map>
#include <optional>
#include <string>

#include "lanbridge/base/async.hpp"
#include "lanbridge/base/context.hpp"
#include "lanbridge/meross/broker_link.hpp"
#include "meross/transport/transport.hpp"

namespace lanbridge::meross {

/// Requests over the broker and their answers, of all devices. Facts: docs/protocols/meross.md, "MQTT".
class MqttExchange {
public:
    /// A device that has not answered by then will not.
    static constexpr auto answer_limit = std::chrono::seconds(5);
    /// Garage doors take 6 s. What must not be sent twice has to wait for its one answer.
    static constexpr auto event_limit = std::chrono::seconds(10);
    /// Far more than one for each device of a house.
    static constexpr std::size_t max_pending = 4096;

    MqttExchange(Context context, BrokerLink& link) : context_(std::move(context)), link_(link) {}

    /// Publishes one request and waits for the answer with its message id and namespace; for a PUSH, which
    /// devices do not acknowledge, for the device's next PUSH of the namespace. Errors: `unreachable`
    /// (nothing was sent), `timeout`, `closed` (the broker was lost meanwhile), `cancelled`.
    asio::awaitable<Result<Message>> request(Uuid uuid, Secret key, Request request);

    /// True when somebody was waiting for this message; a PUSH is still news for everybody else.
    bool answered(const Uuid& sender, const Message& message);
    void link_lost();
    bool connected() const { return link_.connected(); }
    /// To the device, without an answer. Errors: as `BrokerLink::publish`.
    Result<void> send(const Uuid& uuid, const std::string& text) {
        return link_.publish(request_topic(uuid), text);
    }
    const Context& context() const noexcept { return context_; }

private:
    struct Pending {
        Pending(const asio::any_io_executor& executor, const Uuid& u, const std::string& ns)
            : uuid(u), name_space(ns), done(executor) {}
        const Uuid& uuid;
        const std::string& name_space;
        Signal done;
        std::optional<Result<Message>> answer;
    };
    /// Keeps an entry listed while its coroutine waits.
    class Listed;
    void complete(Pending& pending, Result<Message> answer);

    Context context_;
    BrokerLink& link_;
    std::map<std::string, Pending*, std::less<>> by_message_id_;
    std::list<Pending*> push_queries_;
};

/// One device behind the broker.
class MqttTransport final : public Transport {
public:
    MqttTransport(MqttExchange& exchange, Uuid uuid) : exchange_(exchange), uuid_(std::move(uuid)) {}

    asio::awaitable<Result<Message>> request(Request request, Patience patience) override;
    model::Transport kind() const noexcept override { return model::Transport::mqtt; }
    std::string place() const override { return uuid_.value() + " over MQTT"; }
    void use_key(Secret key) override { key_ = std::move(key); }
    const Secret& key() const noexcept override { return key_; }

private:
    MqttExchange& exchange_;
    Uuid uuid_;
    Secret key_;
};

}  // namespace lanbridge::meross
