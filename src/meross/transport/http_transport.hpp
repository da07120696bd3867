#pragma once

#include <optional>
#include <string>

#include "lanbridge/base/context.hpp"
#include "lanbridge/base/secret.hpp"
#include "lanbridge/meross/protocol/cipher.hpp"
#include "lanbridge/meross/protocol/reply_header.hpp"
#include "lanbridge/net/http_client.hpp"
#include "meross/transport/transport.hpp"

namespace lanbridge::meross {

/// POST /config on the device's own web server: signed, encrypted where the device wants it, or without a key
/// by way of its own signatures. Learns the longest answer the device can give. Facts:
/// docs/protocols/meross.md.
class HttpTransport final : public Transport {
public:
    HttpTransport(Context context, net::HttpPoster& client, net::HttpEndpoint endpoint);

    boost::asio::awaitable<Result<Message>> request(Request request, Patience patience) override;
    model::Transport kind() const noexcept override { return model::Transport::http; }

    std::string place() const override { return endpoint_.text(); }
    const net::HttpEndpoint& endpoint() const noexcept { return endpoint_; }
    /// The device has another address.
    void move_to(net::HttpEndpoint endpoint) { endpoint_ = std::move(endpoint); }
    /// Forgets key, encryption and who is expected: a stranger again.
    void reset();
    void use_key(Secret key) override;
    const Secret& key() const noexcept override { return key_; }
    bool use_reply_header() override;
    /// Encrypts all but the clear namespaces.
    bool encrypt_for(const Uuid& uuid) override;
    /// The same with the key of an exchange, for the session of a device in pairing mode.
    void encrypt_with(PayloadCipher cipher) { cipher_ = std::move(cipher); }
    bool encrypts() const noexcept { return cipher_.has_value(); }
    bool without_key() const noexcept override { return reply_header_.has_value(); }
    /// Replies of anyone else are refused from now on.
    void expect(Uuid uuid);
    /// The expected device may want encryption, which only trying can tell: a read that fails in clear is
    /// tried encrypted, and what works is kept.
    void try_encryption() { encryption_unsettled_ = true; }
    /// Limits what is packed into one request; nothing before the device is known.
    void set_sizes(ResponseSizeModel* sizes) noexcept { sizes_ = sizes; }

private:
    boost::asio::awaitable<Result<Message>> settle_encryption(Request request, Patience patience);
    boost::asio::awaitable<Result<Message>> signed_request(const Request& request, Patience patience);
    boost::asio::awaitable<Result<Message>> reflected_request(const Request& request, Patience patience);
    boost::asio::awaitable<Result<Message>> exchange(std::string_view name_space, std::string body,
                                                     Patience patience);
    Result<Message> understand(std::string_view name_space, const std::string& text);
    Result<Message> check_sender(Message message) const;

    Context context_;
    net::HttpPoster& client_;
    net::HttpEndpoint endpoint_;
    std::string from_;
    Secret key_;
    std::optional<PayloadCipher> cipher_;
    std::optional<ReplyHeader> reply_header_;
    std::optional<Uuid> expected_;
    bool encryption_unsettled_ = false;
    ResponseSizeModel* sizes_ = nullptr;
};

}  // namespace lanbridge::meross
