#include <array>

#include "meross/features/features.hpp"
#include "meross/features/names.hpp"
#include "meross/features/payload.hpp"

namespace lanbridge::meross {
namespace {

constexpr std::string_view switch_key = "over_temp";
constexpr std::string_view type_key = "over_temp_type";
constexpr std::array<std::string_view, 2> type_names{"early_warning", "shutoff"};  // 1, 2

/// Protection against a hot plug. A device that lists the namespace without having it says -1.
class OverTemp final : public Feature {
public:
    void describe(std::vector<model::EntityDescription>& out) const override {
        if (has_switch_) {
            auto protection = model::make_switch(std::string(switch_key));
            protection.name = "Over-temperature protection";
            protection.category = model::Category::config;
            out.push_back(std::move(protection));
        }
        if (has_type_) {
            std::vector<std::string> options(type_names.begin(), type_names.end());
            if (!unknown_type_.empty()) options.push_back(unknown_type_);
            auto type = model::make_enum_sensor(std::string(type_key), std::move(options));
            type.name = "Over-temperature type";
            type.category = model::Category::diagnostic;
            out.push_back(std::move(type));
        }
    }

    void polls(std::vector<Poll>& out) const override {
        out.emplace_back(ns::over_temp, payload_of("overTemp", Json::object()));
    }

    bool reads(std::string_view name_space) const override { return name_space == ns::over_temp; }

    void read(const Reading& reading, model::Observations& out) override {
        for_each_item(reading.payload, "overTemp", [&](const Json& item) {
            if (const auto enable = read_int64(item, {"enable"})) read_enable(*enable, out);
            if (const auto type = read_int64(item, {"type"})) read_type(*type, out);
        });
    }

    void refused(std::string_view name_space) override {
        if (reads(name_space)) has_switch_ = has_type_ = false;
    }

    std::optional<Result<Action>> command(const model::Command& command) const override {
        if (command.entity != switch_key) return std::nullopt;
        const auto on = on_off_of(command);
        if (!on) return on.error();
        off_was_sent_ = !*on;
        Action action(Request(ns::over_temp, Method::set, payload_of("overTemp", "enable", *on ? 1 : off_)));
        action.read_back.emplace_back(ns::over_temp, Method::get, payload_of("overTemp", Json::object()));
        return action;
    }

private:
    /// 0 is off on the devices seen, 2 is feared on newer ones. What the device says decides; one that stayed
    /// on after an "off" gets the other number next time.
    void read_enable(std::int64_t enable, model::Observations& out) {
        has_switch_ = enable >= 0;
        if (!has_switch_) return;
        if (enable != 1)
            off_ = enable == 2 ? 2 : 0;
        else if (off_was_sent_)
            off_ = 2 - off_;
        off_was_sent_ = false;
        out.emplace_back(switch_key, enable == 1);
    }

    void read_type(std::int64_t type, model::Observations& out) {
        has_type_ = type >= 0;
        if (!has_type_) return;
        if (type >= 1 && type <= 2) {
            out.emplace_back(type_key, std::string(type_names[static_cast<std::size_t>(type - 1)]));
        } else {
            unknown_type_ = std::to_string(type);
            out.emplace_back(type_key, unknown_type_);
        }
    }

    bool has_switch_ = true;
    bool has_type_ = true;
    std::string unknown_type_;
    int off_ = 0;
    mutable bool off_was_sent_ = false;  // until the next reading, which shows whether it worked
};

}  // namespace

FeaturePtr make_over_temp(const Facts& facts) {
    if (!facts.has(ns::over_temp)) return nullptr;
    return std::make_unique<OverTemp>();
}

}  // namespace lanbridge::meross
