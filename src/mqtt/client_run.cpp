#include <boost/asio/dispatch.hpp>

#include "lanbridge/base/log.hpp"
#include "mqtt/client_impl.hpp"
#include "mqtt/no_delay.hpp"

// How the client connects, stays connected and leaves.
namespace lanbridge::mqtt {
namespace {

const log::Logger logger("mqtt");

/// Paho gives up by itself after 5 s. Where it does not, its client is thrown away.
constexpr auto connect_deadline = 8s;

std::string login_advice(const LinkTarget& target, const std::string& why) {
    if (target.url.username.empty())
        return target.url.display() + " wants a login (" + why + "): set mqtt.username and mqtt.password";
    return target.url.display() + " refuses the login of user '" + target.url.username + "' (" + why +
           "): check mqtt.username and mqtt.password, and the broker's own list of users";
}

Error unreachable_error(const LinkTarget& target, const std::string& why) {
    const auto& broker = target.url.display();
    const Error plain(Errc::unreachable, broker);
    return why.empty() || why == plain.code.message() ? plain : Error(Errc::unreachable, broker + ": " + why);
}

}  // namespace

void Client::Impl::start() {
    if (std::exchange(started_, true) || settings_.brokers.empty()) return;
    link_ = std::make_shared<PahoLink>(context_.executor, settings_, events());
    auto self = shared_from_this();
    // The handler holds `self`: the coroutine's frame is gone before it is called.
    asio::co_spawn(context_.executor, run(),
                   asio::bind_cancellation_slot(cancel_.slot(), [self](const std::exception_ptr& failure) {
                       if (!failure || self->stopping_) return;
                       try {
                           std::rethrow_exception(failure);
                       } catch (const std::exception& e) {
                           logger.error("the link to the broker has ended: {}", e.what());
                       }
                   }));
}

void Client::Impl::abandon() {
    stopping_ = true;
    up_ = false;
    if (link_) link_->abort();
    link_.reset();
    if (!std::exchange(cancelled_, true)) cancel();
}

/// Within the loop, and holding `self`: Asio posts a pointer into the signal when it is emitted elsewhere.
void Client::Impl::cancel() {
    asio::dispatch(context_.executor,
                   [self = shared_from_this()] { self->cancel_.emit(asio::cancellation_type::terminal); });
}

asio::awaitable<void> Client::Impl::stop(TimeSource::Clock::duration limit) {
    const auto deadline = context_.time.now() + limit;
    stopping_ = true;
    if (up_) {
        co_await flush(deadline);
        const auto left = std::max<TimeSource::Clock::duration>(deadline - context_.time.now(), 50ms);
        if (up_) link_->disconnect(std::chrono::duration_cast<std::chrono::milliseconds>(left));
        co_await wait_signal_until(context_.time, closed_, context_.time.now() + left);
        statistics_.undelivered += link_->forget();
        if (std::exchange(up_, false)) logger.info("left {}", statistics_.broker);
    }
    abandon();
}

asio::awaitable<void> Client::Impl::flush(TimeSource::Clock::time_point deadline) {
    while (up_ && !link_->flight().empty_or_tell() && context_.time.now() < deadline)
        co_await wait_signal_until(context_.time, flushed_, deadline);
}

asio::awaitable<void> Client::Impl::run() {
    const auto self = shared_from_this();
    auto action = machine_.started();
    while (!stopping_) action = co_await perform(action);
}

asio::awaitable<LinkMachine::Action> Client::Impl::perform(LinkMachine::Action action) {
    if (const auto* where = std::get_if<LinkMachine::Connect>(&action)) {
        const auto next = co_await connect(*where);
        if (std::holds_alternative<LinkMachine::Wait>(next)) tell_unreached();
        co_return next;
    }
    if (const auto* wait = std::get_if<LinkMachine::Wait>(&action)) {
        logger.debug("next attempt in {} ms", wait->period.count());
        co_await context_.time.sleep(wait->period);
        co_return machine_.waited();
    }
    announce();
    co_return co_await hold();
}

asio::awaitable<LinkMachine::Action> Client::Impl::connect(LinkMachine::Connect where) {
    const auto target = target_for(where);
    outcome_.reset();
    link_->connect(target);
    const auto deadline = context_.time.now() + connect_deadline;
    while (!stopping_ && !outcome_ && context_.time.now() < deadline)
        co_await wait_signal_until(context_.time, changed_, deadline);
    if (stopping_) co_return machine_.started();  // never performed
    if (!outcome_) {
        link_->abort();
        outcome_.emplace();
        outcome_->why = "gives no answer in time";
    }
    if (!outcome_->connected) {
        report_failure(where.broker, target, *outcome_);
        co_return machine_.failed(outcome_->failure);
    }
    if (set_no_delay_by_peer(target.url.port) == 0) logger.debug("no socket found to set TCP_NODELAY on");
    said_[where.broker].clear();
    statistics_.broker = target.url.display();
    statistics_.protocol = where.protocol;
    logger.info("connected to {} with MQTT {}", target.url.display(), protocol_name(where.protocol));
    co_return machine_.connected();
}

asio::awaitable<LinkMachine::Action> Client::Impl::hold() {
    while (up_ && !stopping_) co_await changed_.wait();
    if (!stopping_) logger.warn("connection to {} lost: {}; connecting again", statistics_.broker, lost_why_);
    co_return machine_.lost(context_.time.now() - connected_at_);
}

LinkTarget Client::Impl::target_for(const LinkMachine::Connect& where) const {
    LinkTarget target;
    target.url = settings_.brokers[where.broker];
    target.protocol = where.protocol;
    if (target.url.username.empty()) {
        target.url.username = settings_.username;
        target.url.password = settings_.password;
    }
    return target;
}

/// One line for each broker and each change of its trouble.
void Client::Impl::report_failure(std::size_t broker, const LinkTarget& target, const Outcome& outcome) {
    const bool falls_back = target.protocol == Protocol::v5 && (outcome.failure == ConnectFailure::protocol ||
                                                                outcome.failure == ConnectFailure::dropped);
    if (falls_back)
        return logger.debug("{} with MQTT 5: {}; trying 3.1.1", target.url.display(), outcome.why);
    const bool login = outcome.failure == ConnectFailure::login;
    auto text =
        login ? login_advice(target, outcome.why) : target.url.display() + ": " + outcome.why + "; trying on";
    if (!trouble_.is(Errc::wrong_key))
        trouble_ = login ? Error(Errc::wrong_key, text) : unreachable_error(target, outcome.why);
    if (said_[broker] == text) return logger.debug("{}", text);
    logger(login ? log::Level::error : log::Level::warn, "{}", text);
    said_[broker] = std::move(text);
}

/// The round is over, and the next one starts with a clean slate.
void Client::Impl::tell_unreached() {
    const auto why = std::exchange(trouble_, Error());
    for (std::size_t i = 0; i < on_unreached.size(); ++i) on_unreached[i](why);
}

}  // namespace lanbridge::mqtt
