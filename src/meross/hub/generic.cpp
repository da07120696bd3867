#include <algorithm>
#include <array>

#include "meross/features/names.hpp"
#include "meross/features/payload.hpp"
#include "meross/hub/list_items.hpp"
#include "meross/hub/subdevices.hpp"

namespace lanbridge::meross {
namespace {

constexpr std::int64_t status_unknown = -1;
constexpr std::int64_t status_online = 1;

/// What can be said of a type that nobody has described: whether it is there, and its switch if it has one.
class Generic final : public Feature {
public:
    explicit Generic(const SubdeviceFacts& facts) : id_(facts.id), has_onoff_(facts.has_onoff) {}

    void describe(std::vector<model::EntityDescription>& out) const override {
        auto online = model::make_binary_sensor("online", "connectivity");
        online.naming = model::Naming::class_name;
        online.category = model::Category::diagnostic;
        out.push_back(std::move(online));
        if (!has_onoff_) return;
        auto relay = model::make_switch("switch");
        relay.category = model::Category::config;
        out.push_back(std::move(relay));
    }

    void polls(std::vector<Poll>& out) const override {
        if (has_onoff_) out.emplace_back(ns::hub_togglex, item_of(id_));
    }

    bool reads(std::string_view name_space) const override {
        constexpr std::array mine{ns::digest_hub, ns::hub_online, ns::hub_togglex};
        return std::ranges::find(mine, name_space) != mine.end();
    }

    void read(const Reading& reading, model::Observations& out) override {
        const auto status = int_or(reading.payload, {"status"}, status_unknown);
        if (status != status_unknown) out.emplace_back("online", status == status_online);
        if (const auto on = flag_of(reading.payload, "onoff")) {
            if (!has_onoff_) describe_anew();
            has_onoff_ = true;
            out.emplace_back("switch", *on);
        }
    }

    std::optional<Result<Action>> command(const model::Command& command) const override {
        if (command.entity != "switch") return std::nullopt;
        const auto on = on_off_of(command);
        if (!on) return on.error();
        Action action(set_item(ns::hub_togglex, "togglex", item_of(id_, "onoff", *on ? 1 : 0)));
        action.read_back.push_back(get_all_items(ns::hub_togglex, "togglex"));
        return action;
    }

private:
    std::string id_;
    bool has_onoff_;
};

}  // namespace

FeaturePtr make_generic(const SubdeviceFacts& facts) { return std::make_unique<Generic>(facts); }

}  // namespace lanbridge::meross
