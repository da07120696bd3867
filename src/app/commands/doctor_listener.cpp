// What the doctor finds where devices would knock.
#include <fmt/format.h>

#include "app/commands/doctor_checks.hpp"
#include "lanbridge/meross/protocol/credentials.hpp"
#include "lanbridge/mqtt/device_probe.hpp"

namespace lanbridge::app {
namespace {

constexpr std::string_view area = "listener";
/// A device that nobody has: the listener has to refuse it, and by then its TLS has worked.
constexpr std::string_view nobody = "00000000000000000000000000000001";

mqtt::DeviceProbe stranger_at(const mqtt::BrokerListener& listener) {
    const meross::Uuid uuid{std::string(nobody)};
    const auto login =
        meross::device_credentials(uuid, meross::mac_of(uuid), Secret("doctor"), "0", "doctor0000000000");
    mqtt::DeviceProbe probe;
    const bool everywhere = listener.address == "0.0.0.0" || listener.address == "::";
    probe.host = everywhere ? "127.0.0.1" : listener.address;
    probe.port = listener.port;
    probe.client_id = login.client_id;
    probe.username = login.username;
    probe.password = login.password;
    probe.own_read_topic = meross::request_topic(uuid);
    probe.own_write_topic = meross::publish_topic(uuid);
    return probe;
}

}  // namespace

asio::awaitable<void> check_listener(Context context, const Config& config, BrokerState broker,
                                     DoctorReport& report) {
    if (!config.mqtt.embedded()) co_return;  // of a foreign broker: "lanbridge pair" tries it with a device
    const auto& listener = config.embedded_broker.devices_listen;
    if (!listener) {
        report.note(area, "devices have none of their own; it opens when the first one is paired");
        co_return;
    }
    if (!broker.connected) co_return;
    auto probe = stranger_at(*listener);
    const auto seen = co_await mqtt::probe_as_device(context, std::move(probe));
    if (seen)
        report.broken(
            area, listener->text() + " lets a device in that nobody has paired",
            "somebody else's broker listens there: give embedded_broker.devices_listen another port");
    else if (seen.error().is(Errc::wrong_key))
        report.fine(area, listener->text() + " speaks TLS as devices do, and refuses strangers");
    else
        report.broken(area, seen.error().text(), "is the daemon's log telling why it is not open?");
}

}  // namespace lanbridge::app
