#pragma once

#include <memory>
#include <optional>
#include <string>

#include "meross/trace/tap.hpp"
#include "meross/transport/auto_policy.hpp"
#include "meross/transport/http_transport.hpp"
#include "meross/transport/mqtt_exchange.hpp"

namespace lanbridge::meross {

/// Both ways to one device: the policy decides, this executes. What failed on one transport goes to the other
/// only where that cannot do it twice.
class AutoTransport {
public:
    AutoTransport(Context context, net::HttpPoster& client, MqttExchange& exchange, Protocol protocol);

    /// Over the transport that is best now, and over the other one where the first fails. Errors: those of
    /// the first.
    asio::awaitable<Result<Message>> request(Request request, Patience patience);
    /// Over this one alone. Errors: `unreachable` where it is not usable.
    asio::awaitable<Result<Message>> request_over(model::Transport transport, Request request,
                                                  Patience patience);

    /// A configured or found address, or one that the device has told of itself.
    void host_found(net::HttpEndpoint endpoint);
    void host_told(net::HttpEndpoint endpoint);
    void host_lost();
    /// The device is known by its uuid: MQTT becomes possible, and nobody else is believed on HTTP.
    void expect(const Uuid& uuid);
    /// Whoever answers on HTTP: nobody is expected there, and no key is known.
    void accept_anyone() {
        if (http_) http_->reset();
    }
    /// A meeting that went past this class has succeeded or failed.
    void met(model::Transport transport, bool well);
    /// The key, and way of signing, that was found over one transport is used on the other, too.
    void share_key_of(model::Transport transport, bool may_want_encryption);
    void set_sizes(ResponseSizeModel* sizes) noexcept;
    /// How often in all what may be repeated is sent to a device that hangs up on HTTP.
    void set_tries(int tries) noexcept { tries_ = tries; }

    /// nullptr while there is no such way.
    Transport* over(model::Transport transport) noexcept;
    /// "" while there is none.
    std::string address() const { return http_ ? http_->endpoint().text() : std::string(); }
    /// For people: the transport in use, with the address.
    std::string place() const;
    const Secret& key() const noexcept;
    bool without_key() const noexcept { return http_ && http_->without_key(); }
    /// Hears from now on what is sent and what comes; nothing: nobody does.
    void set_tap(std::shared_ptr<Tap> tap) noexcept { tap_ = std::move(tap); }
    bool tapped() const noexcept { return tap_ != nullptr; }
    /// For the tap: a message that came without being waited for, or something that has happened.
    void overheard(const Message& message) const;
    void note(std::string_view text) const;
    AutoPolicy& policy() noexcept { return policy_; }
    const AutoPolicy& policy() const noexcept { return policy_; }
    /// Which one the last answer came by.
    model::Transport answered_by() const noexcept { return answered_by_; }

private:
    asio::awaitable<Result<Message>> on_second_leg(model::Transport transport, Request request, Error first,
                                                   Patience patience);
    asio::awaitable<Result<Message>> insist(HttpTransport& http, Request request, Patience patience);
    void tell_tap(model::Transport transport, bool push, const Result<Message>& reply) const;
    Route route() const;
    bool mqtt_usable() const noexcept { return mqtt_ && policy_.mqtt_usable() && !without_key(); }
    void set_endpoint(net::HttpEndpoint endpoint);

    Context context_;
    net::HttpPoster& client_;
    MqttExchange& exchange_;
    AutoPolicy policy_;
    std::optional<HttpTransport> http_;
    std::optional<MqttTransport> mqtt_;
    std::optional<Uuid> expected_;
    ResponseSizeModel* sizes_ = nullptr;
    int tries_ = 1;
    std::shared_ptr<Tap> tap_;
    model::Transport answered_by_ = model::Transport::none;
};

}  // namespace lanbridge::meross
