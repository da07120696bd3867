#include "lanbridge/meross/pairing.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include "newborn_device.hpp"
#include "support/catch.hpp"
#include "support/virtual_time.hpp"

using namespace lanbridge;
using namespace lanbridge::meross;
using namespace lanbridge::test;

namespace {

using Strings = std::vector<std::string>;

asio::awaitable<Result<std::string>> tested(Result<std::string> outcome) { co_return outcome; }

/// A broker, a front end and a device, on a clock of their own.
class Nursing {
public:
    PairingPlan plan() const {
        PairingPlan plan;
        plan.ssid = "Home";
        plan.wifi_password = Secret("wifi-password");
        plan.key = Secret("new-key");
        return plan;
    }
    PairingPlan rebinding() const {
        PairingPlan plan;
        plan.rebind = true;
        plan.device = net::HttpEndpoint("192.168.1.20");
        plan.old_key = Secret("old-key");
        plan.key = Secret("new-key");
        return plan;
    }

    PairingHooks hooks() {
        PairingHooks hooks;
        hooks.step = [this](const PairingStep& step) { steps.push_back(step); };
        hooks.admit = [this](PairingAccount account) { return admit(std::move(account)); };
        hooks.test = [this](PairingLogin login) {
            logins.push_back(std::move(login));
            return tested(test_outcome);
        };
        hooks.heard = [this](PairingDevice) { return heard(); };
        return hooks;
    }

    Result<Paired> pair(PairingPlan plan) {
        std::optional<Result<Paired>> result;
        Context context(io.get_executor(), time, random);
        asio::co_spawn(io, pair_device(context, device, std::move(plan), hooks()),
                       [&](const std::exception_ptr& failure, Result<Paired> paired) {
                           if (failure) std::rethrow_exception(failure);
                           result = std::move(paired);
                       });
        for (int minute = 0; minute < 60 && !result; ++minute) time.advance(1min);
        REQUIRE(result);
        return *result;
    }

    std::string said(std::string_view what) const {
        std::string all;
        for (const auto& step : steps)
            if (step.what == what) all += step.detail + '\n';
        return all;
    }

    asio::io_context io;
    VirtualTime time{io};
    SeededRandom random{1};
    NewbornDevice device{time};
    std::vector<PairingStep> steps;
    std::vector<PairingLogin> logins;
    std::vector<bool> admitted;  ///< dry run or not
    Result<std::string> test_outcome = std::string();
    std::optional<TimeSource::Clock::duration> heard_after = 5s;

private:
    asio::awaitable<Result<PairingBroker>> admit(PairingAccount account) {
        admitted.push_back(account.dry_run);
        co_return PairingBroker("192.168.1.5", 8883, !account.dry_run);
    }
    asio::awaitable<Result<std::string>> heard() {
        const auto cancelled = co_await time.sleep(heard_after.value_or(24h));
        if (cancelled) co_return Error(Errc::cancelled);
        co_return std::string("there");
    }
};

const Strings bound_in_clear{"Appliance.Config.Key", "Appliance.Config.Wifi"};

}  // namespace

TEST_CASE("a new device gets its key, then its network, and is heard at the broker", "[meross][pairing]") {
    Nursing room;
    const auto paired = room.pair(room.plan());
    REQUIRE(paired);
    CHECK(paired->heard);
    CHECK(paired->device.mac == "48:e1:e9:a1:b2:c3");
    CHECK(room.device.sets() == bound_in_clear);
    const auto key = room.device.payload("Appliance.Config.Key");
    CHECK(string_or(key, {"key", "key"}, "") == "new-key");
    CHECK(string_or(key, {"key", "userId"}, "") == "0");
    CHECK(string_or(key, {"key", "gateway", "host"}, "") == "192.168.1.5");
    CHECK(int_or(key, {"key", "gateway", "port"}, 0) == 8883);
    const auto wifi = room.device.payload("Appliance.Config.Wifi");
    CHECK(string_or(wifi, {"wifi", "bssid"}, "") == "de:ad:be:ef:00:02");
    CHECK(int_or(wifi, {"wifi", "encryption"}, 0) == 6);
}

TEST_CASE("the broker is tested with the login that the device will have", "[meross][pairing]") {
    Nursing room;
    REQUIRE(room.pair(room.plan()));
    REQUIRE(room.logins.size() == 1);
    const auto& login = room.logins[0];
    CHECK(login.host == "192.168.1.5");
    CHECK(login.username == "48:e1:e9:a1:b2:c3");
    CHECK(login.password.reveal() == "0_" + crypto::md5_hex("48:e1:e9:a1:b2:c3new-key"));
    CHECK(login.client_id.starts_with("fmware:" + std::string(NewbornDevice::uuid) + '_'));
    CHECK(login.client_id.size() == 7 + 32 + 1 + 16);
    CHECK(login.own_read_topic == "/appliance/" + std::string(NewbornDevice::uuid) + "/subscribe");
    CHECK(login.own_write_topic == "/appliance/" + std::string(NewbornDevice::uuid) + "/publish");
    CHECK(login.foreign_topic != login.own_read_topic);
}

TEST_CASE("a broker that does not let the device in stops it before anything is sent", "[meross][pairing]") {
    Nursing room;
    room.test_outcome = Error(Errc::wrong_key, "192.168.1.5:8883 refuses the login");
    const auto paired = room.pair(room.plan());
    REQUIRE(!paired);
    CHECK(paired.error().is(Errc::wrong_key));
    CHECK_THAT(paired.error().text(), ContainsSubstring("nothing was sent to the device"));
    CHECK(room.device.sets().empty());
    CHECK(room.device.payload("Appliance.Config.WifiList").is_null());
}

TEST_CASE("with a key exchange everything after it is encrypted", "[meross][pairing]") {
    Nursing room;
    room.device.can("Appliance.Encrypt.ECDHE");
    room.device.can("Appliance.Config.WifiX");
    REQUIRE(room.pair(room.plan()));
    CHECK(room.device.sets() ==
          Strings{"Appliance.Encrypt.ECDHE", "Appliance.Config.Key", "Appliance.Config.WifiX"});
    bool exchanged = false;
    for (const auto& [encrypted, message] : room.device.heard) {
        CHECK(encrypted == exchanged);
        exchanged = exchanged || message.header.name_space == "Appliance.Encrypt.ECDHE";
    }
    const auto wifi = room.device.payload("Appliance.Config.WifiX");
    const auto cipher = PayloadCipher::for_wifi_password("mss310", NewbornDevice::uuid, "48:e1:e9:a1:b2:c3");
    CHECK(cipher.decrypt(string_or(wifi, {"wifi", "password"}, "")).value() == "wifi-password");
}

TEST_CASE("a network that is seen late is waited for, one that is never seen ends it", "[meross][pairing]") {
    Nursing room;
    auto plan = room.plan();
    plan.ssid = "Elsewhere";
    const auto paired = room.pair(plan);
    REQUIRE(!paired);
    CHECK(paired.error().is(Errc::not_found));
    CHECK_THAT(paired.error().text(), ContainsSubstring("it sees: Home, Neighbour"));
    CHECK(room.device.sets().empty());
    CHECK(room.device.heard.size() == 2 + 6);  // who it is, and a bounded number of scans
}

TEST_CASE("wrong Wi-Fi names and passwords are refused before the device is asked", "[meross][pairing]") {
    Nursing room;
    auto plan = room.plan();
    plan.wifi_password = Secret(std::string(65, 'x'));
    CHECK(room.pair(plan).error().is(Errc::invalid_value));
    plan = room.plan();
    plan.ssid = std::string(33, 'x');
    CHECK(room.pair(plan).error().is(Errc::invalid_value));
    plan = room.plan();
    plan.key = Secret("");
    CHECK(room.pair(plan).error().is(Errc::invalid_value));
    plan = room.plan();
    plan.timezone = "Mars/Olympus";
    CHECK(room.pair(plan).error().is(Errc::invalid_value));
    CHECK(room.device.heard.empty());
    plan = room.plan();
    plan.wifi_password = Secret("short");
    CHECK(room.pair(plan).error().is(Errc::invalid_value));
    CHECK(room.device.sets().empty());
}

TEST_CASE("a device that refuses the key is left in its pairing mode", "[meross][pairing]") {
    Nursing room;
    room.device.errors["Appliance.Config.Key"] = 5000;
    const auto paired = room.pair(room.plan());
    REQUIRE(!paired);
    CHECK_THAT(paired.error().text(), ContainsSubstring("does not take broker and key"));
    CHECK(room.device.sets() == Strings{"Appliance.Config.Key"});
}

TEST_CASE("a device that restarts before it answers the last request is waited for", "[meross][pairing]") {
    Nursing room;
    room.device.hangs_up["Appliance.Config.Wifi"] = true;
    const auto paired = room.pair(room.plan());
    REQUIRE(paired);
    CHECK(paired->heard);
}

TEST_CASE("a device that never comes says why, once it is back in pairing mode", "[meross][pairing]") {
    Nursing room;
    room.heard_after.reset();
    room.device.answers["Appliance.Config.Trace"] = {
        {"trace", {{"ssid", "Home"}, {"code", 4}, {"info", "bad password"}}}};
    const auto paired = room.pair(room.plan());
    REQUIRE(!paired);
    CHECK(paired.error().is(Errc::timeout));
    CHECK_THAT(paired.error().text(), ContainsSubstring("code 4 bad password"));
    room.device.gone = room.time.now();
    room.device.heard.clear();
}

TEST_CASE("the user is told what to press while nobody answers", "[meross][pairing]") {
    Nursing room;
    room.device.absent_for = 3;
    REQUIRE(room.pair(room.plan()));
    CHECK_THAT(room.said("reach"), ContainsSubstring("button"));
    CHECK_THAT(room.said("reach"), ContainsSubstring("Meross_XX_YYYY"));
}

TEST_CASE("a device that never answers ends it within the patience given", "[meross][pairing]") {
    Nursing room;
    room.device.absent_for = 1'000'000;
    auto plan = room.plan();
    plan.reach_patience = 30s;
    const auto start = room.time.now();
    const auto paired = room.pair(plan);
    CHECK(paired.error().is(Errc::unreachable));
    CHECK(room.time.now() - start <= 1min);
    CHECK(room.admitted.empty());
}

TEST_CASE("a device in use is not taken for one in pairing mode", "[meross][pairing]") {
    Nursing room;
    room.device.bound = true;
    room.device.key = Secret("somebody's");
    const auto paired = room.pair(room.plan());
    REQUIRE(!paired);
    CHECK(paired.error().is(Errc::wrong_key));
    CHECK_THAT(paired.error().text(), ContainsSubstring("not in pairing mode"));
    CHECK(room.device.sets().empty());
}

TEST_CASE("re-binding changes key and broker with the old key, and no Wi-Fi", "[meross][pairing]") {
    Nursing room;
    room.device.bound = true;
    room.device.key = Secret("old-key");
    const auto paired = room.pair(room.rebinding());
    REQUIRE(paired);
    CHECK(paired->heard);
    CHECK(room.device.sets() == Strings{"Appliance.Config.Key"});
    for (const auto& [encrypted, message] : room.device.heard)
        CHECK(signature_valid(message.header, Secret("old-key")));
}

TEST_CASE("re-binding without the right key changes nothing", "[meross][pairing]") {
    Nursing room;
    room.device.bound = true;
    room.device.key = Secret("another");
    const auto paired = room.pair(room.rebinding());
    CHECK(paired.error().is(Errc::wrong_key));
    CHECK(room.device.sets().empty());
    CHECK(room.admitted.empty());
}

TEST_CASE("re-binding touches nobody but the device that was named", "[meross][pairing]") {
    Nursing room;
    room.device.bound = true;
    room.device.key = Secret("old-key");
    auto plan = room.rebinding();
    plan.uuid = Uuid("2101010101010151812048e1e9ffffff");
    CHECK(room.pair(plan).error().is(Errc::wrong_device));
    CHECK(room.device.sets().empty());
    plan.ssid = "Home";
    CHECK(room.pair(plan).error().is(Errc::invalid_value));
}

TEST_CASE("a dry run shows every message without secrets and sends questions only", "[meross][pairing]") {
    Nursing room;
    auto plan = room.plan();
    plan.dry_run = true;
    plan.timezone = "Europe/Rome";
    const auto paired = room.pair(plan);
    REQUIRE(paired);
    CHECK(!paired->heard);
    CHECK(room.device.sets().empty());
    CHECK(room.admitted == std::vector<bool>{true});
    CHECK(room.logins.empty());
    const auto shown = room.said("send");
    CHECK_THAT(shown, ContainsSubstring("SET Appliance.System.Time"));
    CHECK_THAT(shown, ContainsSubstring("SET Appliance.Config.Key"));
    CHECK_THAT(shown, ContainsSubstring("SET Appliance.Config.Wifi"));
    CHECK(shown.find("new-key") == std::string::npos);
    CHECK(shown.find("wifi-password") == std::string::npos);
    CHECK(shown.find(to_base64(as_bytes("wifi-password"))) == std::string::npos);
}

TEST_CASE("a dry run with a device that wants encryption sends no key exchange", "[meross][pairing]") {
    Nursing room;
    room.device.can("Appliance.Encrypt.ECDHE");
    auto plan = room.plan();
    plan.dry_run = true;
    REQUIRE(room.pair(plan));
    CHECK(room.device.sets().empty());
    CHECK_THAT(room.said("send"), ContainsSubstring("SET Appliance.Encrypt.ECDHE"));
}

TEST_CASE("the time zone is set before the key; a device that will not have it is paired all the same",
          "[meross][pairing]") {
    Nursing room;
    auto plan = room.plan();
    plan.timezone = "Europe/Rome";
    room.device.errors["Appliance.System.Time"] = 5000;
    REQUIRE(room.pair(plan));
    CHECK(room.device.sets() ==
          Strings{"Appliance.System.Time", "Appliance.Config.Key", "Appliance.Config.Wifi"});
    CHECK(string_or(room.device.payload("Appliance.System.Time"), {"time", "timezone"}, "") == "Europe/Rome");
}
