#include "lanbridge/meross/protocol/time_rules.hpp"
#include "meross/features/names.hpp"
#include "meross/features/week.hpp"
#include "meross/hub/list_items.hpp"
#include "meross/hub/subdevices.hpp"

namespace lanbridge::meross {
namespace {

constexpr std::int64_t day_s = 24 * 3600;
constexpr std::int64_t epoch_weekday = 3;  // 1970 began on a Thursday, and weeks begin on Monday
constexpr DayRules valve_rules{.degree = 10, .sections = 6, .padded = true};

/// The week that a valve follows in its mode `auto`, and what it wants of it now.
class ValveSchedule final : public Feature {
public:
    explicit ValveSchedule(std::string id) : id_(std::move(id)), week_(valve_rules) {}

    void describe(std::vector<model::EntityDescription>& out) const override {
        if (!told_) return;
        Week::describe(out);
        auto now = model::make_sensor("schedule", "temperature", "°C", "");
        now.naming = model::Naming::given;
        now.enabled_by_default = false;
        model::PartDescription attributes;
        attributes.name = "attributes";
        attributes.kind = model::ValueKind::attributes;
        now.parts.push_back(std::move(attributes));
        out.push_back(std::move(now));
    }

    void polls(std::vector<Poll>& out) const override {
        out.emplace_back(ns::hub_valve_schedule, item_of(id_));
    }

    bool reads(std::string_view name_space) const override {
        return name_space == ns::hub_valve_schedule || name_space == ns::hub_valve_all ||
               name_space == ns::digest_hub;
    }

    void read(const Reading& reading, model::Observations& out) override {
        week_.allow_sections(int_or(reading.payload, {"scheduleBMode"}, 0));
        if (reading.name_space != ns::hub_valve_schedule || !week_.read(reading.payload, out)) return;
        if (!std::exchange(told_, true)) describe_anew();
        zone_ = reading.zone;
        model::Attributes days;
        for (std::size_t i = 0; i < Week::day_names.size(); ++i)
            days.emplace_back(std::string(Week::day_names[i]), day_text(week_.day(i), week_.rules()));
        out.emplace_back("schedule", "attributes", std::move(days));
        show_now(reading.wall_ms, reading.now, out);
    }

    void answered_before(std::string_view name_space) override {
        told_ = told_ || name_space == ns::hub_valve_schedule;
    }

    std::optional<Result<Action>> command(const model::Command& command) const override {
        auto week = week_.command(command);
        if (!week) return std::nullopt;
        if (!*week) return std::move(*week).error();
        Json item = std::move(**week);
        item["id"] = id_;
        Action action(set_item(ns::hub_valve_schedule, "schedule", std::move(item)));
        action.reply_is_reading = true;
        action.read_back.push_back(get_item(ns::hub_valve_schedule, "schedule", id_));
        return action;
    }

    std::optional<Moment::TimePoint> wakes_at() const override { return next_entry_; }
    void tick(const Moment& moment, std::vector<Request>&, model::Observations& out) override {
        show_now(moment.wall_ms, moment.now, out);
    }

private:
    /// The temperature of the entry that lasts now, until it ends.
    void show_now(std::int64_t wall_ms, Moment::TimePoint now, model::Observations& out) {
        next_entry_.reset();
        const std::int64_t utc = wall_ms / 1000;
        const std::int64_t local = utc + device_offset_s(zone_, utc);
        const auto weekday = static_cast<std::size_t>((local / day_s + epoch_weekday) % 7);
        std::int64_t left = local % day_s;
        for (const auto& entry : week_.day(weekday)) {
            left -= entry.minutes * 60;
            if (left >= 0) continue;
            out.emplace_back("schedule", entry.heat / valve_rules.degree);
            next_entry_ = now + std::chrono::seconds(-left);
            return;
        }
    }

    std::string id_;
    Week week_;
    DeviceTime zone_;
    std::optional<Moment::TimePoint> next_entry_;
    bool told_ = false;  // it is there only once the hub has answered
};

}  // namespace

FeaturePtr make_valve_schedule(const SubdeviceFacts& facts) {
    return std::make_unique<ValveSchedule>(facts.id);
}

}  // namespace lanbridge::meross
