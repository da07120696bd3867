#include "bare_http.hpp"

#include <fmt/format.h>

#include <boost/asio/io_context.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>

#include "lanbridge/base/async.hpp"
#include "lanbridge/base/random.hpp"
#include "lanbridge/meross/protocol/message.hpp"

namespace lanbridge::bench {

namespace asio = boost::asio;
namespace http = boost::beast::http;

asio::awaitable<unsigned> bare_exchange(asio::ip::tcp::endpoint device, std::string body) {
    const auto executor = co_await asio::this_coro::executor;
    asio::ip::tcp::socket socket(executor);
    if (auto [ec] = co_await socket.async_connect(device, as_result); ec) co_return 0;
    http::request<http::string_body> request(http::verb::post, "/config", 11);
    request.set(http::field::host, fmt::format("{}:{}", device.address().to_string(), device.port()));
    request.set(http::field::content_type, "application/json");
    request.content_length(body.size());
    request.set(http::field::connection, "close");
    request.body() = std::move(body);
    if (auto [ec, sent] = co_await http::async_write(socket, request, as_result); ec) co_return 0;
    boost::beast::flat_buffer buffer;
    http::response<http::string_body> response;
    auto [ec, got] = co_await http::async_read(socket, buffer, response, as_result);
    if (ec) co_return 0;
    co_return response.result_int();
}

std::string electricity_request(std::string_view key) {
    SystemRandom random;
    SystemTime time;
    meross::Origin origin;
    origin.from = "/appliance/lanbridge/publish";
    origin.timestamp = time.wall_s();
    const auto header = meross::make_request_header("Appliance.Control.Electricity", meross::Method::get,
                                                    Secret(std::string(key)), origin, random);
    return meross::serialize(header, Json{{"electricity", {{"channel", 0}}}});
}

}  // namespace lanbridge::bench
