#include "meross/features_support.hpp"
#include "support/catch.hpp"

using namespace lanbridge;
using namespace lanbridge::test;
using Keys = std::vector<std::string>;

TEST_CASE("over-temperature: what the device says is -1 it has not", "[meross][over_temp]") {
    Bench plug(facts_of("mss305", {"Config.OverTemp"}));
    CHECK(plug.keys() == Keys{"over_temp", "over_temp_type"});  // announced before the first answer
    CHECK(plug.entity("over_temp").category == model::Category::config);
    CHECK(plug.entity("over_temp_type").category == model::Category::diagnostic);
    CHECK(plug.poll("Config.OverTemp").value().request.payload == json(R"({"overTemp":{}})"));

    auto seen = plug.feed("Config.OverTemp", R"({"overTemp":{"enable":1,"type":1}})");
    CHECK(state(seen, "over_temp") == model::Value(true));
    CHECK(state(seen, "over_temp_type") == model::Value(std::string("early_warning")));
    seen = plug.feed("Config.OverTemp", R"({"overTemp":{"enable":0,"type":2}})");
    CHECK(state(seen, "over_temp") == model::Value(false));
    CHECK(state(seen, "over_temp_type") == model::Value(std::string("shutoff")));

    plug.feed("Config.OverTemp", R"({"overTemp":{"enable":1,"type":-1}})");
    CHECK(plug.keys() == Keys{"over_temp"});  // as mss110 has it
    CHECK(plug.feed("Config.OverTemp", R"({"overTemp":{"enable":-1,"type":-1}})").empty());
    CHECK(plug.keys().empty());
    plug.feed("Config.OverTemp", R"({"overTemp":{"enable":1,"type":1}})");
    CHECK(plug.keys().size() == 2);
    plug.refuse("Config.OverTemp");
    CHECK(plug.keys().empty());
}

TEST_CASE("an unknown over-temperature type is offered as a number before it is told",
          "[meross][over_temp]") {
    Bench plug(facts_of("mss305", {"Config.OverTemp"}));
    const auto seen = plug.feed("Config.OverTemp", R"({"overTemp":{"enable":1,"type":5}})");
    CHECK(state(seen, "over_temp_type") == model::Value(std::string("5")));
    CHECK(plug.entity("over_temp_type").parts.front().options == Keys{"early_warning", "shutoff", "5"});
}

TEST_CASE("off is 0, or 2 where the device stays on", "[meross][over_temp]") {
    Bench plug(facts_of("mss305", {"Config.OverTemp"}));
    const auto off = [&] { return plug.command("over_temp", false).value().request.payload; };
    const auto zero = json(R"({"overTemp":{"enable":0}})");
    const auto two = json(R"({"overTemp":{"enable":2}})");
    plug.feed("Config.OverTemp", R"({"overTemp":{"enable":1,"type":1}})");
    CHECK(plug.command("over_temp", true).value().request.payload == json(R"({"overTemp":{"enable":1}})"));
    CHECK(off() == zero);
    plug.feed("Config.OverTemp", R"({"overTemp":{"enable":1,"type":1}})");  // it had no effect
    CHECK(off() == two);
    CHECK(state(plug.feed("Config.OverTemp", R"({"overTemp":{"enable":2}})"), "over_temp") ==
          model::Value(false));
    plug.feed("Config.OverTemp", R"({"overTemp":{"enable":1}})");  // switched on elsewhere
    CHECK(off() == two);
}

TEST_CASE("standby killer shows four settings and sends all of them", "[meross][standby]") {
    Bench plug(facts_of("mss305", {"Config.StandbyKiller"}));
    CHECK(plug.keys() == Keys{"standby_alert", "standby_killer", "standby_power", "standby_time"});
    CHECK_FALSE(plug.entity("standby_alert").enabled_by_default);
    CHECK(plug.entity("standby_killer").enabled_by_default);
    CHECK(plug.entity("standby_power").parts[0].range == model::NumberRange{0, 100, 0.1});
    CHECK(plug.entity("standby_power").unit == "W");
    CHECK(plug.entity("standby_time").parts[0].range == model::NumberRange{60, 3600, 60});
    CHECK(plug.poll("Config.StandbyKiller").value().request.payload == json(R"({"config":[{"channel":0}]})"));

    const auto early = plug.command("standby_power", 5.0);
    REQUIRE(early.has_error());
    CHECK(early.error().is(Errc::unsupported));
    CHECK(early.error().text().find("try again") != std::string::npos);

    auto seen = plug.feed("Config.StandbyKiller",
                          R"({"config":[{"channel":0,"power":0,"time":300,"enable":2,"alert":2}]})");
    CHECK(state(seen, "standby_killer") == model::Value(false));
    CHECK(state(seen, "standby_alert") == model::Value(false));
    CHECK(number(seen, "standby_power") == 0);
    CHECK(number(seen, "standby_time") == 300);
    const auto sent = [&](std::string_view entity, model::Value value) {
        return plug.command(entity, std::move(value)).value().request.payload;
    };
    CHECK(sent("standby_power", 5.3) ==
          json(R"({"config":[{"channel":0,"power":5300,"time":300,"enable":2,"alert":2}]})"));
    CHECK(sent("standby_killer", true) ==
          json(R"({"config":[{"channel":0,"power":0,"time":300,"enable":1,"alert":2}]})"));
    CHECK(sent("standby_time", std::int64_t{600}) ==
          json(R"({"config":[{"channel":0,"power":0,"time":600,"enable":2,"alert":2}]})"));

    // partial answers are merged, empty ones change nothing
    seen = plug.feed("Config.StandbyKiller", R"({"config":[{"channel":0,"power":2500,"enable":1}]})");
    CHECK(number(seen, "standby_power") == 2.5);
    CHECK(plug.feed("Config.StandbyKiller", R"({"config":[]})").empty());
    CHECK(sent("standby_alert", true) ==
          json(R"({"config":[{"channel":0,"power":2500,"time":300,"enable":1,"alert":1}]})"));
    // the key `config` of another namespace is not ours
    CHECK(plug.feed("Control.ConsumptionConfig", R"({"config":[{"channel":0,"power":9}]})").empty());
}

TEST_CASE("the status LED is lit when nobody asked not to be disturbed", "[meross][led]") {
    Bench plug(facts_of("mss310", {"System.DNDMode"}));
    CHECK(plug.keys() == Keys{"led"});
    CHECK(plug.entity("led").name == "Status LED");
    CHECK(plug.entity("led").category == model::Category::config);
    CHECK(state(plug.feed("System.DNDMode", R"({"DNDMode":{"mode":0}})"), "led") == model::Value(true));
    CHECK(state(plug.feed("System.DNDMode", R"({"DNDMode":{"mode":1}})"), "led") == model::Value(false));
    CHECK(plug.command("led", false).value().request.payload == json(R"({"DNDMode":{"mode":1}})"));
    CHECK(plug.command("led", true).value().request.payload == json(R"({"DNDMode":{"mode":0}})"));
    CHECK(plug.command("led", true).value().read_back.at(0).payload == json(R"({"DNDMode":{}})"));
    plug.refuse("System.DNDMode");
    CHECK(plug.keys().empty());
}

TEST_CASE("the child lock is asked for by a push", "[meross][lock]") {
    Bench device(facts_of("mts960", {"Control.PhysicalLock"}));
    CHECK(device.keys() == Keys{"lock"});
    CHECK(device.entity("lock").name == "Child lock");
    const auto poll = device.poll("Control.PhysicalLock").value();
    CHECK(poll.request.method == meross::Method::push);
    CHECK(poll.request.payload == Json::object());
    CHECK(state(device.feed("Control.PhysicalLock", R"({"lock":[{"channel":0,"onoff":1}]})"), "lock") ==
          model::Value(true));
    CHECK(state(device.feed("Control.PhysicalLock", R"({"lock":{"channel":0,"onoff":0}})"), "lock") ==
          model::Value(false));
    const auto action = device.command("lock", true).value();
    CHECK(action.request.payload == json(R"({"lock":[{"channel":0,"onoff":1}]})"));
    CHECK(action.read_back.at(0).method == meross::Method::push);
}

TEST_CASE("signal is a percentage and no signal strength", "[meross][signal]") {
    Bench plug(facts_of("mss310", {"System.Runtime"}));
    const auto signal = plug.entity("signal");
    CHECK(signal.unit == "%");
    CHECK(signal.device_class.empty());
    CHECK(signal.state_class == "measurement");
    CHECK(signal.icon == "mdi:wifi");
    CHECK(signal.category == model::Category::diagnostic);
    CHECK(state(plug.feed("System.Runtime", R"({"runtime":{"signal":76,"ssid":"x"}})"), "signal") ==
          model::Value(std::int64_t{76}));
    CHECK(plug.feed("System.Runtime", R"({"runtime":{}})").empty());
}

TEST_CASE("malformed payloads are no news and end nothing", "[meross][features]") {
    Bench plug(facts_of("mss305",
                        {"Control.ToggleX", "Control.Electricity", "Control.ConsumptionX",
                         "Control.ConsumptionH", "Config.OverTemp", "Config.StandbyKiller", "System.DNDMode",
                         "System.Runtime", "Control.PhysicalLock", "Control.ElectricityX"},
                        R"({"togglex":[{"channel":0,"onoff":0}]})"));
    for (std::string_view name :
         {"Control.ToggleX", "Control.Electricity", "Control.ConsumptionX", "Control.ConsumptionH",
          "Config.OverTemp", "Config.StandbyKiller", "System.DNDMode", "System.Runtime",
          "Control.PhysicalLock", "Control.ElectricityX"})
        for (std::string_view payload :
             {"null", "[]", "{}", "7", R"("text")",
              R"({"togglex":null,"electricity":7,"consumptionx":{},"consumptionH":"",
                                             "overTemp":[[]],"config":[null],"DNDMode":true,"runtime":[{}],
                                             "lock":[{"onoff":{}}]})"})
            CHECK(plug.feed(name, payload, 1718452800, 1).empty());
}

TEST_CASE("a refusal takes away what was refused and nothing else", "[meross][features]") {
    Bench plug(facts_of("mss305",
                        {"Control.ToggleX", "Control.Electricity", "Control.ConsumptionX", "Config.OverTemp",
                         "Config.StandbyKiller", "System.DNDMode", "System.Runtime", "Control.PhysicalLock"},
                        R"({"togglex":[{"channel":0,"onoff":0}]})"));
    CHECK(plug.keys().size() == 14);
    plug.refuse("Control.Mp3");
    CHECK(plug.keys().size() == 14);
    plug.refuse("Control.PhysicalLock");
    CHECK(plug.keys().size() == 13);
    plug.refuse("Config.StandbyKiller");
    CHECK(plug.keys().size() == 9);
    plug.refuse("Config.OverTemp");
    CHECK(plug.keys() == Keys{"current", "energy", "led", "power", "signal", "switch_0", "voltage"});
    plug.feed("Control.PhysicalLock", R"({"lock":[{"channel":0,"onoff":0}]})");  // it has it after all
    CHECK(plug.has("lock"));
}
