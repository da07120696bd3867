#include "meross/trace/scan.hpp"

#include <algorithm>
#include <array>

#include "lanbridge/meross/protocol/namespaces.hpp"

namespace lanbridge::meross {
namespace {

/// Known to be useless, private or to disconnect, reboot or reset devices.
constexpr std::array<std::string_view, 20> left_alone{
    "Appliance.Config.WifiList",  // a scan of the neighbourhood
    "Appliance.Control.Sensor.HistoryX",
    "Appliance.Control.TriggerX",
    "Appliance.Control.Unbind",
    "Appliance.Hub.Exception",
    "Appliance.Hub.Report",
    "Appliance.Hub.SubdeviceList",
    "Appliance.Mcu.Firmware",
    "Appliance.Mcu.Hp110.Preview",
    "Appliance.Mcu.Upgrade",
    "Appliance.System.Ability",
    "Appliance.System.All",
    "Appliance.System.Clock",
    "Appliance.System.DNDMode",
    "Appliance.System.Firmware",
    "Appliance.System.Hardware",
    "Appliance.System.Online",
    "Appliance.System.Position",
    "Appliance.System.Time",
    "Appliance.Control.Multiple",
};
/// What no namespace that is asked for blindly should be about.
constexpr std::array<std::string_view, 9> dangerous{"Unbind", "Reset", "Upgrade", "Reboot",    "Restore",
                                                    "Wifi",   "WiFi",  "Encrypt", "Config.Key"};

/// The one list of a payload, by its member; nothing where it is something else.
const Json* single_list(const Json& payload) {
    if (!payload.is_object() || payload.size() != 1) return nullptr;
    return payload.begin()->is_array() ? &*payload.begin() : nullptr;
}

std::string first_sub_id(const Json& all) {
    const auto* list = find_member(all, {"digest", "hub", "subdevice"});
    if (!list || !list->is_array() || list->empty()) return {};
    return string_or(list->front(), {"id"}, "");
}

}  // namespace

bool never_scanned(std::string_view name) {
    if (std::ranges::find(left_alone, name) != left_alone.end()) return true;
    if (const auto* row = find_namespace(name)) return row->do_not_probe;
    return std::ranges::any_of(dangerous, [&](auto word) { return name.find(word) != name.npos; });
}

AbilityScan::AbilityScan(const Json& ability, const Json& all) : sub_id_(first_sub_id(all)) {
    if (!ability.is_object()) return;
    for (const auto& [name, attributes] : ability.items()) {
        hub_ = hub_ || name.starts_with("Appliance.Hub.");
        if (!never_scanned(name)) names_.push_back(name);
    }
}

std::optional<Request> AbilityScan::next() {
    while (questions_.empty() && !names_.empty()) {
        const auto name = std::move(names_.front());
        names_.pop_front();
        plan(name);
    }
    if (questions_.empty()) return std::nullopt;
    asked_ = std::move(questions_.front());
    questions_.pop_front();
    return asked_;
}

void AbilityScan::plan(const std::string& name) {
    tried_keys_.clear();
    indexed_ = false;
    const auto* row = find_namespace(name, hub_);
    known_ = row != nullptr;
    if (!known_) return plan_unknown(name);
    const bool get = row->get == Seen::yes && row->shape != GetShape::none &&
                     row->shape != GetShape::push_query && row->shape != GetShape::dict_id;
    static constexpr std::array first_channel{0};
    if (get)
        ask(name, Method::get, default_get_payload(name, first_channel, hub_));
    else if (row->push_query == Seen::yes)
        ask(name, Method::push, Json::object());
}

void AbilityScan::plan_unknown(const std::string& name) {
    const auto key = guess_namespace(name).key;
    ask(name, Method::push, Json::object());
    ask(name, Method::get, Json{{key, Json::array()}});
    if (key.size() > 1 && key.ends_with('x'))
        ask(name, Method::get, Json{{key.substr(0, key.size() - 1), Json::array()}});
}

void AbilityScan::ask(const std::string& name, Method method, Json payload) {
    if (method == Method::get && payload.is_object() && !payload.empty() && !known_ &&
        !tried_keys_.insert(payload.begin().key() + dump_json(*payload.begin())).second)
        return;
    questions_.emplace_back(name, method, std::move(payload));
}

void AbilityScan::answered(const std::optional<Message>& reply) {
    const auto asked = std::exchange(asked_, std::nullopt);
    if (!asked || known_ || !reply || error_of(*reply) || !reply->payload.is_object()) return;
    const auto& payload = reply->payload;
    if (asked->method == Method::push && payload.size() == 1) {  // now its key is known
        ask(asked->name_space, Method::get, Json{{payload.begin().key(), Json::array()}});
        return;
    }
    if (asked->method != Method::get || payload.empty()) return;
    const auto* list = single_list(payload);
    if (list && list->empty()) return plan_indexed(asked->name_space, payload.begin().key());
    questions_.clear();  // it has told all
}

/// A list that comes back empty wants to be told of what.
void AbilityScan::plan_indexed(const std::string& name, const std::string& key) {
    if (std::exchange(indexed_, true)) return;
    const auto with = [&](Json item) { ask(name, Method::get, Json{{key, Json::array({std::move(item)})}}); };
    with(Json{{"channel", 0}});
    if (!hub_ || sub_id_.empty()) return;
    with(Json{{"id", sub_id_}});
    with(Json{{"subId", sub_id_}});
    with(Json{{"subId", sub_id_}, {"channel", 0}});
}

}  // namespace lanbridge::meross
