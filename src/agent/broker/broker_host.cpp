#include "agent/broker/broker_host.hpp"

#include <algorithm>
#include <optional>

#include "agent/broker/broker_gate.hpp"
#include "agent/broker/vendor_broker.hpp"
#include "lanbridge/base/async.hpp"
#include "lanbridge/base/tally.hpp"
#include "lanbridge/net/interfaces.hpp"

namespace lanbridge::agent {
namespace {

constexpr auto check_period = 30s;
/// Every attempt ends the vendor's broker: one that fails is not repeated at the same pace.
constexpr auto longest_pause = 1h;

std::vector<asio::ip::address> addresses_for(const std::string& bind) {
    if (bind.empty()) return net::outside_addresses();
    std::vector<asio::ip::address> one;
    error_code ec;
    const auto address = asio::ip::make_address(bind, ec);
    if (!ec) one.push_back(address);
    return one;
}

GateSettings gate_settings(const Settings& settings) {
    GateSettings out;
    out.port = settings.broker_port;
    if (!settings.mqtt_user.empty()) out.login = Login(settings.mqtt_user, settings.mqtt_pass);
    out.addresses = [bind = settings.mqtt_bind] { return addresses_for(bind); };
    return out;
}

}  // namespace

class BrokerHost::Impl : public std::enable_shared_from_this<Impl> {
public:
    Impl(const Context& context, Journal& journal, const Settings& settings, const Gateway& gateway,
         const Programs& programs)
        : context_(context),
          journal_(journal),
          port_(settings.broker_port),
          vendor_(context, journal, settings.paths, gateway, programs, settings.broker_port),
          closed_(settings.mqtt_local || !settings.mqtt_bind.empty() || !settings.mqtt_user.empty()),
          nudge_(context.executor) {
        if (closed_ && !settings.mqtt_local) gate_.emplace(context, journal, gate_settings(settings));
    }

    asio::awaitable<void> start() {
        co_await keep();
        if (!closed_ && vendor_.reach() == Reach::everybody) warn_open();
        running_ = true;
        asio::co_spawn(context_.executor, run(),
                       [self = shared_from_this()](const std::exception_ptr&) { self->running_ = false; });
    }
    void check() { nudge_.notify(); }
    void close() {
        stopping_ = true;
        nudge_.notify();
    }
    asio::awaitable<void> stop() {
        close();
        if (gate_) co_await gate_->stop();
        const auto limit = context_.time.now() + 1s;
        while (running_ && context_.time.now() < limit) {
            const auto ec = co_await context_.time.sleep(10ms);
            if (ec) co_return;
        }
    }

private:
    asio::awaitable<void> run() {
        while (!stopping_) {
            co_await nudge_.wait_until(context_.time, context_.time.now() + check_period);
            if (!stopping_) co_await keep();
        }
    }

    asio::awaitable<void> keep() {
        if (context_.time.now() >= not_before_) {
            Result<void> outcome;
            if (closed_)
                outcome = co_await vendor_.make_private();
            else
                outcome = co_await vendor_.make_public();
            note(outcome);
        }
        if (gate_) gate_->refresh();
    }

    void note(const Result<void>& outcome) {
        if (outcome) {
            pause_ = check_period;
            return;
        }
        pause_ = std::min<TimeSource::Clock::duration>(pause_ * 2, longest_pause);
        not_before_ = context_.time.now() + pause_;
        // a build that is not known now will not be known later
        if (outcome.error().is(Errc::unsupported)) not_before_ = TimeSource::Clock::time_point::max();
        if (failures_.note(context_.time.now()) == 0) return;
        if (closed_)
            journal_.error(Part::mqtt, "[mqtt] the broker stays open to the LAN, without a password",
                           {Field(outcome.error())});
        else
            journal_.warn(Part::mqtt, "[mqtt] the LAN does not reach the broker", {Field(outcome.error())});
    }

    void warn_open() {
        journal_.warn(Part::mqtt, "[mqtt] port " + std::to_string(port_) +
                                      " is open to the whole LAN without a password; --mqtt.user= with "
                                      "--mqtt.pass= asks for one, --mqtt.bind= narrows it to one address");
    }

    Context context_;
    Journal& journal_;
    std::uint16_t port_;
    VendorBroker vendor_;
    bool closed_;  ///< the vendor's broker belongs on loopback
    std::optional<BrokerGate> gate_;
    Signal nudge_;
    Tally failures_{1h};
    TimeSource::Clock::duration pause_ = check_period;
    TimeSource::Clock::time_point not_before_{};
    bool running_ = false;
    bool stopping_ = false;
};

BrokerHost::BrokerHost(Context context, Journal& journal, const Settings& settings, const Gateway& gateway,
                       const Programs& programs)
    : impl_(std::make_shared<Impl>(context, journal, settings, gateway, programs)) {}

BrokerHost::~BrokerHost() { impl_->close(); }

asio::awaitable<void> BrokerHost::start() { return impl_->start(); }
void BrokerHost::check() { impl_->check(); }
asio::awaitable<void> BrokerHost::stop() { return impl_->stop(); }

}  // namespace lanbridge::agent
