#include "meross/device/identify.hpp"

#include "lanbridge/base/log.hpp"
#include "lanbridge/meross/protocol/cipher.hpp"
#include "lanbridge/meross/protocol/namespaces.hpp"

namespace lanbridge::meross {
namespace {

const log::Logger logger("meross.device");

constexpr std::string_view all_namespace = "Appliance.System.All";
constexpr std::string_view ability_namespace = "Appliance.System.Ability";

Request get(std::string_view name_space, std::string_view key) {
    Json payload = Json::object();
    payload[std::string(key)] = Json::object();
    return Request(name_space, Method::get, std::move(payload));
}

/// Tries the keys in order; ERROR 5001 is the only answer that makes the next one worth trying.
asio::awaitable<Result<Message>> find_key(Transport& transport, const KeyRing& ring) {
    for (const auto& key : ring.keys) {
        transport.use_key(key);
        auto reply = co_await read_namespace(transport, get(ability_namespace, "ability"), Patience::command);
        if (reply || !reply.error().is(Errc::wrong_key)) co_return reply;
    }
    Error refused(Errc::wrong_key, transport.place() + " refuses " + std::to_string(ring.keys.size()) +
                                       (ring.keys.size() == 1 ? " key" : " keys"));
    if (!ring.may_reflect || !transport.use_reply_header()) co_return refused;
    auto reply = co_await read_namespace(transport, get(ability_namespace, "ability"), Patience::command);
    if (!reply) co_return refused;
    logger.info("{}: no key fits; the device accepts its own signatures, which is used instead",
                transport.place());
    co_return reply;
}

/// The encryption key is mixed from the device key, so it needs the uuid that the clear answer named.
asio::awaitable<Result<Message>> read_all_encrypted(Transport& transport, const Header& clear_reply,
                                                    Error clear_failure) {
    const auto uuid = sender_of(clear_reply);
    if (!uuid) co_return clear_failure;
    if (transport.without_key()) co_return Error(Errc::encrypted_without_key, transport.place());
    if (!transport.encrypt_for(*uuid)) co_return clear_failure;
    co_return co_await read_namespace(transport, get(all_namespace, "all"), Patience::command);
}

}  // namespace

KeyRing key_ring(const std::optional<Secret>& own, const std::vector<Secret>& shared) {
    if (own) return KeyRing(std::vector<Secret>{*own}, own->empty());
    std::vector<Secret> keys = shared;
    keys.emplace_back("");
    return KeyRing(std::move(keys), true);
}

Request all_request() { return get(all_namespace, "all"); }

Result<Message> acknowledged(Result<Message> reply, const Request& request) {
    if (!reply) return reply;
    if (const auto error = error_of(*reply)) {
        if (error->code == error_bad_signature) return Error(Errc::wrong_key, request.name_space);
        if (error->code == error_unsupported) return Error(Errc::unsupported, request.name_space);
        return Error(Errc::device_error,
                     request.name_space + ": error " + std::to_string(error->code) + ' ' + error->detail);
    }
    if (reply->header.method != ack_of(request.method))
        return Error(Errc::device_error,
                     request.name_space + " answered with " + std::string(method_name(reply->header.method)));
    return reply;
}

asio::awaitable<Result<Message>> read_namespace(Transport& transport, Request request, Patience patience) {
    Request sent(request.name_space, request.method, Json());
    auto reply = co_await transport.request(std::move(request), patience);
    co_return acknowledged(std::move(reply), sent);
}

asio::awaitable<Result<Facts>> identify(Transport& transport, KeyRing ring) {
    auto ability = co_await find_key(transport, ring);
    if (!ability) co_return std::move(ability).error();
    const Json* abilities = find_member(ability->payload, {"ability"});
    if (!abilities || !abilities->is_object())
        co_return Error(Errc::malformed, transport.place() + ": System.Ability without abilities");
    auto all = co_await read_namespace(transport, get(all_namespace, "all"), Patience::command);
    if (!all && may_want_encryption(*abilities))
        all = co_await read_all_encrypted(transport, ability->header, all.error());
    if (!all) co_return std::move(all).error();
    auto facts = parse_facts(all->payload, *abilities);
    if (facts) facts->clock = all->header.timestamp;
    co_return facts;
}

}  // namespace lanbridge::meross
