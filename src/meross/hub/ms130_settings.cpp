#include <algorithm>
#include <array>
#include <cmath>

#include "meross/features/names.hpp"
#include "meross/features/payload.hpp"
#include "meross/hub/subdevices.hpp"

namespace lanbridge::meross {
namespace {

/// A correction of a measured value.
struct Correction {
    std::string_view entity;
    std::string_view member;  ///< of `calibrateCfg`
    model::NumberRange range;
    std::string_view unit;
    double scale;
};
constexpr std::array corrections{
    Correction{"calibrate_temp", "temp", model::NumberRange{-5, 5, 0.1}, "°C", 100},
    Correction{"calibrate_humi", "humi", model::NumberRange{-20, 20, 1}, "%", 10},
};

/// What a ms130 keeps of its settings. Known from pushes alone: nobody has seen a question for it answered.
class Ms130Settings final : public Feature {
public:
    explicit Ms130Settings(std::string id) : id_(std::move(id)) {}

    void describe(std::vector<model::EntityDescription>& out) const override {
        for (std::size_t i = 0; i < corrections.size(); ++i) {
            if (!told_[i]) continue;
            const auto& c = corrections[i];
            auto number = model::make_number(std::string(c.entity), c.range, std::string(c.unit));
            number.enabled_by_default = false;
            out.push_back(std::move(number));
        }
    }

    bool reads(std::string_view name_space) const override { return name_space == ns::device_cfg; }

    void read(const Reading& reading, model::Observations& out) override {
        const Json* calibration = find_member(reading.payload, {"calibrateCfg"});
        if (!calibration) return;
        for (std::size_t i = 0; i < corrections.size(); ++i) {
            const auto value = scaled(*calibration, corrections[i].member, corrections[i].scale);
            if (!value) continue;
            if (!std::exchange(told_[i], true)) describe_anew();
            out.emplace_back(corrections[i].entity, *value);
        }
    }

    std::optional<Result<Action>> command(const model::Command& command) const override {
        const auto c = std::ranges::find(corrections, command.entity, &Correction::entity);
        if (c == corrections.end()) return std::nullopt;
        const auto number = number_of(command);
        if (!number) return number.error();
        Json item = payload_of("subId", id_);
        item["channel"] = 0;
        item["calibrateCfg"] = payload_of(c->member, std::llround(*number * c->scale));
        return Action(Request(ns::device_cfg, Method::set, payload_of("config", list_of(std::move(item)))));
    }

    // There is nothing to read it back with: the acknowledgement is all there is.
    void accepted(const model::Command& command, const Json&, const Moment&,
                  model::Observations& out) override {
        out.emplace_back(command.entity, command.part, command.value);
    }

private:
    std::string id_;
    std::array<bool, corrections.size()> told_{};
};

}  // namespace

FeaturePtr make_ms130_settings(const SubdeviceFacts& facts) {
    return std::make_unique<Ms130Settings>(facts.id);
}

}  // namespace lanbridge::meross
