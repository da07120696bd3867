#pragma once

#include <deque>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/journal.hpp"
#include "agent/settings.hpp"
#include "lanbridge/base/async.hpp"
#include "lanbridge/base/context.hpp"
#include "lanbridge/base/tally.hpp"
#include "lanbridge/mqtt/client.hpp"

namespace lanbridge::agent {

/// The module `mqtt`: the agent's connection to the gateway's broker.
class MqttLink {
public:
    /// What is published while the broker is away, as after its restart, is kept this long and goes out then;
    /// later nobody should act on it any more.
    static constexpr auto keep_for = 10s;
    static constexpr std::size_t most_kept = 256;
    static constexpr std::size_t most_kept_bytes = 256 * 1024;

    struct Events {
        std::function<void(std::string_view payload)> command;                        ///< miio/command
        std::function<void(std::string_view topic, std::string_view payload)> heard;  ///< for the script
        std::function<std::string()> report;                                          ///< openmiio/report
        std::function<void()> connected;
    };
    MqttLink(Context context, Journal& journal, const Settings& settings, Events events);

    /// What the broker is asked for. At any time.
    void want(bool commands, bool everything);
    void start();
    asio::awaitable<void> stop();
    bool idle() const noexcept { return tasks_.idle(); }

    void publish(std::string_view topic, std::string_view payload, bool retain = false);

private:
    struct Kept {
        Kept(std::string t, std::string p, bool r, TimeSource::Clock::time_point s)
            : topic(std::move(t)), payload(std::move(p)), retain(r), since(s) {}
        std::string topic;
        std::string payload;
        bool retain;
        TimeSource::Clock::time_point since;
    };
    struct Subscribed {
        std::string filter;
        mqtt::SubscriptionId id;
    };

    void subscribe(std::vector<std::string> filters);
    void on_message(const mqtt::Message& message);
    void on_connected();
    void on_disconnected();
    void keep(std::string_view topic, std::string_view payload, bool retain);
    void drop_oldest();
    void note_lost();
    asio::awaitable<void> report_regularly();
    void publish_report();

    Context context_;
    Journal& journal_;
    Events events_;
    std::string extra_filter_;
    mqtt::Client client_;
    std::vector<Subscribed> subscribed_;
    std::deque<Kept> kept_;
    std::size_t kept_bytes_ = 0;
    Tally lost_;
    TimeSource::Clock::time_point next_report_;
    Signal reported_;
    bool all_to_script_ = false;
    Nursery tasks_;
};

}  // namespace lanbridge::agent
