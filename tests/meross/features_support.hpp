#pragma once

#include <algorithm>
#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "meross/features/feature.hpp"

// A device's features as a session would hold them, fed by hand.
namespace lanbridge::test {

using meross::Facts;

inline Json json(std::string_view text) { return parse_json(text).value(); }

/// Epoch seconds of a moment in UTC.
inline std::int64_t utc(int year, unsigned month, unsigned day, int hour = 0, int minute = 0,
                        int second = 0) {
    using namespace std::chrono;
    const sys_days date{std::chrono::year(year) / std::chrono::month(month) / std::chrono::day(day)};
    return sys_seconds(date).time_since_epoch().count() + hour * 3600 + minute * 60 + second;
}

/// "Control.ToggleX" -> "Appliance.Control.ToggleX"
inline std::string full(std::string_view name) { return "Appliance." + std::string(name); }

/// Facts as they come from System.All and System.Ability. `abilities` without the leading "Appliance.".
Facts facts_of(std::string_view type, std::vector<std::string_view> abilities,
               std::string_view digest = "{}");

class Bench {
public:
    explicit Bench(Facts facts) : facts_(std::move(facts)), features_(meross::make_features(facts_)) {}

    meross::DeviceTime& zone() { return facts_.time; }
    std::vector<meross::FeaturePtr>& features() { return features_; }

    /// One payload, to every feature that wants it.
    model::Observations feed(std::string_view name, std::string_view payload, std::int64_t device_time = 0,
                             std::int64_t wall_ms = 0);
    model::Observations give(std::string_view name, const Json& payload, std::int64_t device_time = 0,
                             std::int64_t wall_ms = 0);
    /// The digest, part by part.
    model::Observations feed_digest();
    void refuse(std::string_view name);

    std::vector<std::string> keys() const;
    model::EntityDescription entity(std::string_view key) const;
    bool has(std::string_view key) const;
    std::optional<meross::Poll> poll(std::string_view name) const;
    Result<meross::Action> command(std::string_view entity, model::Value value) const;
    Result<meross::Action> command(std::string_view entity, std::string_view part, model::Value value,
                                   model::PartValues more = {}) const;
    /// The device has acknowledged the command with this payload.
    model::Observations accept(std::string_view entity, std::string_view part, model::Value value,
                               std::string_view reply = "{}");

    /// Steady time, which the readings carry too. Starts at zero.
    void pass(std::chrono::milliseconds time) { moment_.now += time; }
    void set_pushed(bool pushed) { moment_.pushed = pushed; }
    /// When the first feature wants to be woken, from now; nothing = none wants.
    std::optional<std::chrono::milliseconds> wakes_in() const;
    struct Ticked {
        std::vector<meross::Request> requests;
        model::Observations observations;
    };
    /// Calls those whose time has come.
    Ticked tick();

private:
    Facts facts_;
    std::vector<meross::FeaturePtr> features_;
    meross::Moment moment_;
};

/// The value of an entity's state, monostate when it was not told.
model::Value state(const model::Observations& observations, std::string_view entity);
model::Value state(const model::Observations& observations, std::string_view entity, std::string_view part);
/// The same as a number; NaN when there is none.
double number(const model::Observations& observations, std::string_view entity);

}  // namespace lanbridge::test
