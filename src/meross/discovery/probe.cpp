#include "meross/discovery/probe.hpp"

namespace lanbridge::meross {
namespace {

constexpr std::string_view name_space = "Appliance.System.Ability";
/// A device on the same network accepts within a few milliseconds, on bad Wi-Fi within a few hundred.
constexpr TimeSource::Clock::duration connect_patience = 600ms;
constexpr TimeSource::Clock::duration answer_patience = 4s;

std::string question(Context& context) {
    Origin origin;
    origin.from = "/appliance/lanbridge/publish";
    origin.timestamp = context.time.wall_s();
    const auto header = make_request_header(name_space, Method::get, Secret(), origin, context.random);
    Json payload = Json::object();
    payload["ability"] = Json::object();
    return serialize(header, payload);
}

}  // namespace

asio::awaitable<Result<Message>> probe(Context context, net::HttpPoster& http, net::HttpEndpoint endpoint) {
    net::HttpPatience patience;
    patience.connect = connect_patience;
    patience.connect_last = connect_patience;
    patience.total = answer_patience;
    std::string path = "/config";
    std::string type = "application/json";
    std::string body = question(context);
    auto response = co_await http.post(endpoint, std::move(path), std::move(type), std::move(body), patience);
    if (!response) co_return std::move(response).error();
    auto message = parse_message(response->body);
    if (!message) co_return std::move(message).error();
    if (message->header.name_space != name_space)
        co_return Error(Errc::malformed, endpoint.text() + " answers something else");
    co_return message;
}

}  // namespace lanbridge::meross
