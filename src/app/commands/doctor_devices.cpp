// What the doctor finds out about devices, and about finding them.
#include <fmt/format.h>

#include <boost/asio/post.hpp>

#include "app/commands/doctor_checks.hpp"
#include "app/commands/mqtt_request.hpp"
#include "app/daemon/meross_request.hpp"
#include "lanbridge/meross/discovery.hpp"

namespace lanbridge::app {
namespace {

constexpr std::string_view area = "device";
constexpr auto list_patience = 3s;
/// Longer than one device takes to be given up.
constexpr auto device_patience = 16s;
/// Asked one after another: who has more runs the daemon.
constexpr std::size_t most_asked = 32;
/// Devices that are well are counted where there are more.
constexpr std::size_t most_listed = 30;
/// A device whose clock is further off cannot tell today's energy, and its messages are not believed.
constexpr double tolerated_skew_s = 30;
/// Legs open their sockets at once, and then either listen or have a reason.
constexpr auto legs_settle = 300ms;

std::string shown(const KnownDevice& device) {
    std::string text = device.name.empty() ? device.id : device.name;
    if (!device.model.empty() && device.model != device.name) text += " (" + device.model + ')';
    if (!device.address.empty()) text += " at " + device.address;
    return text;
}

std::string advice_for(const std::string& reason) {
    if (reason == "wrong_key" || reason == "encrypted_without_key")
        return "set its key in meross.devices, or add it to meross.keys; \"lanbridge key\" asks for it";
    if (reason == "wrong_device") return "correct host or uuid in meross.devices";
    if (reason == "protocol_error") return "\"lanbridge trace\" shows what it says; report it";
    return "is it powered and in the Wi-Fi? \"lanbridge discover\" shows where it is now";
}

void report_device(const KnownDevice& device, DoctorReport& report) {
    const auto over =
        device.transport.empty() || device.transport == "none" ? "" : " over " + device.transport;
    if (device.online) return report.fine(area, shown(device) + " is online" + over);
    const auto why = shown(device) + ": " + (device.detail.empty() ? device.reason : device.detail);
    if (device.id.empty())
        report.doubt(area, why, advice_for(device.reason));
    else if (device.reason == "starting")
        report.note(area, shown(device) + " has not been tried yet");
    else
        report.broken(area, why, advice_for(device.reason));
}

void report_all(const KnownDevices& devices, DoctorReport& report) {
    std::size_t well = 0;
    for (const auto& device : devices.all()) well += device.online ? 1 : 0;
    const bool list_all = devices.all().size() <= most_listed;
    for (const auto& device : devices.all())
        if (list_all || !device.online) report_device(device, report);
    if (!list_all) report.fine(area, fmt::format("{} devices are online", well));
    if (devices.all().empty()) report.note(area, "the daemon knows none yet");
}

void report_clocks(const Json& health, const KnownDevices& devices, DoctorReport& report) {
    const auto* meross = find_member(health, {"meross"});
    if (!meross || !meross->is_object()) return;
    for (const auto& [id, entry] : meross->items()) {
        const double skew = number_or(entry, {"clock_skew_s"}, 0);
        if (skew > -tolerated_skew_s && skew < tolerated_skew_s) continue;
        report.doubt(
            "clock",
            fmt::format("{}'s clock is {:.0f} s {}", devices.name_of(id), skew < 0 ? -skew : skew,
                        skew < 0 ? "ahead" : "behind"),
            "let it reach a time server, or bind it to your broker, where lanbridge tells it the time");
    }
}

void report_leg(const std::string& name, std::string_view state, const std::string& why,
                DoctorReport& report) {
    if (state == meross::leg_state_name(meross::LegStatus::State::running))
        report.fine("discovery", name + " listens");
    else if (state == meross::leg_state_name(meross::LegStatus::State::failed))
        report.doubt("discovery", name + ": " + why, {});
    else
        report.note("discovery", name + ": " + why);
}

void report_legs(const Json& health, DoctorReport& report) {
    const auto* legs = find_member(health, {"discovery"});
    if (!legs || !legs->is_object()) return;
    for (const auto& [name, leg] : legs->items())
        report_leg(name, string_or(leg, {"state"}, ""), string_or(leg, {"why"}, ""), report);
}

std::string label(const MerossDeviceConfig& device) {
    if (!device.name.empty()) return device.name;
    return device.host ? device.host->text() : device.uuid;
}

void report_answer(const MerossDeviceConfig& device, const Result<meross::Message>& answer,
                   std::string_view over, DoctorReport& report) {
    auto error = answer ? device_error(*answer) : std::optional<Error>(answer.error());
    if (!error)
        return report.fine(area, fmt::format("{} answers over {}, and takes our key", label(device), over));
    std::string reason;
    if (error->is(Errc::wrong_key)) reason = "wrong_key";
    if (error->is(Errc::encrypted_without_key)) reason = "encrypted_without_key";
    if (error->is(Errc::wrong_device)) reason = "wrong_device";
    report.broken(area, label(device) + ": " + error->text(), advice_for(reason));
}

meross::Request who_are_you() {
    Json payload = Json::object();
    payload["all"] = Json::object();
    return meross::Request("Appliance.System.All", meross::Method::get, std::move(payload));
}

asio::awaitable<void> ask_over_http(Context context, const Config& config, const MerossDeviceConfig& device,
                                    DoctorReport& report) {
    MerossRequest request;
    request.target = device.host->text();
    auto target = one_shot_target(request, config, {});
    if (!target) {
        report.broken(area, label(device) + ": " + target.error().text(), "correct host in meross.devices");
        co_return;
    }
    net::HttpClient http(context);
    auto asking = meross::request_once(context, http, *std::move(target), who_are_you());
    const auto answer = co_await with_timeout(context.time, std::move(asking), device_patience);
    report_answer(device, answer, "http", report);
}

asio::awaitable<void> ask_over_broker(Context context, const Config& config, const MerossDeviceConfig& device,
                                      DaemonLink& link, DoctorReport& report) {
    BrokerTarget target;
    target.uuid = meross::Uuid(device.uuid);
    if (device.key) {
        target.keys = {*device.key};
    } else {
        target.keys = config.meross.keys;
        target.keys.emplace_back("");
    }
    const auto answer = co_await request_over_broker(context, link, std::move(target), who_are_you());
    report_answer(device, answer, "mqtt", report);
}

}  // namespace

asio::awaitable<void> check_served_devices(Context context, DaemonLink& link, DoctorReport& report) {
    const auto devices = std::make_shared<KnownDevices>();
    const auto listed = std::make_shared<Signal>(context.executor);
    const auto handler = [devices, listed](const mqtt::Message& message) {
        if (devices->take(message.payload)) listed->notify();
    };
    auto listening = link.client().subscribe(link.base() + "/bridge/devices", 0, handler);
    bool came = false;
    if (listening)
        came = co_await wait_signal_until(context.time, *listed, context.time.now() + list_patience);
    if (!came) {
        report.broken(area, "the daemon's list of devices does not come",
                      "is the user allowed to read " + link.base() + "/bridge/devices?");
        co_return;
    }
    report_all(*devices, report);
    Json nothing = Json::object();
    const auto health = co_await link.ask("health", std::move(nothing));
    if (health) {
        report_clocks(*health, *devices, report);
        report_legs(*health, report);
    } else {
        report.broken("daemon", health.error().text(), "look into its log; is it stuck?");
    }
}

asio::awaitable<void> check_configured_devices(Context context, const Config& config, BrokerState broker,
                                               DaemonLink& link, DoctorReport& report) {
    std::size_t asked = 0;
    for (const auto& device : config.meross.devices) {
        if (asked++ == most_asked) {
            report.note(area, fmt::format("{} more are not asked; start the daemon, and look again",
                                          config.meross.devices.size() - most_asked));
            co_return;
        }
        if (device.host)
            co_await ask_over_http(context, config, device, report);
        else if (broker.connected)
            co_await ask_over_broker(context, config, device, link, report);
        else
            report.broken(area, label(device) + " is reached over the broker, which is not there",
                          "see to the broker first");
    }
    if (config.meross.devices.empty()) report.note(area, "none is configured; discovery looks for them");
}

asio::awaitable<void> check_discovery(Context context, const Config& config, DoctorReport& report) {
    net::HttpClient http(context);
    meross::FinderSettings settings;
    settings.udp = config.meross.discovery.udp;
    settings.dhcp = config.meross.discovery.dhcp;
    settings.broadcast = false;  // only whether it could
    const auto nobody = [](const meross::Sighting&) {};
    meross::Finder finder(context, http, std::move(settings), nobody);
    finder.start();
    co_await context.time.sleep(legs_settle);
    const auto legs = finder.legs();
    finder.stop();
    while (!finder.idle()) co_await asio::post(context.executor, asio::use_awaitable);
    for (const auto& leg : legs) report_leg(leg.name, meross::leg_state_name(leg.state), leg.why, report);
}

}  // namespace lanbridge::app
