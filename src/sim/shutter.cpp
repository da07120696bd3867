#include <algorithm>
#include <cmath>
#include <vector>

#include "sim/behaviour.hpp"

// A motor that needs its time, and firmware that says little while it runs.
namespace lanbridge::sim {

namespace {

constexpr std::string_view position_ns = "Appliance.RollerShutter.Position";
constexpr std::string_view state_ns = "Appliance.RollerShutter.State";
constexpr std::string_view config_ns = "Appliance.RollerShutter.Config";
constexpr std::string_view adjust_ns = "Appliance.RollerShutter.Adjust";

constexpr int idle = 0, opening = 1, closing = 2;
constexpr int completed = 0, by_user = 1;
constexpr int calibrated = 0, not_calibrated = 5;
/// What newer firmware says of a running shutter is so old.
constexpr std::int64_t lag_ms = 3000;
constexpr std::int64_t default_signal_ms = 30'000;

class Shutter final : public Behaviour {
public:
    /// Firmware that can calibrate itself knows where the shutter is; older firmware knows only the ends.
    explicit Shutter(const Blueprint& blueprint) : native_(blueprint.supports(adjust_ns)) {}

    std::optional<Answer> set(Inside& in, std::string_view name, const Json& payload) override {
        if (name == position_ns) return move(in, int_or(payload, {"position", "position"}, -2));
        if (name == adjust_ns && native_) return calibrate(in, int_or(payload, {"adjust", "value"}, 0));
        return {};
    }

    bool happen(Inside& in, std::string_view event, const Json& details) override {
        if (event != "move") return false;
        const auto answer = move(in, int_or(details, {"position"}, -2));
        return answer.has_value();
    }

    void advance(Inside& in) override {
        while (direction_ != idle) {
            const auto elapsed = in.uptime_ms() - begin_ms_;
            if (elapsed < length_ms_) {
                if (native_) write_position(in, at(elapsed - lag_ms));
                return;
            }
            finish(in);
        }
    }

private:
    Answer move(Inside& in, std::int64_t target) {
        if (target < -1 || target > 100 || (!native_ && target > 0 && target < 100)) return {};
        if (!know_place(in)) return {};
        advance(in);
        plan_.clear();
        if (target == -1)
            stop(in);
        else
            start(in, static_cast<int>(target), in.uptime_ms());
        return Json::object();
    }

    Answer calibrate(Inside& in, std::int64_t value) {
        if (!know_place(in)) return {};
        advance(in);
        plan_.clear();
        if (value == 1) {
            plan_ = {0, 100, 0};
            write_calibration(in, not_calibrated);
            start_next(in, in.uptime_ms());
        } else {
            stop(in);
        }
        return Json::object();
    }

    bool know_place(Inside& in) {
        const auto* item = in.item(position_ns, "position", "channel", 0);
        if (item == nullptr) return false;
        if (!known_) place_ = number_or(*item, {"position"}, 0);
        known_ = true;
        return true;
    }

    std::int64_t signal_ms(const Inside& in, int direction) const {
        const auto* item = in.item(config_ns, "config", "channel", 0);
        const auto key = direction == opening ? "signalOpen" : "signalClose";
        const auto signal = item == nullptr ? default_signal_ms : int_or(*item, {key}, default_signal_ms);
        return std::max<std::int64_t>(signal, 1);
    }

    double at(std::int64_t elapsed_ms) const {
        const auto way = static_cast<double>(std::clamp<std::int64_t>(elapsed_ms, 0, length_ms_)) * 100 /
                         static_cast<double>(signal_ms_);
        return std::clamp(direction_ == opening ? from_ + way : from_ - way, 0.0, 100.0);
    }

    void start(Inside& in, int target, std::int64_t when) {
        if (direction_ != idle) place_ = at(when - begin_ms_);
        const bool up = target == 100 || (target != 0 && target > place_);
        direction_ = up ? opening : closing;
        from_ = place_;
        target_ = target;
        begin_ms_ = when;
        signal_ms_ = signal_ms(in, direction_);
        // the old motor gets its signal for the whole time, wherever the shutter is
        const auto way = native_ ? std::abs(target - place_) / 100 : 1.0;
        length_ms_ = std::llround(way * static_cast<double>(signal_ms_));
        write_state(in, direction_, completed);
    }

    void start_next(Inside& in, std::int64_t when) {
        const auto target = plan_.back();
        plan_.pop_back();
        start(in, target, when);
    }

    void stop(Inside& in) {
        if (direction_ == idle) return;
        place_ = at(in.uptime_ms() - begin_ms_);
        direction_ = idle;
        if (native_ && write_position(in, place_)) in.push_all(position_ns);
        write_state(in, idle, by_user);
    }

    void finish(Inside& in) {
        const auto end = begin_ms_ + length_ms_;
        place_ = target_;
        direction_ = idle;
        if (write_position(in, place_)) in.push_all(position_ns);
        write_state(in, idle, completed);
        if (plan_.empty()) {
            write_calibration(in, calibrated);
        } else {
            start_next(in, end);
        }
    }

    static bool write_position(Inside& in, double value) {
        const auto whole = std::llround(value);
        const auto* known = in.item(position_ns, "position", "channel", 0);
        if (known == nullptr || int_or(*known, {"position"}, -1) == whole) return false;
        (*in.edit_item(position_ns, "position", "channel", 0))["position"] = whole;
        return true;
    }

    void write_state(Inside& in, int state, int stopped_by) const {
        auto* item = in.edit_item(state_ns, "state", "channel", 0);
        if (item == nullptr) return;
        (*item)["state"] = state;
        if (native_) (*item)["stoppedBy"] = stopped_by;
        in.push_all(state_ns);
    }

    void write_calibration(Inside& in, int status) const {
        if (!native_) return;
        const auto* known = in.item(adjust_ns, "adjust", "channel", 0);
        if (known == nullptr || int_or(*known, {"status"}, -1) == status) return;
        (*in.edit_item(adjust_ns, "adjust", "channel", 0))["status"] = status;
        in.push_all(adjust_ns);
    }

    bool native_;
    bool known_ = false;
    double place_ = 0;  ///< where it really is: 0 closed, 100 open
    int direction_ = idle;
    double from_ = 0;
    int target_ = 0;
    std::int64_t begin_ms_ = 0, length_ms_ = 0, signal_ms_ = 1;
    std::vector<int> plan_;  ///< of a calibration, backwards
};

}  // namespace

std::unique_ptr<Behaviour> make_shutter(const Blueprint& blueprint) {
    return std::make_unique<Shutter>(blueprint);
}

}  // namespace lanbridge::sim
