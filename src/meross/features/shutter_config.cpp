#include <algorithm>
#include <array>
#include <cmath>

#include "meross/features/features.hpp"
#include "meross/features/names.hpp"
#include "meross/features/payload.hpp"

namespace lanbridge::meross {
namespace {

constexpr std::string_view stopped_key = "stopped_by";
constexpr std::string_view status_key = "calibration_status";
constexpr std::string_view calibrate_key = "calibrate";
constexpr int start_calibration = 1;

/// How long the motor runs from end to end.
struct Run {
    std::string_view entity;
    std::string_view member;  ///< ms
};
constexpr std::array runs{Run{"signal_open", "signalOpen"}, Run{"signal_close", "signalClose"}};

/// Device codes from 0; what is not here is shown as its number.
constexpr std::array<std::string_view, 5> stopped_names{"completed", "user", "overheated", "sensor",
                                                        "sensor"};
constexpr std::string_view stopped_failure = "failure";
constexpr std::array<std::string_view, 3> status_names{"ok", "timeout", "stalled"};
constexpr std::string_view not_calibrated = "not_calibrated";

std::string stopped_name(std::int64_t code) {
    if (code < static_cast<std::int64_t>(stopped_names.size()))
        return std::string(stopped_names[static_cast<std::size_t>(code)]);
    return std::string(stopped_failure);
}

std::string status_name(std::int64_t code) {
    if (code >= 0 && code < static_cast<std::int64_t>(status_names.size()))
        return std::string(status_names[static_cast<std::size_t>(code)]);
    if (code >= 5 && code <= 7) return std::string(not_calibrated);
    return std::to_string(code);
}

Json ask_config() { return payload_of("config", Json::array()); }

/// What is set up at a shutter, and how its last movement and its calibration ended.
class ShutterConfig final : public Feature {
public:
    explicit ShutterConfig(const Facts& facts)
        : has_runs_(facts.has(ns::shutter_config)), has_adjust_(facts.has(ns::shutter_adjust)) {}

    void describe(std::vector<model::EntityDescription>& out) const override {
        if (has_runs_) {
            for (const auto& run : runs) {
                auto number =
                    model::make_number(std::string(run.entity), model::NumberRange{1, 120, 0.1}, "s");
                number.device_class = "duration";
                out.push_back(std::move(number));
            }
        }
        if (has_stopped_by_)
            describe_sensor(stopped_key, {"completed", "user", "overheated", "sensor", "failure"}, out);
        if (!has_adjust_) return;
        describe_sensor(status_key, {"ok", "timeout", "stalled", "not_calibrated"}, out);
        auto calibrate = model::make_button(std::string(calibrate_key));
        calibrate.category = model::Category::config;
        out.push_back(std::move(calibrate));
    }

    void polls(std::vector<Poll>& out) const override {
        if (has_runs_) out.emplace_back(ns::shutter_config, ask_config());
        if (!has_adjust_) return;
        Poll adjust(ns::shutter_adjust, Json::object());
        adjust.request = Request(ns::shutter_adjust, Method::push, Json::object());  // it ignores GET
        out.push_back(std::move(adjust));
    }

    bool reads(std::string_view name_space) const override {
        return name_space == ns::shutter_config || name_space == ns::shutter_adjust ||
               name_space == ns::shutter_state;
    }

    void read(const Reading& reading, model::Observations& out) override {
        if (reading.name_space == ns::shutter_config) has_runs_ = true;
        if (reading.name_space == ns::shutter_adjust) has_adjust_ = true;
        for (const std::string_view key : {"config", "adjust", "state"})
            for_each_item(reading.payload, key, [&](const Json& item) {
                if (int_or(item, {"channel"}, 0) == 0) take(reading.name_space, item, out);
            });
    }

    void refused(std::string_view name_space) override {
        if (name_space == ns::shutter_config) has_runs_ = false;
        if (name_space == ns::shutter_adjust) has_adjust_ = false;
    }

    std::optional<Result<Action>> command(const model::Command& command) const override {
        if (command.entity == calibrate_key) return calibrate();
        for (const auto& run : runs) {
            if (run.entity != command.entity) continue;
            const auto seconds = number_of(command);
            if (!seconds) return seconds.error();
            Json config = channel_object(0);
            config[std::string(run.member)] = std::llround(*seconds * 1000);
            Action action(Request(ns::shutter_config, Method::set, payload_of("config", std::move(config))));
            action.read_back.emplace_back(ns::shutter_config, Method::get, ask_config());
            action.read_back_always = true;  // it is never pushed
            return action;
        }
        return std::nullopt;
    }

    // Only an answer at rest names what stopped it, and old firmware never does.
    std::string_view memory_topic() const override { return "shutter_config"; }
    std::optional<std::string> memory() const override {
        if (!has_stopped_by_) return std::nullopt;
        return dump_json(payload_of("stopped_by", true));
    }
    void restore(const Json& memory, std::int64_t) override {
        has_stopped_by_ = find_member(memory, {"stopped_by"}) != nullptr;
    }

private:
    static void describe_sensor(std::string_view key, std::vector<std::string> options,
                                std::vector<model::EntityDescription>& out) {
        auto sensor = model::make_enum_sensor(std::string(key), std::move(options));
        sensor.category = model::Category::diagnostic;
        out.push_back(std::move(sensor));
    }

    void take(std::string_view name_space, const Json& item, model::Observations& out) {
        if (name_space == ns::shutter_config) {
            for (const auto& run : runs)
                if (const auto seconds = scaled(item, run.member, 1000))
                    out.emplace_back(run.entity, *seconds);
        } else if (name_space == ns::shutter_adjust) {
            if (const auto status = read_int64(item, {"status"}))
                out.emplace_back(status_key, status_name(*status));
        } else if (const auto code = int_or(item, {"stoppedBy"}, -1); code >= 0) {
            has_stopped_by_ = true;
            out.emplace_back(stopped_key, stopped_name(code));
        }
    }

    /// A push or the look at the motor shows that it has begun; how it ended is asked for like a setting.
    static Action calibrate() {
        Json adjust = channel_object(0);
        adjust["value"] = start_calibration;
        Action action(Request(ns::shutter_adjust, Method::set, payload_of("adjust", std::move(adjust))));
        action.read_back.emplace_back(ns::shutter_state, Method::get, payload_of("state", Json::array()));
        return action;
    }

    bool has_runs_;
    bool has_adjust_;
    bool has_stopped_by_ = false;
};

}  // namespace

FeaturePtr make_shutter_config(const Facts& facts) {
    const std::array known{ns::shutter_config, ns::shutter_adjust, ns::shutter_state};
    if (std::ranges::none_of(known, [&](auto name) { return facts.has(name); })) return nullptr;
    return std::make_unique<ShutterConfig>(facts);
}

}  // namespace lanbridge::meross
