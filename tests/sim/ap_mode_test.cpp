#include "lanbridge/sim/ap_mode.hpp"

#include "lanbridge/base/bytes.hpp"
#include "sim/support.hpp"

using namespace lanbridge;
using namespace lanbridge::test;
using meross::Method;
using meross::PayloadCipher;
using sim::Reply;

namespace {

/// A factory-new device, and a controller that may have agreed on a cipher with it.
struct FactoryNew : Bench {
    explicit FactoryNew(std::string_view description) : Bench(builtin(description)) {
        std::vector<sim::WifiNetwork> around;
        around.emplace_back("Home \xC3\xBC", Secret("right"));
        device.enter_ap_mode(sim::ApMode(std::move(around), random));
        device.on_restart([this] { ++restarts; });
        device.on_binding([this] { ++bindings; });
    }
    Reply send(std::string_view name, Method method, const Json& payload) {
        const auto text = request(name, method, payload, "");
        auto reply = device.handle(cipher ? cipher->encrypt(text) : text);
        if (cipher && reply.kind == Reply::Kind::answer) reply.body = cipher->decrypt(reply.body).value();
        return reply;
    }
    meross::Message answered(std::string_view name, Method method, const Json& payload) {
        const auto reply = send(name, method, payload);
        REQUIRE(reply.kind == Reply::Kind::answer);
        return meross::parse_message(reply.body).value();
    }
    void agree() {
        const auto key = crypto::EcdhKey::generate(random);
        const auto answer = answered("Appliance.Encrypt.ECDHE", Method::set, meross::ecdhe_offer(key));
        cipher = meross::ecdhe_finish(key, answer.payload).value();
    }
    Method give_key(std::string_view user = "0") {
        const auto text = R"({"key":{"gateway":{"host":"192.0.2.9","port":8883,"secondHost":"192.0.2.9",
            "secondPort":8883,"redirect":1},"key":"new key","userId":")" +
                          std::string(user) + "\"}}";
        return answered("Appliance.Config.Key", Method::set, Json::parse(text)).header.method;
    }
    Method give_wifi(const std::string& password, const std::string& ssid = "Home \xC3\xBC") {
        const auto mix =
            PayloadCipher::for_wifi_password(device.blueprint().type(), vector_uuid, device.mac());
        const bool secret = device.blueprint().encrypted;
        Json payload = Json::object();
        payload["wifi"]["ssid"] = to_base64(as_bytes(ssid));
        payload["wifi"]["password"] = secret ? mix.encrypt(password) : to_base64(as_bytes(password));
        return answered(secret ? "Appliance.Config.WifiX" : "Appliance.Config.Wifi", Method::set, payload)
            .header.method;
    }
    int trace_code() {
        return static_cast<int>(int_or(
            answered("Appliance.Config.Trace", Method::get, Json::object()).payload, {"trace", "code"}, -1));
    }

    std::optional<PayloadCipher> cipher;
    int restarts = 0;
    int bindings = 0;
};

}  // namespace

TEST_CASE("a factory-new device is paired in clear", "[sim][ap]") {
    FactoryNew plug("mss310-new");
    CHECK(plug.trace_code() == 0);
    const auto all = plug.answered("Appliance.System.All", Method::get, Json::object()).payload;
    CHECK(int_or(all, {"all", "system", "online", "status"}, -1) == 0);
    const auto list = plug.answered("Appliance.Config.WifiList", Method::get, Json::object()).payload;
    CHECK(list.at("wifiList")[0].at("ssid") == to_base64(as_bytes("Home \xC3\xBC")));
    CHECK(plug.give_key() == Method::setack);
    CHECK(plug.restarts == 0);
    CHECK(plug.give_wifi("right") == Method::setack);
    CHECK(plug.restarts == 1);
    CHECK(plug.bindings == 0);
    CHECK(plug.device.restart());
    CHECK(plug.bindings == 1);
    CHECK_FALSE(plug.device.in_ap_mode());
    CHECK(plug.device.identity().key == Secret("new key"));
    CHECK(plug.device.binding()->broker.host == "192.0.2.9");
    CHECK(plug.send("Appliance.System.All", Method::get, Json::object()).body.find("5001") !=
          std::string::npos);
}

TEST_CASE("a wrong password brings a device back to AP mode, and Trace tells", "[sim][ap]") {
    FactoryNew plug("mss310-new");
    plug.give_key();
    plug.give_wifi("wrong");
    CHECK_FALSE(plug.device.restart());
    CHECK(plug.device.in_ap_mode());
    CHECK(plug.bindings == 0);
    CHECK(plug.trace_code() == static_cast<int>(sim::JoinResult::wrong_password));
    plug.give_wifi("right", "elsewhere");
    CHECK_FALSE(plug.device.restart());
    CHECK(plug.trace_code() == static_cast<int>(sim::JoinResult::no_network));
    plug.give_wifi("right");
    CHECK(plug.device.restart());
    CHECK(plug.bindings == 1);
}

TEST_CASE("a device with ECDHE takes the rest encrypted", "[sim][ap]") {
    FactoryNew plug("mss110-new");
    CHECK(plug.trace_code() == 0);
    CHECK(plug.send("Appliance.Config.WifiList", Method::get, Json::object()).kind == Reply::Kind::close);
    plug.agree();
    const auto clear = plug.request("Appliance.Config.WifiList", Method::get, Json::object(), "");
    CHECK(plug.device.handle(clear).kind == Reply::Kind::close);
    CHECK(
        plug.answered("Appliance.Config.WifiList", Method::get, Json::object()).payload.contains("wifiList"));
    CHECK(plug.give_key("") == Method::error);
    CHECK(plug.give_key() == Method::setack);
    CHECK(plug.give_wifi("right") == Method::setack);
    REQUIRE(plug.device.restart());
    plug.cipher = PayloadCipher::for_device(vector_uuid, plug.device.mac(), Secret("new key"));
    const auto text = plug.request("Appliance.System.All", Method::get, Json::object(), "new key");
    CHECK(plug.device.handle(plug.cipher->encrypt(text)).kind == Reply::Kind::answer);
}

TEST_CASE("nonsense in AP mode is an error", "[sim][ap]") {
    FactoryNew plug("mss310-new");
    const auto with = [&](std::string_view text) {
        return plug.answered("Appliance.Config.Wifi", Method::set, Json::parse(text)).header.method;
    };
    CHECK(with("{}") == Method::error);
    CHECK(with(R"({"wifi":{"ssid":"%","password":""}})") == Method::error);
    CHECK(with(R"({"wifi":{"ssid":"","password":""}})") == Method::error);
    CHECK(plug.restarts == 0);
    CHECK(plug.answered("Appliance.Config.Key", Method::set, Json::parse(R"({"key":{}})")).header.method ==
          Method::error);
}
