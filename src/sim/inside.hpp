#pragma once

#include <optional>
#include <string_view>

#include "lanbridge/sim/device.hpp"
#include "sim/names.hpp"
#include "sim/payload.hpp"

namespace lanbridge::sim {

/// A device as its own parts see it.
class Inside {
public:
    explicit Inside(MerossDevice& device) : device_(device) {}

    const Blueprint& blueprint() const { return device_.blueprint(); }
    bool supports(std::string_view name_space) const { return blueprint().supports(name_space); }
    /// Made up, and not a recording that is lived through: what nobody asks for happens too.
    bool living() const { return !blueprint().clock.has_value(); }

    /// nullptr when nothing is known of it.
    const Json* find(std::string_view name_space) const { return device_.stored(name_space); }
    Json& edit(std::string_view name_space) {
        if (!living()) device_.commanded_.emplace(name_space);  // the recording has no say any more
        return device_.own(name_space);
    }
    /// The item of this index value below `key`; nullptr when there is none.
    const Json* item(std::string_view name_space, std::string_view key, std::string_view index,
                     const Json& value) const {
        const auto* payload = find(name_space);
        const auto* content = payload == nullptr ? nullptr : find_member(*payload, {key});
        return content == nullptr ? nullptr : find_item(const_cast<Json&>(*content), index, value);
    }
    Json* edit_item(std::string_view name_space, std::string_view key, std::string_view index,
                    const Json& value) {
        if (item(name_space, key, index, value) == nullptr) return nullptr;
        return find_item(edit(name_space)[std::string(key)], index, value);
    }
    /// System.All, inner object, without what is true of the moment.
    const Json& all() const { return device_.all(); }
    Json& edit_all() {
        if (!living()) device_.commanded_.emplace(names::all);
        return device_.changed_.emplace(names::all, device_.all()).first->second;
    }
    void push(std::string_view name_space, Json payload) { device_.push(name_space, std::move(payload)); }
    /// A list of this one item below `key`.
    void push_item(std::string_view name_space, std::string_view key, Json item) {
        Json payload = Json::object();
        payload[std::string(key)].push_back(std::move(item));
        push(name_space, std::move(payload));
    }
    /// All that is known of a namespace.
    void push_all(std::string_view name_space) {
        if (const auto* payload = find(name_space)) push(name_space, *payload);
    }

    std::optional<bool> relay(int channel) const { return device_.relay(channel); }
    /// Switches and tells about it.
    void switch_relay(int channel, bool on) {
        std::vector<int> changed;
        device_.switch_channel(channel, on, changed);
        device_.push_relays(changed);
    }
    /// What the meter sees where no relay of its own stands before it.
    void draw(int channel, bool on) {
        if (!device_.meter_) return;
        device_.meter_->advance(clock_s(), device_.offset_s());
        device_.meter_->set_relay(channel, on);
    }

    /// Since the device was switched on; goes forward only.
    std::int64_t uptime_ms() const {
        const auto up = device_.time_.now() - device_.started_;
        return std::chrono::duration_cast<std::chrono::milliseconds>(up).count();
    }
    std::int64_t clock_s() const { return device_.clock_s(); }
    /// The clock on the device's wall, counted like epoch seconds.
    std::int64_t local_s() const { return clock_s() + device_.offset_s(); }

private:
    MerossDevice& device_;
};

}  // namespace lanbridge::sim
