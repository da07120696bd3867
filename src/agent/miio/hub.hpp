#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "agent/journal.hpp"
#include "agent/miio/cloud_state.hpp"
#include "agent/miio/router.hpp"
#include "agent/peers/app_server.hpp"
#include "agent/peers/cloud_link.hpp"
#include "agent/programs.hpp"
#include "agent/settings.hpp"
#include "lanbridge/base/async.hpp"
#include "lanbridge/base/context.hpp"

namespace lanbridge::agent {

/// The module `miio`: stands in for the vendor's miio_agent between its apps, the cloud client and MQTT.
class MiioHub final : private RouterOutlets {
public:
    using Publish = std::function<void(std::string_view topic, std::string_view payload)>;

    /// `publish` is empty without the module `mqtt`. References outlive the hub.
    MiioHub(Context context, Journal& journal, const Settings& settings, Programs& programs,
            MiioReport& report, Publish publish);

    /// Before `start`. Patches are tried in the order they were added, after the script.
    void set_hooks(RouterHooks* hooks) { router_.set_hooks(hooks); }
    void add_patch(AnswerPatch& patch) { router_.add_patch(patch); }

    /// In the background: ends miio_agent and takes its place.
    void start();
    /// Gives the place back: the firmware starts its own miio_agent again. Run the loop until `idle()`.
    void stop();
    bool idle() const noexcept { return tasks_.idle() && server_.idle() && cloud_.idle(); }

    /// A payload of miio/command.
    void command(std::string_view payload) { router_.from_mqtt(payload); }
    /// The script's miio_send.
    void send(Address to, std::string_view text) { router_.send_raw(to, text); }

private:
    void to_app(Connection to, std::string_view text) override { server_.send(to, text); }
    void to_cloud(std::string_view text) override { cloud_.send(text); }
    void publish(std::string_view topic, std::string_view text) override {
        if (publish_) publish_(topic, text);
    }
    bool publishes() const override { return static_cast<bool>(publish_); }

    AppServer::Events server_events();
    asio::awaitable<void> take_place();
    asio::awaitable<void> sweep_marks();

    Context context_;
    Journal& journal_;
    Programs& programs_;
    Publish publish_;
    CloudState cloud_state_;
    Router router_;
    AppServer server_;
    CloudLink cloud_;
    Nursery tasks_;
};

}  // namespace lanbridge::agent
