#include "meross/features/features.hpp"
#include "meross/features/names.hpp"
#include "meross/features/payload.hpp"

namespace lanbridge::meross {
namespace {

constexpr std::string_view entity_key = "lock";

/// The namespace ignores GET: a PUSH with an empty payload asks for it.
Request ask() { return Request(ns::physical_lock, Method::push, Json::object()); }

/// Locks the buttons on the device.
class ChildLock final : public Feature {
public:
    void describe(std::vector<model::EntityDescription>& out) const override {
        if (refused_) return;
        auto lock = model::make_switch(std::string(entity_key));
        lock.name = "Child lock";
        lock.category = model::Category::config;
        out.push_back(std::move(lock));
    }

    void polls(std::vector<Poll>& out) const override {
        Poll poll(ns::physical_lock, Json::object());
        poll.request = ask();
        out.push_back(std::move(poll));
    }

    bool reads(std::string_view name_space) const override { return name_space == ns::physical_lock; }

    void read(const Reading& reading, model::Observations& out) override {
        for_each_item(reading.payload, "lock", [&](const Json& item) {
            const auto locked = flag_of(item, "onoff");
            if (!locked || int_or(item, {"channel"}, 0) != 0) return;
            refused_ = false;
            out.emplace_back(entity_key, *locked);
        });
    }

    void refused(std::string_view name_space) override { refused_ = refused_ || reads(name_space); }

    std::optional<Result<Action>> command(const model::Command& command) const override {
        if (command.entity != entity_key) return std::nullopt;
        const auto locked = on_off_of(command);
        if (!locked) return locked.error();
        Json lock = channel_object(0);
        lock["onoff"] = *locked ? 1 : 0;
        Action action(Request(ns::physical_lock, Method::set, payload_of("lock", list_of(std::move(lock)))));
        action.read_back.push_back(ask());
        return action;
    }

private:
    bool refused_ = false;
};

}  // namespace

FeaturePtr make_child_lock(const Facts& facts) {
    if (!facts.has(ns::physical_lock)) return nullptr;
    return std::make_unique<ChildLock>();
}

}  // namespace lanbridge::meross
