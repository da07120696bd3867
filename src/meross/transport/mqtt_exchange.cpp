#include "meross/transport/mqtt_exchange.hpp"

#include "lanbridge/base/log.hpp"
#include "meross/transport/frame_log.hpp"
#include "meross/transport/repeat.hpp"

namespace lanbridge::meross {
namespace {

const log::Logger logger("meross.mqtt");

TimeSource::Clock::duration limit_of(const Request& request) {
    if (request.method == Method::set && is_event(request.name_space)) return MqttExchange::event_limit;
    return MqttExchange::answer_limit;
}

}  // namespace

class MqttExchange::Listed {
public:
    Listed(MqttExchange& exchange, Pending& pending, std::string message_id, bool push)
        : exchange_(exchange), pending_(pending), message_id_(std::move(message_id)), push_(push) {
        if (push_)
            exchange_.push_queries_.push_back(&pending_);
        else
            exchange_.by_message_id_.emplace(message_id_, &pending_);
    }
    Listed(const Listed&) = delete;
    Listed& operator=(const Listed&) = delete;
    ~Listed() {
        if (push_)
            exchange_.push_queries_.remove(&pending_);
        else
            exchange_.by_message_id_.erase(message_id_);
    }

private:
    MqttExchange& exchange_;
    Pending& pending_;
    std::string message_id_;
    bool push_;
};

asio::awaitable<Result<Message>> MqttExchange::request(Uuid uuid, Secret key, Request request) {
    if (!link_.connected()) co_return Error(Errc::unreachable, "the MQTT broker is not connected");
    if (by_message_id_.size() + push_queries_.size() >= max_pending)
        co_return Error(Errc::unreachable, "too many requests are under way over MQTT");
    Origin origin;
    origin.from = publish_topic(uuid);
    origin.timestamp = context_.time.wall_s();
    const auto header = make_request_header(request.name_space, request.method, key, origin, context_.random);
    if (logger.enabled(log::Level::debug))
        logger.debug("{} <- {} {} {}", uuid.value(), method_name(request.method), request.name_space,
                     shown_payload(request.name_space, request.payload));

    Pending pending(context_.executor, uuid, request.name_space);
    const Listed listed(*this, pending, header.message_id, request.method == Method::push);
    auto sent = link_.publish(request_topic(uuid), serialize(header, request.payload));
    if (!sent) co_return Error(Errc::unreachable, sent.error().text());
    co_await wait_signal_until(context_.time, pending.done, context_.time.now() + limit_of(request));
    if (pending.answer) co_return *std::move(pending.answer);
    const auto state = co_await asio::this_coro::cancellation_state;
    if (state.cancelled() != asio::cancellation_type::none) co_return Error(Errc::cancelled);
    co_return Error(Errc::timeout, uuid.value() + " over MQTT");
}

void MqttExchange::complete(Pending& pending, Result<Message> answer) {
    pending.answer = std::move(answer);
    pending.done.notify();
}

bool MqttExchange::answered(const Uuid& sender, const Message& message) {
    const auto& header = message.header;
    const auto it = by_message_id_.find(header.message_id);
    if (it != by_message_id_.end()) {
        Pending& pending = *it->second;
        if (pending.uuid != sender || pending.name_space != header.name_space || pending.answer) return false;
        complete(pending, message);
        return true;
    }
    if (header.method != Method::push && header.method != Method::error) return false;
    for (Pending* pending : push_queries_) {
        if (pending->answer || pending->uuid != sender || pending->name_space != header.name_space) continue;
        complete(*pending, message);
        return true;
    }
    return false;
}

void MqttExchange::link_lost() {
    const Error lost(Errc::closed, "the connection to the MQTT broker was lost");
    for (auto& [id, pending] : by_message_id_)
        if (!pending->answer) complete(*pending, lost);
    for (Pending* pending : push_queries_)
        if (!pending->answer) complete(*pending, lost);
}

asio::awaitable<Result<Message>> MqttTransport::request(Request request, Patience) {
    co_return co_await exchange_.request(uuid_, key_, std::move(request));
}

}  // namespace lanbridge::meross
