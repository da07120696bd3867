#include "meross/features/week.hpp"
#include "meross/features_support.hpp"
#include "support/catch.hpp"

using namespace lanbridge;
using namespace lanbridge::meross;
using namespace lanbridge::test;

namespace {

const DayRules plain{};
const DayRules valve{.sections = 6, .padded = true};
const DayRules mts960{.degree = 100, .sections = 12, .min = -30, .max = 110};
const DayRules hvac{.degree = 100, .heat_and_cold = true};

std::string text_of(std::string_view entries, const DayRules& rules) {
    const auto day = read_day(json(entries), rules);
    return day ? day_text(*day, rules) : "no day";
}

Json native_of(std::string_view text, const DayRules& rules) {
    const auto day = parse_day(text, rules);
    return day ? day_json(*day, rules) : Json(day.error().text());
}

bool is_refused(std::string_view text, const DayRules& rules, std::string_view because) {
    const auto day = parse_day(text, rules);
    if (day || !day.error().is(Errc::invalid_value)) return false;
    return day.error().text().find(because) != std::string::npos;
}

}  // namespace

TEST_CASE("a day of a schedule is a text and back again", "[meross][week]") {
    CHECK(text_of("[[390,150],[90,180],[960,210]]", plain) == "00:00 15.0, 06:30 18.0, 08:00 21.0");
    CHECK(native_of("00:00 15.0, 06:30 18.0, 08:00 21.0", plain) == json("[[390,150],[90,180],[960,210]]"));
    CHECK(text_of("[[360,160],[120,170],[960,160]]", plain) == "00:00 16.0, 06:00 17.0, 08:00 16.0");
    CHECK(native_of("00:00 21", plain) == json("[[1440,210]]"));
    CHECK(native_of("  00:00   15,07:45 18.5 ", plain) == json("[[465,150],[975,185]]"));
    CHECK(text_of("[[15,100],[1425,2000]]", mts960) == "00:00 1.0, 00:15 20.0");
    CHECK(native_of("00:00 1.0, 00:15 20.0", mts960) == json("[[15,100],[1425,2000]]"));
    CHECK(text_of("[[1440,1925]]", mts960) == "00:00 19.25");
    CHECK(native_of("00:00 -5.5", mts960) == json("[[1440,-550]]"));
    CHECK(text_of("[[360,2111,2611],[900,2111,2388],[180,2111,2611]]", hvac) ==
          "00:00 21.11/26.11, 06:00 21.11/23.88, 21:00 21.11/26.11");
    CHECK(native_of("00:00 21/26, 06:00 21.11/23.88", hvac) == json("[[360,2100,2600],[1080,2111,2388]]"));
}

TEST_CASE("a valve's day has exactly six entries, of which some last no time", "[meross][week]") {
    CHECK(native_of("00:00 15, 06:30 18, 08:00 21", valve) ==
          json("[[390,150],[90,180],[960,210],[0,210],[0,210],[0,210]]"));
    CHECK(text_of("[[390,150],[90,180],[960,210],[0,210],[0,210],[0,210]]", valve) ==
          "00:00 15.0, 06:30 18.0, 08:00 21.0");
    CHECK(native_of("00:00 5, 01:00 6, 02:00 7, 03:00 8, 04:00 9, 05:00 10", valve).size() == 6);
    CHECK(is_refused("00:00 5, 01:00 6, 02:00 7, 03:00 8, 04:00 9, 05:00 10, 06:00 11", valve, "at most 6"));
}

TEST_CASE("a text that is no day is refused with what is wrong", "[meross][week]") {
    CHECK(is_refused("", plain, "must be a time and a temperature"));
    CHECK(is_refused("00:00 15,", plain, "must be a time and a temperature"));
    CHECK(is_refused("00:00", plain, "must be a time and a temperature"));
    CHECK(is_refused("21.0", plain, "must be a time and a temperature"));
    CHECK(is_refused("0:00 15", plain, "must be a time and a temperature"));
    CHECK(is_refused("00:00 15, 24:00 16", plain, "must be a time and a temperature"));
    CHECK(is_refused("00:00 15, 06:60 16", plain, "must be a time and a temperature"));
    CHECK(is_refused("06:30 15", plain, "begin at 00:00"));
    CHECK(is_refused("00:00 15, 06:30 16, 06:30 17", plain, "'06:30 17' does not come after"));
    CHECK(is_refused("00:00 15, 06:40 16", plain, "multiple of 15"));
    CHECK(is_refused("00:00 warm", plain, "'warm' is no temperature"));
    CHECK(is_refused("00:00 nan", plain, "'nan' is no temperature"));
    CHECK(is_refused("00:00 15C", plain, "'15C' is no temperature"));
    CHECK(is_refused("00:00 4.9", plain, "4.9 is not between 5 and 35"));
    CHECK(is_refused("00:00 35.5", plain, "35.5 is not between 5 and 35"));
    CHECK(is_refused("00:00 21/26", plain, "must be one temperature"));
    CHECK(is_refused("00:00 21", hvac, "must be HEAT/COLD"));
    CHECK(is_refused("00:00 26/21", hvac, "cooling below"));
    CHECK(is_refused(std::string(100'000, ','), plain, "must be a time"));
}

TEST_CASE("entries that make no day are no news", "[meross][week]") {
    for (const auto* entries :
         {"[]", "{}", "7", "[[1439,150]]", "[[1440]]", "[[1440,\"x\"]]", "[[-1440,150]]", "[1440,150]",
          "[[1440,1e300]]", "[[0,100],[0,100]]", "[[1440,150],[15,150]]"})
        CHECK(text_of(entries, plain) == "no day");
    CHECK(text_of("[[1440,2100]]", hvac) == "no day");  // one temperature where there are two
}

TEST_CASE("a week is sent whole, and only when the whole week is known", "[meross][week]") {
    Week week(plain);
    model::Observations seen;
    CHECK_FALSE(week.read(json(R"({"mon":[]})"), seen));
    CHECK_FALSE(week.known());
    CHECK(week.read(json(R"({"mon":[[1440,200]],"tue":[[1440,210]]})"), seen));
    CHECK(week.known());
    CHECK(state(seen, "schedule_mon") == model::Value(std::string("00:00 20.0")));
    const auto command = [](std::string_view entity, std::string_view text) {
        return model::Command(model::DeviceId("meross_1"), entity, "state", std::string(text));
    };
    const auto early = week.command(command("schedule_mon", "00:00 15"));
    REQUIRE(early.has_value());
    CHECK(early->error().is(Errc::unsupported));
    CHECK_FALSE(week.command(command("schedule", "00:00 15")).has_value());
    CHECK_FALSE(week.command(command("frost", "00:00 15")).has_value());

    CHECK(week.read(json(R"({"wed":[[1440,200]],"thu":[[1440,200]],"fri":[[1440,200]],"sat":[[1440,200]],
                             "sun":[[1440,50]]})"),
                    seen));
    CHECK(week.command(command("schedule_sun", "00:00 15, 12:00 20"))->value() ==
          json(R"({"mon":[[1440,200]],"tue":[[1440,210]],"wed":[[1440,200]],"thu":[[1440,200]],
                   "fri":[[1440,200]],"sat":[[1440,200]],"sun":[[720,150],[720,200]]})"));
    CHECK(week.command(command("schedule_sun", "00:00 15, 12:05 20"))->has_error());
    // a device that counts in five minutes takes them
    CHECK(week.read(json(R"({"sat":[[725,200],[715,180]]})"), seen));
    CHECK(week.command(command("schedule_sun", "00:00 15, 12:05 20"))->has_value());
    CHECK(week.command(command("schedule_sun", "00:00 15, 12:06 20"))->has_error());
}

TEST_CASE("the texts of a week are seven and off by default", "[meross][week]") {
    std::vector<model::EntityDescription> entities;
    Week::describe(entities);
    REQUIRE(entities.size() == 7);
    CHECK(entities[0].key == "schedule_mon");
    CHECK(entities[6].key == "schedule_sun");
    for (const auto& entity : entities) {
        CHECK(entity.component == model::Component::text);
        CHECK_FALSE(entity.enabled_by_default);
        CHECK(entity.category == model::Category::config);
        CHECK(entity.parts.at(0).commandable);
        CHECK(entity.parts.at(0).kind == model::ValueKind::text);
    }
}
