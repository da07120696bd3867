#include <fmt/format.h>

#include <algorithm>

#include "lanbridge/sim/device.hpp"
#include "sim/life.hpp"
#include "sim/names.hpp"
#include "sim/payload.hpp"

// What a simulated device knows of itself, and what happens to it.
namespace lanbridge::sim {

using meross::Method;

const Json* MerossDevice::stored(std::string_view name) const {
    if (const auto own = changed_.find(name); own != changed_.end()) return &own->second;
    const auto born = blueprint_->state.find(name);
    return born == blueprint_->state.end() ? nullptr : &born->second;
}

Json& MerossDevice::own(std::string_view name) {
    if (const auto known = changed_.find(name); known != changed_.end()) return known->second;
    const auto* born = stored(name);
    return changed_.emplace(name, born == nullptr ? Json::object() : *born).first->second;
}

Json MerossDevice::metered(std::string_view name) const {
    const bool real = !blueprint_->metering->replayed;
    if (name == names::electricity) return meter_->electricity(clock_s());
    if (name == names::consumption_x && (real || stored(name) != nullptr)) return meter_->consumption_x();
    if (name == names::electricity_x && real) return meter_->electricity_x(clock_s());
    if (name == names::consumption_h && real) return meter_->consumption_h();
    return {};
}

Json MerossDevice::current(std::string_view name) {
    if (meter_) {
        auto payload = metered(name);
        if (!payload.is_null()) return payload;
    }
    const auto* payload = stored(name);
    return payload == nullptr ? Json() : *payload;
}

Json MerossDevice::state(std::string_view name) {
    tick();
    if (name == names::all) return system_all();
    return current(name);
}

const Json& MerossDevice::all() const {
    const auto replayed = changed_.find(names::all);
    return replayed == changed_.end() ? blueprint_->all : replayed->second;
}

Json MerossDevice::system_all() const {
    auto result = all();
    auto& system = result["system"];
    system["hardware"]["uuid"] = identity_.uuid.value();
    system["hardware"]["macAddress"] = mac();
    system["firmware"]["innerIp"] = identity_.address;
    system["online"]["status"] = link_status();
    write_binding(system["firmware"]);
    system["time"]["timestamp"] = clock_s();
    write_digest(result);
    return result;
}

void MerossDevice::write_digest(Json& result) const {
    for (const auto& row : digest_rows()) {
        const auto own = changed_.find(row.name_space);
        const auto* shown = own == changed_.end() ? nullptr : digest_value(result, row);
        const auto* value = shown == nullptr ? nullptr : find_member(own->second, {row.key});
        if (value == nullptr) continue;
        auto& place = const_cast<Json&>(*shown);
        if (row.whole) place = *value;
        // a channel that the digest does not show stays out of it
        for (const auto* item : items_of(*value)) {
            if (!row.whole) merge_items(place, *item, "channel", false);
        }
    }
}

std::vector<int> MerossDevice::channels() const {
    std::vector<int> found;
    if (const auto* payload = stored(names::togglex)) {
        if (const auto* list = find_member(*payload, {"togglex"})) {
            for (const auto* item : items_of(*list))
                found.push_back(static_cast<int>(int_or(*item, {"channel"}, 0)));
        }
    } else if (stored(names::toggle) != nullptr) {
        found.push_back(0);
    }
    return found;
}

std::optional<bool> MerossDevice::relay(int channel) const {
    const auto old = stored(names::togglex) == nullptr;
    const auto* payload = stored(old ? names::toggle : names::togglex);
    const auto* list = payload == nullptr ? nullptr : find_member(*payload, {old ? "toggle" : "togglex"});
    if (list == nullptr) return {};
    for (const auto* item : items_of(*list)) {
        if (int_or(*item, {"channel"}, 0) == channel) return int_or(*item, {"onoff"}, 0) == 1;
    }
    return {};
}

bool MerossDevice::write_relay(int channel, bool on) {
    if (relay(channel) == on) return false;
    const auto old = stored(names::togglex) == nullptr;
    auto& list = own(old ? names::toggle : names::togglex)[old ? "toggle" : "togglex"];
    for (auto* item : items_of(list)) {
        if (int_or(*item, {"channel"}, 0) != channel) continue;
        (*item)["onoff"] = on ? 1 : 0;
        (*item)["lmTime"] = clock_s();
    }
    if (meter_) {
        meter_->advance(clock_s(), offset_s());
        meter_->set_relay(channel, on);
    }
    return true;
}

void MerossDevice::switch_channel(int channel, bool on, std::vector<int>& changed) {
    const bool everything = channel == every_channel || (channel == 0 && blueprint_->master);
    for (const auto each : channels()) {
        if ((everything || each == channel) && write_relay(each, on)) changed.push_back(each);
    }
    if (blueprint_->master && !everything) derive_master(changed);
}

void MerossDevice::derive_master(std::vector<int>& changed) {
    const auto all_channels = channels();
    const auto on = [this](int channel) { return channel != 0 && relay(channel).value_or(false); };
    const bool any = std::ranges::any_of(all_channels, on);
    if (write_relay(0, any)) changed.push_back(0);
}

void MerossDevice::push_relays(const std::vector<int>& changed) {
    if (changed.empty()) return;
    const auto* old = stored(names::togglex) == nullptr ? stored(names::toggle) : nullptr;
    if (old != nullptr) return push(names::toggle, *old);
    auto list = Json::array();
    const auto& state = stored(names::togglex)->at("togglex");
    for (const auto* item : items_of(state)) {
        const auto channel = static_cast<int>(int_or(*item, {"channel"}, 0));
        if (std::ranges::find(changed, channel) != changed.end()) list.push_back(*item);
    }
    Json payload = Json::object();
    payload["togglex"] = std::move(list);
    push(names::togglex, std::move(payload));
}

void MerossDevice::push(std::string_view name, Json payload) {
    if (!push_ && !uplink_) return;
    const auto message = compose(name, Method::push, std::move(payload));
    if (push_) push_(message);
    if (uplink_) uplink_(message);
}

Result<void> MerossDevice::press(int channel) {
    tick();
    const auto now = relay(channel);
    if (!now) return Error(Errc::not_found, blueprint_->name + " has no channel " + std::to_string(channel));
    std::vector<int> changed;
    switch_channel(channel, !*now, changed);
    push_relays(changed);
    return {};
}

Result<void> MerossDevice::set_load(int channel, double watts) {
    if (!meter_ || !meter_->metered(channel)) {
        return Error(Errc::unsupported,
                     blueprint_->name + " has no meter at channel " + std::to_string(channel));
    }
    tick();
    meter_->set_load(channel, watts);
    return {};
}

bool MerossDevice::lives() const noexcept { return life_ != nullptr || !blueprint_->timeline.empty(); }

Result<void> MerossDevice::happen(std::string_view event, const Json& details) {
    tick();
    Inside inside(*this);
    if (life_ && life_->happen(inside, event, details)) return {};
    return Error(Errc::unsupported,
                 fmt::format("{}: {} {} does not happen here", blueprint_->name, event, dump_json(details)));
}

void MerossDevice::set_clock(std::int64_t epoch_s) {
    tick();
    clock_start_ms_ += epoch_s * 1000 - clock_ms();
    offset_until_ = 0;
    if (meter_) meter_->jump(clock_s());
}

void MerossDevice::set_time_zone(std::string zone, Json rules) {
    auto& time = changed_.emplace(names::all, all()).first->second["system"]["time"];
    time["timezone"] = std::move(zone);
    time["timeRule"] = std::move(rules);
    commanded_.emplace(names::all);  // a replay must not bring the old zone back
    offset_until_ = 0;
}

void MerossDevice::set_state(std::string_view name, Json payload, bool pushed) {
    tick();
    if (meter_) meter_->adopt(name, payload);
    own(name) = payload;
    for (const auto channel : channels()) {
        if (meter_) meter_->set_relay(channel, relay(channel).value_or(true));
    }
    if (pushed) push(name, std::move(payload));
}

void MerossDevice::set_key(Secret key) {
    identity_.key = std::move(key);
    make_cipher();
}

void MerossDevice::set_uuid(meross::Uuid uuid) {
    identity_.uuid = std::move(uuid);
    make_cipher();
}

void MerossDevice::play_timeline() {
    const auto elapsed = time_.now() - started_;
    while (played_ < blueprint_->timeline.size() && blueprint_->timeline[played_].offset <= elapsed) {
        play(blueprint_->timeline[played_++]);
    }
}

void MerossDevice::play(const TimelineEvent& event) {
    if (commanded_.contains(event.name_space)) return;
    if (meter_) meter_->adopt(event.name_space, event.payload);
    if (event.name_space == names::all) {
        own(names::all) = event.payload;
        for (const auto& row : digest_rows()) {
            const auto* value = digest_value(event.payload, row);
            if (value == nullptr || commanded_.contains(row.name_space) || stored(row.name_space) == nullptr)
                continue;
            auto& payload = own(row.name_space);
            if (const auto key = payload.find(row.key); key != payload.end()) {
                merge_items(*key, *value, "channel", false);
            }
        }
    } else {
        own(event.name_space) = event.payload;
    }
    for (const auto channel : channels()) {
        if (meter_) meter_->set_relay(channel, relay(channel).value_or(true));
    }
    if (event.pushed) push(event.name_space, event.payload);
}

}  // namespace lanbridge::sim
