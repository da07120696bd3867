#include "lanbridge/sim/recording.hpp"

#include "sim/support.hpp"

using namespace lanbridge;
using namespace lanbridge::test;
using meross::Method;
using sim::Replay;
using sim::Reply;

namespace {

// Small recordings made up here, in the layouts of the real ones.
const std::string all_text =
    R"({"system":{"hardware":{"type":"mss315","uuid":"####0","macAddress":"#2"},"firmware":{"version":"6.1.1"},)"
    R"("time":{"timestamp":1600000000,"timezone":"Europe/Rome","timeRule":[]},"online":{"status":1}},)"
    R"("digest":{"togglex":[{"channel":0,"onoff":0,"lmTime":1}]}})";
const std::string ability_text =
    R"({"Appliance.System.All":{},"Appliance.System.Runtime":{},"Appliance.System.DNDMode":{},)"
    R"("Appliance.Control.ToggleX":{},"Appliance.Control.ConsumptionX":{},"Appliance.Control.PhysicalLock":{},)"
    R"("Appliance.Config.OverTemp":{},"Appliance.Control.Fan":{},"Appliance.Control.TempUnit":{},)"
    R"("Appliance.Control.Multiple":{"maxCmdNum":3}})";

struct Row {
    const char* time;
    const char* rxtx;
    const char* method;
    const char* name;
    const char* data;
};
const std::vector<Row> rows{
    {"2024/03/10 - 13:00:00", "TX", "GET", "Appliance.System.Runtime", R"({"runtime":{}})"},
    {"2024/03/10 - 13:00:00", "RX", "GETACK", "Appliance.System.Runtime", R"({"runtime":{"signal":76}})"},
    {"2024/03/10 - 13:00:00", "TX", "GET", "Appliance.Config.OverTemp", R"({"overTemp":{}})"},
    {"2024/03/10 - 13:00:05", "TX", "GET", "Appliance.Control.TempUnit", R"({"tempUnit":[]})"},
    {"2024/03/10 - 13:00:06", "TX", "GET", "Appliance.Control.ConsumptionX", R"({"consumptionx":[]})"},
    {"2024/03/10 - 13:00:06", "RX", "GETACK", "Appliance.Control.ConsumptionX",
     R"({"consumptionx":[{"date":"2024-03-10","time":1710072000,"value":9}]})"},
    {"2024/03/10 - 13:00:07", "RX", "GETACK", "Appliance.Control.ConsumptionX", R"({"consumptionx":[]})"},
    {"2024/03/10 - 13:00:10", "RX", "PUSH", "Appliance.Control.ToggleX",
     R"({"togglex":[{"channel":0,"onoff":1,"lmTime":1710072010}]})"},
    {"2024/03/10 - 13:00:20", "RX", "SETACK", "Appliance.Control.Multiple",
     R"({"multiple":[{"header":{"method":"GETACK","namespace":"Appliance.System.Runtime","timestamp":1710072015},)"
     R"("payload":{"runtime":{"signal":78}}}]})"},
    {"2024/03/10 - 13:00:30", "TX", "PUSH", "Appliance.Control.PhysicalLock", "{}"},
    {"2024/03/10 - 13:00:30", "RX", "PUSH", "Appliance.Control.PhysicalLock",
     R"({"lock":[{"channel":0,"onoff":1}]})"},
};

std::string csv(int version, const std::string& line_end) {
    std::string text;
    const std::string v = version == 0 ? "" : "\t";
    const std::string start = "2024/03/10 - 13:00:00\t" + v + "auto\t";
    if (version == 2) {
        text = "time\trxtx\tprotocol\tmethod\tnamespace\tdata" + line_end + start + "HEADER\t\t" +
               R"({"version":2,"config":{"payload":{"all":)" + all_text + R"(,"ability":)" + ability_text +
               R"(}},"state":{"namespace_pushes":{"Appliance.System.DNDMode":{"DNDMode":{"mode":1}}}}})" +
               line_end;
    } else {
        text = start + "GETACK\tAppliance.System.All\t" + all_text + line_end + start +
               "GETACK\tAppliance.System.Ability\t" + ability_text + line_end;
    }
    text += start + "LOG\tdebug\tfree text with {braces" + line_end;
    for (const auto& row : rows) {
        const std::string rxtx = version == 0 ? "" : row.rxtx + v;
        if (version == 0 && std::string_view(row.method) == "PUSH" && std::string_view(row.rxtx) == "TX")
            continue;
        text += std::string(row.time) + "\t" + rxtx + "http\t" + row.method + "\t" + row.name + "\t" +
                row.data + line_end;
    }
    return text;
}

Json rows_json() {
    auto trace = Json::array({Json::array({"time", "rxtx", "protocol", "method", "namespace", "data"})});
    for (const auto& row : rows) {
        trace.push_back(
            Json::array({row.time, row.rxtx, "http", row.method, row.name, Json::parse(row.data)}));
    }
    return trace;
}

sim::SharedBlueprint replay(std::string_view text, Replay moment = Replay::from_start) {
    auto recording = sim::parse_recording(text, "made_up.csv");
    if (!recording) FAIL(recording.error().text());
    return std::make_shared<const sim::Blueprint>(sim::blueprint_of(*recording, moment));
}

std::string failure(std::string_view text) {
    auto recording = sim::parse_recording(text, "file.csv");
    REQUIRE_FALSE(recording);
    return recording.error().text();
}

}  // namespace

TEST_CASE("all five layouts say the same", "[sim][recording]") {
    Json v1 = Json::object();
    v1["data"]["payload"] = {{"all", Json::parse(all_text)}, {"ability", Json::parse(ability_text)}};
    v1["data"]["trace"] = rows_json();
    Json v2 = Json::object();
    v2["data"]["version"] = 2;
    v2["data"]["config"]["payload"] = v1["data"]["payload"];
    v2["data"]["trace"] = rows_json();
    for (const auto& text :
         {csv(0, "\n"), csv(1, "\n"), csv(1, "\r\n"), csv(2, "\n"), v1.dump(1), v2.dump()}) {
        INFO(text.substr(0, 60));
        const auto end = replay(text, Replay::at_end);
        CHECK(end->state.at("Appliance.System.Runtime") == Json::parse(R"({"runtime":{"signal":78}})"));
        CHECK(end->state.at("Appliance.Control.ConsumptionX").at("consumptionx").size() == 1);
        CHECK(end->state.at("Appliance.Control.ToggleX").at("togglex")[0].at("onoff") == 1);
        CHECK(end->silent == std::set<std::string, std::less<>>{"Appliance.Config.OverTemp"});
        CHECK(end->max_cmd_num == 3);
    }
    CHECK(replay(csv(2, "\n"))->state.at("Appliance.System.DNDMode").at("DNDMode").at("mode") == 1);
}

TEST_CASE("silence, defaults and answers to push queries", "[sim][recording]") {
    Bench bench(replay(csv(1, "\n")));
    CHECK(bench.ask("Appliance.Config.OverTemp", Method::get, Json::object()).kind == Reply::Kind::silent);
    // never asked
    CHECK(bench.get("Appliance.System.DNDMode", Json::object()) == Json::parse(R"({"DNDMode":{"mode":0}})"));
    CHECK(bench.get("Appliance.Control.Fan", Json::parse(R"({"fan":[{"channel":0}]})"))
              .at("fan")[0]
              .at("maxSpeed") == 4);
    // asked only in the wrong shape
    const auto unit = bench.get("Appliance.Control.TempUnit", Json::parse(R"({"tempUnit":[{"channel":0}]})"));
    CHECK(unit.at("tempUnit")[0].at("tempUnit") == 1);
    const auto lock =
        bench.answer("Appliance.Control.PhysicalLock", Method::push, Json::object(), Method::push);
    CHECK(lock.at("lock")[0].at("onoff") == 1);
    CHECK(bench.ask("Appliance.Control.Light", Method::get, Json::object()).kind == Reply::Kind::close);
}

TEST_CASE("a replay shows the first state, then lives through the rest", "[sim][recording]") {
    Bench bench(replay(csv(1, "\n")));
    CHECK(bench.device.relay() == false);
    CHECK(bench.device.state("Appliance.System.Runtime").at("runtime").at("signal") == 76);
    bench.time.advance(sim::replay_hold + 11s);
    bench.device.tick();
    CHECK(bench.device.relay() == true);
    CHECK(bench.device.state("Appliance.System.All").at("digest").at("togglex")[0].at("onoff") == 1);
    REQUIRE(bench.pushes.size() == 1);
    CHECK(bench.pushes[0].header.name_space == "Appliance.Control.ToggleX");
    CHECK(bench.device.state("Appliance.System.Runtime").at("runtime").at("signal") == 76);
    bench.time.advance(10s);
    CHECK(bench.device.state("Appliance.System.Runtime").at("runtime").at("signal") == 78);
}

TEST_CASE("a command ends the recording's say", "[sim][recording]") {
    Bench bench(replay(csv(1, "\n")));
    bench.set("Appliance.Control.ToggleX", Json::parse(R"({"togglex":{"channel":0,"onoff":0}})"));
    bench.time.advance(5min);
    CHECK(bench.device.state("Appliance.Control.ToggleX").at("togglex")[0].at("onoff") == 0);
}

TEST_CASE("the clock goes on from the newest time", "[sim][recording]") {
    Bench bench(replay(csv(1, "\n")));
    // an inner header said 1710072015 at 13:00:20, the last row is of 13:00:30
    CHECK(bench.device.clock_s() == 1'710'072'025);
    bench.ask("Appliance.System.Clock", Method::push, Json::parse(R"({"clock":{"timestamp":1800000000}})"));
    bench.time.advance(1h);
    CHECK(bench.device.clock_s() == 1'710'075'625);
    // without one, the recorder's local time is the device's
    auto text = csv(1, "\n");
    text.replace(text.find("\"timestamp\":1710072015"), 22, "\"timestamp\":0");
    CHECK(replay(text)->clock == 1'710'072'030);  // 13:00:30 in Rome
}

TEST_CASE("a bad recording names its line", "[sim][recording]") {
    CHECK_THAT(failure(""), ContainsSubstring("empty"));
    CHECK_THAT(failure("hello"), ContainsSubstring("file.csv:1: 1 columns"));
    CHECK_THAT(failure(csv(1, "\n") + "2024/03/10 - 13:00:40\tRX\thttp\tGETACK\tA\n"),
               ContainsSubstring("file.csv:15: 5 columns"));
    CHECK_THAT(failure(csv(1, "\n") + "yesterday\tRX\thttp\tGETACK\tA\t{}\n"),
               ContainsSubstring("file.csv:15: time"));
    CHECK_THAT(failure(csv(1, "\n") + "2024/03/10 - 13:00:40\tRX\thttp\tGETACK\tA\t{\"a\":\n"),
               ContainsSubstring("file.csv:15"));
    CHECK_THAT(failure(R"({"data":{}})"), ContainsSubstring("payload.all"));
    CHECK_THAT(failure(R"({"data":{"payload":{"all":{},"ability":{}},"trace":[[],[1,2]]}})"),
               ContainsSubstring("trace[1]"));
    CHECK_THAT(sim::read_recording("/no/such/file").error().text(), ContainsSubstring("/no/such/file"));
}
