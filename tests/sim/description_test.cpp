#include "sim/support.hpp"

using namespace lanbridge;
using namespace lanbridge::test;

namespace {

std::string failure(std::string_view text) {
    auto blueprint = sim::parse_description(text, "plug.json");
    REQUIRE_FALSE(blueprint);
    return blueprint.error().text();
}

}  // namespace

TEST_CASE("every built-in description is sound and answers", "[sim][description]") {
    CHECK(sim::builtin_descriptions().size() >= 6);
    for (const auto& each : sim::builtin_descriptions()) {
        INFO(each.name);
        const auto file =
            std::string(LANBRIDGE_SOURCE_DIR) + "/config/simulated/" + std::string(each.name) + ".json";
        CHECK(read_text(file) == each.text);
        Bench bench(builtin(each.name));
        for (const auto* name :
             {"Appliance.System.All", "Appliance.System.Runtime", "Appliance.System.Time"}) {
            const auto request = bench.request(name, meross::Method::get, Json::object());
            CHECK(bench.device.handle(request, sim::Via::mqtt).kind == sim::Reply::Kind::answer);
        }
        CHECK(bench.device.state("Appliance.System.All").at("system").at("hardware").at("type") ==
              std::string(each.name.substr(0, each.name.find('-'))));
    }
    CHECK_FALSE(sim::builtin_blueprint("toaster"));
}

TEST_CASE("a wrong description is told what is wrong", "[sim][description]") {
    CHECK_THAT(failure("{"), ContainsSubstring("plug.json"));
    CHECK_THAT(failure(R"({"abilities":{"System.All":{}}})"), ContainsSubstring("type"));
    CHECK_THAT(failure(R"({"type":"x","abilities":{}})"), ContainsSubstring("$.abilities"));
    CHECK_THAT(failure(R"({"type":"x","abilites":{}})"), ContainsSubstring("$.abilites is unknown"));
    CHECK_THAT(failure(R"({"type":"x","abilities":{"System.All":{}},"state":{"Control.Fan":{}}})"),
               ContainsSubstring("$.state.Control.Fan is not among"));
    CHECK_THAT(failure(R"({"type":"x","abilities":{"System.All":{}},"metering":{"loads":{"a":1}}})"),
               ContainsSubstring("$.metering.loads.a"));
    CHECK_THAT(
        failure(R"({"type":"x","abilities":{"System.All":{}},"metering":{"loads":{"0":1},"volts":1}})"),
        ContainsSubstring("$.metering.volts is unknown"));
}
