#include "app/commands/pair_session.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>

#include "app/cli/exit_code.hpp"
#include "app/daemon/broker_test.hpp"
#include "app/daemon/lan_address.hpp"
#include "app/daemon/settings.hpp"

namespace lanbridge::app {
namespace {

/// The list is retained, so it comes right behind the subscription.
constexpr auto list_patience = 2s;
/// The broker may have to make its keys and to start anew; on the way, questions are lost with the link.
constexpr auto prepare_patience = 60s;
constexpr auto answer_patience = 8s;
constexpr auto glance = 300ms;
/// From the device's first word to its entities in Home Assistant.
constexpr auto bridge_patience = 20s;

bool names(const MerossDeviceConfig& device, const std::string& target) {
    if (device.name == target || device.uuid == target) return true;
    return !device.uuid.empty() && "meross_" + meross::mac_digits_of(meross::Uuid(device.uuid)) == target;
}

/// The address of a device that the daemon lists by name, id or uuid; "" for anybody else.
std::string listed_address(const Json& devices, const std::string& target) {
    const auto uuid = meross::parse_uuid(target);
    const auto id = uuid ? "meross_" + meross::mac_digits_of(*uuid) : target;
    if (!devices.is_array()) return {};
    for (const auto& device : devices)
        if (string_or(device, {"id"}, "") == id || string_or(device, {"name"}, "") == target)
            return string_or(device, {"address"}, "");
    return {};
}

}  // namespace

PairSession::PairSession(Context context, const GlobalOptions& globals, const PairOptions& options,
                         const Config& config)
    : context_(context),
      globals_(globals),
      options_(options),
      config_(config),
      http_(context),
      changed_(context.executor) {}

asio::awaitable<int> PairSession::run(meross::PairingPlan plan) {
    auto paired = co_await pair(std::move(plan));
    if (link_) co_await link_->close();
    if (!paired) co_return fail_command(globals_, paired.error());
    conclude(*paired);
    co_return exit_done;
}

asio::awaitable<Result<meross::Paired>> PairSession::pair(meross::PairingPlan plan) {
    if (!options_.broker) {
        auto found = co_await find_daemon();
        if (!found) co_return std::move(found).error();
    }
    if (plan.rebind) {
        auto found = co_await find_target(plan);
        if (!found) co_return std::move(found).error();
    }
    if (plan.rebind || is_loopback(plan.device.host)) towards_ = plan.device.host;
    co_return co_await meross::pair_device(context_, http_, std::move(plan), hooks());
}

asio::awaitable<Result<void>> PairSession::find_daemon() {
    link_.emplace(context_, config_, "pair");
    const auto keep = [this](const mqtt::Message& message) {
        if (auto list = parse_json(message.payload)) devices_ = *std::move(list);
        changed_.notify();
    };
    auto subscribed = link_->client().subscribe(link_->base() + "/bridge/devices", 0, keep);
    if (!subscribed) co_return std::move(subscribed).error();
    auto found = co_await link_->find_daemon();
    if (found) co_return found;
    auto error = std::move(found).error();
    if (error.is(Errc::unreachable)) error.where += "; or name a broker of your own with --broker";
    co_return error;
}

asio::awaitable<Result<Json>> PairSession::daemon_list() {
    const auto deadline = context_.time.now() + list_patience;
    while (link_ && !devices_ && context_.time.now() < deadline)
        co_await wait_signal_until(context_.time, changed_, deadline);
    co_return devices_.value_or(Json::array());
}

/// A configured device, one that the daemon knows, or an address.
asio::awaitable<Result<void>> PairSession::find_target(meross::PairingPlan& plan) {
    const auto& devices = config_.meross.devices;
    const auto& target = options_.rebind;
    const auto configured = std::ranges::find_if(devices, [&](const auto& d) { return names(d, target); });
    if (configured != devices.end() && configured->host) {
        plan.device = endpoint_of(*configured->host);
        if (!configured->uuid.empty()) plan.uuid = meross::Uuid(configured->uuid);
        if (!plan.old_key) plan.old_key = configured->key;
        key_is_configured_ = configured->key.has_value();
        co_return Result<void>();
    }
    const auto list = co_await daemon_list();
    const auto address = list ? listed_address(*list, target) : std::string();
    const auto uuid = meross::parse_uuid(target);
    if (uuid) plan.uuid = *uuid;
    if (uuid && address.empty())
        co_return Error(Errc::not_found, "no address is known for " + target + "; name the device's host");
    auto endpoint = net::parse_endpoint(address.empty() ? target : address);
    if (!endpoint) co_return std::move(endpoint).error();
    plan.device = *std::move(endpoint);
    co_return Result<void>();
}

meross::PairingHooks PairSession::hooks() {
    meross::PairingHooks hooks;
    hooks.step = [this](const meross::PairingStep& step) { say(step); };
    hooks.admit = [this](meross::PairingAccount account) { return admit(std::move(account)); };
    hooks.test = [this](meross::PairingLogin login) { return test(std::move(login)); };
    if (link_) hooks.heard = [this](meross::PairingDevice device) { return heard(std::move(device)); };
    return hooks;
}

asio::awaitable<Result<meross::PairingBroker>> PairSession::admit(meross::PairingAccount account) {
    Result<meross::PairingBroker> broker = own_broker();
    if (!options_.broker) broker = co_await prepare(account);
    if (!broker) co_return broker;
    if (!embedded_)
        say(meross::PairingStep(
            "note", "who may log in at that broker is its owner's business: it must let in user " +
                        account.device.mac));
    if (options_.show_login) {
        const auto login =
            meross::pairing_login(account.device, account.key, account.user_id, *broker, context_.random);
        say(meross::PairingStep("login", "user " + login.username + ", password " + login.password.reveal()));
    }
    co_return broker;
}

Result<meross::PairingBroker> PairSession::own_broker() const {
    if (!options_.broker) return Error(Errc::not_found, "no broker");
    auto host = options_.broker_host.empty() ? host_for_device(options_.broker->host, towards_)
                                             : Result<std::string>(options_.broker_host);
    if (!host) return std::move(host).error();
    constexpr std::uint16_t plain_port = 1883;  // devices speak TLS only
    const auto port =
        options_.broker->port == plain_port ? meross::default_device_port : options_.broker->port;
    return meross::PairingBroker(*std::move(host), port, true);
}

asio::awaitable<Result<meross::PairingBroker>> PairSession::prepare(meross::PairingAccount account) {
    if (auto listens = listen_for(account.device); !listens) co_return std::move(listens).error();
    Json wish{{"uuid", account.device.uuid.value()},
              {"mac", account.device.mac},
              {"key", account.key.reveal()},
              {"user_id", account.user_id},
              {"towards", towards_},
              {"broker_host", options_.broker_host},
              {"dry_run", account.dry_run}};
    Json args = Json::object();
    args["prepare"] = std::move(wish);
    auto answer = co_await ask_daemon(std::move(args));
    if (!answer) co_return std::move(answer).error();
    const auto host = read_string(*answer, {"host"});
    const auto port = read_integer<std::uint16_t>(*answer, {"port"});
    if (!host || !port) co_return Error(Errc::malformed, "the daemon's answer; is it of this version?");
    const auto is = [&](std::string_view name) {
        const auto* value = find_member(*answer, {name});
        return value && *value == Json(true);
    };
    embedded_ = is("embedded");
    co_return meross::PairingBroker(*host, *port, is("admits"));
}

/// A broker that takes in a device starts anew, and with it go links and questions; asking twice does no
/// harm.
asio::awaitable<Result<Json>> PairSession::ask_daemon(Json args) {
    const auto deadline = context_.time.now() + prepare_patience;
    Result<Json> answer = Error(Errc::link_down, link_->where());
    while (context_.time.now() < deadline) {
        if (link_->client().connected()) answer = co_await link_->ask("pair", args, answer_patience);
        if (answer) co_return answer;
        const auto& why = answer.error();
        if (!why.is(Errc::link_down) && !why.is(Errc::timeout) && !why.is(Errc::busy)) co_return answer;
        const auto cancelled = co_await context_.time.sleep(glance);
        if (cancelled) co_return Error(Errc::cancelled);
    }
    co_return answer;
}

asio::awaitable<Result<std::string>> PairSession::test(meross::PairingLogin login) {
    auto seen = co_await test_as_device(context_, std::move(login));
    if (seen || embedded_ || !seen.error().is(Errc::wrong_key)) co_return seen;
    auto error = std::move(seen).error();
    error.where += ". Give the broker a user for the device; --show-login prints its name and password";
    co_return error;
}

/// From now on, so that nothing the device says is missed.
Result<void> PairSession::listen_for(const meross::PairingDevice& device) {
    const auto on_word = [this](const mqtt::Message& message) {
        heard_ = heard_ || !message.retained;
        changed_.notify();
    };
    const auto on_availability = [this](const mqtt::Message& message) {
        online_ = message.payload == "online";
        changed_.notify();
    };
    auto done = link_->client().subscribe(meross::publish_topic(device.uuid), 0, on_word);
    if (!done) return std::move(done).error();
    const auto id = "meross_" + meross::mac_digits_of(device.uuid);
    done = link_->client().subscribe(link_->base() + '/' + id + "/availability", 0, on_availability);
    if (!done) return std::move(done).error();
    return {};
}

/// Tells the daemon that the device has its key, and later that it has come with it.
asio::awaitable<void> PairSession::confirm(meross::Uuid uuid, bool has_spoken) {
    Json args = Json::object();
    args["confirm"] = Json{{"uuid", uuid.value()}, {"heard", has_spoken}};
    auto confirmed = co_await ask_daemon(std::move(args));
    if (!confirmed)
        say(meross::PairingStep("note", "the daemon could not be told: " + confirmed.error().text()));
}

asio::awaitable<Result<std::string>> PairSession::heard(meross::PairingDevice device) {
    heard_ = false;  // what it said before it changed its broker does not count
    co_await confirm(device.uuid, false);
    while (!heard_) {
        const auto notified = co_await changed_.wait();
        if (!notified) co_return Error(Errc::cancelled);
    }
    say(meross::PairingStep("wait", "the device speaks to the broker"));
    co_await confirm(device.uuid, true);
    const auto deadline = context_.time.now() + bridge_patience;
    while (!online_ && context_.time.now() < deadline)
        co_await wait_signal_until(context_.time, changed_, deadline);
    const auto id = "meross_" + meross::mac_digits_of(device.uuid);
    if (online_) co_return "the device is on line, as " + id;
    co_return "the daemon has not read the device yet; look at " + link_->base() + "/bridge/devices for " +
        id;
}

void PairSession::say(const meross::PairingStep& step) const {
    if (globals_.json)
        fmt::print("{}\n", dump_json(Json{{"step", step.what}, {"text", step.detail}}));
    else
        fmt::print("{:<9}{}\n", step.what, step.detail);
    std::fflush(stdout);
}

void PairSession::conclude(const meross::Paired& paired) const {
    const auto& device = paired.device;
    if (globals_.json) {
        fmt::print("{}\n",
                   dump_json(Json{{"status", "ok"},
                                  {"dry_run", options_.dry_run},
                                  {"heard", paired.heard},
                                  {"device",
                                   {{"uuid", device.uuid.value()},
                                    {"mac", device.mac},
                                    {"model", device.type},
                                    {"firmware", device.firmware}}},
                                  {"broker", {{"host", paired.broker.host}, {"port", paired.broker.port}}}}));
        return;
    }
    if (options_.dry_run) return;
    fmt::print("{} {} is bound to the broker {}:{}\n", device.type, device.mac, paired.broker.host,
               paired.broker.port);
    if (key_is_configured_)
        fmt::print(
            "The configuration names its old key: take that `key` out and reload, the new one is kept by the "
            "daemon\n");
}

}  // namespace lanbridge::app
