#include <algorithm>

#include "meross/features/channels.hpp"
#include "meross/features/features.hpp"
#include "meross/features/names.hpp"
#include "meross/features/payload.hpp"
#include "meross/features/whole_number.hpp"

namespace lanbridge::meross {
namespace {

/// map100's, until the device has told its own.
constexpr int usual_speeds = 4;
/// More steps than any fan has; a device that claims more is not believed.
constexpr int most_speeds = 100;

struct Blower {
    explicit Blower(int c) : channel(c) {}
    int channel;
    int speeds = usual_speeds;
    std::optional<bool> on;    ///< of the relay of the same channel
    std::optional<int> speed;  ///< stays at its last value while the fan is off
};

std::string key_of(const Blower& fan) { return "fan_" + std::to_string(fan.channel); }

Json ask_relays() { return payload_of("togglex", Json::array()); }

/// A fan: how fast is told by Control.Fan, whether it turns by the ToggleX channel of the same number.
class Fan final : public Feature {
public:
    explicit Fan(const Facts& facts) {
        for (int channel : channels_owned_by_fans(facts)) fans_.emplace_back(channel);
        for_each_item(facts.digest, "fan", [this](const Json& item) { take_limit(item); });
        const auto relays = digest_channels(facts, "togglex");
        has_master_ = relays && relays->size() > fans_.size();
    }

    bool useful() const noexcept { return !fans_.empty(); }

    void describe(std::vector<model::EntityDescription>& out) const override {
        for (const Blower& blower : fans_) {
            model::EntityDescription fan;
            fan.key = key_of(blower);
            fan.component = model::Component::fan;
            fan.naming = fans_.size() == 1 ? model::Naming::main : model::Naming::given;
            if (fans_.size() > 1) fan.name = "Fan " + std::to_string(blower.channel);
            model::PartDescription power;
            power.kind = model::ValueKind::on_off;
            power.commandable = true;
            fan.parts.push_back(std::move(power));
            if (blower.speeds > 1) fan.parts.push_back(speed_part(blower));
            out.push_back(std::move(fan));
        }
    }

    void polls(std::vector<Poll>& out) const override {
        out.emplace_back(ns::fan, ask_speeds(), static_cast<int>(fans_.size()));
        out.emplace_back(ns::togglex, ask_relays(), static_cast<int>(fans_.size()));
    }

    bool reads(std::string_view name_space) const override {
        return name_space == ns::fan || name_space == ns::togglex;
    }

    void read(const Reading& reading, model::Observations& out) override {
        if (reading.name_space == ns::togglex)
            for_each_item(reading.payload, "togglex", [&](const Json& item) {
                Blower* fan = find(channel_of(item));
                const auto on = flag_of(item, "onoff");
                if (!fan || !on) return;
                fan->on = on;
                show(*fan, out);
            });
        if (reading.name_space == ns::fan)
            for_each_item(reading.payload, "fan", [&](const Json& item) {
                if (Blower* fan = take_limit(item)) take_speed(*fan, item, out);
            });
    }

    std::optional<Result<Action>> command(const model::Command& command) const override {
        const auto it = std::ranges::find(fans_, command.entity, key_of);
        if (it == fans_.end()) return std::nullopt;
        return command.part == "percentage" ? set_speed(*it, command) : set_power(*it, command);
    }

private:
    static model::PartDescription speed_part(const Blower& fan) {
        model::PartDescription speed;
        speed.name = "percentage";  // the device's own steps, 0 = off
        speed.kind = model::ValueKind::number;
        speed.commandable = true;
        speed.range = model::NumberRange{0, static_cast<double>(fan.speeds), 1};
        return speed;
    }

    Blower* find(int channel) {
        const auto it = std::ranges::find(fans_, channel, &Blower::channel);
        return it != fans_.end() ? &*it : nullptr;
    }

    /// Nothing for a channel that is no fan: mfc100 7.3.14 answers for a channel 0 which it has not.
    Blower* take_limit(const Json& item) {
        Blower* fan = find(channel_of(item));
        const auto limit = int_or(item, {"maxSpeed"}, 0);
        if (!fan || limit < 1 || limit > most_speeds || limit == fan->speeds) return fan;
        fan->speeds = static_cast<int>(limit);
        describe_anew();
        return fan;
    }

    static void take_speed(Blower& fan, const Json& item, model::Observations& out) {
        const auto speed = int_or(item, {"speed"}, -1);
        if (speed < 0 || speed > fan.speeds) return;
        fan.speed = static_cast<int>(speed);
        show(fan, out);
    }

    static void show(const Blower& fan, model::Observations& out) {
        if (!fan.on) return;
        out.emplace_back(key_of(fan), *fan.on);
        if (fan.speeds == 1 || (*fan.on && !fan.speed)) return;
        out.emplace_back(key_of(fan), "percentage", static_cast<std::int64_t>(*fan.on ? *fan.speed : 0));
    }

    Result<Action> set_power(const Blower& fan, const model::Command& command) const {
        const auto on = on_off_of(command);
        if (!on) return on.error();
        return confirmed(Action(relay(fan, *on)));
    }

    Result<Action> set_speed(const Blower& fan, const model::Command& command) const {
        const auto speed = whole_number_of(command);
        if (!speed) return speed.error();
        if (*speed == 0) return confirmed(Action(relay(fan, false)));
        Json item = channel_object(fan.channel);
        item["speed"] = *speed;
        Action action(Request(ns::fan, Method::set, payload_of("fan", list_of(std::move(item)))));
        if (!fan.on.value_or(false)) action.then.push_back(relay(fan, true));
        action.read_back.emplace_back(ns::fan, Method::get, ask_speeds());
        return confirmed(std::move(action));
    }

    static Request relay(const Blower& fan, bool on) {
        Json item = channel_object(fan.channel);
        item["onoff"] = on ? 1 : 0;
        return Request(ns::togglex, Method::set, payload_of("togglex", std::move(item)));
    }

    Action confirmed(Action action) const {
        action.reply_is_reading = true;
        action.read_back.emplace_back(ns::togglex, Method::get, ask_relays());
        // A push tells only of what was set; the master of fan and light may have changed with it.
        action.read_back_always = has_master_;
        return action;
    }

    /// An empty object or list is answered with an empty list.
    Json ask_speeds() const {
        Json channels = Json::array();
        for (const Blower& fan : fans_) channels.push_back(channel_object(fan.channel));
        return payload_of("fan", std::move(channels));
    }

    std::vector<Blower> fans_;
    bool has_master_ = false;
};

}  // namespace

FeaturePtr make_fan(const Facts& facts) {
    if (!facts.has(ns::fan)) return nullptr;
    auto feature = std::make_unique<Fan>(facts);
    if (!feature->useful()) return nullptr;
    return feature;
}

}  // namespace lanbridge::meross
