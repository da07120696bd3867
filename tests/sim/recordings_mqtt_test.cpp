#include "lanbridge/meross/protocol/namespaces.hpp"
#include "lanbridge/sim/mqtt_session.hpp"
#include "sim/support.hpp"

// Recordings on a broker: the same devices, the same payloads, nothing cut off.
using namespace lanbridge;
using namespace lanbridge::test;
using meross::Method;

namespace {

sim::SharedBlueprint load(const std::filesystem::path& file) {
    auto blueprint = sim::read_blueprint(file.string());
    if (!blueprint) FAIL(blueprint.error().text());
    return *blueprint;
}

std::vector<std::filesystem::path> recordings() {
    std::vector<std::filesystem::path> found;
    for (const auto& entry : std::filesystem::directory_iterator(traces_folder())) {
        if (entry.is_regular_file()) found.push_back(entry.path());
    }
    return found;
}

/// A session whose words are kept with the time when they were said.
struct Stage {
    explicit Stage(sim::SharedBlueprint blueprint)
        : bench(std::move(blueprint)), session(bench.device, bench.time, outlet(), habits()) {
        session.connected(meross::BrokerAddress{"192.0.2.9", 8883});
        auto echo = said.back();
        said.clear();
        echo.payload["clock"]["timestamp"] = bench.device.clock_s();
        session.received(meross::serialize(echo));
    }
    static sim::MqttHabits habits() {
        sim::MqttHabits habits;
        habits.bind = false;
        return habits;
    }
    sim::MqttSession::Outlet outlet() {
        sim::MqttSession::Outlet out;
        out.send = [this](const std::string&, const std::string& text) {
            auto message = meross::parse_message(text);
            REQUIRE(message);
            said.push_back(*message);
        };
        return out;
    }
    Json ask(std::string_view name, const Json& payload) {
        said.clear();
        session.received(bench.request(name, Method::get, payload));
        return said.empty() ? Json() : said.front().payload;
    }

    Bench bench;
    std::vector<meross::Message> said;
    sim::MqttSession session;
};

}  // namespace

TEST_CASE("recordings say the same on MQTT as on HTTP, and whole", "[sim][mqtt][recordings]") {
    std::size_t compared = 0;
    for (const auto& file : recordings()) {
        INFO(file.string());
        Stage stage(load(file));
        std::vector<int> channels{0};
        std::vector<std::string> names{"Appliance.System.All", "Appliance.System.Ability"};
        for (const auto& [name, payload] : stage.bench.device.blueprint().state) names.push_back(name);
        for (const auto& name : names) {
            INFO(name);
            const auto payload = meross::default_get_payload(name, channels);
            const auto http = stage.bench.ask(name, Method::get, payload);
            const auto mqtt = stage.ask(name, payload);
            if (http.kind != sim::Reply::Kind::answer) {
                CHECK(mqtt.is_null());
                continue;
            }
            const auto message = meross::parse_message(http.body);
            REQUIRE(message);
            CHECK(message->payload == mqtt);
            ++compared;
        }
    }
    CHECK(compared > 200);
}

TEST_CASE("the end of a web server's buffer is none on MQTT", "[sim][mqtt][recordings]") {
    auto narrow = *load(std::filesystem::path(traces_folder()) / "msh300hk.csv");
    narrow.max_reply = 200;
    Stage stage(std::make_shared<const sim::Blueprint>(std::move(narrow)));
    const auto cut = stage.bench.ask("Appliance.System.All", Method::get, Json::object());
    CHECK(cut.body.size() == 200);
    CHECK(stage.ask("Appliance.System.All", Json::object()).at("all").at("digest").contains("hub"));
}

TEST_CASE("recorded pushes are sent at their time", "[sim][mqtt][recordings]") {
    const auto blueprint = load(std::filesystem::path(traces_folder()) / "mss310-old.csv");
    Stage stage(blueprint);
    const auto first = std::ranges::find(blueprint->timeline, true, &sim::TimelineEvent::pushed);
    REQUIRE(first != blueprint->timeline.end());
    stage.said.clear();
    stage.bench.time.advance(first->offset - 1s);
    stage.bench.device.tick();
    CHECK(stage.said.empty());
    stage.bench.time.advance(1s);
    stage.bench.device.tick();
    REQUIRE(stage.said.size() == 1);
    CHECK(stage.said[0].header.name_space == first->name_space);
    CHECK(stage.said[0].payload == first->payload);
}
