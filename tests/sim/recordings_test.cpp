#include <iostream>

#include "lanbridge/sim/recording.hpp"
#include "sim/support.hpp"

// Every recording at hand; the numbers are what the recorded devices themselves said.
using namespace lanbridge;
using namespace lanbridge::test;
using meross::Method;

namespace {

struct SkipAll {
    SkipAll() {
        if (std::filesystem::is_directory(traces_folder())) return;
        std::cout << "skipped: no recordings in " << traces_folder()
                  << " (LANBRIDGE_TRACES names another folder)\n";
        std::exit(77);
    }
};
const SkipAll skip_all;

std::vector<std::string> files() {
    std::vector<std::string> found;
    for (const auto& entry : std::filesystem::directory_iterator(traces_folder())) {
        if (entry.is_regular_file()) found.push_back(entry.path().string());
    }
    return found;
}

sim::SharedBlueprint load(const std::string& name) {
    auto blueprint = sim::read_blueprint(traces_folder() + "/" + name);
    if (!blueprint) FAIL(blueprint.error().text());
    return *blueprint;
}

Json ask(Bench& bench, std::string_view name, std::string_view payload = "{}") {
    return bench.get("Appliance." + std::string(name), Json::parse(payload));
}

}  // namespace

TEST_CASE("every recording loads and answers All and Ability", "[sim][recordings]") {
    CHECK(files().size() >= 19);
    for (const auto& file : files()) {
        INFO(file);
        auto recording = sim::read_recording(file);
        if (!recording) FAIL(recording.error().text());
        CHECK(recording->rows.size() >= 10);
        for (const auto moment : {sim::Replay::from_start, sim::Replay::at_end}) {
            Bench bench(std::make_shared<const sim::Blueprint>(sim::blueprint_of(*recording, moment)));
            const auto all = ask(bench, "System.All");
            CHECK(all.at("all").at("system").at("hardware").at("type") == bench.device.blueprint().type());
            CHECK(ask(bench, "System.Ability").at("ability").size() == recording->ability.size());
            bench.time.advance(20min);
            ask(bench, "System.All");
        }
    }
}

TEST_CASE("whatever a recording answered is answered again", "[sim][recordings]") {
    for (const auto& file : files()) {
        INFO(file);
        Bench bench(load(std::filesystem::path(file).filename().string()));
        for (const auto& [name, payload] : bench.device.blueprint().state) {
            INFO(name);
            CHECK_FALSE(bench.device.state(name).is_null());
            CHECK_FALSE(bench.device.blueprint().silent.contains(name));
        }
    }
}

TEST_CASE("a replay ends where the recording ended", "[sim][recordings]") {
    for (const auto& file : files()) {
        INFO(file);
        auto recording = sim::read_recording(file);
        REQUIRE(recording);
        const auto end = sim::blueprint_of(*recording, sim::Replay::at_end);
        Bench bench(std::make_shared<const sim::Blueprint>(sim::blueprint_of(*recording)));
        bench.time.advance(30min);
        for (const auto& [name, payload] : end.state) {
            if (name.find("Consumption") != std::string::npos) continue;  // goes on counting
            INFO(name);
            CHECK(bench.device.state(name) == payload);
        }
    }
}

TEST_CASE("mss310: first state, and a day that stays", "[sim][recordings]") {
    Bench bench(load("mss310.csv"));
    CHECK(bench.device.relay() == false);
    CHECK(ask(bench, "System.All").at("all").at("digest").at("togglex")[0].at("onoff") == 0);
    const auto sample = ask(bench, "Control.Electricity", R"({"electricity":{}})").at("electricity");
    CHECK(sample.at("current") == 0);
    CHECK(sample.at("voltage") == 2380);
    CHECK(ask(bench, "System.Runtime").at("runtime").at("signal") == 76);
    CHECK(bench.device.clock_s() / 86400 == 1'710'028'800 / 86400);
    std::int64_t today = -1;
    const auto days = ask(bench, "Control.ConsumptionX", R"({"consumptionx":[]})").at("consumptionx");
    for (const auto& day : days) {
        if (day.at("date") == "2024-03-10") today = day.at("value").get<std::int64_t>();
    }
    CHECK(today == 180);
}

TEST_CASE("mss310 of the first generation", "[sim][recordings]") {
    Bench bench(load("mss310-old.csv"));
    CHECK(bench.device.relay() == true);
    const auto sample = ask(bench, "Control.Electricity").at("electricity");
    CHECK(sample.at("current") == 418);
    CHECK(sample.at("voltage") == 2387);
    CHECK(sample.at("power") == 67379);
    bench.set("Appliance.Control.Toggle", Json::parse(R"({"toggle":{"onoff":0}})"));
    CHECK(ask(bench, "Control.Electricity").at("electricity").at("power") == 0);
    CHECK(ask(bench, "System.All").at("all").at("control").at("toggle").at("onoff") == 0);
}

TEST_CASE("mss305 and mss210", "[sim][recordings]") {
    Bench bench(load("mss305.json.txt"));
    CHECK(bench.device.relay() == true);
    const auto sample = ask(bench, "Control.Electricity").at("electricity");
    CHECK(sample.at("current") == 290);
    CHECK(sample.at("power") == 5297);
    CHECK(ask(bench, "Config.OverTemp").at("overTemp") == Json::parse(R"({"enable":1,"type":1})"));
    const auto killer = ask(bench, "Config.StandbyKiller", R"({"config":[{"channel":0}]})").at("config")[0];
    CHECK(killer.at("enable") == 2);
    CHECK(killer.at("time") == 300);
    CHECK(ask(bench, "System.DNDMode").at("DNDMode").at("mode") == 0);
    CHECK(bench.ask("Appliance.Control.OverTemp", Method::get, Json::parse(R"({"overTemp":[]})")).kind ==
          sim::Reply::Kind::silent);
    Bench old(load("mss210.json.txt"));
    CHECK(old.device.relay() == false);
    CHECK(ask(old, "System.Runtime").at("runtime").at("signal") == 100);
}
