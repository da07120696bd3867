#include <algorithm>
#include <array>

#include "meross/features/names.hpp"
#include "meross/features/payload.hpp"
#include "meross/hub/list_items.hpp"
#include "meross/hub/subdevices.hpp"

namespace lanbridge::meross {
namespace {

/// A state of the detector, which is also what a command sends.
struct Status {
    std::int64_t code;
    std::string_view name;
    bool alarm;
    bool error;
    bool muted;
    std::int64_t mute;  ///< what silences it; 0 = nothing does
};
constexpr std::int64_t self_test = 23;
// A running test is no alarm: nobody shall be woken by it.
constexpr std::array statuses{
    Status{17, "temperature_sensor_fault", false, true, false, 20},
    Status{18, "smoke_sensor_fault", false, true, false, 21},
    Status{19, "battery_fault", false, true, false, 22},
    Status{20, "temperature_sensor_fault_muted", false, true, true, 0},
    Status{21, "smoke_sensor_fault_muted", false, true, true, 0},
    Status{22, "battery_fault_muted", false, true, true, 0},
    Status{self_test, "test", false, false, false, 0},
    Status{24, "heat_alarm", true, false, false, 26},
    Status{25, "smoke_alarm", true, false, false, 27},
    Status{26, "heat_alarm_muted", true, false, true, 0},
    Status{27, "smoke_alarm_muted", true, false, true, 0},
    Status{170, "ok", false, false, false, 0},
};

const Status* find_status(std::int64_t code) noexcept {
    const auto it = std::ranges::find(statuses, code, &Status::code);
    return it != statuses.end() ? &*it : nullptr;
}

/// A smoke and heat detector (gs559, gs559a).
class SmokeAlarm final : public Feature {
public:
    explicit SmokeAlarm(std::string id) : id_(std::move(id)) {}

    void describe(std::vector<model::EntityDescription>& out) const override {
        auto alarm = model::make_binary_sensor("alarm", "smoke");
        auto error = model::make_binary_sensor("error", "problem");
        auto muted = model::make_binary_sensor("muted", "");
        std::vector<std::string> names;
        for (const auto& status : statuses) names.emplace_back(status.name);
        if (status_ && !find_status(*status_)) names.push_back(std::to_string(*status_));
        auto status = model::make_enum_sensor("status", std::move(names));
        auto interconn = model::make_sensor("interconn", "", "", "");
        for (auto* entity : {&error, &muted, &interconn}) entity->category = model::Category::diagnostic;
        auto mute = model::make_button("mute");
        auto test = model::make_button("test");
        for (auto* entity : {&alarm, &error, &muted, &status, &interconn, &mute, &test})
            out.push_back(std::move(*entity));
    }

    void polls(std::vector<Poll>& out) const override { out.emplace_back(ns::hub_sensor_all, item_of(id_)); }

    bool reads(std::string_view name_space) const override {
        constexpr std::array mine{ns::digest_hub, ns::hub_sensor_all, ns::hub_sensor_smoke};
        return std::ranges::find(mine, name_space) != mine.end();
    }

    void read(const Reading& reading, model::Observations& out) override {
        const Json* smoke = reading.name_space == ns::hub_sensor_smoke
                                ? &reading.payload
                                : typed_object(reading.payload, {"smokeAlarm", "gs559", "gs559a"});
        if (!smoke) return;
        if (const auto code = read_int64(*smoke, {"status"}); code && *code > 0) show(*code, out);
        if (const auto links = read_int64(*smoke, {"interConn"})) out.emplace_back("interconn", *links);
    }

    std::optional<Result<Action>> command(const model::Command& command) const override {
        if (command.entity == "test") return set(self_test);
        if (command.entity != "mute") return std::nullopt;
        if (!status_) return Error(Errc::unsupported, "mute: the detector has not yet told its state");
        const Status* now = find_status(*status_);
        if (!now || now->mute == 0)
            return Error(Errc::unsupported, "mute: nothing to silence, the detector says " + name(*status_));
        return set(now->mute);
    }

private:
    static std::string name(std::int64_t code) {
        const Status* status = find_status(code);
        return status ? std::string(status->name) : std::to_string(code);
    }

    /// Of a state without a row only the number is known; what it means for the alarm is not guessed.
    void show(std::int64_t code, model::Observations& out) {
        const Status* status = find_status(code);
        if (!status && code != status_) describe_anew();
        status_ = code;
        out.emplace_back("status", name(code));
        if (!status) return;
        out.emplace_back("alarm", status->alarm);
        out.emplace_back("error", status->error);
        out.emplace_back("muted", status->muted);
    }

    Action set(std::int64_t code) const {
        Action action(set_item(ns::hub_sensor_smoke, "smokeAlarm", item_of(id_, "status", code)));
        action.read_back.push_back(get_item(ns::hub_sensor_all, "all", id_));
        return action;
    }

    std::string id_;
    std::optional<std::int64_t> status_;
};

}  // namespace

FeaturePtr make_smoke_alarm(const SubdeviceFacts& facts) { return std::make_unique<SmokeAlarm>(facts.id); }

}  // namespace lanbridge::meross
