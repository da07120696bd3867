#include "meross/features/features.hpp"
#include "meross/features/names.hpp"
#include "meross/features/payload.hpp"

namespace lanbridge::meross {
namespace {

constexpr std::string_view entity_key = "signal";

/// Wi-Fi quality in percent; Home Assistant's class `signal_strength` would mean dBm.
class Signal final : public Feature {
public:
    void describe(std::vector<model::EntityDescription>& out) const override {
        if (refused_) return;
        auto signal = model::make_sensor(std::string(entity_key), "", "%", "measurement");
        signal.icon = "mdi:wifi";
        signal.category = model::Category::diagnostic;
        out.push_back(std::move(signal));
    }

    void polls(std::vector<Poll>& out) const override {
        out.emplace_back(ns::runtime, payload_of("runtime", Json::object()));
    }

    bool reads(std::string_view name_space) const override { return name_space == ns::runtime; }

    void read(const Reading& reading, model::Observations& out) override {
        for_each_item(reading.payload, "runtime", [&](const Json& item) {
            const auto percent = int_or(item, {"signal"}, -1);
            if (percent < 0) return;
            refused_ = false;
            out.emplace_back(entity_key, percent);
        });
    }

    void refused(std::string_view name_space) override { refused_ = refused_ || reads(name_space); }

private:
    bool refused_ = false;
};

}  // namespace

FeaturePtr make_signal(const Facts& facts) {
    if (!facts.has(ns::runtime)) return nullptr;
    return std::make_unique<Signal>();
}

}  // namespace lanbridge::meross
