#include <array>
#include <cmath>

#include "meross/features/features.hpp"
#include "meross/features/names.hpp"
#include "meross/features/payload.hpp"

namespace lanbridge::meross {
namespace {

using model::NumberRange;

/// A setting is a member of a group; what it means where it is a choice, nobody has told us.
struct Setting {
    std::string_view entity;
    std::string_view group;
    std::string_view member;
    double scale;  ///< native units per published unit; 0 = a choice out of 0, 1, 2
    NumberRange range;
    std::string_view unit;
    std::string_view device_class;
    bool enabled_by_default;
};
constexpr std::array settings{
    Setting{"work_mode", "mode", "workMode", 0, {}, "", "", true},
    Setting{"test_mode", "mode", "testMode", 0, {}, "", "", true},
    Setting{"no_body_time", "noBodyTime", "time", 1, {1, 3600, 1}, "s", "duration", true},
    Setting{"max_distance", "distance", "value", 1000, {0.1, 12, 0.1}, "m", "distance", true},  // mm
    Setting{"sensitivity", "sensitivity", "level", 0, {}, "", "", true},
    Setting{"mth1", "mthx", "mth1", 1, {1, 1000, 1}, "", "", false},
    Setting{"mth2", "mthx", "mth2", 1, {1, 1000, 1}, "", "", false},
    Setting{"mth3", "mthx", "mth3", 1, {1, 1000, 1}, "", "", false},
};

Json ask() { return payload_of("config", list_of(channel_object(0))); }

model::EntityDescription describe_one(const Setting& setting) {
    auto entity = setting.scale == 0 ? model::make_select(std::string(setting.entity), {"0", "1", "2"})
                                     : model::make_number(std::string(setting.entity), setting.range,
                                                          std::string(setting.unit));
    entity.category = model::Category::config;
    entity.device_class = setting.device_class;
    entity.enabled_by_default = setting.enabled_by_default;
    return entity;
}

/// How the presence sensor judges what its radar sees.
class PresenceConfig final : public Feature {
public:
    void describe(std::vector<model::EntityDescription>& out) const override {
        if (refused_) return;
        for (const auto& setting : settings) out.push_back(describe_one(setting));
    }

    void polls(std::vector<Poll>& out) const override { out.emplace_back(ns::presence_config, ask()); }

    bool reads(std::string_view name_space) const override { return name_space == ns::presence_config; }

    void read(const Reading& reading, model::Observations& out) override {
        for_each_item(reading.payload, "config", [&](const Json& item) {
            if (int_or(item, {"channel"}, 0) != 0) return;
            refused_ = false;
            for (std::size_t i = 0; i < settings.size(); ++i) {
                const auto native = read_int64(item, {settings[i].group, settings[i].member});
                if (!native) continue;
                known_[i] = *native;
                if (auto value = shown(settings[i], *native)) out.emplace_back(settings[i].entity, *value);
            }
        });
    }

    void refused(std::string_view name_space) override { refused_ = refused_ || reads(name_space); }

    std::optional<Result<Action>> command(const model::Command& command) const override {
        for (const auto& setting : settings)
            if (setting.entity == command.entity) return change(setting, command);
        return std::nullopt;
    }

private:
    static std::optional<model::Value> shown(const Setting& setting, std::int64_t native) {
        if (setting.scale == 1) return native;
        if (setting.scale > 1) return static_cast<double>(native) / setting.scale;
        if (native < 0 || native > 2) return std::nullopt;
        return std::to_string(native);
    }

    static Result<std::int64_t> native_of(const Setting& setting, const model::Command& command) {
        if (setting.scale == 0) {
            const auto* option = std::get_if<std::string>(&command.value);
            if (option && option->size() == 1) return option->front() - '0';
            return Error(Errc::invalid_value, command.entity + " takes 0, 1 or 2");
        }
        const auto number = number_of(command);
        if (!number) return number.error();
        return std::llround(*number * setting.scale);
    }

    /// One group travels at a time, and whole: what else it holds would otherwise be up to the firmware.
    Result<Action> change(const Setting& changed, const model::Command& command) const {
        const auto native = native_of(changed, command);
        if (!native) return native.error();
        Json group = Json::object();
        for (std::size_t i = 0; i < settings.size(); ++i)
            if (settings[i].group == changed.group && known_[i])
                group[std::string(settings[i].member)] = *known_[i];
        group[std::string(changed.member)] = *native;
        Json item = channel_object(0);
        item[std::string(changed.group)] = std::move(group);
        Action action(
            Request(ns::presence_config, Method::set, payload_of("config", list_of(std::move(item)))));
        action.read_back.emplace_back(ns::presence_config, Method::get, ask());
        return action;
    }

    std::array<std::optional<std::int64_t>, settings.size()> known_;
    bool refused_ = false;
};

}  // namespace

FeaturePtr make_presence_config(const Facts& facts) {
    if (!facts.has(ns::presence_config)) return nullptr;
    return std::make_unique<PresenceConfig>();
}

}  // namespace lanbridge::meross
