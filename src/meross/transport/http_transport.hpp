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

    const net::HttpEndpoint& endpoint() const noexcept { return endpoint_; }
    /// Forgets key, encryption and who is expected: a stranger again.
    void reset();
    /// Signs with this key from now on, in clear.
    void use_key(Secret key);
    /// Reflects the device's own signatures from now on.
    void use_reply_header();
    /// Encrypts all but the clear namespaces from now on, with the static key of this device.
    void encrypt_for(const Uuid& uuid) {
        cipher_ = PayloadCipher::for_device(uuid.value(), mac_of(uuid), key_);
    }
    bool encrypts() const noexcept { return cipher_.has_value(); }
    bool without_key() const noexcept { return reply_header_.has_value(); }
    /// Replies of anyone else are refused from now on.
    void expect(Uuid uuid);
    /// Limits what is packed into one request; nothing before the device is known.
    void set_sizes(ResponseSizeModel* sizes) noexcept { sizes_ = sizes; }

private:
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
    ResponseSizeModel* sizes_ = nullptr;
};

}  // namespace lanbridge::meross
