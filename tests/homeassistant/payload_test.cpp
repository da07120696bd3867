#include "lanbridge/homeassistant/payload.hpp"

#include <limits>

#include "lanbridge/homeassistant/topics.hpp"
#include "support/catch.hpp"

using namespace lanbridge;
using namespace lanbridge::homeassistant;

namespace {

model::PartDescription part(model::ValueKind kind) {
    model::PartDescription out;
    out.kind = kind;
    out.commandable = true;
    return out;
}

std::string text_of(const model::Value& value, model::ValueKind kind = model::ValueKind::number) {
    return format_value(model::EntityDescription(), part(kind), value).value_or("(nothing)");
}

}  // namespace

TEST_CASE("numbers are written shortest and without an exponent", "[homeassistant][payload]") {
    CHECK(format_number(233.1) == "233.1");
    CHECK(format_number(0.29) == "0.29");
    CHECK(format_number(1e21) == "1000000000000000000000");
    CHECK(format_number(1e-7) == "0.0000001");
    CHECK(format_number(-0.0) == "0");
    CHECK(format_number(21.0) == "21");
    CHECK(format_number(std::numeric_limits<double>::quiet_NaN()) == "None");
    CHECK(format_number(std::numeric_limits<double>::denorm_min()).size() > 300);
}

TEST_CASE("values become plain text", "[homeassistant][payload]") {
    CHECK(text_of(true, model::ValueKind::on_off) == "ON");
    CHECK(text_of(false, model::ValueKind::on_off) == "OFF");
    CHECK(text_of(model::Value(), model::ValueKind::on_off) == "None");
    CHECK(text_of(std::int64_t{42}) == "42");
    CHECK(text_of(std::string("heat"), model::ValueKind::option) == "heat");
    CHECK(text_of(std::string(), model::ValueKind::text) == "None");
    CHECK(text_of(std::string(254, 'x') + "ü", model::ValueKind::text) == std::string(254, 'x'));
    CHECK(text_of(model::Total{4881, 1717200000}, model::ValueKind::total) ==
          R"({"value":4881,"last_reset":"2024-06-01T00:00:00+00:00"})");
    CHECK(text_of(model::Value(), model::ValueKind::total) ==
          R"({"value":null,"last_reset":"1970-01-01T00:00:00+00:00"})");
    const model::Attributes attributes{
        {"reason", std::string("ok")}, {"port", std::int64_t{80}}, {"none", {}}};
    CHECK(text_of(attributes, model::ValueKind::attributes) == R"({"reason":"ok","port":80,"none":null})");
}

TEST_CASE("what has nothing to say for unknown stays silent", "[homeassistant][payload]") {
    model::EntityDescription cover;
    cover.component = model::Component::cover;
    auto position = part(model::ValueKind::number);
    position.name = "position";
    CHECK_FALSE(format_value(cover, position, model::Value()).has_value());
    CHECK(format_value(cover, part(model::ValueKind::option), model::Value()) == "None");
    model::EntityDescription event;
    event.component = model::Component::event;
    CHECK_FALSE(format_value(event, part(model::ValueKind::option), model::Value()).has_value());
    CHECK(format_value(event, part(model::ValueKind::option), std::string("double")) ==
          R"({"event_type":"double"})");
}

TEST_CASE("commands are read in any letter case, and nonsense is refused", "[homeassistant][payload]") {
    const auto on_off = part(model::ValueKind::on_off);
    CHECK(parse_command(on_off, "on").value() == model::Value(true));
    CHECK(parse_command(on_off, " OFF ").value() == model::Value(false));
    CHECK(parse_command(on_off, "banana").has_error());
    CHECK(parse_command(on_off, "").has_error());
    const auto number = part(model::ValueKind::number);
    CHECK(parse_command(number, "20").value() == model::Value(std::int64_t{20}));
    CHECK(parse_command(number, "20.0").value() == model::Value(std::int64_t{20}));
    CHECK(parse_command(number, "\"20.5\"").value() == model::Value(20.5));
    CHECK(parse_command(number, "20x").has_error());
    CHECK(parse_command(number, "nan").has_error());
    CHECK(parse_command(number, "inf").has_error());
    auto option = part(model::ValueKind::option);
    option.options = {"Low", "High"};
    CHECK(parse_command(option, "high").value() == model::Value(std::string("High")));
    CHECK(parse_command(option, "middle").error().text().find("Low, High") != std::string::npos);
    CHECK(parse_command(part(model::ValueKind::press), "press").has_value());
    CHECK(parse_command(part(model::ValueKind::press), "push").has_error());
    CHECK(parse_command(part(model::ValueKind::text), std::string(300, 'x')).has_error());
}

TEST_CASE("strangers' bytes do not reach the log as they are", "[homeassistant][payload]") {
    CHECK(for_log("a\nb") == R"("a\nb")");
    CHECK(for_log(std::string(100, 'x')).size() < 80);
    CHECK_FALSE(for_log("\xff\xfe").empty());
}

TEST_CASE("command topics are taken apart at any depth of the base topic", "[homeassistant][topics]") {
    const Topics topics("home/lanbridge", "homeassistant");
    const auto simple = topics.parse_set("home/lanbridge/meross_1/switch_0/set");
    REQUIRE(simple.has_value());
    CHECK((simple->device == "meross_1" && simple->entity == "switch_0" && simple->part == "state"));
    const auto deep = topics.parse_set("home/lanbridge/meross_1/climate/mode/set");
    REQUIRE(deep.has_value());
    CHECK((deep->entity == "climate" && deep->part == "mode"));
    for (const char* other :
         {"home/lanbridge/meross_1/switch_0/state", "home/lanbridge/meross_1/set", "home/lanbridge",
          "home/lanbridge2/meross_1/switch_0/set", "home/lanbridge/a/b/c/d/set",
          "home/lanbridge//switch_0/set", "home/lanbridge/a/b/set/"})
        CHECK_FALSE(topics.parse_set(other).has_value());
    CHECK(topics.command("meross_1", "climate", "mode") == "home/lanbridge/meross_1/climate/mode/set");
    CHECK(topics.command("meross_1", "fan", "state") == "home/lanbridge/meross_1/fan/set");
    CHECK(topics.part("bridge", "connection", "state") == "home/lanbridge/bridge/state");
}

TEST_CASE("discovery topics are taken apart", "[homeassistant][topics]") {
    const Topics topics("lanbridge", "homeassistant");
    const auto document = topics.parse_config("homeassistant/device/lanbridge/meross_1/config");
    REQUIRE(document.has_value());
    CHECK(
        (document->component == "device" && document->node == "lanbridge" && document->object == "meross_1"));
    const auto plain = topics.parse_config("homeassistant/switch/meross_1/config");
    REQUIRE(plain.has_value());
    CHECK((plain->node.empty() && plain->object == "meross_1"));
    CHECK_FALSE(topics.parse_config("homeassistant/status").has_value());
    CHECK_FALSE(topics.parse_config("homeassistant/switch/a/b/c/config").has_value());
}

TEST_CASE("names become entity ids as Home Assistant makes them", "[homeassistant][topics]") {
    CHECK(slug("Desk plug") == "desk_plug");
    CHECK(slug("Büro 2 (Süd)") == "buro_2_sud");
    CHECK(slug("Tom's lamp") == "toms_lamp");
    CHECK(slug("  --  ").empty());
    CHECK(slug("台灯 3") == "3");
    CHECK(bridge_id("home/lan bridge").value() == "bridge_home_lan_bridge");
}

TEST_CASE("a base topic in the discovery tree is refused with a sentence", "[homeassistant][topics]") {
    CHECK(check_topics("lanbridge", "homeassistant", "homeassistant/status").has_value());
    CHECK(check_topics("homeassistant2", "homeassistant", "homeassistant/status").has_value());
    for (const char* base :
         {"homeassistant", "homeassistant/lanbridge", "", "a/+/b", "a//b", "/a", "a/", "$SYS/x"})
        CHECK(check_topics(base, "homeassistant", "homeassistant/status").has_error());
}
