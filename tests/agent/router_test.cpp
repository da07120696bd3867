#include "agent/miio/router.hpp"

#include "agent/miio/cloud_state.hpp"
#include "agent/router_bench.hpp"
#include "agent/vectors.hpp"
#include "support/catch.hpp"

using namespace lanbridge;
using namespace lanbridge::agent;
using namespace lanbridge::agent::testing;
using Texts = std::vector<std::string>;

namespace {

/// What we do where openmiio_agent did something harmful; ids from 9000 are names for ours.
const std::map<std::string, Heard>& corrected() {
    static const std::map<std::string, Heard> steps{
        {"second_app_answers", {}},
        {"cloud_answers_stray", {}},
        {"app_answers_mqtt_multicast", {{"mqtt miio/command_ack", {R"({"id":5001,"result":["ok"]})"}}}},
        {"cloud_two_json_with_space",
         {{"app:32",
           {R"({"id":9001,"method":"get_common_lib_version","params":[]})",
            R"({"id":9002,"method":"set_properties","params":[]})"}}}},
        {"cloud_boundary_inside_string",
         {{"app:32", {R"({"id":9003,"method":"set_properties","params":["a}{b"]})"}}}},
        {"id_collision", {{"app:32", {R"({"id":9004,"method":"get_common_lib_version","params":[]})"}}}},
        {"answers_to_odd_ids",
         {{"app:2",
           {R"({"id":"abc","result":1})", R"({"id":1.5,"result":2})", R"({"id":-5,"result":3})",
            R"({"id":4294967301,"result":4})"}},
          {"mqtt miio/report_ack",
           {R"({"id":"abc","result":1})", R"({"id":1.5,"result":2})", R"({"id":-5,"result":3})",
            R"({"id":4294967301,"result":4})"}}}},
        {"reregister_after_reconnect", {{"app:32", {R"({"id":24,"method":"set_properties","params":[]})"}}}},
    };
    return steps;
}

Heard expected_of(const nlohmann::json& step) {
    const auto name = step["name"].get<std::string>();
    if (const auto it = corrected().find(name); it != corrected().end()) return it->second;
    INFO(name);
    CHECK(step.value("note", "").find("DEFECT") == std::string::npos);
    Heard expected;
    for (const auto& [place, texts] : step["expect"].items())
        for (const auto& text : texts) {
            if (place == "mqtt")
                expected["mqtt " + text[0].get<std::string>()].push_back(text[1].get<std::string>());
            else
                expected[place].push_back(text.get<std::string>());
        }
    return expected;
}

Heard named(const Heard& actual, const Heard& expected, Symbols& symbols) {
    Heard result;
    for (const auto& [place, texts] : actual) {
        const auto wanted = expected.find(place);
        for (std::size_t i = 0; i < texts.size(); ++i) {
            const bool known = wanted != expected.end() && i < wanted->second.size();
            result[place].push_back(known ? symbols.named(texts[i], wanted->second[i]) : texts[i]);
        }
    }
    return result;
}

void act(RouterBench& bench, const nlohmann::json& step, const Symbols& symbols) {
    const auto name = step["name"].get<std::string>();
    const auto from = step["from"].get<std::string>();
    if (name == "reregister_after_reconnect") {
        bench.router.closed(32);
        bench.bind(32, 32);
        bench.serve(32, "get_common_lib_version");
        bench.serve(32, "set_properties");
        bench.serve(32, "set_properties");
    }
    if (name == "bind_two_bits") bench.bind(48, 48);
    if (from == "new socket") {
        const auto sends =
            step["send"].is_array() ? step["send"].get<Texts>() : Texts{step["send"].get<std::string>()};
        for (const auto& text : sends) bench.router.from_app(1000, text);
        return bench.router.closed(1000);
    }
    auto text = symbols.real(step["send"].get<std::string>());
    if (name == "id_collision")
        text = R"({"id":)" + symbols.real_id(11) + R"(,"method":"get_common_lib_version","params":[]})";
    if (from == "cloud")
        bench.from_cloud(text);
    else if (from == "mqtt")
        bench.router.from_mqtt(text);
    else
        bench.router.from_app(static_cast<Connection>(std::stoi(from.substr(4))), text);
}

}  // namespace

TEST_CASE("messages are routed as openmiio_agent routes them, its defects apart", "[agent][router]") {
    const auto section = vectors("agent_routing");
    RouterBench bench;
    for (const auto& item : section["setup"]["apps_bound"]) {
        const auto address = item.get<Address>();
        bench.bind(static_cast<Connection>(address), address);
    }
    for (const auto& row : section["setup"]["registered"])
        bench.serve(row["app"].get<Connection>(), row["method"].get<std::string>());
    Symbols symbols;
    std::size_t steps = 0;
    for (const auto& step : section["steps"]) {
        INFO(step["name"]);
        act(bench, step, symbols);
        const auto expected = expected_of(step);
        CHECK(named(bench.take(), expected, symbols) == expected);
        ++steps;
    }
    CHECK(steps >= 45);
}

TEST_CASE("somebody on MQTT is told when nobody serves a method", "[agent][router]") {
    RouterBench bench;
    bench.router.from_mqtt(R"({"id":7,"method":"nope"})");
    CHECK(bench.take() == Heard{{"mqtt miio/command_ack",
                                 {R"({"error":{"code":-32601,"message":"method not registered"},"id":7})"}}});
    bench.router.from_mqtt(R"({"_to":64,"method":"local.status"})");
    CHECK(bench.take() ==
          Heard{{"mqtt miio/command_ack",
                 {R"({"error":{"code":-32601,"message":"no app at this address"},"id":0})"}}});
    bench.from_cloud(R"({"id":7,"method":"nope"})");
    CHECK(bench.take().empty());
    CHECK(bench.router.pending() == 0);
}

TEST_CASE("a command without an answer is given up after one to two minutes", "[agent][router]") {
    RouterBench bench;
    bench.bind(32, 32);
    bench.serve(32, "get");
    bench.router.from_mqtt(R"({"id":1234567890,"method":"get"})");
    bench.router.from_app(32, R"({"id":5,"method":"props"})");
    const auto sent = bench.take();
    bench.router.sweep();
    CHECK(bench.take().empty());
    CHECK(bench.router.pending() == 2);
    bench.router.sweep();
    CHECK(bench.take() ==
          Heard{{"mqtt miio/command_ack",
                 {R"({"error":{"code":-9999,"message":"user ack timeout"},"id":1234567890})"}}});
    CHECK(bench.router.pending() == 0);
    const auto late = nlohmann::json::parse(sent.at("app:32").front())["id"].get<std::int64_t>();
    bench.router.from_app(32, R"({"id":)" + std::to_string(late) + R"(,"result":1})");
    CHECK(bench.take().empty());
}

TEST_CASE("only who was asked may answer", "[agent][router]") {
    RouterBench bench;
    bench.bind(2, 2);
    bench.bind(4, 4);
    bench.router.from_app(2, R"({"id":1,"method":"props"})");
    const auto id = nlohmann::json::parse(bench.take().at("cloud").front())["id"].get<std::int64_t>();
    const auto answer = R"({"id":)" + std::to_string(id) + R"(,"result":"ok"})";
    bench.router.from_app(4, answer);
    bench.router.from_mqtt(answer);
    CHECK(bench.take().empty());
    bench.from_cloud(answer);
    CHECK(bench.take().at("app:2") == Texts{R"({"id":1,"result":"ok"})"});
    bench.from_cloud(answer);
    CHECK(bench.take().empty());
}

TEST_CASE("an app that comes back takes its address, and the old connection's end takes nothing",
          "[agent][router]") {
    RouterBench bench;
    bench.bind(32, 32);
    bench.serve(32, "get");
    bench.router.from_app(1001, R"({"address":32,"method":"bind"})");
    bench.serve(1001, "get");
    bench.router.closed(32);
    bench.router.from_mqtt(R"({"id":1,"method":"get"})");
    CHECK(bench.take().size() == 1);
    bench.router.closed(1001);
    bench.router.from_mqtt(R"({"id":1,"method":"get"})");
    CHECK(bench.take().count("mqtt miio/command_ack") == 1);
}

TEST_CASE("targets that say nothing are for nobody", "[agent][router]") {
    RouterBench bench;
    bench.bind(2, 2);
    for (const char* to : {"-2", "1.5", "1e3", "null", "true", "{}", "2147483648"})
        bench.router.from_app(2, R"({"id":1,"_to":)" + std::string(to) + R"(,"method":"props"})");
    CHECK(bench.take().empty());
    bench.router.from_app(2, R"({"id":1,"_to":-1,"method":"x"})");
    CHECK(bench.take() == Heard{{"mqtt miio/command_ack", {R"({"id":1,"method":"x"})"}}});
}

TEST_CASE("messages of wrong types harm nobody", "[agent][router]") {
    RouterBench bench;
    bench.bind(2, 2);
    for (const char* text :
         {R"({"method":5})", R"({"method":"register","key":1})", R"({"method":null,"id":[]})", "null", "",
          "{", "[]", R"({"id":{},"method":{}})", R"({"method":"register","key":""})"}) {
        bench.router.from_app(2, text);
        bench.router.from_mqtt(text);
        bench.router.from_cloud(text);
        bench.router.from_app(77, text);
    }
    bench.take();
    bench.router.from_app(2, R"({"id":1,"method":"props"})");
    CHECK(bench.take().count("cloud") == 1);
}

TEST_CASE("a flood of requests without answers gives up the oldest", "[agent][router]") {
    RouterBench bench;
    bench.bind(2, 2);
    for (std::size_t i = 0; i < Marks::most + 100; ++i)
        bench.router.from_app(2, R"({"id":1,"method":"props"})");
    CHECK(bench.router.pending() == Marks::most);
}

TEST_CASE("the cloud's state is learnt from the answers to local.query_status", "[agent][router]") {
    RouterBench bench;
    MiioReport report;
    CloudState state(bench.time, report);
    bench.router.add_patch(state);
    bench.bind(2, 2);
    const auto ask = [&](const std::string& word) {
        bench.router.from_app(2, R"({"id":1,"method":"local.query_status","params":""})");
        const auto id = nlohmann::json::parse(bench.take().at("cloud").front())["id"].get<std::int64_t>();
        bench.from_cloud(R"({"id":)" + std::to_string(id) + R"(,"method":"local.status","params":")" + word +
                         "\"}");
        CHECK(bench.take().at("app:2") ==
              Texts{R"({"id":1,"method":"local.status","params":")" + word + "\"}"});
    };
    ask("cloud_trying");
    CHECK(report.cloud_starts == 0);
    ask("cloud_connected");
    ask("cloud_connected");
    CHECK((report.cloud_starts == 1 && report.cloud_state == "cloud_connected" && report.cloud_since));
    ask("cloud_retry");
    CHECK((report.cloud_starts == 1 && report.cloud_state.empty() && !report.cloud_since));
    ask("cloud_connected");
    CHECK(report.cloud_starts == 2);
}
