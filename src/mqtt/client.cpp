#include "lanbridge/mqtt/client.hpp"

#include <boost/asio/post.hpp>

#include "lanbridge/base/log.hpp"
#include "mqtt/client_impl.hpp"
#include "mqtt/no_delay.hpp"

namespace lanbridge::mqtt {
namespace {

const log::Logger logger("mqtt");

/// Messages handled in one go before the loop may turn to other work.
constexpr std::size_t slice = 64;

}  // namespace

std::string_view protocol_name(Protocol protocol) noexcept {
    switch (protocol) {
        case Protocol::v3_1:
            return "3.1";
        case Protocol::v3_1_1:
            return "3.1.1";
        case Protocol::v5:
            break;
    }
    return "5";
}

Client::Impl::Impl(Context context, ClientSettings settings)
    : context_(context),
      settings_(std::move(settings)),
      machine_(settings_.brokers.size(), settings_.protocol,
               Backoff(settings_.first_wait, settings_.longest_wait), context.random),
      changed_(context.executor),
      flushed_(context.executor),
      closed_(context.executor),
      said_(settings_.brokers.size()) {}

PahoLink::Events Client::Impl::events() {
    // The link is ours and gone before we are; it never calls from within a call of ours.
    PahoLink::Events events;
    events.connected = [this] {
        Outcome outcome;
        outcome.connected = true;
        finish_attempt(std::move(outcome));
    };
    events.failed = [this](ConnectFailure failure, const std::string& why) {
        Outcome outcome;
        outcome.failure = failure;
        outcome.why = why;
        finish_attempt(std::move(outcome));
    };
    events.lost = [this](const std::string& why) { on_lost(why); };
    events.closed = [this] { closed_.notify(); };
    events.readable = [this] {
        if (!handling_) handle_incoming();
    };
    events.drained = [this] { on_drained(); };
    events.refused_subscription = [this](const std::string& filter) {
        logger.error("{} refuses the subscription to '{}': the user {} needs the right to read it",
                     statistics_.broker, filter, settings_.username.empty() ? "(none)" : settings_.username);
    };
    return events;
}

void Client::Impl::finish_attempt(Outcome outcome) {
    outcome_ = std::move(outcome);
    changed_.notify();
}

void Client::Impl::on_lost(const std::string& why) {
    if (!up_) return;  // Paho may tell twice
    lost_why_ = why;
    go_down(why);
    changed_.notify();
}

void Client::Impl::go_down(const std::string& why) {
    up_ = false;
    statistics_.undelivered += link_->forget();
    flushed_.notify();
    for (std::size_t i = 0; i < on_disconnected.size(); ++i) on_disconnected[i](why);
}

void Client::Impl::on_drained() {
    if (!up_) return;
    if (stopping_) return flushed_.notify();
    for (std::size_t i = 0; i < on_room.size(); ++i) on_room[i]();
}

void Client::Impl::handle_incoming() {
    const auto self = shared_from_this();  // a handler may drop the client
    if (batch_.empty()) batch_ = link_->inbox().take();
    for (std::size_t i = 0; i < slice && !batch_.empty(); ++i) {
        const Incoming incoming = std::move(batch_.front());
        batch_.pop_front();
        handle(incoming);
        if (!link_) return;
    }
    if (batch_.empty()) batch_ = link_->inbox().take();
    handling_ = !batch_.empty();
    if (!handling_) return;
    asio::post(context_.executor, [weak = weak_from_this()] {
        if (auto impl = weak.lock(); impl && impl->link_) impl->handle_incoming();
    });
}

void Client::Impl::handle(const Incoming& incoming) {
    ++statistics_.received;
    const Message message(incoming.topic, incoming.payload, incoming.qos, incoming.retained,
                          incoming.duplicate);
    try {
        subscriptions_.dispatch(message);
    } catch (const std::exception& e) {  // one message must not end more than itself
        logger.error("handling a message on '{}' failed: {}", incoming.topic, e.what());
    }
}

Result<void> Client::Impl::publish(std::string_view topic, std::string_view payload, int qos, bool retain) {
    if (!valid_topic(topic)) return Error(Errc::invalid_value, "topic '" + std::string(topic) + "'");
    auto done = up_ ? link_->publish(topic, payload, qos, retain)
                    : Result<void>(Error(Errc::link_down, std::string(topic)));
    ++(done ? statistics_.published : statistics_.refused);
    return done;
}

Result<SubscriptionId> Client::Impl::subscribe(std::string filter, int qos, MessageHandler handler,
                                               RetainedReplay replay) {
    auto parsed = TopicFilter::parse(std::move(filter));
    if (!parsed) return std::move(parsed).error();
    auto added = subscriptions_.add(std::move(*parsed), qos, replay, std::move(handler));
    if (added.ask && up_) link_->subscribe({*added.ask});
    return added.id;
}

void Client::Impl::unsubscribe(SubscriptionId id) {
    if (const auto unused = subscriptions_.remove(id); unused && up_) link_->unsubscribe(*unused);
}

void Client::Impl::announce() {
    up_ = true;
    connected_at_ = context_.time.now();
    statistics_.connects += 1;
    if (const auto all = subscriptions_.all(); !all.empty()) link_->subscribe(all);
    for (std::size_t i = 0; i < on_connected.size(); ++i) on_connected[i]();
}

ClientStatistics Client::Impl::statistics() const {
    auto out = statistics_;
    out.connected = up_;
    if (!link_) return out;
    out.received_dropped = link_->inbox().dropped();
    out.queued = link_->flight().size();
    out.receiving = batch_.size() + link_->inbox().size();
    return out;
}

Client::Client(Context context, ClientSettings settings)
    : impl_(std::make_shared<Impl>(context, std::move(settings))) {}
Client::~Client() { impl_->abandon(); }

void Client::start() { impl_->start(); }

asio::awaitable<void> Client::stop(TimeSource::Clock::duration limit) {
    const auto impl = impl_;
    co_await impl->stop(limit);
}

bool Client::connected() const noexcept { return impl_->connected(); }
Result<void> Client::publish(std::string_view topic, std::string_view payload, int qos, bool retain) {
    return impl_->publish(topic, payload, qos, retain);
}
std::size_t Client::room() const noexcept { return impl_->room(); }
Result<SubscriptionId> Client::subscribe(std::string filter, int qos, MessageHandler handler,
                                         RetainedReplay replay) {
    return impl_->subscribe(std::move(filter), qos, std::move(handler), replay);
}
void Client::unsubscribe(SubscriptionId id) { impl_->unsubscribe(id); }
void Client::on_connected(std::function<void()> listener) {
    impl_->on_connected.push_back(std::move(listener));
}
void Client::on_disconnected(std::function<void(const std::string&)> listener) {
    impl_->on_disconnected.push_back(std::move(listener));
}
void Client::on_unreached(std::function<void(const Error&)> listener) {
    impl_->on_unreached.push_back(std::move(listener));
}
void Client::on_room(std::function<void()> listener) { impl_->on_room.push_back(std::move(listener)); }
ClientStatistics Client::statistics() const { return impl_->statistics(); }

}  // namespace lanbridge::mqtt
