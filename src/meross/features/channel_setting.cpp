#include "meross/features/channel_setting.hpp"

#include <algorithm>
#include <cmath>

#include "meross/features/payload.hpp"

namespace lanbridge::meross {
namespace {

using model::Component;

/// A device that keeps on inventing words is not followed any further.
constexpr std::size_t max_new_words = 8;
/// No device counts this far; such a number is not believed, and would not fit into an integer everywhere.
constexpr double max_native = 1e9;

bool is_setting(const ChannelSetting& row) {
    return row.component != Component::sensor && row.component != Component::binary_sensor;
}

std::vector<std::string> words(const ChannelSetting& row) { return {row.options.begin(), row.options.end()}; }

std::optional<double> native_member(const Json& item, std::string_view member) {
    const auto native = read_number(item, {member});
    if (!native || std::abs(*native) > max_native) return std::nullopt;
    return *native;
}

/// A whole number as such: 12.5 is sent as 12.5, but 100 as 100.
Json json_native(double value) {
    const double whole = std::nearbyint(value);
    if (whole == value) return static_cast<std::int64_t>(whole);
    return value;
}

/// The position of a number among the row's words.
std::optional<std::size_t> word_of(const ChannelSetting& row, double native) {
    const double position = native - row.first_option;
    if (position < 0 || position >= static_cast<double>(row.options.size())) return std::nullopt;
    return static_cast<std::size_t>(position);
}

}  // namespace

ChannelSettings::ChannelSettings(std::string_view name_space, std::string_view key,
                                 std::span<const ChannelSetting> rows, SetScope scope)
    : name_space_(name_space), key_(key), rows_(rows), scope_(scope), told_(rows.size()) {}

Request ChannelSettings::ask() const {
    return Request(name_space_, Method::get, payload_of(key_, list_of(channel_object(0))));
}

void ChannelSettings::polls(std::vector<Poll>& out) const {
    const Request request = ask();
    out.emplace_back(name_space_, request.payload);
}

void ChannelSettings::describe(std::vector<model::EntityDescription>& out) const {
    if (refused_) return;
    for (std::size_t i = 0; i < rows_.size(); ++i)
        if (!rows_[i].if_told || told_[i]) out.push_back(described(i));
}

model::EntityDescription ChannelSettings::described(std::size_t index) const {
    const ChannelSetting& row = rows_[index];
    const std::string key(row.entity);
    const std::string device_class(row.device_class);
    model::EntityDescription entity;
    if (row.component == Component::number) {
        model::NumberRange range = row.range;
        if (row.told_limits && min_ && max_ && *min_ < *max_) {
            range.min = *min_ / row.scale;
            range.max = *max_ / row.scale;
        }
        entity = model::make_number(key, range, std::string(row.unit));
    } else if (row.component == Component::switch_) {
        entity = model::make_switch(key);
    } else if (row.component == Component::select) {
        entity = model::make_select(key, words(row));
    } else if (row.component == Component::binary_sensor) {
        entity = model::make_binary_sensor(key, device_class);
    } else if (row.options.empty()) {
        entity = model::make_sensor(key, device_class, std::string(row.unit), "measurement");
        entity.naming = model::Naming::given;
    } else {
        auto options = words(row);
        options.insert(options.end(), new_words_.begin(), new_words_.end());
        entity = model::make_enum_sensor(key, std::move(options));
    }
    if (!device_class.empty()) entity.device_class = device_class;
    entity.category = is_setting(row) ? model::Category::config : row.category;
    entity.enabled_by_default = row.enabled;
    return entity;
}

void ChannelSettings::read(const Reading& reading, model::Observations& out) {
    for_each_item(reading.payload, key_, [&](const Json& item) {
        if (int_or(item, {"channel"}, 0) != 0) return;
        take(item);
        for (std::size_t i = 0; i < rows_.size(); ++i)
            if (told_[i]) {
                auto value = shown(rows_[i], *told_[i]);
                const bool setting_of_no_meaning =
                    rows_[i].component == Component::select && std::holds_alternative<std::monostate>(value);
                if (!setting_of_no_meaning) out.emplace_back(rows_[i].entity, std::move(value));
            }
    });
}

void ChannelSettings::take(const Json& item) {
    for (std::size_t i = 0; i < rows_.size(); ++i) {
        const auto native = native_member(item, rows_[i].member);
        if (!native) continue;
        if (refused_ || (rows_[i].if_told && !told_[i])) describe_anew();
        refused_ = false;
        told_[i] = *native;
        if (rows_[i].component == Component::sensor && !rows_[i].options.empty())
            take_word(rows_[i], *native);
    }
    for (auto [limit, member] : {std::pair(&min_, "min"), std::pair(&max_, "max")}) {
        const auto native = native_member(item, member);
        if (!native || *limit == *native) continue;
        *limit = *native;
        describe_anew();
    }
}

/// A number that is new to us becomes a word of its own.
void ChannelSettings::take_word(const ChannelSetting& row, double native) {
    if (word_of(row, native) || new_words_.size() >= max_new_words) return;
    const auto word = std::to_string(std::llround(native));
    if (std::ranges::find(new_words_, word) != new_words_.end()) return;
    new_words_.push_back(word);
    describe_anew();
}

std::optional<double> ChannelSettings::told(std::string_view member) const {
    for (std::size_t i = 0; i < rows_.size(); ++i)
        if (rows_[i].member == member) return told_[i];
    return std::nullopt;
}

model::Value ChannelSettings::shown(const ChannelSetting& row, double native) const {
    if (row.component == Component::switch_) return native == row.on;
    if (row.component == Component::binary_sensor) return native != row.off;
    if (row.options.empty()) return native / row.scale;
    if (const auto word = word_of(row, native)) return std::string(row.options[*word]);
    if (row.component == Component::select) return {};
    auto word = std::to_string(std::llround(native));
    if (std::ranges::find(new_words_, word) == new_words_.end()) return {};
    return word;
}

void ChannelSettings::refused(std::string_view name_space) { refused_ = refused_ || reads(name_space); }

std::optional<Result<Action>> ChannelSettings::command(const model::Command& command) const {
    for (std::size_t i = 0; i < rows_.size(); ++i)
        if (rows_[i].entity == command.entity && is_setting(rows_[i])) return change(i, command);
    return std::nullopt;
}

Result<Json> ChannelSettings::native_of(const ChannelSetting& row, const model::Command& command) const {
    if (row.component == Component::switch_) {
        const auto on = on_off_of(command);
        if (!on) return on.error();
        return Json(*on ? row.on : row.off);
    }
    if (row.component == Component::select) {
        const auto* wish = std::get_if<std::string>(&command.value);
        const auto word = wish ? std::ranges::find(row.options, *wish) : row.options.end();
        if (word == row.options.end())
            return Error(Errc::invalid_value, command.entity + " has no such option");
        return Json(row.first_option + static_cast<int>(word - row.options.begin()));
    }
    const auto number = number_of(command);
    if (!number) return number.error();
    if (row.scale == 1) return json_native(*number);
    return Json(std::llround(*number * row.scale));
}

Result<void> ChannelSettings::add_others(std::size_t index, Json& object) const {
    for (std::size_t i = 0; i < rows_.size(); ++i) {
        if (i == index || !is_setting(rows_[i])) continue;
        const std::string member(rows_[i].member);
        if (!told_[i])
            return Error(Errc::unsupported, std::string(rows_[index].entity) +
                                                ": the device has not yet told its " + member +
                                                ", which has to be sent too; try again once it has");
        object[member] = json_native(*told_[i]);
    }
    return {};
}

Result<Action> ChannelSettings::change(std::size_t index, const model::Command& command) const {
    const ChannelSetting& row = rows_[index];
    auto native = native_of(row, command);
    if (!native) return native.error();
    Json object = channel_object(0);
    object[std::string(row.member)] = std::move(*native);
    complete(row, object);
    if (scope_ == SetScope::object) {
        const auto added = add_others(index, object);
        if (!added) return added.error();
    }
    Action action(Request(name_space_, Method::set, payload_of(key_, list_of(std::move(object)))));
    action.reply_is_reading = true;
    action.read_back.push_back(ask());
    return action;
}

}  // namespace lanbridge::meross
