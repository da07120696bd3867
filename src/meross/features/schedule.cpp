#include "meross/features/features.hpp"
#include "meross/features/payload.hpp"
#include "meross/features/thermostat_scale.hpp"
#include "meross/features/week.hpp"

namespace lanbridge::meross {
namespace {

/// How a family keeps its week.
struct Keeping {
    std::string_view name_space;
    std::string_view key;
    DayRules rules;
};
constexpr Keeping of_mts200{ns::schedule, "schedule", {.degree = tenths, .sections = 8}};
// 1 °C stands for "off", and its range reaches as far as a probe's.
constexpr Keeping of_mts960{
    ns::schedule_b, "scheduleB", {.degree = hundredths, .sections = 12, .min = -30, .max = 110}};
constexpr Keeping of_mts300{
    ns::schedule_b, "scheduleB", {.degree = hundredths, .sections = 8, .heat_and_cold = true}};

const Keeping& keeping_of(const Facts& facts) {
    switch (thermostat_family(facts)) {
        case ThermostatFamily::mode_b:
            return of_mts960;
        case ThermostatFamily::mode_c:
            return of_mts300;
        case ThermostatFamily::mode:
            break;
    }
    return of_mts200;
}

/// The week that a thermostat follows in its automatic mode.
class Schedule final : public Feature {
public:
    explicit Schedule(const Keeping& keeping) : keeping_(keeping), week_(keeping.rules) {}

    void describe(std::vector<model::EntityDescription>& out) const override {
        if (told_) Week::describe(out);
    }

    void polls(std::vector<Poll>& out) const override {
        out.emplace_back(keeping_.name_space, payload_of(keeping_.key, list_of(channel_object(0))));
    }

    bool reads(std::string_view name_space) const override { return name_space == keeping_.name_space; }

    void read(const Reading& reading, model::Observations& out) override {
        for_each_item(reading.payload, keeping_.key, [&](const Json& item) {
            if (int_or(item, {"channel"}, 0) != 0) return;
            week_.allow_sections(int_or(item, {"section"}, 0));
            if (!week_.read(item, out) || told_) return;
            told_ = true;
            describe_anew();
        });
    }

    void refused(std::string_view name_space) override {
        if (reads(name_space)) told_ = false;
    }
    void answered_before(std::string_view name_space) override { told_ = told_ || reads(name_space); }

    std::optional<Result<Action>> command(const model::Command& command) const override {
        auto week = week_.command(command);
        if (!week) return std::nullopt;
        if (!*week) return std::move(*week).error();
        Json object = std::move(**week);
        object["channel"] = 0;
        Action action(
            Request(keeping_.name_space, Method::set, payload_of(keeping_.key, list_of(std::move(object)))));
        action.reply_is_reading = true;
        action.read_back.emplace_back(keeping_.name_space, Method::get,
                                      payload_of(keeping_.key, list_of(channel_object(0))));
        return action;
    }

private:
    const Keeping& keeping_;
    Week week_;
    bool told_ = false;  // the device has answered: optional entities are there only then
};

}  // namespace

FeaturePtr make_schedule(const Facts& facts) {
    const Keeping& keeping = keeping_of(facts);
    if (!facts.has(keeping.name_space)) return nullptr;
    return std::make_unique<Schedule>(keeping);
}

}  // namespace lanbridge::meross
