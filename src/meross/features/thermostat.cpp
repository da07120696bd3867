#include <array>
#include <cmath>

#include "meross/features/features.hpp"
#include "meross/features/payload.hpp"
#include "meross/features/thermostat_scale.hpp"

namespace lanbridge::meross {
namespace {

constexpr std::string_view climate = "climate";
constexpr std::string_view temperature_key = "temperature";
constexpr std::string_view warning_key = "warning";
constexpr std::int64_t heating = 1;  // of SummerMode
constexpr std::int64_t cooling = 2;

/// What the device heats for, by its number: our name for it, the member with its temperature, and the
/// number entity that sets this.
struct Preset {
    std::string_view name;
    std::string_view member;
    std::string_view entity;
};
constexpr std::array presets{
    Preset{"comfort", "heatTemp", "preset_comfort"}, Preset{"sleep", "coolTemp", "preset_sleep"},
    Preset{"away", "ecoTemp", "preset_away"}, Preset{"auto", "", ""},  // the schedule
    Preset{"custom", "manualTemp", ""}};
constexpr std::size_t custom = 4;

Request ask(std::string_view name_space, std::string_view key) {
    return Request(name_space, Method::get, payload_of(key, list_of(channel_object(0))));
}
Request ask_mode() { return ask(ns::thermostat_mode, "mode"); }
Request ask_summer() { return ask(ns::summer_mode, "summerMode"); }

/// {"mode":[{"channel":0,…}]}
Request set_mode(Json members) {
    members["channel"] = 0;
    return Request(ns::thermostat_mode, Method::set, payload_of("mode", list_of(std::move(members))));
}

model::PartDescription part(std::string_view name, model::ValueKind kind, bool commandable) {
    model::PartDescription part;
    part.name = name;
    part.kind = kind;
    part.commandable = commandable;
    return part;
}

/// Floor and boiler thermostats: mts200, mts205, mts215.
class Thermostat final : public Feature {
public:
    explicit Thermostat(const Facts& facts)
        : may_cool_(facts.options.cool),
          has_summer_(facts.has(ns::summer_mode)),
          has_humidity_(facts.has(ns::sensor_latest)) {}

    void describe(std::vector<model::EntityDescription>& out) const override {
        if (refused_) return;
        describe_climate(out);
        out.push_back(model::make_sensor(std::string(temperature_key), "temperature", "°C", "measurement"));
        for (const auto& preset : presets) {
            if (preset.entity.empty()) continue;
            auto number = model::make_number(std::string(preset.entity), range_, "°C");
            number.device_class = "temperature";
            out.push_back(std::move(number));
        }
        if (!has_warning_) return;
        auto warning = model::make_binary_sensor(std::string(warning_key), "problem");
        warning.enabled_by_default = false;
        out.push_back(std::move(warning));
    }

    void polls(std::vector<Poll>& out) const override {
        out.emplace_back(ns::thermostat_mode, ask_mode().payload);
        if (has_summer_) out.emplace_back(ns::summer_mode, ask_summer().payload);
    }

    bool reads(std::string_view name_space) const override {
        return name_space == ns::thermostat_mode || name_space == ns::summer_mode;
    }

    void read(const Reading& reading, model::Observations& out) override {
        const bool of_summer = reading.name_space == ns::summer_mode;
        for_each_item(reading.payload, of_summer ? "summerMode" : "mode", [&](const Json& item) {
            if (int_or(item, {"channel"}, 0) != 0) return;
            if (of_summer)
                read_summer(item);
            else
                read_mode(item, out);
            tell_mode(out);
        });
    }

    void refused(std::string_view name_space) override {
        if (name_space == ns::thermostat_mode) refused_ = true;
        if (name_space == ns::summer_mode) has_summer_ = false;
        if (name_space == ns::sensor_latest) has_humidity_ = false;
    }

    std::optional<Result<Action>> command(const model::Command& command) const override {
        if (command.entity == climate) return climate_command(command);
        for (const auto& preset : presets)
            if (!preset.entity.empty() && preset.entity == command.entity)
                return set_temperature(preset.member, command, Json::object());
        return std::nullopt;
    }

    // Once seen cooling, the device is known to be able to.
    std::string_view memory_topic() const override { return "thermostat"; }
    std::optional<std::string> memory() const override {
        if (!was_cooling_) return std::nullopt;
        return R"({"cooling":true})";
    }
    void restore(const Json& memory, std::int64_t) override {
        const Json* cooled = find_member(memory, {"cooling"});
        was_cooling_ = cooled && *cooled == true;
    }

private:
    /// Firmware lists SummerMode for units that only heat: what the device did, or its user says, decides.
    bool offers_cooling() const noexcept { return has_summer_ && (may_cool_ || was_cooling_); }

    void describe_climate(std::vector<model::EntityDescription>& out) const {
        using enum model::ValueKind;
        model::EntityDescription entity;
        entity.key = climate;
        entity.component = model::Component::climate;
        entity.naming = model::Naming::main;
        entity.precision = 1;
        auto mode = part("mode", option, true);
        mode.options = {"off", "heat"};
        auto action = part("action", option, false);
        action.options = {"off", "idle", "heating"};
        if (offers_cooling()) {
            mode.options.emplace_back("cool");
            action.options.emplace_back("cooling");
        }
        auto preset = part("preset_mode", option, true);
        preset.options = {"custom", "comfort", "sleep", "away", "auto"};
        auto target = part("temperature", number, true);
        target.range = range_;
        for (auto* each : {&mode, &preset, &target, &action}) entity.parts.push_back(std::move(*each));
        entity.parts.push_back(part("current_temperature", number, false));
        if (has_humidity_) entity.parts.push_back(part("current_humidity", number, false));
        out.push_back(std::move(entity));
    }

    void read_summer(const Json& item) {
        const auto mode = read_int64(item, {"mode"});
        if (!mode || (*mode != heating && *mode != cooling)) return;  // 0 is said, and means nothing
        summer_ = *mode;
        if (*mode != cooling || was_cooling_) return;
        was_cooling_ = true;
        describe_anew();
    }

    void read_mode(const Json& item, model::Observations& out) {
        refused_ = false;
        read_limits(item);
        if (const auto on = flag_of(item, "onoff")) on_ = *on;
        if (const auto working = flag_of(item, "state")) working_ = *working;
        const auto mode = int_or(item, {"mode"}, -1);
        if (mode >= 0 && mode < static_cast<std::int64_t>(presets.size()))
            out.emplace_back(climate, "preset_mode",
                             std::string(presets[static_cast<std::size_t>(mode)].name));
        if (const auto target = scaled(item, "targetTemp", tenths))
            out.emplace_back(climate, "temperature", *target);
        if (const auto current = scaled(item, "currentTemp", tenths)) {
            out.emplace_back(climate, "current_temperature", *current);
            out.emplace_back(temperature_key, *current);
        }
        for (const auto& preset : presets)
            if (!preset.entity.empty())
                if (const auto value = scaled(item, preset.member, tenths))
                    out.emplace_back(preset.entity, *value);
        read_warning(item, out);
    }

    void read_limits(const Json& item) {
        const auto min = scaled(item, "min", tenths);
        const auto max = scaled(item, "max", tenths);
        if (!min || !max || *min >= *max || (range_.min == *min && range_.max == *max)) return;
        range_.min = *min;
        range_.max = *max;
        describe_anew();
    }

    void read_warning(const Json& item, model::Observations& out) {
        const auto warning = flag_of(item, "warning");
        if (!warning) return;
        if (!has_warning_) describe_anew();
        has_warning_ = true;
        out.emplace_back(warning_key, *warning);
    }

    /// Both namespaces say something about it.
    void tell_mode(model::Observations& out) const {
        if (!on_) return;
        const bool cools = summer_ == cooling;
        out.emplace_back(climate, "mode", std::string(!*on_ ? "off" : cools ? "cool" : "heat"));
        if (!*on_)
            out.emplace_back(climate, "action", std::string("off"));
        else if (working_)
            out.emplace_back(climate, "action",
                             std::string(!*working_ ? "idle"
                                         : cools    ? "cooling"
                                                    : "heating"));
    }

    Result<Action> climate_command(const model::Command& command) const {
        if (command.part == "temperature")
            return set_temperature(presets[custom].member, command, payload_of("mode", custom));
        const auto* wish = std::get_if<std::string>(&command.value);
        if (!wish) return Error(Errc::invalid_value, command.entity + ": " + command.part + " takes a word");
        if (command.part == "preset_mode") return choose_preset(*wish);
        if (command.part == "mode") return choose_mode(*wish);
        return Error(Errc::unsupported, command.entity + ": " + command.part + " takes no commands");
    }

    Result<Action> choose_preset(const std::string& name) const {
        for (std::size_t i = 0; i < presets.size(); ++i) {
            if (presets[i].name != name) continue;
            Json members = payload_of("mode", i);
            members["onoff"] = 1;
            return confirmed(set_mode(std::move(members)));
        }
        return Error(Errc::invalid_value, "there is no preset " + name);
    }

    Result<Action> choose_mode(const std::string& name) const {
        if (name == "off") return confirmed(set_mode(payload_of("onoff", 0)));
        const bool to_cool = name == "cool";
        if (!to_cool && name != "heat") return Error(Errc::invalid_value, "there is no mode " + name);
        Request on = set_mode(payload_of("onoff", 1));
        const bool cools = summer_ == cooling;
        if (to_cool == cools) return confirmed(std::move(on));
        Json season = channel_object(0);
        season["mode"] = to_cool ? cooling : heating;
        Action action = confirmed(
            Request(ns::summer_mode, Method::set, payload_of("summerMode", list_of(std::move(season)))));
        action.then.push_back(std::move(on));
        action.read_back.push_back(ask_summer());
        action.read_back_always = true;  // the push of one namespace does not tell of the other
        return action;
    }

    /// Just the member: what else is in the object stays as it is.
    static Result<Action> set_temperature(std::string_view member, const model::Command& command,
                                          Json members) {
        const auto degrees = number_of(command);
        if (!degrees) return degrees.error();
        members[std::string(member)] = std::llround(*degrees * tenths);
        return confirmed(set_mode(std::move(members)));
    }

    static Action confirmed(Request request) {
        Action action(std::move(request));
        action.reply_is_reading = true;  // it carries the whole object
        action.read_back.push_back(ask_mode());
        return action;
    }

    bool may_cool_;
    bool has_summer_;
    bool has_humidity_;
    bool was_cooling_ = false;
    bool has_warning_ = false;
    bool refused_ = false;
    model::NumberRange range_{5, 35, 0.5};
    std::optional<bool> on_;
    std::optional<bool> working_;
    std::int64_t summer_ = heating;
};

}  // namespace

FeaturePtr make_thermostat(const Facts& facts) {
    if (!facts.has(ns::thermostat_mode)) return nullptr;
    return std::make_unique<Thermostat>(facts);
}

}  // namespace lanbridge::meross
