#include "meross/transport/auto_transport.hpp"

#include "lanbridge/base/log.hpp"
#include "meross/transport/repeat.hpp"

namespace lanbridge::meross {
namespace {

const log::Logger logger("meross.transport");

constexpr std::string_view probe_namespace = "Appliance.System.All";

/// Nothing was sent, so nothing can have been executed.
bool not_sent(const Error& error) { return error.is(Errc::unreachable) || error.is(Errc::link_down); }

/// What an executed SET would have been answered with.
Message acknowledgement(const Request& request, const Message& seen) {
    Message message;
    message.header = seen.header;
    message.header.name_space = request.name_space;
    message.header.method = Method::setack;
    return message;
}

}  // namespace

AutoTransport::AutoTransport(Context context, net::HttpPoster& client, MqttExchange& exchange,
                             Protocol protocol)
    : context_(std::move(context)), client_(client), exchange_(exchange), policy_(protocol) {
    if (exchange_.connected()) policy_.broker_connected();
}

void AutoTransport::set_endpoint(net::HttpEndpoint endpoint) {
    if (http_) {
        http_->move_to(std::move(endpoint));
        return;
    }
    http_.emplace(context_, client_, std::move(endpoint));
    if (expected_) http_->expect(*expected_);
    if (mqtt_) http_->use_key(mqtt_->key());
    http_->set_sizes(sizes_);
}

void AutoTransport::host_found(net::HttpEndpoint endpoint) {
    set_endpoint(std::move(endpoint));
    policy_.host_found();
}

void AutoTransport::host_told(net::HttpEndpoint endpoint) {
    set_endpoint(std::move(endpoint));
    policy_.host_told();
}

void AutoTransport::host_lost() {
    http_.reset();
    policy_.host_lost();
}

void AutoTransport::expect(const Uuid& uuid) {
    expected_ = uuid;
    if (http_) http_->expect(uuid);
    const Secret known = key();
    mqtt_.emplace(exchange_, uuid);
    mqtt_->use_key(known);
}

void AutoTransport::met(model::Transport transport, bool well) {
    if (well) answered_by_ = transport;
    if (transport == model::Transport::mqtt) {
        if (well) policy_.mqtt_heard(context_.time.now());
        return;
    }
    policy_.http_asked(context_.time.now());
    if (well) {
        policy_.http_replied();
        return;
    }
    policy_.http_failed(true);
    // What was tried there is nothing to sign with on MQTT.
    if (http_) http_->use_key(mqtt_ ? mqtt_->key() : Secret());
}

void AutoTransport::share_key_of(model::Transport transport, bool may_want_encryption) {
    if (transport == model::Transport::http && mqtt_ && http_) mqtt_->use_key(http_->key());
    if (transport == model::Transport::mqtt && mqtt_ && http_) {
        http_->use_key(mqtt_->key());
        if (may_want_encryption) http_->try_encryption();
    }
}

void AutoTransport::set_sizes(ResponseSizeModel* sizes) noexcept {
    sizes_ = sizes;
    if (http_) http_->set_sizes(sizes);
}

Transport* AutoTransport::over(model::Transport transport) noexcept {
    if (transport == model::Transport::http) return http_ && policy_.http_usable() ? &*http_ : nullptr;
    if (transport == model::Transport::mqtt) return mqtt_usable() ? &*mqtt_ : nullptr;
    return nullptr;
}

std::string AutoTransport::place() const {
    const bool http = policy_.current() == model::Transport::http;
    return http ? "HTTP at " + address() : std::string("MQTT");
}

const Secret& AutoTransport::key() const noexcept {
    static const Secret none;
    if (http_) return http_->key();
    return mqtt_ ? mqtt_->key() : none;
}

Route AutoTransport::route() const {
    auto route = policy_.route();
    if (mqtt_usable()) return route;
    if (route.second == model::Transport::mqtt) route.second = model::Transport::none;
    if (route.first == model::Transport::mqtt) route = Route(route.second, model::Transport::none);
    return route;
}

asio::awaitable<Result<Message>> AutoTransport::request_over(model::Transport transport, Request request,
                                                             Patience patience) {
    Transport* way = over(transport);
    if (!way)
        co_return Error(Errc::unreachable,
                        std::string(model::transport_name(transport)) + " is not possible now");
    const bool probe = request.name_space == probe_namespace;
    if (transport == model::Transport::http) policy_.http_asked(context_.time.now());
    const bool push = request.method == Method::push;
    if (tap_) tap_->sent(transport, request);
    const bool insists = tries_ > 1 && transport == model::Transport::http && may_repeat(request);
    auto answer =
        insists ? insist(*http_, std::move(request), patience) : way->request(std::move(request), patience);
    auto reply = co_await std::move(answer);
    tell_tap(transport, push, reply);
    if (reply) answered_by_ = transport;
    if (transport == model::Transport::http) {
        if (reply)
            policy_.http_replied();
        else if (!reply.error().is(Errc::cancelled))
            policy_.http_failed(probe);
    } else if (reply) {
        policy_.mqtt_heard(context_.time.now());
    } else if (!reply.error().is(Errc::cancelled)) {
        policy_.mqtt_failed(probe);
    }
    co_return reply;
}

asio::awaitable<Result<Message>> AutoTransport::insist(HttpTransport& http, Request request,
                                                       Patience patience) {
    for (int tries = 1;; ++tries) {
        Request copy = request;
        auto reply = co_await http.request(std::move(copy), patience);
        if (reply || !reply.error().is(Errc::closed) || tries >= tries_) co_return reply;
        logger.debug("{} hung up on {}, asking again", http.place(), request.name_space);
    }
}

/// A push over the broker comes to everybody, and is overheard.
void AutoTransport::tell_tap(model::Transport transport, bool push, const Result<Message>& reply) const {
    if (!tap_) return;
    if (!reply)
        tap_->note(std::string(model::transport_name(transport)) + ": " + reply.error().text());
    else if (!push || transport == model::Transport::http)
        tap_->received(transport, *reply);
}

void AutoTransport::overheard(const Message& message) const {
    if (tap_) tap_->received(model::Transport::mqtt, message);
}

void AutoTransport::note(std::string_view text) const {
    if (tap_) tap_->note(text);
}

asio::awaitable<Result<Message>> AutoTransport::request(Request request, Patience patience) {
    const auto legs = route();
    if (legs.first == model::Transport::none)
        co_return Error(Errc::unreachable, "neither an address nor a broker leads to it now");
    // Where there is another way, an address that does not answer, or takes connections and says nothing, is
    // not worth long waits; what must not be sent twice has to wait for its one answer.
    if (legs.second != model::Transport::none)
        patience = may_repeat(request) ? Patience::brief : Patience::command;
    Request again = request;
    auto reply = co_await request_over(legs.first, std::move(request), patience);
    if (reply || legs.second == model::Transport::none || reply.error().is(Errc::cancelled)) co_return reply;
    co_return co_await on_second_leg(legs.second, std::move(again), std::move(reply).error(), patience);
}

asio::awaitable<Result<Message>> AutoTransport::on_second_leg(model::Transport transport, Request request,
                                                              Error first, Patience patience) {
    const bool may_have_happened = request.method != Method::get && !not_sent(first);
    if (may_have_happened) {
        if (!may_repeat(request)) co_return first;
        if (request.name_space != multiple_namespace) {
            auto seen = co_await request_over(transport, read_before_repeating(request), patience);
            if (!seen || error_of(*seen)) co_return first;
            if (already_so(request.payload, seen->payload)) {
                logger.debug("{} had taken effect, only its answer was lost", request.name_space);
                co_return acknowledgement(request, *seen);
            }
        }
    }
    auto reply = co_await request_over(transport, std::move(request), patience);
    if (reply) co_return reply;
    co_return first;
}

}  // namespace lanbridge::meross
