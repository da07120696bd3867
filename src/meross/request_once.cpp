#include "lanbridge/meross/request_once.hpp"

#include "meross/device/identify.hpp"
#include "meross/transport/http_transport.hpp"

namespace lanbridge::meross {

asio::awaitable<Result<Message>> request_once(Context context, net::HttpPoster& http, OneShot target,
                                              Request request) {
    HttpTransport transport(context, http, target.endpoint);
    if (target.uuid) transport.expect(*target.uuid);
    auto facts = co_await identify(transport, key_ring(target.key, target.shared_keys));
    if (!facts) co_return std::move(facts).error();
    co_return co_await transport.request(std::move(request), Patience::normal);
}

}  // namespace lanbridge::meross
