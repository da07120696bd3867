#include "sim/hold.hpp"

namespace lanbridge::sim {

Answer set_hold(Inside& in, const Json& payload) {
    constexpr std::int64_t timer = 2;
    for (const auto* wanted : items_of(payload.at("holdAction"))) {
        auto* item = in.edit_item(hold_ns, "holdAction", "channel", wanted->at("channel"));
        if (item == nullptr) return {};
        item->update(*wanted);
        const auto minutes = int_or(*item, {"time"}, 0);
        item->erase("expire");
        if (int_or(*item, {"mode"}, 0) != timer)
            item->erase("time");
        else
            (*item)["expire"] = in.clock_s() + minutes * 60;
        in.push_item(hold_ns, "holdAction", *item);
    }
    return Json::object();
}

}  // namespace lanbridge::sim
