#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "meross/features/feature.hpp"

namespace lanbridge::meross {

/// The settings of an opener and its doors. Firmware keeps them in one namespace or the other, for all doors
/// or for each; durations that it does not keep at all are kept here.
class GarageConfig {
public:
    using Millis = std::chrono::milliseconds;

    GarageConfig(const Facts& facts, std::vector<int> doors);

    void describe(std::vector<model::EntityDescription>& out) const;
    void polls(std::vector<Poll>& out) const;
    /// Its own namespaces, and the doors' state, which may say which are in use.
    static bool reads(std::string_view name_space);
    void read(const Reading& reading, model::Observations& out);
    void refused(std::string_view name_space, model::Observations& out);
    std::optional<Result<Action>> command(const model::Command& command) const;
    /// True when the command was for a setting. What the bridge keeps changes here.
    bool accepted(const model::Command& command, model::Observations& out);

    Millis opening(int channel) const;
    Millis closing(int channel) const;
    /// A door took so long to close; learnt where the device does not say how long it takes.
    void closed_in(int channel, Millis time, model::Observations& out);
    /// The entities of a door that is not in use are not available, but for the switch that brings it back.
    bool switchable() const noexcept { return switchable_; }
    bool enabled(int channel) const;
    void gates(std::vector<EntityGate>& out) const;

    std::optional<std::string> memory() const;
    void restore(const Json& memory);

    /// "buzzer" and 2 -> "buzzer_2"
    static std::string key(std::string_view name, int channel);
    /// "Buzzer", or "Door 2 buzzer" where there are several.
    std::string name(std::string_view what, int channel) const;

private:
    struct Told {
        std::int64_t value = 0;
        bool by_door = false;  ///< in MultipleConfig
    };
    using Key = std::pair<int, std::size_t>;  // channel, number of the setting
    enum class Keeper { unknown, device, bridge };

    bool shown(std::size_t setting) const;
    Keeper keeper(int channel, std::size_t setting) const;
    std::optional<std::int64_t> value(int channel, std::size_t setting) const;
    Millis duration(int channel, std::size_t setting) const;
    void tell(int channel, std::size_t setting, model::Observations& out) const;
    void tell_kept(model::Observations& out) const;
    void take(int channel, const Json& item, bool by_door, model::Observations& out);
    Request ask(bool by_door) const;
    Action change(int channel, std::size_t setting, std::int64_t value) const;
    Result<Action> change_device(const model::Command& command) const;

    std::vector<int> doors_;
    bool has_config_;
    bool has_multiple_;
    bool config_told_ = false;
    bool multiple_told_ = false;
    bool switchable_;
    std::map<Key, Told> told_;
    std::map<Key, std::int64_t> kept_;  ///< ms
};

}  // namespace lanbridge::meross
