#include "meross/transport/http_transport.hpp"

#include "lanbridge/base/log.hpp"
#include "meross/transport/frame_log.hpp"

namespace lanbridge::meross {
namespace {

const log::Logger logger("meross.http");

constexpr std::string_view path = "/config";
/// Requests must name somewhere to answer to, or some firmware stays silent; on HTTP nobody reads it.
constexpr std::string_view anonymous_from = "/appliance/lanbridge/publish";

net::HttpPatience patience_of(Patience patience) {
    net::HttpPatience limits;
    switch (patience) {
        case Patience::normal:
            break;
        case Patience::command:
            limits.connect_last = 2s;
            break;
        case Patience::brief:
            limits.connect_last = 2s;
            limits.total = 4s;
            break;
    }
    return limits;
}

/// What the reflecting method keeps of an answer.
Json reply_header_json(const Message& message) {
    const auto& header = message.header;
    return Json{{"messageId", header.message_id},
                {"namespace", header.name_space},
                {"method", method_name(header.method)},
                {"payloadVersion", header.payload_version},
                {"from", header.from},
                {"timestamp", header.timestamp},
                {"timestampMs", header.timestamp_ms},
                {"sign", header.sign}};
}

}  // namespace

HttpTransport::HttpTransport(Context context, net::HttpPoster& client, net::HttpEndpoint endpoint)
    : context_(std::move(context)), client_(client), endpoint_(std::move(endpoint)), from_(anonymous_from) {}

void HttpTransport::reset() {
    use_key(Secret());
    from_ = anonymous_from;
    expected_.reset();
    sizes_ = nullptr;
}

void HttpTransport::use_key(Secret key) {
    key_ = std::move(key);
    cipher_.reset();
    reply_header_.reset();
    encryption_unsettled_ = false;
}

bool HttpTransport::use_reply_header() {
    cipher_.reset();
    reply_header_.emplace(from_);
    return true;
}

bool HttpTransport::encrypt_for(const Uuid& uuid) {
    cipher_ = PayloadCipher::for_device(uuid.value(), mac_of(uuid), key_);
    return true;
}

void HttpTransport::expect(Uuid uuid) {
    from_ = publish_topic(uuid);
    expected_ = std::move(uuid);
}

asio::awaitable<Result<Message>> HttpTransport::request(Request request, Patience patience) {
    if (logger.enabled(log::Level::debug))
        logger.debug("{} <- {} {} {}", endpoint_.text(), method_name(request.method), request.name_space,
                     shown_payload(request.name_space, request.payload));
    if (reply_header_) co_return co_await reflected_request(request, patience);
    const bool telling = request.method == Method::get && !is_clear_namespace(request.name_space);
    if (encryption_unsettled_ && expected_ && telling)
        co_return co_await settle_encryption(std::move(request), patience);
    co_return co_await signed_request(request, patience);
}

asio::awaitable<Result<Message>> HttpTransport::settle_encryption(Request request, Patience patience) {
    auto reply = co_await signed_request(request, patience);
    if (!reply && reply.error().is(Errc::unreachable)) co_return reply;
    if (!reply) {
        encrypt_for(*expected_);
        auto encrypted = co_await signed_request(request, patience);
        if (!encrypted) {
            cipher_.reset();
            co_return reply;
        }
        reply = std::move(encrypted);
    }
    encryption_unsettled_ = false;
    co_return reply;
}

asio::awaitable<Result<Message>> HttpTransport::signed_request(const Request& request, Patience patience) {
    Origin origin;
    origin.from = from_;
    origin.timestamp = context_.time.wall_s();
    const auto header =
        make_request_header(request.name_space, request.method, key_, origin, context_.random);
    std::string body = serialize(header, request.payload);
    co_return co_await exchange(request.name_space, std::move(body), patience);
}

asio::awaitable<Result<Message>> HttpTransport::reflected_request(const Request& request, Patience patience) {
    auto reply = co_await exchange(request.name_space, reply_header_->request(request), patience);
    if (reply) {
        const auto error = error_of(*reply);
        if (error && error->code == error_bad_signature) {
            std::string again = reply_header_->retry(request, reply_header_json(*reply));
            reply = co_await exchange(request.name_space, std::move(again), patience);
        }
    }
    if (!reply)
        reply_header_->reset();
    else if (!error_of(*reply))
        reply_header_->accepted(reply_header_json(*reply));
    co_return reply;
}

asio::awaitable<Result<Message>> HttpTransport::exchange(std::string_view name_space, std::string body,
                                                         Patience patience) {
    const bool encrypted = cipher_ && !is_clear_namespace(name_space);
    if (encrypted) body = cipher_->encrypt(body);
    std::string type = encrypted ? "application/octet-stream" : "application/json";
    auto response = co_await client_.post(endpoint_, std::string(path), std::move(type), std::move(body),
                                          patience_of(patience));
    if (!response) co_return std::move(response).error();
    if (!encrypted) co_return understand(name_space, response->body);
    auto clear = cipher_->decrypt(response->body);
    if (!clear) co_return std::move(clear).error().in(endpoint_.text());
    co_return understand(name_space, *clear);
}

Result<Message> HttpTransport::understand(std::string_view name_space, const std::string& text) {
    auto message = parse_message(text);
    if (message) {
        if (logger.enabled(log::Level::debug))
            logger.debug("{} -> {} {} {}", endpoint_.text(), method_name(message->header.method),
                         message->header.name_space,
                         shown_payload(message->header.name_space, message->payload));
        if (sizes_) sizes_->received(text.size());
        return check_sender(*std::move(message));
    }
    logger.debug("{} -> {} characters: {}", endpoint_.text(), text.size(), message.error().text());
    if (message.error().is(Errc::truncated)) {
        if (sizes_) sizes_->truncated(text.size());
        if (name_space == multiple_namespace)
            if (auto saved = recover_truncated(text)) return check_sender(*std::move(saved));
    }
    return std::move(message).error().in(endpoint_.text());
}

Result<Message> HttpTransport::check_sender(Message message) const {
    if (!expected_) return message;
    const auto sender = sender_of(message.header);
    if (!sender || *sender == *expected_) return message;
    return Error(Errc::wrong_device,
                 endpoint_.text() + ": expected " + expected_->value() + ", found " + sender->value());
}

}  // namespace lanbridge::meross
