#include "app/commands/mqtt_request.hpp"

namespace lanbridge::app {
namespace {

/// A device that has not answered by then will not.
constexpr auto answer_limit = 5s;

/// What is being waited for.
struct Expected {
    explicit Expected(const asio::any_io_executor& executor) : came(executor) {}
    Signal came;
    std::string message_id;
    std::string name_space;
    meross::Method asked = meross::Method::get;
    std::optional<meross::Message> answer;

    bool fits(const meross::Header& header) const {
        if (header.name_space != name_space) return false;
        if (asked == meross::Method::push) return header.method == meross::Method::push;
        return header.message_id == message_id;
    }
};

void take(Expected& expected, const mqtt::Message& message) {
    if (message.retained || expected.answer) return;
    auto parsed = meross::parse_message(message.payload);
    if (!parsed || !expected.fits(parsed->header)) return;
    expected.answer = *std::move(parsed);
    expected.came.notify();
}

Error silence(const DaemonLink& link, const meross::Uuid& uuid, meross::Method method) {
    const auto where = uuid.value() + " over " + link.where();
    if (method == meross::Method::push)
        return Error(Errc::timeout, where + ": sent, but nothing came back, as with many a PUSH");
    return Error(Errc::timeout,
                 where + ": is the device on this broker, and may our user write and read its topics?");
}

}  // namespace

asio::awaitable<Result<meross::Message>> request_over_broker(Context context, DaemonLink& link,
                                                             BrokerTarget target, meross::Request request) {
    const auto expected = std::make_shared<Expected>(context.executor);
    expected->name_space = request.name_space;
    expected->asked = request.method;
    const auto handler = [expected](const mqtt::Message& message) { take(*expected, message); };
    auto connected = co_await link.connect();
    if (!connected) co_return std::move(connected).error();
    const auto replies = meross::publish_topic(target.uuid);
    auto subscribed = link.client().subscribe(replies, 0, handler);
    if (!subscribed) co_return std::move(subscribed).error();
    for (std::size_t i = 0; i < target.keys.size(); ++i) {
        meross::Origin origin;
        origin.from = replies;
        origin.timestamp = context.time.wall_s();
        const auto header = meross::make_request_header(request.name_space, request.method, target.keys[i],
                                                        origin, context.random);
        expected->message_id = header.message_id;
        expected->answer.reset();
        auto sent = link.client().publish(meross::request_topic(target.uuid),
                                          meross::serialize(header, request.payload), 0, false);
        if (!sent) co_return std::move(sent).error();
        const auto deadline = context.time.now() + answer_limit;
        while (!expected->answer && context.time.now() < deadline)
            co_await wait_signal_until(context.time, expected->came, deadline);
        if (!expected->answer) co_return silence(link, target.uuid, request.method);
        const auto error = meross::error_of(*expected->answer);
        const bool refused = error && error->code == meross::error_bad_signature;
        if (!refused) break;
    }
    co_return *expected->answer;
}

}  // namespace lanbridge::app
