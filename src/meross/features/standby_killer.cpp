#include <array>
#include <cmath>

#include "meross/features/features.hpp"
#include "meross/features/names.hpp"
#include "meross/features/payload.hpp"

namespace lanbridge::meross {
namespace {

constexpr std::int64_t yes = 1;
constexpr std::int64_t no = 2;

/// A setting: which entity shows which member.
struct Setting {
    std::string_view entity;
    std::string_view member;
    double scale;  ///< native units per published unit; 0 = a flag
};
constexpr std::array settings{
    Setting{"standby_killer", "enable", 0},
    Setting{"standby_power", "power", 1000},  // mW
    Setting{"standby_time", "time", 1},       // s
    Setting{"standby_alert", "alert", 0},
};

Json ask() { return payload_of("config", list_of(channel_object(0))); }

/// Cuts the relay of a plug whose load has stayed below a power for a time.
class StandbyKiller final : public Feature {
public:
    void describe(std::vector<model::EntityDescription>& out) const override {
        if (refused_) return;
        auto killer = model::make_switch("standby_killer");
        killer.category = model::Category::config;
        auto power = model::make_number("standby_power", model::NumberRange{0, 100, 0.1}, "W");
        power.device_class = "power";
        auto time = model::make_number("standby_time", model::NumberRange{60, 3600, 60}, "s");
        time.device_class = "duration";
        auto alert = model::make_switch("standby_alert");
        alert.category = model::Category::config;
        alert.enabled_by_default = false;
        for (auto* entity : {&killer, &power, &time, &alert}) out.push_back(std::move(*entity));
    }

    // Other shapes of GET answer with an empty list or close the connection.
    void polls(std::vector<Poll>& out) const override { out.emplace_back(ns::standby_killer, ask()); }

    bool reads(std::string_view name_space) const override { return name_space == ns::standby_killer; }

    void read(const Reading& reading, model::Observations& out) override {
        for_each_item(reading.payload, "config", [&](const Json& item) {
            if (int_or(item, {"channel"}, 0) != 0) return;
            refused_ = false;
            for (std::size_t i = 0; i < settings.size(); ++i)
                if (const auto value = read_int64(item, {settings[i].member})) {
                    known_[i] = *value;
                    out.emplace_back(settings[i].entity, shown(settings[i], *value));
                }
        });
    }

    void refused(std::string_view name_space) override { refused_ = refused_ || reads(name_space); }

    std::optional<Result<Action>> command(const model::Command& command) const override {
        for (std::size_t i = 0; i < settings.size(); ++i)
            if (settings[i].entity == command.entity) return change(i, command);
        return std::nullopt;
    }

private:
    static model::Value shown(const Setting& setting, std::int64_t value) {
        if (setting.scale == 0) return value == yes;
        if (setting.scale == 1) return value;
        return static_cast<double>(value) / setting.scale;
    }

    static Result<std::int64_t> native(const Setting& setting, const model::Command& command) {
        if (setting.scale == 0) {
            const auto on = on_off_of(command);
            if (!on) return on.error();
            return *on ? yes : no;
        }
        const auto number = number_of(command);
        if (!number) return number.error();
        return std::llround(*number * setting.scale);
    }

    /// The device takes all its settings at once, so those not meant must be known.
    Result<Action> change(std::size_t which, const model::Command& command) const {
        const auto value = native(settings[which], command);
        if (!value) return value.error();
        Json config = channel_object(0);
        for (std::size_t i = 0; i < settings.size(); ++i) {
            if (i != which && !known_[i])
                return Error(Errc::unsupported,
                             command.entity + ": the device has not yet told its standby " +
                                 std::string(settings[i].member) + "; try again once it has");
            config[std::string(settings[i].member)] = i == which ? *value : *known_[i];
        }
        Action action(
            Request(ns::standby_killer, Method::set, payload_of("config", list_of(std::move(config)))));
        action.read_back.emplace_back(ns::standby_killer, Method::get, ask());
        return action;
    }

    std::array<std::optional<std::int64_t>, settings.size()> known_;
    bool refused_ = false;
};

}  // namespace

FeaturePtr make_standby_killer(const Facts& facts) {
    if (!facts.has(ns::standby_killer)) return nullptr;
    return std::make_unique<StandbyKiller>();
}

}  // namespace lanbridge::meross
