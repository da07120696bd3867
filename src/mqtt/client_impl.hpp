#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "lanbridge/base/async.hpp"
#include "lanbridge/mqtt/client.hpp"
#include "mqtt/link_machine.hpp"
#include "mqtt/paho_link.hpp"
#include "mqtt/subscriptions.hpp"

namespace lanbridge::mqtt {

/// The shell around `LinkMachine`: one coroutine that connects, holds, waits.
class Client::Impl : public std::enable_shared_from_this<Impl> {
public:
    Impl(Context context, ClientSettings settings);

    void start();
    asio::awaitable<void> stop(TimeSource::Clock::duration limit);
    void abandon();

    bool connected() const noexcept { return up_; }
    Result<void> publish(std::string_view topic, std::string_view payload, int qos, bool retain);
    std::size_t room() noexcept { return up_ ? link_->flight().room() : 0; }
    Result<SubscriptionId> subscribe(std::string filter, int qos, MessageHandler handler,
                                     RetainedReplay replay);
    void unsubscribe(SubscriptionId id);
    ClientStatistics statistics() const;

    std::vector<std::function<void()>> on_connected;
    std::vector<std::function<void(const std::string&)>> on_disconnected;
    std::vector<std::function<void(const Error&)>> on_unreached;
    std::vector<std::function<void()>> on_room;

private:
    struct Outcome {
        bool connected = false;
        ConnectFailure failure = ConnectFailure::unreachable;
        std::string why;
    };

    PahoLink::Events events();
    void finish_attempt(Outcome outcome);
    void on_lost(const std::string& why);
    void on_drained();
    void handle_incoming();
    void handle(const Incoming& incoming);

    asio::awaitable<void> run();
    asio::awaitable<LinkMachine::Action> perform(LinkMachine::Action action);
    asio::awaitable<LinkMachine::Action> connect(LinkMachine::Connect where);
    asio::awaitable<LinkMachine::Action> hold();
    asio::awaitable<void> flush(TimeSource::Clock::time_point deadline);
    void announce();
    void cancel();
    void go_down(const std::string& why);
    void tell_unreached();

    LinkTarget target_for(const LinkMachine::Connect& where) const;
    void report_failure(std::size_t broker, const LinkTarget& target, const Outcome& outcome);

    Context context_;
    ClientSettings settings_;
    LinkMachine machine_;
    Subscriptions subscriptions_;
    std::shared_ptr<PahoLink> link_;
    Signal changed_;  ///< the running coroutine has something to look at
    Signal flushed_;
    Signal closed_;
    asio::cancellation_signal cancel_;
    std::optional<Outcome> outcome_;
    std::string lost_why_;
    std::vector<std::string> said_;  ///< the last complaint about each broker
    Error trouble_;                  ///< of the present round; a refused login counts most
    std::deque<Incoming> batch_;
    ClientStatistics statistics_;
    TimeSource::Clock::time_point connected_at_{};
    bool handling_ = false;
    bool started_ = false;
    bool up_ = false;
    bool stopping_ = false;
    bool cancelled_ = false;
};

}  // namespace lanbridge::mqtt
