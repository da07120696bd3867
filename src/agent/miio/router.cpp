#include "agent/miio/router.hpp"

#include "agent/json/json_text.hpp"

namespace lanbridge::agent {
namespace {

constexpr std::string_view report_topic = "miio/report";
constexpr std::string_view report_ack_topic = "miio/report_ack";
constexpr std::string_view command_ack_topic = "miio/command_ack";

constexpr std::string_view not_registered = R"({"code":-32601,"message":"method not registered"})";
constexpr std::string_view nobody_bound = R"({"code":-32601,"message":"no app at this address"})";
constexpr std::string_view no_answer = R"({"code":-9999,"message":"user ack timeout"})";

bool is_local(const Message& message) { return message.raw("method").starts_with("\"local."); }

/// With neither, an object is a request without a name, and goes the way of requests.
bool is_answer(const Message& message) {
    return !message.has("method") && (message.has("result") || message.has("error"));
}

/// Who asked without an id is answered with 0.
std::string_view id_of(const Message& request) {
    const auto id = request.raw("id");
    return id.empty() ? "0" : id;
}

/// What `_to` says. A text counts as 0, as it always did; what else is no plain number is for nobody.
struct Target {
    enum class Kind { cloud_or_registered, masked, mqtt, unreadable };
    Kind kind = Kind::cloud_or_registered;
    Address mask = 0;
};
Target target_of(const Message& message) {
    const auto raw = message.raw("_to");
    if (raw.empty() || raw == "0" || kind_of(raw) == JsonKind::string) return {};
    if (raw == "-1") return {Target::Kind::mqtt, 0};
    const auto mask = plain_int(raw);
    if (mask > 0) return {Target::Kind::masked, mask};
    return {Target::Kind::unreadable, 0};
}

}  // namespace

void Router::from_app(Connection connection, std::string_view datagram) {
    auto message = Message::parse(datagram);
    const auto address = directory_.address_of(connection);
    if (!message) return strays_.note(Strays::Kind::broken, address.value_or(0), message.error().where);
    if (!address) return greet(connection, *message);
    if (message->method() == "register") return serve(connection, *message);
    accept(*address, std::move(*message));
}

/// Anything before a bind is ignored.
void Router::greet(Connection connection, const Message& message) {
    if (message.method() != "bind") return;
    const auto address = plain_int(message.raw("address"));
    if (!directory_.bind(connection, address)) return;
    journal_.info(Part::miio, "[miio] accept conn", {Field("app", address_name(address))});
}

void Router::serve(Connection connection, const Message& message) {
    const auto method = message.bare("key");
    if (!method.empty()) directory_.serve(connection, method);
}

void Router::closed(Connection connection) {
    if (const auto address = directory_.close(connection))
        journal_.info(Part::miio, "[miio] close conn", {Field("app", address_name(*address))});
}

void Router::from_cloud(std::string_view object) {
    auto message = Message::parse(object);
    if (!message) return strays_.note(Strays::Kind::broken, cloud_address, message.error().where);
    accept(cloud_address, std::move(*message));
}

void Router::from_mqtt(std::string_view payload) {
    auto message = Message::parse(payload);
    if (!message) return strays_.note(Strays::Kind::broken, mqtt_address, message.error().where);
    accept(mqtt_address, std::move(*message));
}

void Router::accept(Address from, Message message) {
    const auto target = target_of(message);
    switch (target.kind) {
        case Target::Kind::masked:
            return accept_masked(from, target.mask, std::move(message));
        case Target::Kind::mqtt:
            if (from != mqtt_address) to_mqtt(std::move(message));
            return;
        case Target::Kind::unreadable:
            return strays_.note(Strays::Kind::unreadable_target, from, message.raw("_to"));
        case Target::Kind::cloud_or_registered:
            break;
    }
    if (accept_answer(from, message)) return;
    if (is_answer(message)) return strays_.note(Strays::Kind::unanswerable, from);
    accept_request(from, std::move(message));
}

void Router::accept_masked(Address from, Address mask, Message message) {
    if (from == mask) return;  // basic_gw does this
    trace(message, "msg", from, mask);
    message.set("_from", std::to_string(from));
    message.erase("_to");
    std::string method(message.method());
    ask_hook(Transit{from, Route::masked, mask, std::move(method), std::move(message)});
}

/// An app answers a command that was sent to it directly.
void Router::to_mqtt(Message message) {
    message.erase("_to");
    outlets_.publish(command_ack_topic, message.text());
}

bool Router::accept_answer(Address from, Message& message) {
    auto mark = marks_.take(from, plain_int(message.raw("id")), message);
    if (!mark) return false;
    message.set("id", id_of(mark->question.message));
    const auto to = mark->question.from;
    trace(message, "res", from, to);
    if (from == cloud_address && to > 0 && !is_local(mark->question.message) && outlets_.publishes())
        outlets_.publish(report_ack_topic, message.text());
    answer(std::move(*mark), std::move(message));
    return true;
}

void Router::accept_request(Address from, Message message) {
    trace(message, "req", from, cloud_address);
    if (from > 0 && !is_local(message) && outlets_.publishes())
        outlets_.publish(report_topic, message.text());
    const auto route = from > 0 || message.has("_to") ? Route::cloud : Route::registered;
    message.erase("_to");
    std::string method(message.method());
    ask_hook(Transit{from, route, 0, std::move(method), std::move(message)});
}

void Router::ask_hook(Transit transit) {
    if (!hooks_ || !hooks_->has_request()) return depart(std::move(transit));
    auto text = transit.message.text();
    const auto from = transit.from;
    const auto method = transit.method;
    hooks_->request(from, method, std::move(text),
                    [this, transit = std::move(transit)](Verdict verdict) mutable {
                        if (verdict.what == Verdict::What::dropped) return;
                        if (verdict.what == Verdict::What::replaced) {
                            transit.message = std::move(verdict.message);
                            trace_patch(transit.message, "req");
                        }
                        depart(std::move(transit));
                    });
}

void Router::depart(Transit transit) {
    if (transit.route == Route::masked)
        depart_masked(transit);
    else
        depart_marked(std::move(transit));
}

void Router::depart_masked(const Transit& transit) {
    const auto peers = directory_.matching(transit.mask);
    if (peers.empty()) return refuse(transit, Strays::Kind::nobody_there, nobody_bound);
    const auto text = transit.message.text();
    for (const auto& peer : peers) outlets_.to_app(peer.connection, text);
}

void Router::depart_marked(Transit transit) {
    std::vector<Directory::Peer> peers;
    std::vector<Address> asked;
    if (transit.route == Route::cloud) {
        asked.push_back(cloud_address);
    } else {
        peers = directory_.serving(transit.method);
        if (peers.empty()) return refuse(transit, Strays::Kind::unserved, not_registered);
        for (const auto& peer : peers) asked.push_back(peer.address);
    }
    auto sent = transit.message;
    const auto before = marks_.crowded_out();
    const auto id = marks_.add(Mark(Question(transit.from, std::move(transit.message)), std::move(asked)));
    if (marks_.crowded_out() != before) strays_.note(Strays::Kind::crowded_out, transit.from);
    sent.set("id", std::to_string(id));
    const auto text = sent.text();
    if (transit.route == Route::cloud) return outlets_.to_cloud(text);
    for (const auto& peer : peers) outlets_.to_app(peer.connection, text);
}

/// Apps and the cloud are used to silence; people at a keyboard are not.
void Router::refuse(const Transit& transit, Strays::Kind kind, std::string_view error) {
    strays_.note(kind, transit.from, transit.method);
    if (transit.from == mqtt_address) answer_with_error(transit.message, error);
}

/// To somebody on MQTT.
void Router::answer_with_error(const Message& request, std::string_view error) {
    Message message;
    message.set("id", id_of(request));
    message.set("error", error);
    outlets_.publish(command_ack_topic, message.text());
}

void Router::answer(Mark mark, Message message) {
    auto& question = mark.question;
    if (!hooks_ || !hooks_->has_response()) return patch_and_deliver(question, std::move(message));
    auto method = std::string(question.message.method());
    auto request = question.message.text();
    auto text = message.text();
    const auto to = question.from;
    auto done = [this, question = std::move(question),
                 message = std::move(message)](Verdict verdict) mutable {
        if (verdict.what == Verdict::What::dropped) return;
        if (verdict.what == Verdict::What::unchanged) return patch_and_deliver(question, std::move(message));
        trace_patch(verdict.message, "res");
        deliver(question.from, verdict.message);
    };
    hooks_->response(to, std::move(method), std::move(request), std::move(text), std::move(done));
}

void Router::patch_and_deliver(const Question& question, Message message) {
    for (auto* patch : patches_) {
        if (!patch->apply(question, message)) continue;
        trace_patch(message, "res");
        break;
    }
    deliver(question.from, message);
}

void Router::deliver(Address to, const Message& message) {
    if (to == cloud_address) return outlets_.to_cloud(message.text());
    if (to == mqtt_address) return outlets_.publish(command_ack_topic, message.text());
    if (const auto connection = directory_.bound_as(to)) return outlets_.to_app(*connection, message.text());
    strays_.note(Strays::Kind::nobody_there, to);
}

void Router::send_raw(Address to, std::string_view text) {
    if (to == cloud_address) return outlets_.to_cloud(text);
    if (to == mqtt_address) return outlets_.publish(command_ack_topic, text);
    if (const auto connection = directory_.bound_as(to)) return outlets_.to_app(*connection, text);
    strays_.note(Strays::Kind::nobody_there, to);
}

void Router::sweep() {
    for (const auto& mark : marks_.sweep())
        if (mark.question.from == mqtt_address) answer_with_error(mark.question.message, no_answer);
}

void Router::trace(const Message& message, std::string_view kind, Address from, Address to) {
    if (!journal_.enabled(Part::miio, Severity::trace)) return;
    std::string line = "[miio] " + message.text();
    line.append(" ").append(kind);
    line.append(" from=").append(std::to_string(from)).append(" to=").append(std::to_string(to));
    journal_.trace(Part::miio, line);
}

void Router::trace_patch(const Message& message, std::string_view kind) {
    if (!journal_.enabled(Part::miio, Severity::trace)) return;
    std::string line = "[miio] " + message.text();
    line.append(" ").append(kind).append(" patch");
    journal_.trace(Part::miio, line);
}

}  // namespace lanbridge::agent
