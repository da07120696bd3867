#include "meross/pairing/flow.hpp"

#include "lanbridge/base/async.hpp"
#include "lanbridge/base/log.hpp"

namespace lanbridge::meross {
namespace {

const log::Logger logger("meross.pairing");

/// Between two attempts to reach a device whose network somebody is just joining.
constexpr auto reach_again = 2s;
/// A scan takes the device some seconds, and weak networks are not in every one.
constexpr auto scan_again = 4s;
constexpr int most_scans = 6;

constexpr std::string_view ecdhe_namespace = "Appliance.Encrypt.ECDHE";
constexpr std::string_view wifix_namespace = "Appliance.Config.WifiX";

/// The device cannot answer before it has been joined; these failures mean that it has not been, yet.
bool not_there(const Error& error) {
    return error.is(Errc::unreachable) || error.is(Errc::timeout) || error.is(Errc::closed);
}

std::string how_to_reach(const PairingPlan& plan) {
    if (plan.rebind)
        return "no answer from " + plan.device.text() +
               ": is the device on, and is that its address? Trying on";
    return "no answer from " + plan.device.text() +
           " yet. Hold the device's button for at least 5 s until its LED flashes in two colours in turn "
           "(green and orange or red); then join its open Wi-Fi network Meross_XX_YYYY with this machine. "
           "Trying on";
}

}  // namespace

PairingFlow::PairingFlow(Context context, net::HttpPoster& http, PairingPlan plan, PairingHooks hooks)
    : context_(context),
      plan_(std::move(plan)),
      hooks_(std::move(hooks)),
      transport_(context, http, plan_.device) {}

asio::awaitable<Result<Paired>> PairingFlow::run() {
    auto facts = co_await reach();
    if (!facts) co_return std::move(facts).error();
    introduce(*facts);
    auto prepared = co_await prepare_broker();
    if (prepared) prepared = co_await test_broker();
    if (!prepared) co_return std::move(prepared).error();
    if (!plan_.rebind) {  // on the LAN the connection has its encryption and Wi-Fi already
        auto ready = co_await start_encryption();
        if (ready) ready = co_await find_network();
        if (ready) ready = co_await set_time();
        if (!ready) co_return std::move(ready).error();
    }
    auto bound = co_await set_key();
    if (bound && !plan_.rebind) bound = co_await set_wifi();
    if (!bound) co_return std::move(bound).error();
    auto heard = co_await wait_for_device();
    if (!heard) co_return std::move(heard).error();
    co_return Paired(*device_, *broker_, *heard);
}

KeyRing PairingFlow::keys() const {
    if (plan_.rebind) return key_ring(plan_.old_key, plan_.old_keys);
    return KeyRing(std::vector<Secret>(1), false);  // signatures do not count in pairing mode
}

asio::awaitable<Result<Facts>> PairingFlow::reach() {
    say("reach", "asking " + plan_.device.text() + " who it is");
    const auto deadline = context_.time.now() + plan_.reach_patience;
    bool explained = false;
    for (;;) {
        transport_.reset();
        auto facts = co_await identify(transport_, keys());
        if (facts && plan_.uuid && facts->uuid != *plan_.uuid)
            co_return Error(Errc::wrong_device, plan_.device.text() + ": expected " + plan_.uuid->value() +
                                                    ", found " + facts->uuid.value());
        if (facts) co_return facts;
        auto error = std::move(facts).error();
        if (error.is(Errc::wrong_key) && !plan_.rebind)
            co_return Error(Errc::wrong_key, plan_.device.text() +
                                                 " is bound already and not in pairing mode: hold its button "
                                                 "for at least 5 s, or use --rebind with its present key");
        if (error.is(Errc::wrong_key))
            co_return Error(
                Errc::wrong_key,
                error.where + "; give the key that it is bound with now (lanbridge key asks for it)");
        if (!not_there(error) || context_.time.now() + reach_again > deadline) co_return error;
        if (!explained) say("reach", how_to_reach(plan_));
        explained = true;
        const auto cancelled = co_await context_.time.sleep(reach_again);
        if (cancelled) co_return Error(Errc::cancelled);
    }
}

void PairingFlow::introduce(const Facts& facts) {
    facts_ = facts;
    device_.emplace(facts.uuid, facts.mac, facts.type, facts.firmware_version);
    transport_.expect(facts.uuid);
    say("identify", "found " + product_name(facts.type) + ' ' + facts.type + ", firmware " +
                        facts.firmware_version + ", MAC " + facts.mac + ", uuid " + facts.uuid.value());
    if (transport_.without_key())
        say("note", "no key fits; the device accepts its own signatures, which is used instead");
}

asio::awaitable<Result<void>> PairingFlow::prepare_broker() {
    PairingAccount account(*device_, plan_.key, plan_.user_id, plan_.dry_run);
    auto broker = co_await hooks_.admit(std::move(account));
    if (!broker)
        co_return broker.error().in("the broker could not be prepared; nothing was sent to the device");
    broker_ = *std::move(broker);
    say("broker", "the device will use the broker " + broker_->host + ':' + std::to_string(broker_->port) +
                      " as user " + device_->mac);
    co_return Result<void>();
}

asio::awaitable<Result<void>> PairingFlow::test_broker() {
    if (!hooks_.test) {
        say("test", "the broker is not tested");
        co_return Result<void>();
    }
    if (!broker_->admits) {
        say("test",
            "the broker will be tested once it has an account for the device, which a dry run does not make");
        co_return Result<void>();
    }
    say("test", "connecting to the broker as the device will, with TLS and its own login");
    auto login = pairing_login(*device_, plan_.key, plan_.user_id, *broker_, context_.random);
    auto seen = co_await hooks_.test(std::move(login));
    if (!seen) co_return seen.error().in("the broker would not do; nothing was sent to the device");
    say("test", seen->empty() ? std::string("the broker lets the device in") : *seen);
    co_return Result<void>();
}

asio::awaitable<Result<Message>> PairingFlow::change(Request request) {
    if (plan_.dry_run) {
        say("send", shown_request(request));
        co_return Message();
    }
    logger.debug("{} <- {}", plan_.device.text(), shown_request(request));
    co_return co_await read_namespace(transport_, std::move(request), Patience::normal);
}

asio::awaitable<Result<void>> PairingFlow::start_encryption() {
    if (!facts_.has(ecdhe_namespace)) {
        say("encrypt", "the device takes its settings in clear, as it knows no key exchange");
        co_return Result<void>();
    }
    say("encrypt", "agreeing on a key with the device, so that nobody reads the Wi-Fi password");
    const auto own = crypto::EcdhKey::generate(context_.random);
    Request offer(ecdhe_namespace, Method::set, ecdhe_offer(own));
    auto answer = co_await change(std::move(offer));
    if (!answer) co_return answer.error().in("key exchange");
    if (plan_.dry_run) co_return Result<void>();
    auto cipher = ecdhe_finish(own, answer->payload);
    if (!cipher) co_return cipher.error().in("key exchange");
    transport_.encrypt_with(*std::move(cipher));
    co_return Result<void>();
}

asio::awaitable<Result<void>> PairingFlow::find_network() {
    network_.ssid = plan_.ssid;
    if (plan_.dry_run && facts_.has(ecdhe_namespace)) {
        say("scan",
            "the device's list of networks can only be read after the key exchange; a dry run leaves it out");
        co_return Result<void>();
    }
    say("scan", "looking for the network \"" + plan_.ssid + "\" with the device's own ears");
    Error missing(Errc::not_found, "the device names no network at all");
    for (int scan = 0; scan < most_scans; ++scan) {
        if (scan > 0) {
            const auto cancelled = co_await context_.time.sleep(scan_again);
            if (cancelled) co_return Error(Errc::cancelled);
        }
        Request list("Appliance.Config.WifiList", Method::get, Json::object());
        auto answer = co_await read_namespace(transport_, std::move(list), Patience::normal);
        if (!answer && !not_there(answer.error())) co_return answer.error().in("list of networks");
        if (!answer) {
            missing = answer.error().in("list of networks");
            continue;
        }
        auto network = choose_network(parse_wifi_list(answer->payload), plan_.ssid, plan_.bssid);
        if (network) {
            network_ = *std::move(network);
            say("scan", "found it: access point " + network_.bssid + ", channel " +
                            std::to_string(network_.channel) + ", signal " + std::to_string(network_.signal) +
                            " %");
            co_return check_password(network_, plan_.wifi_password);
        }
        missing = std::move(network).error();
    }
    if (missing.is(Errc::not_found)) missing.where += ". Devices see 2.4 GHz only";
    co_return missing;
}

asio::awaitable<Result<void>> PairingFlow::set_time() {
    if (plan_.timezone.empty()) co_return Result<void>();
    const auto now = context_.time.wall_s();
    auto payload = set_time_payload(plan_.timezone, now);
    if (!payload) co_return std::move(payload).error();
    (*payload)["time"]["timestamp"] = now;
    say("time", "setting the time zone " + plan_.timezone);
    Request request("Appliance.System.Time", Method::set, *std::move(payload));
    auto answer = co_await change(std::move(request));
    // the bridge sets it again when the device is there
    if (!answer) say("note", "the device does not take the time zone now (" + answer.error().text() + ')');
    co_return Result<void>();
}

asio::awaitable<Result<void>> PairingFlow::set_key() {
    say("key", "giving the device its broker and its key");
    auto request = key_request(*broker_, plan_.key, plan_.user_id);
    auto answer = co_await change(std::move(request));
    if (answer) co_return Result<void>();
    if (plan_.rebind && answer.error().is(Errc::closed)) {  // some reboot before they have answered
        say("note", "the device hung up instead of answering; it may have taken the key all the same");
        co_return Result<void>();
    }
    co_return answer.error().in("the device does not take broker and key");
}

asio::awaitable<Result<void>> PairingFlow::set_wifi() {
    const bool encrypted = facts_.has(wifix_namespace);
    say("wifi", "giving the device the network \"" + plan_.ssid + "\" and its password" +
                    (encrypted ? ", encrypted" : "") + "; it then leaves pairing mode and restarts");
    auto request = wifi_request(network_, plan_.wifi_password, *device_, encrypted);
    auto answer = co_await change(std::move(request));
    if (answer) co_return Result<void>();
    const auto& error = answer.error();
    if (!error.is(Errc::closed) && !error.is(Errc::timeout))
        co_return error.in("the device does not take the network");
    say("note", "the device was gone before it answered, as some are; it may be on its way all the same");
    co_return Result<void>();
}

asio::awaitable<Result<bool>> PairingFlow::wait_for_device() {
    if (plan_.dry_run) {
        say("note", "dry run: nothing was changed");
        co_return false;
    }
    if (!hooks_.heard) {
        say("wait",
            "nobody listens at that broker from here: see there whether user " + device_->mac + " connects");
        co_return false;
    }
    say("wait",
        "waiting for the device at the broker. Its LED flashes green while it connects and then stays green");
    auto heard = co_await with_timeout(context_.time, hooks_.heard(*device_), plan_.hear_patience);
    if (heard) {
        say("wait", heard->empty() ? std::string("the device is there") : *heard);
        co_return true;
    }
    if (!heard.error().is(Errc::timeout)) co_return std::move(heard).error();
    const auto story = co_await what_happened();
    co_return Error(Errc::timeout, "the device took its settings, but was not heard at " + broker_->host +
                                       ':' + std::to_string(broker_->port) + story);
}

/// A device that cannot join its Wi-Fi goes back to pairing mode and knows why.
asio::awaitable<std::string> PairingFlow::what_happened() {
    if (plan_.rebind) co_return ". Is that address reachable from the device, and not behind a firewall?";
    transport_.reset();
    Request trace("Appliance.Config.Trace", Method::get, Json::parse(R"({"trace":{}})"));
    auto answer = co_await read_namespace(transport_, std::move(trace), Patience::brief);
    if (!answer)
        co_return ". If its LED flashes in two colours again, the Wi-Fi password was wrong: run this once more. "
                  "If it flashes green, it does not reach the broker: look at firewalls between them";
    co_return ". It is back in pairing mode and says of the network \"" + plan_.ssid + "\": code " +
        std::to_string(int_or(answer->payload, {"trace", "code"}, -1)) + ' ' +
        string_or(answer->payload, {"trace", "info"}, "");
}

}  // namespace lanbridge::meross
