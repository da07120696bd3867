#include "meross/features_support.hpp"
#include "support/catch.hpp"

using namespace lanbridge;
using namespace lanbridge::test;
using Keys = std::vector<std::string>;

namespace {

const auto now = utc(2024, 7, 21, 18);

}  // namespace

TEST_CASE("an em06 has six named clamps even while it is silent", "[meross][monitor]") {
    Bench em06(facts_of("em06", {"Control.ElectricityX", "Control.ConsumptionH"}));
    CHECK(em06.keys().size() == 36);
    for (std::string_view key : {"power_1", "current_2", "voltage_3", "factor_4", "mconsume_5", "energy_6"})
        CHECK(em06.has(key));
    CHECK(em06.entity("power_1").name == "Power A1");
    CHECK(em06.entity("power_4").name == "Power A2");
    CHECK(em06.entity("energy_6").name == "Energy C2");
    CHECK(em06.entity("energy_6").state_class == "total_increasing");
    CHECK(em06.entity("factor_1").device_class == "power_factor");
    CHECK(em06.entity("factor_1").unit.empty());
    CHECK(em06.entity("mconsume_1").state_class == "total");
    CHECK(em06.entity("mconsume_1").parts.front().kind == model::ValueKind::total);
    CHECK(em06.poll("Control.ElectricityX").value().request.payload ==
          json(R"({"electricity":{"channel":65535}})"));
    CHECK(em06.poll("Control.ElectricityX").value().items == 6);
    CHECK(em06.poll("Control.ConsumptionH").value().request.payload ==
          json(R"({"consumptionH":{"channel":65535}})"));
    em06.refuse("Control.ConsumptionH");
    CHECK(em06.keys().size() == 30);
}

TEST_CASE("an em16 has sixteen numbered clamps", "[meross][monitor]") {
    Bench em16(facts_of("em16", {"Control.ElectricityX", "Control.ConsumptionH"}));
    CHECK(em16.keys().size() == 96);
    CHECK(em16.entity("power_16").name == "Power 16");
}

TEST_CASE("a clamp's sample is in mV and has a sign", "[meross][monitor]") {
    Bench em06(facts_of("em06", {"Control.ElectricityX", "Control.ConsumptionH"}));
    const auto seen = em06.feed(
        "Control.ElectricityX",
        R"({"electricity":[{"channel":2,"current":574,"voltage":233184,"power":115185,"mConsume":4881,"factor":0.860},
                           {"channel":4,"power":-128000,"mConsume":-20},{"channel":7,"power":1},{"channel":0,"power":1}]})",
        now, now * 1000);
    CHECK_THAT(number(seen, "current_2"), WithinAbs(0.574, 1e-9));
    CHECK_THAT(number(seen, "voltage_2"), WithinAbs(233.184, 1e-9));
    CHECK_THAT(number(seen, "power_2"), WithinAbs(115.185, 1e-9));
    CHECK_THAT(number(seen, "factor_2"), WithinAbs(0.86, 1e-9));
    CHECK(state(seen, "mconsume_2") == model::Value(model::Total{4881, utc(2024, 6, 30, 22)}));
    CHECK(number(seen, "power_4") == -128);
    CHECK(state(seen, "mconsume_4") == model::Value(model::Total{-20, utc(2024, 6, 30, 22)}));
    CHECK(state(seen, "power_7") == model::Value());
    CHECK_FALSE(em06.has("power_7"));
    CHECK_FALSE(em06.has("power_0"));
}

TEST_CASE("import and export are integrated apart, once the clamp has answered", "[meross][monitor]") {
    Bench em06(facts_of("em06", {"Control.ElectricityX"}));
    CHECK_FALSE(em06.has("import_1"));
    const auto sample = [&](int watts, std::int64_t at) {
        return em06.feed("Control.ElectricityX",
                         R"({"electricity":[{"channel":1,"power":)" + std::to_string(watts * 1000) + "}]}",
                         at, at * 1000);
    };
    sample(1000, now);
    CHECK(em06.has("import_1"));
    CHECK_FALSE(em06.has("import_2"));
    CHECK_FALSE(em06.entity("export_1").enabled_by_default);
    CHECK(em06.entity("export_1").name == "Export A1");
    auto seen = sample(1000, now + 1800);
    CHECK(number(seen, "import_1") == 500);
    CHECK(number(seen, "export_1") == 0);
    sample(-2000, now + 1801);
    seen = sample(-2000, now + 1801 + 1800);
    CHECK(number(seen, "import_1") == 500);
    CHECK(number(seen, "export_1") == 1000);
}

TEST_CASE("a clamp's energy is the total of its hours", "[meross][monitor]") {
    Bench em06(facts_of("em06", {"Control.ElectricityX", "Control.ConsumptionH"}));
    const auto seen = em06.feed(
        "Control.ConsumptionH",
        R"({"consumptionH":[{"channel":1,"total":958,"data":[{"timestamp":1721552340,"value":253}]},{"channel":3}]})",
        now, 1);
    CHECK(state(seen, "energy_1") == model::Value(std::int64_t{958}));
    CHECK(seen.size() == 1);
}

TEST_CASE("an outdoor plug is metered outlet by outlet", "[meross][monitor]") {
    Bench plug(facts_of("mop320", {"Control.ToggleX", "Control.ElectricityX"},
                        R"({"togglex":[{"channel":0},{"channel":1},{"channel":2}]})"));
    CHECK(plug.poll("Control.ElectricityX").value().request.payload ==
          json(R"({"electricity":[{"channel":1},{"channel":2}]})"));
    CHECK(plug.has("power_1"));
    CHECK(plug.has("power_2"));
    CHECK_FALSE(plug.has("power_0"));
    CHECK(plug.entity("power_2").name == "Power 2");
}

TEST_CASE("an unknown meter's channels are learnt", "[meross][monitor]") {
    Bench meter(facts_of("em01", {"Control.ElectricityX", "Control.ConsumptionH"}));
    CHECK(meter.keys().empty());
    CHECK(meter.poll("Control.ElectricityX").value().request.payload ==
          json(R"({"electricity":{"channel":65535}})"));
    meter.feed("Control.ConsumptionH", R"({"consumptionH":[{"channel":1,"total":5}]})", now, 1);
    CHECK(meter.has("power_1"));
    CHECK(meter.has("energy_1"));
    meter.feed("Control.ConsumptionH", R"({"consumptionH":[{"channel":65535,"total":5}]})", now, 1);
    CHECK(meter.keys().size() == 6);
}

TEST_CASE("a plug's last hour is the newest record of the ring", "[meross][consumption_h]") {
    Bench plug(facts_of("mss305", {"Control.Electricity", "Control.ConsumptionH"}));
    CHECK_FALSE(plug.has("energy_last_hour"));
    CHECK(plug.poll("Control.ConsumptionH").value().request.payload ==
          json(R"({"consumptionH":[{"channel":0}]})"));
    CHECK(plug.feed("Control.ConsumptionH", R"({"consumptionH":[]})").empty());
    const auto seen =
        plug.feed("Control.ConsumptionH",
                  R"({"consumptionH":[{"channel":0,"total":0,"data":[{"timestamp":1739531425,"value":3},
                                    {"timestamp":1739535025,"value":9},{"timestamp":1739451544,"value":8}]}]})");
    CHECK(state(seen, "energy_last_hour") == model::Value(std::int64_t{9}));
    CHECK_FALSE(plug.entity("energy_last_hour").enabled_by_default);
    // without a meter the namespace means nothing to us
    CHECK_FALSE(Bench(facts_of("mss210", {"Control.ConsumptionH"})).poll("Control.ConsumptionH").has_value());
}
