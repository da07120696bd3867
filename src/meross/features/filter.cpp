#include "meross/features/features.hpp"
#include "meross/features/names.hpp"
#include "meross/features/payload.hpp"

namespace lanbridge::meross {
namespace {

constexpr std::string_view entity_key = "filter_life";

/// What is left of an air filter's life.
class Filter final : public Feature {
public:
    void describe(std::vector<model::EntityDescription>& out) const override {
        if (refused_) return;
        auto life = model::make_sensor(std::string(entity_key), "", "%", "measurement");
        life.category = model::Category::diagnostic;
        life.icon = "mdi:air-filter";
        out.push_back(std::move(life));
    }

    // The namespace ignores GET: a PUSH with an empty payload asks for it.
    void polls(std::vector<Poll>& out) const override {
        Poll poll(ns::filter, Json::object());
        poll.request = Request(ns::filter, Method::push, Json::object());
        out.push_back(std::move(poll));
    }

    bool reads(std::string_view name_space) const override { return name_space == ns::filter; }

    void read(const Reading& reading, model::Observations& out) override {
        for_each_item(reading.payload, "filter", [&](const Json& item) {
            const auto life = int_or(item, {"life"}, -1);
            if (life < 0 || life > 100 || int_or(item, {"channel"}, 0) != 0) return;
            refused_ = false;
            out.emplace_back(entity_key, life);
        });
    }

    void refused(std::string_view name_space) override { refused_ = refused_ || reads(name_space); }

private:
    bool refused_ = false;
};

}  // namespace

FeaturePtr make_filter(const Facts& facts) {
    if (!facts.has(ns::filter)) return nullptr;
    return std::make_unique<Filter>();
}

}  // namespace lanbridge::meross
