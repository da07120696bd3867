#include <algorithm>
#include <array>

#include "meross/features/features.hpp"
#include "meross/features/names.hpp"
#include "meross/features/payload.hpp"
#include "meross/features/whole_number.hpp"

namespace lanbridge::meross {
namespace {

struct Limit {
    std::string_view entity;
    std::string_view member;
    std::string_view name;
};
constexpr std::array limits{
    Limit{"light_min", "minimum", "Lowest brightness"},
    Limit{"light_max", "maxmum", "Highest brightness"},  // as the device spells it
    Limit{"light_up", "lightUp", "Brightness at the start"},
};

/// Where a dimmer's range ends on this lamp, and what it needs to light up.
class LightLimits final : public Feature {
public:
    void describe(std::vector<model::EntityDescription>& out) const override {
        for (const auto& limit : limits) {
            if (!find_member(known_, {limit.member})) continue;
            auto number = model::make_number(std::string(limit.entity), model::NumberRange{1, 100, 1}, "%");
            number.name = limit.name;
            number.enabled_by_default = false;
            out.push_back(std::move(number));
        }
    }

    void polls(std::vector<Poll>& out) const override {
        out.emplace_back(ns::light_calibration, payload_of("calibration", Json::object()));
    }

    bool reads(std::string_view name_space) const override { return name_space == ns::light_calibration; }

    void read(const Reading& reading, model::Observations& out) override {
        for_each_item(reading.payload, "calibration", [&](const Json& item) {
            const int channel = channel_of(item);
            if (channel >= 0) known_["channel"] = channel;
            for (const auto& limit : limits) {
                const auto percent = int_or(item, {limit.member}, -1);
                if (percent < 1 || percent > 100) continue;
                known_[std::string(limit.member)] = percent;
                out.emplace_back(limit.entity, percent);
            }
        });
    }

    std::optional<Result<Action>> command(const model::Command& command) const override {
        const auto limit = std::ranges::find(limits, command.entity, &Limit::entity);
        if (limit == limits.end()) return std::nullopt;
        const auto percent = whole_number_of(command);
        if (!percent) return percent.error();
        Json wanted = known_;
        wanted[std::string(limit->member)] = *percent;
        Action action(
            Request(ns::light_calibration, Method::set, payload_of("calibration", std::move(wanted))));
        action.reply_is_reading = true;
        action.read_back.emplace_back(ns::light_calibration, Method::get,
                                      payload_of("calibration", Json::object()));
        return action;
    }

private:
    Json known_ = Json::object();  // the object as the device has it, which is sent whole
};

}  // namespace

FeaturePtr make_light_limits(const Facts& facts) {
    if (!facts.has(ns::light_calibration)) return nullptr;
    return std::make_unique<LightLimits>();
}

}  // namespace lanbridge::meross
