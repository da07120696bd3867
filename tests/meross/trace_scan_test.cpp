#include "lanbridge/meross/protocol/namespaces.hpp"
#include "meross/trace/scan.hpp"
#include "support/catch.hpp"

using namespace lanbridge;
using namespace lanbridge::meross;
using namespace lanbridge::test;

namespace {

Json abilities(std::initializer_list<const char*> names) {
    Json ability = Json::object();
    for (const auto* name : names) ability["Appliance." + std::string(name)] = Json::object();
    return ability;
}

Message reply(const Request& to, Method method, Json payload) {
    Message message;
    message.header.name_space = to.name_space;
    message.header.method = method;
    message.payload = std::move(payload);
    return message;
}

/// "GET Config.New {"x":[]}"
std::string shown(const std::optional<Request>& request) {
    if (!request) return "";
    return std::string(method_name(request->method)) + ' ' + request->name_space.substr(10) + ' ' +
           dump_json(request->payload);
}

std::vector<std::string> all_questions(AbilityScan& scan) {
    std::vector<std::string> out;
    while (const auto question = scan.next()) {
        out.push_back(shown(question));
        scan.answered(std::nullopt);
    }
    return out;
}

using Questions = std::vector<std::string>;

}  // namespace

TEST_CASE("known namespaces are asked for in their own shape", "[meross][trace]") {
    AbilityScan scan(abilities({"System.Runtime", "Control.ConsumptionH", "Control.PhysicalLock"}),
                     Json::object());
    CHECK(all_questions(scan) == Questions{R"(GET Control.ConsumptionH {"consumptionH":[{"channel":0}]})",
                                           "PUSH Control.PhysicalLock {}",
                                           R"(GET System.Runtime {"runtime":{}})"});
}

TEST_CASE("what upsets devices or tells nothing is left alone", "[meross][trace]") {
    Json ability =
        abilities({"Control.Unbind", "Control.Multiple", "Mcu.Upgrade", "Hub.Exception", "Hub.Report",
                   "Control.Sensor.HistoryX", "System.All", "System.Position", "Config.WifiList",
                   "Config.Key", "Config.WifiX", "Control.Upgrade", "Control.Bind", "Encrypt.ECDHE",
                   "Control.FactoryReset", "Mcu.Hp110.Preview", "Control.TimerX"});
    AbilityScan scan(ability, Json::object());
    CHECK(all_questions(scan).empty());
    for (const auto& row : namespaces()) {
        if (!row.do_not_probe) continue;
        INFO(row.name);
        CHECK(never_scanned(row.name));
    }
}

TEST_CASE("an unknown namespace is asked for in every shape until it tells something", "[meross][trace]") {
    const auto ability = abilities({"Control.NovelX"});
    SECTION("that never answers") {
        AbilityScan scan(ability, Json::object());
        CHECK(all_questions(scan) == Questions{"PUSH Control.NovelX {}",
                                               R"(GET Control.NovelX {"novelx":[]})",
                                               R"(GET Control.NovelX {"novel":[]})"});
    }
    SECTION("that tells its key by a push") {
        AbilityScan scan(ability, Json::object());
        auto question = scan.next();
        scan.answered(reply(*question, Method::push, Json{{"other", Json::array()}}));
        CHECK(all_questions(scan) == Questions{R"(GET Control.NovelX {"novelx":[]})",
                                               R"(GET Control.NovelX {"novel":[]})",
                                               R"(GET Control.NovelX {"other":[]})"});
    }
    SECTION("that answers at once") {
        AbilityScan scan(ability, Json::object());
        scan.next();
        scan.answered(std::nullopt);
        const auto question = scan.next();
        scan.answered(reply(*question, Method::getack, Json::parse(R"({"novelx":[{"channel":0,"v":1}]})")));
        CHECK_FALSE(scan.next());
    }
    SECTION("whose list comes back empty, on a hub") {
        const auto all = Json::parse(R"({"digest":{"hub":{"subdevice":[{"id":"0300c0de"}]}}})");
        AbilityScan scan(abilities({"Hub.Novel"}), all);
        scan.next();
        scan.answered(std::nullopt);
        const auto question = scan.next();
        scan.answered(reply(*question, Method::getack, Json::parse(R"({"novel":[]})")));
        CHECK(all_questions(scan) ==
              Questions{R"(GET Hub.Novel {"novel":[{"channel":0}]})",
                        R"(GET Hub.Novel {"novel":[{"id":"0300c0de"}]})",
                        R"(GET Hub.Novel {"novel":[{"subId":"0300c0de"}]})",
                        R"(GET Hub.Novel {"novel":[{"channel":0,"subId":"0300c0de"}]})"});
    }
}

TEST_CASE("nonsense for abilities is no question", "[meross][trace]") {
    AbilityScan scan(Json::array({1, 2}), Json(5));
    CHECK_FALSE(scan.next());
    scan.answered(std::nullopt);
}
