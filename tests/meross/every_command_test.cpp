// Everything that Home Assistant can send to every simulated device, and what the device is sent for it. The
// expectations are texts in tests/data/meross/commands, one for each kind of device;
// LANBRIDGE_WRITE_EXPECTED=1 writes them anew, to be read by a person.
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include <fmt/format.h>

#include "lanbridge/registry/registry.hpp"
#include "meross_house.hpp"
#include "support/catch.hpp"

using namespace lanbridge;
using House = test::MerossHouse;
using model::Value;
using model::ValueKind;

namespace {

/// Long enough for a read-back and for what the device does by itself right after.
constexpr auto settle = 4s;
/// Doors and shutters move; afterwards they show the same, whoever told.
constexpr auto movement = 64s;
/// A command waits for its turn behind a poll.
constexpr auto patience = 30s;

std::string shown(const Value& value) {
    if (const auto* on = std::get_if<bool>(&value)) return *on ? "ON" : "OFF";
    if (const auto* text = std::get_if<std::string>(&value)) return *text;
    double scratch = 0;
    if (const auto* number = model::as_double(value, scratch)) return fmt::format("{}", *number);
    return std::holds_alternative<std::monostate>(value) ? "None" : "…";
}

/// A number as Home Assistant sends it: whole ones as whole ones.
Value number_value(double number) {
    const double rounded = std::round(number * 1e6) / 1e6;
    if (rounded == std::floor(rounded)) return static_cast<std::int64_t>(rounded);
    return rounded;
}

std::vector<Value> values_of(const model::PartDescription& part) {
    std::vector<Value> values;
    if (part.kind == ValueKind::on_off) values = {true, false};
    if (part.kind == ValueKind::press) values.emplace_back();
    if (part.kind == ValueKind::option)
        for (const auto& option : part.options) values.emplace_back(option);
    if (part.kind == ValueKind::number && part.range) {
        const auto& [min, max, step] = *part.range;
        const double middle = min + std::round((max - min) / 2 / step) * step;
        for (const double number : {min, middle, max}) values.push_back(number_value(number));
    }
    if (part.name == "rgb") values = {std::string("255,0,0"), std::string("0,128,255")};
    return values;
}

std::vector<Value> wrong_values_of(const model::PartDescription& part) {
    std::vector<Value> values;
    if (part.kind == ValueKind::number && part.range) {
        values.push_back(number_value(part.range->min - part.range->step));
        values.push_back(number_value(part.range->max + part.range->step));
        values.emplace_back(std::nan(""));
        values.emplace_back(std::string("warm"));
    }
    if (part.kind == ValueKind::option) values.emplace_back(std::string("nonsense"));
    if (part.kind == ValueKind::on_off) values.emplace_back(std::string("maybe"));
    return values;
}

std::string short_name(const std::string& name_space) {
    return name_space.starts_with("Appliance.") ? name_space.substr(10) : name_space;
}

/// A timer's end as seconds from the moment of the SET.
void make_ends_relative(Json& payload, std::int64_t clock_s) {
    for (auto& member : payload) {
        if (!member.is_structured()) continue;
        if (member.is_object() && member.contains("end"))
            member["end"] = int_or(member, {"end"}, 0) - clock_s;
        make_ends_relative(member, clock_s);
    }
}

/// One simulated device, reached one way.
struct Home {
    Home(const std::string& kind, bool over_mqtt) {
        auto blueprint = *sim::builtin_blueprint(kind).value();
        blueprint.scenario.clear();  // nobody is at the device's own button
        device = &house.network.plug_in("device", std::make_shared<sim::Blueprint>(std::move(blueprint)),
                                        test::right_key);
        if (over_mqtt) {
            house.broker.join(*device);
            house.network.unplug("device");
        }
        house.start(House::one(over_mqtt ? House::on_broker() : House::device("device")));
        house.pass(20s);
    }

    std::vector<std::string> ids() const {
        std::vector<std::string> ids;
        for (const auto& [id, seen] : house.sink.devices) ids.push_back(id);
        return ids;
    }

    /// The SETs that a wish has led to, and how it ended.
    std::string send(const std::string& id, const std::string& entity, const std::string& part,
                     const Value& value) {
        const auto before = device->log().sets();
        auto& seen = house.sink.devices.at(id);
        const auto outcome = std::make_shared<std::optional<Result<void>>>();
        asio::co_spawn(
            house.io, seen.driver->apply(model::Command(model::DeviceId(id), entity, part, value)),
            [outcome](const std::exception_ptr&, Result<void> result) { *outcome = std::move(result); });
        for (auto waited = 0s; waited < patience && !*outcome; waited += 1s) house.pass(1s);
        house.pass(entity.starts_with("cover") ? movement : settle);
        std::string line;
        const auto& executed = device->log().executed();
        const auto news = std::min<std::size_t>(device->log().sets() - before, executed.size());
        for (auto i = executed.size() - news; i < executed.size(); ++i) {
            if (executed[i].name_space == "Appliance.System.Time") continue;  // the bridge's own care
            const auto ago =
                std::chrono::duration_cast<std::chrono::seconds>(house.time.now() - executed[i].time);
            auto payload = executed[i].payload;
            make_ends_relative(payload, device->clock_s() - ago.count());
            line += fmt::format(" {} {}", short_name(executed[i].name_space), dump_json(payload));
        }
        if (!*outcome)
            line += " no outcome";
        else if (!**outcome)
            line += " refused: " + (**outcome).error().text();
        return line;
    }

    std::string state(const std::string& id, const std::string& entity, const std::string& part) {
        const auto& values = house.sink.devices.at(id).values;
        const auto at = values.find(part == "state" ? entity : entity + '/' + part);
        return at == values.end() ? "nothing" : shown(at->second);
    }

    House house;
    sim::MerossDevice* device = nullptr;
};

/// One line for every wish.
std::string transcript(const std::string& kind, bool over_mqtt) {
    Home home(kind, over_mqtt);
    std::string text;
    for (const auto& id : home.ids()) {
        const auto entities = home.house.sink.devices.at(id).description.entities;
        for (const auto& entity : entities->entities()) {
            for (const auto& part : entity.parts) {
                if (!part.commandable) continue;
                for (const auto& value : values_of(part)) {
                    text += fmt::format("{} {}/{} {} ->{}", id, entity.key, part.name, shown(value),
                                        home.send(id, entity.key, part.name, value));
                    if (part.readable) text += " | " + home.state(id, entity.key, part.name);
                    text += '\n';
                }
            }
        }
    }
    return text;
}

std::filesystem::path expectation_of(const std::string& kind) {
    return std::filesystem::path(LANBRIDGE_TEST_DATA) / "meross" / "commands" / (kind + ".txt");
}

std::string read_text(const std::filesystem::path& path) {
    std::ifstream file(path);
    std::stringstream text;
    text << file.rdbuf();
    return text.str();
}

/// The first line in which two texts differ.
std::string difference(const std::string& expected, const std::string& actual) {
    std::istringstream a(expected);
    std::istringstream b(actual);
    for (int number = 1;; ++number) {
        std::string left;
        std::string right;
        const bool more_left = static_cast<bool>(std::getline(a, left));
        const bool more_right = static_cast<bool>(std::getline(b, right));
        if (!more_left && !more_right) return {};
        if (left != right || more_left != more_right)
            return fmt::format("line {}\n  expected {}\n  was      {}", number, left, right);
    }
}

std::vector<std::string> kinds() {
    std::vector<std::string> kinds;
    for (const auto& builtin : sim::builtin_descriptions())
        if (!builtin.name.ends_with("-new")) kinds.emplace_back(builtin.name);  // those wait to be paired
    return kinds;
}

}  // namespace

TEST_CASE("every command becomes the request that the device takes", "[meross][commands]") {
    const bool write = std::getenv("LANBRIDGE_WRITE_EXPECTED") != nullptr;
    for (const auto& kind : kinds()) {
        INFO(kind);
        const auto path = expectation_of(kind);
        const auto actual = transcript(kind, false);
        if (write) std::ofstream(path) << actual;
        CHECK(difference(read_text(path), actual) == "");
    }
}

TEST_CASE("over MQTT a command is the same, and so is what the device shows then", "[meross][commands]") {
    for (const auto& kind : kinds()) {
        INFO(kind);
        CHECK(difference(read_text(expectation_of(kind)), transcript(kind, true)) == "");
    }
}

TEST_CASE("nonsense is refused before it reaches a device", "[meross][commands]") {
    for (const auto& kind : kinds()) {
        INFO(kind);
        Home home(kind, false);
        for (const auto& [id, seen] : home.house.sink.devices)
            for (const auto& entity : seen.description.entities->entities())
                for (const auto& part : entity.parts) {
                    if (!part.commandable) continue;
                    INFO(entity.key << "/" << part.name);
                    for (const auto& value : wrong_values_of(part))
                        CHECK_FALSE(registry::check_value(part, value));
                    for (const auto& value : values_of(part)) CHECK(registry::check_value(part, value));
                }
    }
}
