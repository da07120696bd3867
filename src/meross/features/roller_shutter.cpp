#include <algorithm>
#include <cmath>

#include "meross/features/features.hpp"
#include "meross/features/names.hpp"
#include "meross/features/payload.hpp"
#include "meross/features/shutter_estimate.hpp"

namespace lanbridge::meross {
namespace {

using TimePoint = Moment::TimePoint;
using Motion = ShutterMotion;

constexpr std::string_view entity_key = "cover_0";
constexpr int channel = 0;  // no shutter has another
constexpr int stop = -1;
/// From this firmware on positions are real.
constexpr std::string_view first_native_firmware = "6.6.6";
constexpr auto first_look = std::chrono::milliseconds(500);
constexpr auto look_period = std::chrono::seconds(1);
/// A question that the device answers slowly may not be in the way of a stop that is due.
constexpr auto quiet_before_stop = std::chrono::milliseconds(1500);

/// How a wish is carried out.
struct Drive {
    int sent = stop;
    Motion direction = Motion::idle;
    double target = 0;
    bool stops = false;  ///< to be stopped there by us
};

Request ask_state() { return Request(ns::shutter_state, Method::get, payload_of("state", Json::array())); }
Request ask_position() {
    return Request(ns::shutter_position, Method::get, payload_of("position", Json::array()));
}
Request send(int position) {
    Json object = channel_object(channel);
    object["position"] = position;
    return Request(ns::shutter_position, Method::set, payload_of("position", std::move(object)));
}

Drive to_end(bool open) {
    return {open ? 100 : 0, open ? Motion::opening : Motion::closing, open ? 100.0 : 0.0};
}

/// A shutter at its motor: up, down, stop, and how far, be it that the device knows or that we count.
class RollerShutter final : public Feature {
public:
    explicit RollerShutter(const Facts& facts) {
        if (facts.firmware_at_least(first_native_firmware)) estimate_.set_native();
    }

    void describe(std::vector<model::EntityDescription>& out) const override {
        model::EntityDescription cover;
        cover.key = entity_key;
        cover.component = model::Component::cover;
        cover.naming = model::Naming::main;
        cover.device_class = "shutter";
        model::PartDescription state;
        state.kind = model::ValueKind::option;
        state.commandable = true;
        state.options = {"OPEN", "CLOSE", "STOP"};
        model::PartDescription position;
        position.name = "position";
        position.kind = model::ValueKind::number;
        position.commandable = true;
        position.range = model::NumberRange{0, 100, 1};
        cover.parts = {std::move(state), std::move(position)};
        out.push_back(std::move(cover));
    }

    // The state first: it tells whether the position beside it is one at rest.
    void polls(std::vector<Poll>& out) const override {
        for (auto request : {ask_state(), ask_position()})
            out.emplace_back(request.name_space, std::move(request.payload));
    }

    bool reads(std::string_view name_space) const override {
        return name_space == ns::shutter_state || name_space == ns::shutter_position ||
               name_space == ns::shutter_config;
    }

    void read(const Reading& reading, model::Observations& out) override {
        const auto item_key = reading.name_space == ns::shutter_state      ? "state"
                              : reading.name_space == ns::shutter_position ? "position"
                                                                           : "config";
        for_each_item(reading.payload, item_key, [&](const Json& item) {
            if (int_or(item, {"channel"}, channel) == channel) take(reading.name_space, item, reading.now);
        });
        plan(reading.now);
        publish(reading.now, out);
    }

    std::optional<Result<Action>> command_at(const model::Command& command,
                                             const Moment& moment) const override {
        if (command.entity != entity_key) return std::nullopt;
        const auto drive = drive_for(command, moment.now);
        if (!drive) return drive.error();
        sent_ = *drive;
        Action action(send(drive->sent));
        action.read_back.push_back(ask_state());
        return action;
    }

    void accepted(const model::Command&, const Json&, const Moment& moment,
                  model::Observations& out) override {
        if (sent_.sent == stop)
            estimate_.stopped(moment.now);
        else
            estimate_.driven(sent_.direction, sent_.target, sent_.stops, moment.now);
        look_at_ = moment.now + first_look;
        publish(moment.now, out);
    }

    std::optional<TimePoint> wakes_at() const override {
        const auto stop_at = estimate_.stop_at();
        if (!stop_at || !look_at_) return stop_at ? stop_at : look_at_;
        return std::min(*stop_at, *look_at_);
    }

    void tick(const Moment& moment, std::vector<Request>& requests, model::Observations& out) override {
        const auto stop_at = estimate_.stop_at();
        if (stop_at && *stop_at <= moment.now) {
            requests.push_back(send(stop));
            estimate_.stop_sent(moment.now);
            look_at_ = moment.now;
        }
        if (look_at_ && *look_at_ <= moment.now) look(moment, requests);
        publish(moment.now, out);
    }

    std::string_view memory_topic() const override { return "shutter"; }

    std::optional<std::string> memory() const override {
        if (!remembered_position_) return std::nullopt;
        Json memory = Json::object();
        memory["position"] = *remembered_position_;
        memory["native"] = estimate_.native();
        if (const auto reported = estimate_.reported()) memory["reported"] = *reported;
        return dump_json(memory);
    }

    void restore(const Json& memory, std::int64_t) override {
        const Json* native = find_member(memory, {"native"});
        if (native && *native == true) estimate_.set_native();
        const auto position = read_number(memory, {"position"});
        if (!position || estimate_.native()) return;
        const auto reported = read_integer<int>(memory, {"reported"});
        estimate_.restore(*position, reported ? std::optional(*reported) : std::nullopt);
    }

private:
    void take(std::string_view name_space, const Json& item, TimePoint now) {
        if (name_space == ns::shutter_state) {
            const auto state = int_or(item, {"state"}, -1);
            if (state >= 0 && state <= 2) estimate_.state_read(static_cast<Motion>(state), now);
        } else if (name_space == ns::shutter_position) {
            const auto position = int_or(item, {"position"}, -1);
            if (position >= 0 && position <= 100) estimate_.position_read(static_cast<int>(position), now);
        } else {
            const auto run = [&](std::string_view member) {
                return std::chrono::milliseconds(
                    std::clamp<std::int64_t>(int_or(item, {member}, 0), 0, 600'000));
            };
            estimate_.set_runs(run("signalOpen"), run("signalClose"));
        }
    }

    /// When to look next, after something was read.
    void plan(TimePoint now) {
        if (!estimate_.travelling() && !estimate_.unsettled()) {
            look_at_.reset();
            looks_at_rest_ = 0;
        } else if (!look_at_ && !estimate_.lost(now) && looks_at_rest_ < max_looks_at_rest) {
            look_at_ = now + (estimate_.travelling() ? look_period : first_look);
        }
    }

    /// A device on MQTT tells by itself, unless it does not.
    void look(const Moment& moment, std::vector<Request>& requests) {
        const bool travelling = estimate_.travelling();
        const auto stop_at = estimate_.stop_at();
        const bool quiet = stop_at && *stop_at < moment.now + quiet_before_stop && requests.empty();
        const bool asks_state = !moment.pushed || estimate_.doubtful(moment.now);
        if (!quiet && asks_state) requests.push_back(ask_state());
        if (!quiet && (!moment.pushed || estimate_.unsettled())) requests.push_back(ask_position());
        look_at_ = moment.now + look_period;
        // what never answers, or never ends, is left to the ordinary polls
        const bool enough = travelling ? estimate_.lost(moment.now) : ++looks_at_rest_ >= max_looks_at_rest;
        if (enough) look_at_.reset();
    }

    Result<Drive> drive_for(const model::Command& command, TimePoint now) const {
        if (command.part == "position") {
            const auto target = number_of(command);
            if (!target) return target.error();
            return drive_to(*target, now);
        }
        const auto* word = std::get_if<std::string>(&command.value);
        if (word && *word == "STOP") return Drive();
        if (word && (*word == "OPEN" || *word == "CLOSE")) return to_end(*word == "OPEN");
        return Error(Errc::invalid_value, command.entity + " takes OPEN, CLOSE or STOP");
    }

    /// The ends are whole runs, which set an estimate right again.
    Result<Drive> drive_to(double target, TimePoint now) const {
        if (target <= 0 || target >= 100) return to_end(target >= 100);
        const auto position = estimate_.position(now);
        Drive drive;
        drive.target = target;
        drive.direction = position && target < *position ? Motion::closing : Motion::opening;
        if (estimate_.native()) {
            drive.sent = static_cast<int>(std::lround(target));
            return drive;
        }
        if (!position)
            return Error(Errc::unsupported,
                         std::string(entity_key) + ": its position is not known yet; open or close it once");
        if (std::abs(target - *position) < 0.5) return Drive();  // here
        if (estimate_.run(drive.direction).count() == 0)
            return Error(Errc::unsupported, std::string(entity_key) +
                                                ": the device has not told yet how long it runs; try again");
        drive.sent = drive.direction == Motion::opening ? 100 : 0;
        drive.stops = true;
        return drive;
    }

    void publish(TimePoint now, model::Observations& out) {
        const auto position = estimate_.position(now);
        const auto shown = estimate_.shown();
        if (position) {
            remembered_position_ = std::lround(*position);
            out.emplace_back(entity_key, "position", std::int64_t{*remembered_position_});
        }
        if (shown == Motion::opening) out.emplace_back(entity_key, std::string("opening"));
        if (shown == Motion::closing) out.emplace_back(entity_key, std::string("closing"));
        // closed only at rest, whatever the position says
        if (shown == Motion::idle && position)
            out.emplace_back(entity_key, std::string(*remembered_position_ == 0 ? "closed" : "open"));
    }

    /// A position that does not come after so many questions comes with the ordinary polls.
    static constexpr int max_looks_at_rest = 3;

    ShutterEstimate estimate_;
    mutable Drive sent_;  // the command under way, until it is acknowledged
    std::optional<TimePoint> look_at_;
    int looks_at_rest_ = 0;
    std::optional<std::int64_t> remembered_position_;
};

}  // namespace

FeaturePtr make_roller_shutter(const Facts& facts) {
    if (!facts.has(ns::shutter_position) && !facts.has(ns::shutter_state)) return nullptr;
    return std::make_unique<RollerShutter>(facts);
}

}  // namespace lanbridge::meross
