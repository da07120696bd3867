#include <fstream>
#include <sstream>

#include "meross/features/energy_integrator.hpp"
#include "meross/features/local_day.hpp"
#include "meross/features_support.hpp"
#include "support/catch.hpp"

using namespace lanbridge;
using namespace lanbridge::test;
using Keys = std::vector<std::string>;

namespace {

struct Record {
    std::int64_t time;
    std::int64_t value;
};

Json consumption(std::vector<Record> records) {
    Json list = Json::array();
    for (const auto& record : records) {
        Json item = Json::object();
        item["date"] = "2024-06-15";
        item["time"] = record.time;
        item["value"] = record.value;
        list.push_back(std::move(item));
    }
    Json payload = Json::object();
    payload["consumptionx"] = std::move(list);
    return payload;
}

/// A plug in Rome and its clocks, which agree.
class Plug {
public:
    Plug() : bench_(facts_of("mss310", {"Control.Electricity", "Control.ConsumptionX"})) {}

    Bench& bench() { return bench_; }

    /// The published energy; nothing when none was.
    std::optional<double> read(std::vector<Record> records, std::int64_t device_time) {
        const auto seen = bench_.give("Control.ConsumptionX", consumption(std::move(records)), device_time,
                                      device_time * 1000);
        if (seen.empty()) return std::nullopt;
        return number(seen, "energy");
    }
    double power(int watts, std::int64_t device_time) {
        const auto seen =
            bench_.feed("Control.Electricity",
                        R"({"electricity":{"channel":0,"power":)" + std::to_string(watts * 1000) + "}}",
                        device_time, device_time * 1000);
        return number(seen, "energy_estimate");
    }
    /// Constant power, sampled every 30 s.
    double use(int watts, std::int64_t from, std::int64_t to) {
        double estimate = 0;
        for (std::int64_t t = from; t <= to; t += 30) estimate = power(watts, t);
        return estimate;
    }
    std::optional<std::string> memory() {
        for (const auto& feature : bench_.features())
            if (feature->memory_topic() == "energy") return feature->memory();
        return std::nullopt;
    }
    void restore(const std::string& memory) {
        for (auto& feature : bench_.features())
            if (feature->memory_topic() == "energy") feature->restore(json(memory), 0);
    }

private:
    Bench bench_;
};

// Rome in June: the 15th begins at 22:00 UTC of the 14th.
const std::int64_t midnight = utc(2024, 6, 14, 22);
constexpr std::int64_t minute = 60;
constexpr std::int64_t hour = 3600;
constexpr std::int64_t day = 24 * hour;
/// The last sample of the 14th, as devices leave it.
const std::int64_t last_of_14th = midnight - 2 * minute;

}  // namespace

TEST_CASE("a metering plug shows power, voltage, current and energy", "[meross][metering]") {
    Plug plug;
    CHECK(plug.bench().keys() == Keys{"current", "energy", "power", "voltage"});
    const auto power = plug.bench().entity("power");
    CHECK(power.device_class == "power");
    CHECK(power.unit == "W");
    CHECK(power.state_class == "measurement");
    CHECK(power.naming == model::Naming::class_name);
    CHECK(power.precision == 1);
    CHECK(plug.bench().entity("voltage").precision == 1);
    CHECK(plug.bench().entity("current").precision == 2);
    const auto energy = plug.bench().entity("energy");
    CHECK(energy.device_class == "energy");
    CHECK(energy.unit == "Wh");
    CHECK(energy.state_class == "total_increasing");
    CHECK(plug.bench().poll("Control.Electricity").value().request.payload == json(R"({"electricity":{}})"));
    CHECK(plug.bench().poll("Control.ConsumptionX").value().request.payload ==
          json(R"({"consumptionx":[]})"));
    plug.bench().refuse("Control.ConsumptionX");
    CHECK(plug.bench().keys() == Keys{"current", "power", "voltage"});
    plug.bench().refuse("Control.Electricity");
    CHECK(plug.bench().keys().empty());
}

TEST_CASE("electricity is converted, and the estimate appears with its first sample", "[meross][metering]") {
    Plug plug;
    const auto seen = plug.bench().feed(
        "Control.Electricity",
        R"({"electricity":{"channel":0,"current":290,"voltage":2331,"power":5297,"config":{"voltageRatio":188}}})",
        midnight, midnight * 1000);
    CHECK_THAT(number(seen, "current"), WithinAbs(0.290, 1e-9));
    CHECK_THAT(number(seen, "voltage"), WithinAbs(233.1, 1e-9));
    CHECK_THAT(number(seen, "power"), WithinAbs(5.297, 1e-9));
    CHECK(plug.bench().has("energy_estimate"));
    CHECK_FALSE(plug.bench().entity("energy_estimate").enabled_by_default);
    CHECK(plug.bench().entity("energy_estimate").state_class == "total_increasing");
    const auto big =
        plug.bench().feed("Control.Electricity",
                          R"({"electricity":[{"channel":0,"current":7902,"voltage":2312,"power":1843753}]})");
    CHECK_THAT(number(big, "power"), WithinAbs(1843.753, 1e-9));
}

TEST_CASE("the unit conversions of the vectors hold", "[meross][metering][vectors]") {
    std::ifstream file(std::string(LANBRIDGE_TEST_DATA) + "/meross-vectors.json");
    std::stringstream text;
    text << file.rdbuf();
    const Json vectors = parse_json(text.str()).value();
    int checked = 0;
    for (const Json& vector : vectors["unit_conversion"]) {
        const std::string name = string_or(vector, {"namespace"}, "");
        const bool clamps = name == "Appliance.Control.ElectricityX";
        if (!clamps && name != "Appliance.Control.Electricity") continue;
        Json sample = vector["raw"];
        sample["channel"] = clamps ? 1 : 0;
        Json payload = Json::object();
        payload["electricity"] = sample;
        Bench device(clamps ? facts_of("em06", {"Control.ElectricityX"})
                            : facts_of("mss310", {"Control.Electricity"}));
        const auto seen = device.give(clamps ? "Control.ElectricityX" : "Control.Electricity", payload, 1, 1);
        const std::string suffix = clamps ? "_1" : "";
        CHECK_THAT(number(seen, "current" + suffix), WithinAbs(number_or(vector, {"current_A"}, -1), 1e-9));
        CHECK_THAT(number(seen, "voltage" + suffix), WithinAbs(number_or(vector, {"voltage_V"}, -1), 1e-9));
        CHECK_THAT(number(seen, "power" + suffix), WithinAbs(number_or(vector, {"power_W"}, -1), 1e-9));
        ++checked;
    }
    CHECK(checked == 2);
}

TEST_CASE("energy is the trapezoid of power", "[meross][metering]") {
    meross::EnergyIntegrator integrator;
    CHECK(integrator.add(60, 1'000'000).wh == 0);
    CHECK_THAT(integrator.add(100, 1'030'000).wh, WithinAbs(0.667, 0.0005));
    CHECK(integrator.add(100, 1'020'000).wh == 0);  // the clock went back
    CHECK(integrator.add(100, 1'020'000 + meross::EnergyIntegrator::max_gap_ms + 1).wh ==
          0);  // the device was away
}

TEST_CASE("the estimate starts again at the device's midnight", "[meross][metering]") {
    Plug plug;
    CHECK_THAT(plug.use(1000, midnight - hour, midnight - 30), WithinAbs(991, 1));
    CHECK(plug.power(1000, midnight + 30) == 8);  // 60 s, half of them today: 8.3 Wh
    CHECK_THAT(plug.use(1000, midnight + 60, midnight + hour), WithinAbs(1000, 1));
}

TEST_CASE("today's record is found wherever it stands", "[meross][metering]") {
    Plug plug;
    const auto now = midnight + 10 * hour;
    CHECK(plug.read(
              {{midnight - 3 * day, 310}, {last_of_14th, 329}, {now - 2, 180}, {midnight - 20 * day, 318}},
              now) == 180.0);
    CHECK(Plug().read({{now - 2, 7}, {last_of_14th, 329}}, now) == 7.0);
    CHECK(Plug().read({{now - 2, 0}}, now) == 0.0);  // mss310r writes a record of 0
    CHECK(Plug().read({}, now) == 0.0);
    CHECK(Plug().read({{midnight - 5 * day, 318}}, now) == 0.0);
}

TEST_CASE("an unchanged value is not told again", "[meross][metering]") {
    Plug plug;
    CHECK(plug.read({{midnight + hour, 5}}, midnight + hour) == 5.0);
    CHECK_FALSE(plug.read({{midnight + hour + 60, 5}}, midnight + hour + 60).has_value());
    CHECK(plug.read({{midnight + hour + 120, 6}}, midnight + hour + 120) == 6.0);
    CHECK(plug.bench().feed("Control.ConsumptionX", R"({"other":[]})", midnight + hour).empty());
}

TEST_CASE("a normal change of day passes through zero", "[meross][metering][midnight]") {
    Plug plug;
    CHECK(plug.read({{midnight - day - 120, 300}, {last_of_14th, 329}}, last_of_14th) == 329.0);
    plug.use(60, last_of_14th, midnight + 5 * minute);
    CHECK(plug.read({{midnight - day - 120, 300}, {last_of_14th, 329}}, midnight + minute) == 0.0);
    CHECK(plug.read({{last_of_14th, 329}, {midnight + 5 * minute, 4}}, midnight + 5 * minute) == 4.0);
    CHECK(plug.read({{last_of_14th, 329}, {midnight + 9 * minute, 9}}, midnight + 9 * minute) == 9.0);
}

TEST_CASE("a device that fails to restart at midnight is cut down to what was used",
          "[meross][metering][midnight]") {
    Plug plug;
    plug.use(1000, last_of_14th - hour, last_of_14th);  // before the reading, hence no matter
    CHECK(plug.read({{last_of_14th, 329}}, last_of_14th) == 329.0);
    plug.use(60, last_of_14th, midnight + 5 * minute);  // 7 min of 60 W: 7 Wh
    CHECK(plug.read({{last_of_14th, 329}, {midnight + 5 * minute, 336}}, midnight + 5 * minute) == 8.0);
    CHECK(plug.read({{last_of_14th, 329}, {midnight + hour, 396}}, midnight + hour) == 68.0);
    // and the day after that, when it restarts as it should
    const auto last_of_15th = midnight + day - 2 * minute;
    CHECK(plug.read({{last_of_14th, 329}, {last_of_15th, 500}}, last_of_15th) == 172.0);
    plug.use(60, last_of_15th, midnight + day + 5 * minute);
    CHECK(plug.read({{last_of_15th, 500}, {midnight + day + 5 * minute, 5}}, midnight + day + 5 * minute) ==
          5.0);
}

TEST_CASE("a device that restarts too late is taken at its word again", "[meross][metering][midnight]") {
    Plug plug;
    plug.read({{last_of_14th, 329}}, last_of_14th);
    CHECK(plug.read({{last_of_14th, 329}, {midnight + minute, 330}}, midnight + minute) == 1.0);
    CHECK(plug.read({{last_of_14th, 329}, {midnight + hour, 2}}, midnight + hour) == 2.0);
    CHECK(plug.read({{last_of_14th, 329}, {midnight + 2 * hour, 400}}, midnight + 2 * hour) == 400.0);
}

TEST_CASE("a fault with the same number as yesterday is noticed", "[meross][metering][midnight]") {
    Plug plug;
    plug.read({{last_of_14th, 329}}, last_of_14th);
    CHECK(plug.read({{last_of_14th, 329}, {midnight + minute, 329}}, midnight + minute) == 1.0);
    CHECK_FALSE(
        plug.read({{last_of_14th, 329}, {midnight + 2 * minute, 329}}, midnight + 2 * minute).has_value());
}

TEST_CASE("the offset survives a restart on its day, and only then", "[meross][metering][midnight]") {
    Plug before;
    before.read({{last_of_14th, 329}}, last_of_14th);
    CHECK_FALSE(before.memory().has_value());
    CHECK(before.read({{last_of_14th, 329}, {midnight + 5 * minute, 336}}, midnight + 5 * minute) == 1.0);
    const auto memory = before.memory();
    REQUIRE(memory.has_value());

    Plug same_day;
    same_day.restore(*memory);
    CHECK(same_day.read({{last_of_14th, 329}, {midnight + hour, 396}}, midnight + hour) == 61.0);
    CHECK(same_day.memory() == memory);

    const auto last_of_15th = midnight + day - 2 * minute;
    Plug next_day;
    next_day.restore(*memory);
    CHECK(next_day.read({{last_of_15th, 500}, {midnight + day + hour, 12}}, midnight + day + hour) == 12.0);
    Plug idle_next_day;  // no record of yesterday to compare with
    idle_next_day.restore(*memory);
    CHECK(idle_next_day.read({{midnight + 2 * day + hour, 12}}, midnight + 2 * day + hour) == 12.0);
    Plug damaged;
    damaged.restore(R"({"offset":"x","reset_ts":[]})");
    CHECK(damaged.read({{midnight + hour, 12}}, midnight + hour) == 12.0);
}

TEST_CASE("a restart across midnight gives no reason to distrust the device",
          "[meross][metering][midnight]") {
    Plug plug;  // has never read before
    CHECK(plug.read({{last_of_14th, 329}, {midnight + hour, 396}}, midnight + hour) == 396.0);
}

TEST_CASE("days without consumption leave no offset behind", "[meross][metering][midnight]") {
    Plug plug;
    plug.read({{last_of_14th, 329}}, last_of_14th);
    CHECK(plug.read({{last_of_14th, 329}, {midnight + minute, 340}}, midnight + minute) == 1.0);
    const auto much_later = midnight + 3 * day + hour;
    CHECK(plug.read({{much_later, 5}}, much_later) == 5.0);
    CHECK_FALSE(plug.memory().has_value());
}

TEST_CASE("midnight is the device's, also on days with 23 and 25 hours", "[meross][metering][zone]") {
    const auto rome = facts_of("mss310", {}).time;
    using meross::local_midnight;
    // 2024-03-31: 00:00 is 23:00 UTC, noon is 10:00 UTC
    CHECK(local_midnight(rome, utc(2024, 3, 31, 10)) == utc(2024, 3, 30, 23));
    CHECK(local_midnight(rome, utc(2024, 3, 31, 22, 30)) == utc(2024, 3, 31, 22));
    CHECK(meross::midnight_before_midnight(rome, utc(2024, 3, 31, 22)) == utc(2024, 3, 30, 23));
    // 2024-10-27: 00:00 is 22:00 UTC, noon is 11:00 UTC
    CHECK(local_midnight(rome, utc(2024, 10, 27, 11)) == utc(2024, 10, 26, 22));
    CHECK(local_midnight(rome, utc(2024, 10, 27, 23)) == utc(2024, 10, 27, 23));
    CHECK(meross::midnight_before_midnight(rome, utc(2024, 10, 27, 23)) == utc(2024, 10, 26, 22));
    CHECK(meross::local_month_start(rome, utc(2024, 10, 31, 22, 59)) == utc(2024, 9, 30, 22));
    CHECK(meross::local_month_start(rome, utc(2024, 10, 31, 23)) == utc(2024, 10, 31, 23));
    CHECK(local_midnight(meross::DeviceTime(), utc(2024, 10, 27, 11)) == utc(2024, 10, 27));
}

TEST_CASE("a day when the clocks change is one day", "[meross][metering][zone]") {
    Plug plug;
    const auto begin = utc(2024, 3, 30, 23);
    const auto end = utc(2024, 3, 31, 22);
    CHECK(plug.read({{begin - 120, 100}, {begin + 30 * minute, 3}}, begin + 30 * minute) == 3.0);
    CHECK(plug.read({{begin - 120, 100}, {begin + 12 * hour, 50}}, begin + 12 * hour) == 50.0);
    CHECK(plug.read({{begin - 120, 100}, {end - 30, 80}}, end - 30) == 80.0);
    CHECK(plug.read({{begin - 120, 100}, {end - 30, 80}}, end + 30) == 0.0);
    CHECK(plug.read({{end - 30, 80}, {end + 60, 1}}, end + 60) == 1.0);
}

TEST_CASE("a device without a zone counts its days by UTC", "[meross][metering][zone]") {
    Plug plug;
    plug.bench().zone() = meross::DeviceTime();
    const auto utc_midnight = utc(2024, 6, 15);
    CHECK(plug.read({{utc_midnight - 30, 329}}, utc_midnight - 20) == 329.0);  // 02:00 in Rome already
    CHECK(plug.read({{utc_midnight - 30, 329}}, utc_midnight + 20) == 0.0);
    CHECK(plug.read({{utc_midnight - 30, 329}, {utc_midnight + 90, 1}}, utc_midnight + 90) == 1.0);
}
