#include "lanbridge/mqtt/device_probe.hpp"

#include "lanbridge/base/async.hpp"
#include "mqtt/device_link.hpp"
#include "mqtt/tls_trouble.hpp"

namespace lanbridge::mqtt {
namespace {

/// What devices are given when they are bound: one that takes longer to answer is not one to bind to.
constexpr auto visit_deadline = 5s;
constexpr std::uint16_t own_id = 1;
constexpr std::uint16_t foreign_id = 2;
constexpr std::uint16_t message_id = 3;
constexpr unsigned refused_subscription = 0x80;

/// The codes of CONNACK.
enum ConnackCode {
    accepted = 0,
    bad_version = 1,
    bad_client_id = 2,
    unavailable = 3,
    bad_login = 4,
    denied = 5
};

/// One connection from TLS to DISCONNECT.
struct Visit {
    Visit() = default;
    int code = accepted;
    DeviceProbeReport report;
};

/// Reads on until such a packet comes. `seen` is set when `topic` was published on the way.
asio::awaitable<Result<Packet>> await_packet(DeviceLink& link, PacketType type, std::string topic,
                                             bool& seen) {
    for (;;) {
        auto packet = co_await link.receive();
        if (!packet || packet->type == type) co_return packet;
        if (!topic.empty() && publish_topic(*packet) == topic) seen = true;
    }
}

/// Whether the subscription was granted.
asio::awaitable<Result<bool>> subscribe(DeviceLink& link, std::uint16_t id, std::string topic) {
    auto sent = co_await link.send(subscribe_packet(id, topic, 1));
    if (!sent) co_return std::move(sent).error();
    bool ignored = false;
    auto answer = co_await await_packet(link, PacketType::suback, std::string(), ignored);
    if (!answer) co_return std::move(answer).error();
    if (packet_id(*answer) != id || answer->body.size() != 3)
        co_return Error(Errc::malformed, "an acknowledgement of something else");
    co_return static_cast<unsigned char>(answer->body.back()) < refused_subscription;
}

/// Publishes there and looks whether it comes back before the answer to a ping does.
asio::awaitable<Result<bool>> hears_itself(DeviceLink& link, std::string topic) {
    auto sent = co_await link.send(publish_packet(message_id, topic, "{}") + ping_packet());
    if (!sent) co_return std::move(sent).error();
    bool heard = false;
    auto answer = co_await await_packet(link, PacketType::pingresp, topic, heard);
    if (!answer) co_return std::move(answer).error();
    co_return heard;
}

/// A broker that drops the connection over this has shown nothing for certain.
asio::awaitable<Confined> look_at_rights(DeviceLink& link, std::string foreign_topic) {
    if (foreign_topic.empty()) co_return Confined::unknown;
    const auto granted = co_await subscribe(link, foreign_id, foreign_topic);
    if (!granted) co_return Confined::unknown;
    if (!*granted) co_return Confined::yes;
    if (foreign_topic.find_first_of("+#") != foreign_topic.npos) co_return Confined::unknown;
    const auto heard = co_await hears_itself(link, foreign_topic);
    if (heard.has_value() && *heard) co_return Confined::no;
    co_return Confined::unknown;
}

asio::awaitable<Result<int>> introduce(DeviceLink& link, const DeviceProbe& probe, int level) {
    ConnectRequest request;
    request.level = level;
    request.client_id = probe.client_id;
    request.username = probe.username;
    request.password = probe.password;
    auto sent = co_await link.send(connect_packet(request));
    if (!sent) co_return std::move(sent).error();
    auto answer = co_await link.receive();
    if (!answer) co_return std::move(answer).error();
    if (answer->type != PacketType::connack || answer->body.size() != 2)
        co_return Error(Errc::malformed, "what it answers is not MQTT");
    co_return static_cast<unsigned char>(answer->body.back());
}

void fill_in(DeviceProbeReport& report, const TlsFacts& facts) {
    report.tls_version = facts.version;
    report.cipher = facts.cipher;
    report.certificate_subject = facts.subject;
    report.certificate_names = facts.names;
    report.name_matches = facts.name_matches;
    report.rsa = facts.rsa;
}

asio::awaitable<Result<Visit>> visit(Context context, DeviceProbe probe, int level) {
    DeviceLink link(context);
    const auto facts = co_await link.open(probe.host, probe.port, Suites::rsa);
    if (!facts) co_return facts.error();
    Visit out;
    fill_in(out.report, *facts);
    const auto code = co_await introduce(link, probe, level);
    if (!code) co_return code.error();
    out.code = *code;
    if (out.code != accepted) co_return out;
    out.report.accepted = true;
    out.report.mqtt_version = level == level_3_1 ? "3.1" : "3.1.1";
    const auto granted = co_await subscribe(link, own_id, probe.own_read_topic);
    if (!granted) co_return granted.error();
    out.report.subscribed = *granted;
    out.report.confined = co_await look_at_rights(link, probe.foreign_topic);
    (void)co_await link.send(disconnect_packet());
    co_return out;
}

asio::awaitable<Result<Visit>> timed_visit(Context context, DeviceProbe probe, int level) {
    auto conversation = visit(context, std::move(probe), level);
    co_return co_await with_timeout(context.time, std::move(conversation), visit_deadline);
}

Error refusal(const DeviceProbe& probe, int code) {
    const auto who = "the broker does not let user '" + probe.username + "' in";
    switch (code) {
        case bad_login:
        case denied:
            return Error(Errc::wrong_key,
                         who + " (" + (code == denied ? "not authorised" : "bad user or password") +
                             "): does it know this user, with the password that follows from "
                             "the device's key and user id?");
        case bad_version:
            return Error(
                Errc::unsupported,
                "the broker takes neither MQTT 3.1 nor 3.1.1, which is all devices speak: allow one of them");
        case bad_client_id:
            return Error(Errc::unsupported, "the broker refuses the client id '" + probe.client_id +
                                                "': let it accept ids of 56 characters, as devices have");
        case unavailable:
            return Error(Errc::link_down, "the broker says it is not available now: try again");
        default:
            return Error(Errc::device_error, who + ": code " + std::to_string(code));
    }
}

std::string all_names(const DeviceProbeReport& report) {
    std::string text = report.certificate_subject;
    for (const auto& name : report.certificate_names)
        if (name != report.certificate_subject) text += (text.empty() ? "" : ", ") + name;
    return text.empty() ? "no name at all" : text;
}

void add_warnings(DeviceProbeReport& report, const DeviceProbe& probe) {
    if (!report.name_matches)
        report.warnings.push_back("the certificate is for " + all_names(report) + " and not for " +
                                  probe.host + ": devices that look at the name will not connect");
    if (!report.subscribed)
        report.warnings.push_back("the broker does not let user '" + probe.username + "' subscribe to " +
                                  probe.own_read_topic + ": the device would get no command");
    if (report.confined == Confined::no)
        report.warnings.push_back("user '" + probe.username +
                                  "' reaches other devices' topics: a compromised device could switch them");
}

/// With MQTT 3.1, brokers grant in the acknowledgement what they deny later: 3.1.1 tells.
asio::awaitable<void> look_again(Context context, DeviceProbe probe, DeviceProbeReport& report) {
    const auto second = co_await timed_visit(context, std::move(probe), level_3_1_1);
    if (!second || second->code != accepted) co_return;
    report.subscribed = report.subscribed && second->report.subscribed;
    if (report.confined != Confined::no) report.confined = second->report.confined;
}

}  // namespace

std::string_view confined_name(Confined confined) noexcept {
    if (confined == Confined::unknown) return "unknown";
    return confined == Confined::yes ? "yes" : "no";
}

asio::awaitable<Result<DeviceProbeReport>> probe_as_device(Context context, DeviceProbe probe) {
    const auto at = probe.host + ":" + std::to_string(probe.port);
    auto seen = co_await timed_visit(context, probe, level_3_1);
    // Some brokers close the connection instead of refusing the version.
    const bool other_version = seen.has_value() ? seen->code == bad_version : seen.error().is(Errc::closed);
    if (other_version) seen = co_await timed_visit(context, probe, level_3_1_1);
    if (!seen) {
        auto why = co_await explain_trouble(context, probe.host, probe.port, seen.error());
        co_return why.in(at);
    }
    if (seen->code != accepted) co_return refusal(probe, seen->code).in(at);
    auto report = std::move(seen->report);
    if (!other_version) co_await look_again(context, probe, report);
    add_warnings(report, probe);
    co_return report;
}

}  // namespace lanbridge::mqtt
