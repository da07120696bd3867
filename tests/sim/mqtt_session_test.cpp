#include "lanbridge/sim/mqtt_session.hpp"

#include "sim/support.hpp"

using namespace lanbridge;
using namespace lanbridge::test;
using meross::Message;
using meross::Method;
using Stage = sim::MqttSession::Stage;

namespace {

/// A device on a broker that is nothing but two lists.
struct OnBroker {
    explicit OnBroker(sim::SharedBlueprint blueprint, sim::MqttHabits habits = {})
        : bench(std::move(blueprint)), session(bench.device, bench.time, outlet(), habits) {}

    sim::MqttSession::Outlet outlet() {
        sim::MqttSession::Outlet out;
        out.send = [this](const std::string& topic, const std::string& payload) {
            topics.push_back(topic);
            auto message = meross::parse_message(payload);
            REQUIRE(message);
            sent.push_back(*message);
        };
        return out;
    }
    void connect() { session.connected(broker); }
    void pass(std::chrono::milliseconds time) {
        bench.time.advance(time);
        session.tick();
    }
    /// What the broker agent does: the message back, without uuid and with the time.
    void answer_clock() {
        auto echo = sent.back();
        echo.header.uuid.clear();
        echo.header.trigger_src = "CloudControl";
        echo.payload["clock"]["timestamp"] = bench.device.clock_s() + 100;
        session.received(meross::serialize(echo));
    }
    void answer_bind(const std::string& key = vector_key) {
        auto ack = sent.back();
        ack.header.method = Method::setack;
        ack.header.uuid.clear();
        ack.header.from = meross::publish_topic(meross::Uuid(vector_uuid));
        ack.header.sign = meross::sign(ack.header.message_id, Secret(key), ack.header.timestamp);
        ack.payload = Json::object();
        session.received(meross::serialize(ack));
    }
    void born() {
        connect();
        answer_clock();
        answer_bind();
        REQUIRE(session.stage() == Stage::steady);
        forget();
    }
    void forget() {
        sent.clear();
        topics.clear();
    }
    std::vector<std::string> names() const {
        std::vector<std::string> all;
        for (const auto& message : sent) all.push_back(message.header.name_space.substr(10));
        return all;
    }
    void ask(std::string_view name, Method method, std::string_view payload) {
        session.received(bench.request(name, method, Json::parse(payload)));
    }
    void switch_on() {
        ask("Appliance.Control.ToggleX", Method::set, R"({"togglex":{"channel":0,"onoff":1}})");
    }

    const meross::BrokerAddress broker{"192.0.2.9", 8883};
    Bench bench;
    std::vector<Message> sent;
    std::vector<std::string> topics;
    sim::MqttSession session;
};

using Names = std::vector<std::string>;
const std::string publish = "/appliance/" + vector_uuid + "/publish";

}  // namespace

TEST_CASE("a device is born on a broker: Clock, Bind, then the rest", "[sim][mqtt]") {
    OnBroker plug(builtin("mss310"));
    plug.connect();
    CHECK(plug.names() == Names{"System.Clock"});
    CHECK(plug.topics.back() == publish);
    plug.answer_clock();
    CHECK(plug.bench.device.clock_s() == 1'700'000'100);
    REQUIRE(plug.names() == Names{"System.Clock", "Control.Bind"});
    const auto& bind = plug.sent.back();
    CHECK(bind.header.method == Method::set);
    CHECK(bind.header.trigger_src == "DevBoot");
    CHECK(bind.header.from == "/appliance/" + vector_uuid + "/subscribe");
    CHECK(bind.header.uuid == vector_uuid);
    CHECK(bind.payload.at("bind").at("hardware").at("type") == "mss310");
    CHECK(bind.payload.at("bind").at("firmware").contains("version"));
    CHECK(bind.payload.at("bind").at("time").contains("timezone"));
    plug.answer_bind();
    CHECK(plug.names() == Names{"System.Clock", "Control.Bind", "System.Report", "System.Time",
                                "System.Online", "Control.ConsumptionConfig"});
    CHECK(plug.session.counters().births == 1);
    CHECK(plug.bench.device.log().requests() == 0);
    CHECK_FALSE(plug.session.next_due());

    plug.session.disconnected();
    plug.forget();
    plug.connect();
    plug.answer_clock();
    CHECK(plug.names() == Names{"System.Clock", "System.Report", "System.Time", "System.Online",
                                "Control.ConsumptionConfig"});
}

TEST_CASE("Clock is repeated ten times, Bind until it is acknowledged", "[sim][mqtt]") {
    OnBroker plug(builtin("mss310"));
    plug.connect();
    for (int i = 0; i < 60; ++i) plug.pass(5s);
    CHECK(plug.sent.size() == 10);
    plug.answer_clock();
    plug.forget();
    for (int i = 0; i < 9; ++i) plug.pass(5s);
    CHECK(plug.names() == Names{"Control.Bind", "Control.Bind", "Control.Bind"});
    plug.answer_bind("another key");
    CHECK(plug.session.stage() == Stage::bind);
    CHECK(plug.session.counters().ill_signed == 1);
    plug.answer_bind();
    CHECK(plug.session.stage() == Stage::steady);
}

TEST_CASE("requests are answered where they come from, pushes follow the answer", "[sim][mqtt]") {
    OnBroker plug(builtin("mss310"));
    plug.born();
    if (plug.bench.device.relay() == true) REQUIRE(plug.bench.device.press());
    plug.forget();
    plug.switch_on();
    REQUIRE(plug.sent.size() == 2);
    CHECK(plug.sent[0].header.method == Method::setack);
    CHECK(plug.topics[0] == "test");
    CHECK(plug.sent[1].header.method == Method::push);
    CHECK(plug.topics[1] == publish);
    CHECK(plug.sent[1].payload.at("togglex")[0].at("onoff") == 1);
    CHECK(plug.bench.device.log().sets("Appliance.Control.ToggleX") == 1);
    plug.forget();
    REQUIRE(plug.bench.device.press());
    CHECK(plug.names() == Names{"Control.ToggleX"});
    plug.session.disconnected();
    REQUIRE(plug.bench.device.press());
    CHECK(plug.sent.size() == 1);
}

TEST_CASE("a session shows in System.All and System.Debug", "[sim][mqtt]") {
    OnBroker plug(builtin("mss310"));
    const auto status = [&] {
        return plug.bench.get("Appliance.System.All", Json::object())
            .at("all")
            .at("system")
            .at("online")
            .at("status");
    };
    CHECK(status() == 2);
    plug.born();
    CHECK(status() == 1);
    const auto debug = plug.bench.get("Appliance.System.Debug", Json::object()).at("debug");
    CHECK(meross::broker_from_debug(debug).host == "192.0.2.9");
    CHECK(debug.at("network").at("innerIp") == "127.0.0.1");
    plug.session.disconnected();
    CHECK(status() == 2);
}

TEST_CASE("SETs of both transports are counted together", "[sim][mqtt]") {
    OnBroker plug(builtin("mss310"));
    plug.born();
    plug.switch_on();
    plug.bench.set("Appliance.Control.ToggleX", Json::parse(R"({"togglex":{"channel":0,"onoff":0}})"));
    plug.bench.set("Appliance.Control.Multiple", Json::parse(R"({"multiple":[{"header":{"messageId":"inner",
        "method":"SET","namespace":"Appliance.Control.ToggleX"},"payload":{"togglex":{"channel":0,"onoff":1}}}]})"));
    const auto& log = plug.bench.device.log();
    CHECK(log.sets("Appliance.Control.ToggleX") == 3);
    CHECK(log.sets() == 3);
    CHECK(log.requests(sim::Via::mqtt) == 1);
    CHECK(log.requests(sim::Via::http) == 2);
    REQUIRE(log.executed().size() == 3);
    CHECK(log.executed()[0].via == sim::Via::mqtt);
    CHECK(log.executed()[1].via == sim::Via::http);
    CHECK(log.executed()[2].message_id == "inner");
    plug.ask("Appliance.Control.ToggleX", Method::set, R"({"togglex":{"channel":7,"onoff":0}})");
    CHECK(log.sets() == 3);
}

TEST_CASE("a device misbehaves on the broker as told", "[sim][mqtt]") {
    OnBroker plug(builtin("mss310"));
    plug.born();
    const auto& log = plug.bench.device.log();
    auto& faults = plug.session.faults();
    SECTION("silent for one request") {
        faults.silent = true;
        faults.requests = 1;
        plug.switch_on();
        CHECK(plug.sent.empty());
        CHECK(log.sets() == 0);
        plug.switch_on();
        CHECK(plug.sent.front().header.method == Method::setack);
    }
    SECTION("executes, and the answer is lost") {
        faults.unanswered = true;
        faults.drop_pushes = true;
        plug.switch_on();
        CHECK(plug.sent.empty());
        CHECK(log.sets() == 1);
    }
    SECTION("late") {
        faults.delay = 700ms;
        plug.ask("Appliance.System.All", Method::get, "{}");
        CHECK(plug.session.next_due() == plug.bench.time.now() + 700ms);
        plug.pass(699ms);
        CHECK(plug.sent.empty());
        plug.pass(1ms);
        CHECK(plug.sent.size() == 1);
    }
    SECTION("twice, ill-signed") {
        faults.copies = 2;
        faults.wrong_sign = true;
        plug.ask("Appliance.System.All", Method::get, "{}");
        REQUIRE(plug.sent.size() == 2);
        CHECK_FALSE(meross::signature_valid(plug.sent[0].header, Secret(vector_key)));
    }
}

TEST_CASE("queries, nonsense and a wrong key on MQTT", "[sim][mqtt]") {
    OnBroker plug(builtin("mss310"));
    plug.born();
    plug.ask("Appliance.System.Clock", Method::push, "{}");
    REQUIRE(plug.sent.size() == 1);
    CHECK(plug.topics[0] == publish);
    plug.session.received("no JSON");
    CHECK(plug.session.counters().malformed == 1);
    plug.session.received(plug.bench.request("Appliance.System.All", Method::get, Json::object(), "wrong"));
    CHECK(plug.sent.back().payload.at("error").at("code") == 5001);
    plug.forget();
    plug.ask("Appliance.Control.ToggleX", Method::setack, "{}");
    CHECK(plug.sent.empty());
}

TEST_CASE("Config.Key is acknowledged with the old key and takes effect then", "[sim][mqtt]") {
    OnBroker plug(builtin("mss310"));
    plug.born();
    int bound = 0;
    plug.bench.device.on_binding([&] { ++bound; });
    const std::string text =
        R"({"key":{"gateway":{"host":"198.51.100.7","port":8883,"secondHost":"198.51.100.7",
        "secondPort":8883,"redirect":REDIRECT},"key":"new key","userId":"42"}})";
    const auto with = [&](std::string redirect) {
        auto copy = text;
        return Json::parse(copy.replace(copy.find("REDIRECT"), 8, redirect));
    };
    plug.bench.set("Appliance.Config.Key", with("2"));
    CHECK(bound == 0);
    plug.bench.set("Appliance.Config.Key", with("1"));
    CHECK(bound == 1);
    REQUIRE(plug.bench.device.binding());
    CHECK(plug.bench.device.binding()->broker.port == 8883);
    CHECK(plug.bench.device.identity().key == Secret("new key"));
    const auto firmware = plug.bench.device.state("Appliance.System.All").at("system").at("firmware");
    CHECK(firmware.at("server") == "198.51.100.7");
    CHECK(firmware.at("userId") == 42);
    CHECK(plug.bench.ask("Appliance.Config.Key", Method::set, with("1")).body.find("5001") !=
          std::string::npos);
}
