#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/address.hpp"
#include "agent/journal.hpp"
#include "agent/json/message.hpp"
#include "agent/miio/directory.hpp"
#include "agent/miio/marks.hpp"
#include "agent/miio/strays.hpp"
#include "agent/script.hpp"

namespace lanbridge::agent {

/// Where messages leave.
class RouterOutlets {
public:
    virtual ~RouterOutlets() = default;
    virtual void to_app(Connection to, std::string_view text) = 0;
    virtual void to_cloud(std::string_view text) = 0;
    virtual void publish(std::string_view topic, std::string_view text) = 0;
    /// Whether somebody listens to `publish`.
    virtual bool publishes() const = 0;
};

/// The user's script, as far as messages go through it. Verdicts come at once or later, in order.
class RouterHooks {
public:
    virtual ~RouterHooks() = default;
    using Done = std::function<void(Verdict)>;
    virtual bool has_request() const = 0;
    virtual bool has_response() const = 0;
    virtual void request(Address from, std::string method, std::string text, Done done) = 0;
    virtual void response(Address to, std::string method, std::string request, std::string text,
                          Done done) = 0;
};

/// Passes miIO messages between the vendor's apps, the cloud client and MQTT. Knows no sockets and no clock.
class Router {
public:
    Router(Random& random, TimeSource& time, Journal& journal, RouterOutlets& outlets)
        : outlets_(outlets), journal_(journal), strays_(time, journal), marks_(random) {}
    Router(const Router&) = delete;
    Router& operator=(const Router&) = delete;

    void set_hooks(RouterHooks* hooks) { hooks_ = hooks; }
    /// Tried in the order they were added, after the script.
    void add_patch(AnswerPatch& patch) { patches_.push_back(&patch); }

    void from_app(Connection connection, std::string_view datagram);
    void closed(Connection connection);
    void from_cloud(std::string_view object);
    void from_mqtt(std::string_view payload);
    /// The script's miio_send: no parsing, no marks.
    void send_raw(Address to, std::string_view text);
    /// Every minute: requests without an answer are given up after one to two minutes.
    void sweep();

    std::size_t pending() const noexcept { return marks_.size(); }

private:
    enum class Route { masked, cloud, registered };
    /// A request between its arrival and its departure, where the script may look at it.
    struct Transit {
        Address from;
        Route route;
        Address mask;
        std::string method;  ///< as it came: a script cannot choose another destination
        Message message;
    };

    void greet(Connection connection, const Message& message);
    void serve(Connection connection, const Message& message);
    void accept(Address from, Message message);
    void accept_masked(Address from, Address mask, Message message);
    bool accept_answer(Address from, Message& message);
    void accept_request(Address from, Message message);
    void to_mqtt(Message message);

    void ask_hook(Transit transit);
    void depart(Transit transit);
    void depart_masked(const Transit& transit);
    void depart_marked(Transit transit);
    void refuse(const Transit& transit, Strays::Kind kind, std::string_view error);
    void answer_with_error(const Message& request, std::string_view error);

    void answer(Mark mark, Message message);
    void patch_and_deliver(const Question& question, Message message);
    void deliver(Address to, const Message& message);
    void trace(const Message& message, std::string_view kind, Address from, Address to);
    void trace_patch(const Message& message, std::string_view kind);

    RouterOutlets& outlets_;
    Journal& journal_;
    Strays strays_;
    Directory directory_;
    Marks marks_;
    RouterHooks* hooks_ = nullptr;
    std::vector<AnswerPatch*> patches_;
};

}  // namespace lanbridge::agent
