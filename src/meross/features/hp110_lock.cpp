#include "meross/features/features.hpp"
#include "meross/features/names.hpp"
#include "meross/features/payload.hpp"

namespace lanbridge::meross {
namespace {

constexpr std::string_view entity_key = "child_lock";

Json ask() { return payload_of("lock", Json::object()); }

/// Locks the buttons of a sound machine. Other devices have PhysicalLock, with channels and by PUSH.
class Hp110Lock final : public Feature {
public:
    void describe(std::vector<model::EntityDescription>& out) const override {
        if (refused_) return;
        auto lock = model::make_switch(std::string(entity_key));
        lock.category = model::Category::config;
        out.push_back(std::move(lock));
    }

    void polls(std::vector<Poll>& out) const override { out.emplace_back(ns::hp110_lock, ask()); }

    bool reads(std::string_view name_space) const override { return name_space == ns::hp110_lock; }

    void read(const Reading& reading, model::Observations& out) override {
        for_each_item(reading.payload, "lock", [&](const Json& item) {
            const auto locked = flag_of(item, "enable");
            if (!locked) return;
            refused_ = false;
            out.emplace_back(entity_key, *locked);
        });
    }

    void refused(std::string_view name_space) override { refused_ = refused_ || reads(name_space); }

    std::optional<Result<Action>> command(const model::Command& command) const override {
        if (command.entity != entity_key) return std::nullopt;
        const auto locked = on_off_of(command);
        if (!locked) return locked.error();
        Action action(Request(ns::hp110_lock, Method::set, payload_of("lock", "enable", *locked ? 1 : 0)));
        action.reply_is_reading = true;
        action.read_back.emplace_back(ns::hp110_lock, Method::get, ask());
        return action;
    }

private:
    bool refused_ = false;
};

}  // namespace

FeaturePtr make_hp110_lock(const Facts& facts) {
    if (!facts.has(ns::hp110_lock)) return nullptr;
    return std::make_unique<Hp110Lock>();
}

}  // namespace lanbridge::meross
