#include "admin/requests.hpp"

#include <algorithm>
#include <cctype>
#include <memory>
#include <utility>

#include "lanbridge/base/log.hpp"

namespace lanbridge::admin {
namespace {

const log::Logger logger("admin");

/// More at once is a script gone wild; each may hold a device's connection.
constexpr std::size_t max_running = 16;
/// The largest real requests carry one Meross payload, 20 KB at most.
constexpr std::size_t max_payload = 256 * 1024;
/// Retained requests found on the broker; there should be none at all.
constexpr std::size_t max_being_cleared = 64;

std::string lower_case(std::string_view text) {
    std::string lower(text);
    std::ranges::transform(lower, lower.begin(), [](char c) {
        return static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    });
    return lower;
}

Json object_with_value(Json value) {
    Json object = Json::object();
    object["value"] = std::move(value);
    return object;
}

/// Objects as they are, words and numbers as `value`. Only what was meant as a structure can be broken.
Result<Json> parse_args(std::string_view payload) {
    if (payload.size() > max_payload)
        return Error(Errc::too_large, "a request has at most " + std::to_string(max_payload) + " bytes");
    const auto first = payload.find_first_not_of(" \t\r\n");
    if (first == std::string_view::npos) return Json::object();
    auto json = parse_json(payload);
    if (json && json->is_object()) return std::move(json).value();
    if (json) return object_with_value(std::move(json).value());
    if (payload[first] == '{' || payload[first] == '[') return std::move(json).error();
    const auto last = payload.find_last_not_of(" \t\r\n");
    return object_with_value(std::string(payload.substr(first, last - first + 1)));
}

std::optional<Json> take_transaction(Json& args) {
    const auto it = args.find("transaction");
    if (it == args.end()) return std::nullopt;
    Json transaction = std::move(*it);
    args.erase(it);
    return transaction;
}

using ReplyPtr = std::shared_ptr<const Reply>;

/// Behind a pointer: a `Result` cannot tell a reply that holds an error from an error. A handler's exception
/// ends here: raced against a deadline it would only surface with the deadline.
asio::awaitable<Result<ReplyPtr>> as_value(const ReplyHandler& handler, Json args) {
    Error failure;
    try {
        auto value = co_await handler(std::move(args));
        co_return std::make_shared<const Reply>(std::move(value));
    } catch (const boost::system::system_error& e) {
        failure = e.code() == asio::error::operation_aborted ? Error(Errc::cancelled) : Error(e.code());
    } catch (const std::exception& e) {
        logger.error("a request failed: {}", e.what());
        failure = Error(Errc::io, e.what());
    }
    co_return failure;
}

}  // namespace

std::string named_device(const Json& args) {
    for (const auto* key : {"device", "value", "id", "from"}) {
        const Json* member = find_member(args, {key});
        if (member && member->is_string()) return member->get<std::string>();
    }
    return {};
}

void Requests::add(std::string name, ReplyHandler handler, Duration limit) {
    table_[lower_case(name)] = Entry{std::move(handler), limit};
}

bool Requests::on_message(std::string_view topic, std::string_view payload, bool retained) {
    const std::string prefix = prefix_ + "request/";
    if (lower_case(topic.substr(0, prefix.size())) != lower_case(prefix) || topic.size() == prefix.size())
        return false;
    if (retained) {
        refuse_retained(topic);
        return true;
    }
    if (payload.empty()) {
        // the echo of our own clearing is no request
        if (const auto it = being_cleared_.find(topic); it != being_cleared_.end()) {
            being_cleared_.erase(it);
            return true;
        }
    }
    accept(lower_case(topic.substr(prefix.size())), payload);
    return true;
}

void Requests::refuse_retained(std::string_view topic) {
    logger.warn("{}: a retained request is not carried out, and is cleared from the broker", topic);
    if (being_cleared_.size() >= max_being_cleared) being_cleared_.clear();
    if (outbox_.publish(model::Publication(std::string(topic), "", 0, true))) being_cleared_.emplace(topic);
}

void Requests::accept(std::string name, std::string_view payload) {
    auto args = parse_args(payload);
    Exchange exchange(std::move(name), args ? std::move(*args) : Json::object());
    if (!args) return respond(exchange, args.error());
    exchange.transaction = take_transaction(exchange.args);
    const auto it = table_.find(exchange.name);
    if (it == table_.end())
        return respond(exchange, Error(Errc::not_found,
                                       "no request \"" + exchange.name + "\"; there are " + known_names()));
    if (nursery_.size() >= max_running)
        return respond(exchange,
                       Error(Errc::busy, std::to_string(max_running) + " requests are running already"));
    std::string task = "request " + exchange.name;
    nursery_.start(std::move(task), serve(std::move(exchange), it->second));
}

asio::awaitable<void> Requests::serve(Exchange exchange, const Entry& entry) {
    auto reply = co_await with_timeout(context_.time, as_value(entry.handler, exchange.args), entry.limit);
    const auto state = co_await asio::this_coro::cancellation_state;
    if (state.cancelled() != asio::cancellation_type::none) co_return;
    if (reply)
        respond(exchange, **reply);
    else
        respond(exchange, reply.error().in(exchange.name));
}

void Requests::respond(const Exchange& exchange, const Reply& reply) {
    Json response = Json::object();
    response["status"] = reply.error() ? "error" : "ok";
    if (!reply.error() || !reply.data().is_null()) response["data"] = reply.data();
    if (reply.error()) response["error"] = reply.error()->text();
    if (exchange.transaction) response["transaction"] = *exchange.transaction;
    ++(reply.error() ? failed_ : served_);
    if (reply.error()) logger.info("request {} refused: {}", exchange.name, reply.error()->text());
    const bool sent = outbox_.publish(
        model::Publication(prefix_ + "response/" + exchange.name, dump_json(response), 0, false));
    if (!sent) logger.warn("the answer to request {} was lost: the broker does not take it", exchange.name);
}

std::string Requests::known_names() const {
    std::string names;
    for (const auto& [name, entry] : table_) names += (names.empty() ? "" : ", ") + name;
    return names;
}

Json Requests::health() const {
    Json health = Json::object();
    health["running"] = nursery_.size();
    health["served"] = served_;
    health["failed"] = failed_;
    return health;
}

}  // namespace lanbridge::admin
