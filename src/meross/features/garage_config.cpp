#include "meross/features/garage_config.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "meross/features/names.hpp"
#include "meross/features/payload.hpp"

namespace lanbridge::meross {
namespace {

enum class Kind { flag, seconds };

/// A setting of a door.
struct Setting {
    std::string_view entity;
    std::string_view member;  ///< a flag, or ms
    std::string_view words;
    Kind kind;
    model::NumberRange range;
    bool only_by_door;  ///< only MultipleConfig has it
    bool can_be_kept;   ///< by the bridge, where the device has it not
};
constexpr std::array<Setting, 6> settings{{
    {"buzzer", "buzzerEnable", "buzzer", Kind::flag, {}, false, false},
    {"open_duration", "doorOpenDuration", "open duration", Kind::seconds, {1, 60, 1}, false, true},
    {"close_duration", "doorCloseDuration", "close duration", Kind::seconds, {1, 60, 1}, false, true},
    {"signal_open", "signalOpen", "signal open", Kind::seconds, {0.1, 60, 0.1}, true, false},
    {"signal_close", "signalClose", "signal close", Kind::seconds, {0.1, 60, 0.1}, true, false},
    {"enable", "doorEnable", "enable", Kind::flag, {}, true, false},
}};
constexpr std::size_t opening_setting = 1;
constexpr std::size_t closing_setting = 2;
constexpr std::size_t enable_setting = 5;

constexpr std::string_view pulse_key = "signal_duration";  // of the device
constexpr std::string_view pulse_member = "signalDuration";
constexpr std::int64_t usual_duration = 30000;
/// What is learnt stays within what a door can take.
constexpr std::int64_t shortest_learnt = 10000;
constexpr std::int64_t longest_learnt = 60000;

Result<std::int64_t> native(const Setting& setting, const model::Command& command) {
    if (setting.kind == Kind::flag) {
        const auto on = on_off_of(command);
        if (!on) return on.error();
        return std::int64_t{*on};
    }
    const auto seconds = number_of(command);
    if (!seconds) return seconds.error();
    return std::llround(*seconds * 1000);
}

model::EntityDescription number(std::string key, model::NumberRange range) {
    auto entity = model::make_number(std::move(key), range, "s");
    entity.device_class = "duration";
    return entity;
}

model::EntityDescription entity_of(const Setting& setting, std::string key) {
    if (setting.kind == Kind::seconds) return number(std::move(key), setting.range);
    auto entity = model::make_switch(std::move(key));
    entity.category = model::Category::config;
    return entity;
}

}  // namespace

GarageConfig::GarageConfig(const Facts& facts, std::vector<int> doors)
    : doors_(std::move(doors)),
      has_config_(facts.has(ns::garage_config)),
      has_multiple_(facts.has(ns::garage_multiple_config)),
      switchable_(has_multiple_ && doors_.size() > 1) {}

std::string GarageConfig::key(std::string_view name, int channel) {
    return std::string(name) + '_' + std::to_string(channel);
}

std::string GarageConfig::name(std::string_view what, int channel) const {
    if (doors_.size() == 1) return model::sentence_case(what);
    return "Door " + std::to_string(channel) + ' ' + std::string(what);
}

void GarageConfig::describe(std::vector<model::EntityDescription>& out) const {
    for (const int channel : doors_) {
        for (std::size_t i = 0; i < settings.size(); ++i) {
            if (!shown(i)) continue;
            auto entity = entity_of(settings[i], key(settings[i].entity, channel));
            entity.name = name(settings[i].words, channel);
            entity.own_availability = switchable_ && i != enable_setting;
            out.push_back(std::move(entity));
        }
    }
    if (has_config_) out.push_back(number(std::string(pulse_key), model::NumberRange{0.1, 60, 0.1}));
}

bool GarageConfig::shown(std::size_t setting) const {
    if (setting == enable_setting) return switchable_;
    if (settings[setting].only_by_door) return has_multiple_;
    return settings[setting].can_be_kept || has_config_ || has_multiple_;
}

void GarageConfig::polls(std::vector<Poll>& out) const {
    if (has_config_) out.emplace_back(ns::garage_config, ask(false).payload);
    if (has_multiple_)
        out.emplace_back(ns::garage_multiple_config, ask(true).payload, static_cast<int>(doors_.size()));
}

Request GarageConfig::ask(bool by_door) const {
    if (!by_door) return Request(ns::garage_config, Method::get, payload_of("config", Json::object()));
    Json list = Json::array();
    for (const int channel : doors_) list.push_back(channel_object(channel));
    return Request(ns::garage_multiple_config, Method::get, payload_of("config", std::move(list)));
}

bool GarageConfig::reads(std::string_view name_space) {
    return name_space == ns::garage_config || name_space == ns::garage_multiple_config;
}

void GarageConfig::read(const Reading& reading, model::Observations& out) {
    if (reading.name_space == ns::garage_config) {
        for_each_item(reading.payload, "config", [&](const Json& item) {
            config_told_ = has_config_ = true;
            for (const int channel : doors_) take(channel, item, false, out);
            if (const auto pulse = scaled(item, pulse_member, 1000)) out.emplace_back(pulse_key, *pulse);
        });
    }
    // newer firmware tells of a door with its state whether it is in use
    const bool of_state = reading.name_space == ns::garage_door;
    if (of_state || reading.name_space == ns::garage_multiple_config) {
        for_each_item(reading.payload, of_state ? "state" : "config", [&](const Json& item) {
            multiple_told_ = multiple_told_ || !of_state;
            const int channel = channel_of(item);
            if (std::ranges::find(doors_, channel) != doors_.end()) take(channel, item, true, out);
        });
    }
    if (!of_state) tell_kept(out);
}

void GarageConfig::refused(std::string_view name_space, model::Observations& out) {
    if (name_space == ns::garage_config) has_config_ = false;
    if (name_space == ns::garage_multiple_config) has_multiple_ = switchable_ = false;
    if (reads(name_space)) tell_kept(out);
}

/// What is told for each door counts more than what is told for all.
void GarageConfig::take(int channel, const Json& item, bool by_door, model::Observations& out) {
    for (std::size_t i = 0; i < settings.size(); ++i) {
        if (settings[i].only_by_door && !by_door) continue;
        const auto value = read_int64(item, {settings[i].member});
        if (!value || *value < 0) continue;
        const auto known = told_.find(Key(channel, i));
        if (known != told_.end() && known->second.by_door && !by_door) continue;
        told_[Key(channel, i)] = Told{*value, by_door};
        tell(channel, i, out);
    }
}

GarageConfig::Keeper GarageConfig::keeper(int channel, std::size_t setting) const {
    if (told_.contains(Key(channel, setting))) return Keeper::device;
    const bool all_told = (!has_config_ || config_told_) && (!has_multiple_ || multiple_told_);
    return all_told && settings[setting].can_be_kept ? Keeper::bridge : Keeper::unknown;
}

std::optional<std::int64_t> GarageConfig::value(int channel, std::size_t setting) const {
    if (const auto told = told_.find(Key(channel, setting)); told != told_.end()) return told->second.value;
    if (const auto kept = kept_.find(Key(channel, setting)); kept != kept_.end()) return kept->second;
    if (settings[setting].can_be_kept) return usual_duration;
    return std::nullopt;
}

GarageConfig::Millis GarageConfig::duration(int channel, std::size_t setting) const {
    return Millis(std::clamp<std::int64_t>(value(channel, setting).value_or(usual_duration), 1000, 600'000));
}
GarageConfig::Millis GarageConfig::opening(int channel) const { return duration(channel, opening_setting); }
GarageConfig::Millis GarageConfig::closing(int channel) const { return duration(channel, closing_setting); }

void GarageConfig::tell(int channel, std::size_t setting, model::Observations& out) const {
    const auto present = value(channel, setting);
    if (!present || !shown(setting)) return;
    const auto entity = key(settings[setting].entity, channel);
    if (settings[setting].kind == Kind::flag)
        out.emplace_back(entity, *present == 1);
    else
        out.emplace_back(entity, static_cast<double>(*present) / 1000);
}

void GarageConfig::tell_kept(model::Observations& out) const {
    for (const int channel : doors_)
        for (const auto setting : {opening_setting, closing_setting})
            if (keeper(channel, setting) == Keeper::bridge) tell(channel, setting, out);
}

void GarageConfig::closed_in(int channel, Millis time, model::Observations& out) {
    if (keeper(channel, closing_setting) != Keeper::bridge) return;
    const auto learnt = (4 * closing(channel).count() + time.count()) / 5;
    kept_[Key(channel, closing_setting)] = std::clamp<std::int64_t>(learnt, shortest_learnt, longest_learnt);
    tell(channel, closing_setting, out);
}

std::optional<Result<Action>> GarageConfig::command(const model::Command& command) const {
    if (command.entity == pulse_key && has_config_) return change_device(command);
    for (const int channel : doors_) {
        for (std::size_t i = 0; i < settings.size(); ++i) {
            if (command.entity != key(settings[i].entity, channel) || !shown(i)) continue;
            const auto wanted = native(settings[i], command);
            if (!wanted) return wanted.error();
            if (keeper(channel, i) == Keeper::bridge) return Action::kept_here();
            if (keeper(channel, i) == Keeper::unknown && settings[i].can_be_kept)
                return Error(Errc::unsupported,
                             command.entity + ": the device has not told its settings yet; try again");
            return change(channel, i, *wanted);
        }
    }
    return std::nullopt;
}

Action GarageConfig::change(int channel, std::size_t setting, std::int64_t value) const {
    const auto told = told_.find(Key(channel, setting));
    const bool by_door = told != told_.end() ? told->second.by_door : has_multiple_;
    Json config = by_door ? channel_object(channel) : Json::object();
    config[std::string(settings[setting].member)] = value;
    if (by_door) config = list_of(std::move(config));
    const auto name_space = by_door ? ns::garage_multiple_config : ns::garage_config;
    Action action(Request(name_space, Method::set, payload_of("config", std::move(config))));
    action.read_back.push_back(ask(by_door));
    action.read_back_always = true;  // it is never pushed
    return action;
}

Result<Action> GarageConfig::change_device(const model::Command& command) const {
    const auto seconds = number_of(command);
    if (!seconds) return seconds.error();
    Action action(Request(ns::garage_config, Method::set,
                          payload_of("config", pulse_member, std::llround(*seconds * 1000))));
    action.read_back.push_back(ask(false));
    action.read_back_always = true;
    return action;
}

bool GarageConfig::accepted(const model::Command& command, model::Observations& out) {
    if (command.entity == pulse_key) return true;
    for (const int channel : doors_) {
        for (std::size_t i = 0; i < settings.size(); ++i) {
            if (command.entity != key(settings[i].entity, channel)) continue;
            const auto wanted = native(settings[i], command);
            if (wanted && keeper(channel, i) == Keeper::bridge) {
                kept_[Key(channel, i)] = *wanted;
                tell(channel, i, out);
            }
            return true;
        }
    }
    return false;
}

bool GarageConfig::enabled(int channel) const { return value(channel, enable_setting).value_or(1) == 1; }

void GarageConfig::gates(std::vector<EntityGate>& out) const {
    if (!switchable_) return;
    for (const int channel : doors_)
        for (std::size_t i = 0; i < settings.size(); ++i)
            if (i != enable_setting && shown(i))
                out.emplace_back(key(settings[i].entity, channel), enabled(channel));
}

std::optional<std::string> GarageConfig::memory() const {
    if (kept_.empty()) return std::nullopt;
    Json memory = Json::object();
    for (const auto& [place, milliseconds] : kept_)
        memory[key(settings[place.second].entity, place.first)] = milliseconds;
    return dump_json(memory);
}

void GarageConfig::restore(const Json& memory) {
    for (const int channel : doors_)
        for (const auto setting : {opening_setting, closing_setting})
            if (const auto kept = read_int64(memory, {key(settings[setting].entity, channel)});
                kept && *kept > 0)
                kept_[Key(channel, setting)] = *kept;
}

}  // namespace lanbridge::meross
