#include "sim/behaviour.hpp"
#include "sim/hub_book.hpp"
#include "sim/subdevices.hpp"

// A hub whose subdevices come, go and lose contact.
namespace lanbridge::sim {

namespace {

class Hub final : public Behaviour {
public:
    /// "pair" with the members of a subdevice, "remove", "offline", "online" and "battery" (`value`) with its
    /// `id`.
    bool happen(Inside& in, std::string_view event, const Json& details) override {
        if (event == "pair") return pair(in, details);
        const auto id = string_or(details, {"id"}, "");
        if (subdevice(in, id) == nullptr) return false;
        if (event == "remove") {
            remove(in, id);
        } else if (event == "offline" || event == "online") {
            contact(in, id, event == "online");
        } else if (event == "battery") {
            const Json charge({{"value", int_or(details, {"value"}, 100)}});
            note(in, "Appliance.Hub.Battery", "battery", id, charge);
            tell(in, "Appliance.Hub.Battery", "battery", id, charge);
        } else {
            return false;
        }
        return true;
    }

private:
    static void tell(Inside& in, std::string_view name_space, std::string_view key, const std::string& id,
                     Json item) {
        item["id"] = id;
        in.push_item(name_space, key, std::move(item));
    }

    static bool pair(Inside& in, const Json& made_up) {
        auto& hub = in.edit_all()["digest"]["hub"];
        const auto payload = [&in](std::string_view name) {
            return in.supports(name) ? &in.edit(name) : nullptr;
        };
        if (!add_subdevice(made_up, in.clock_s(), hub, payload)) return false;
        Json arrival({{"id", made_up.at("id")},
                      {"status", 1},
                      {"time", in.clock_s()},
                      {"hardware", "1.1.0"},
                      {"firmware", "5.1.8"}});
        Json list = Json::object();
        list["subdevice"].push_back(std::move(arrival));
        list["needReply"] = 1;
        Json told = Json::object();
        told["subdeviceList"] = std::move(list);
        in.push("Appliance.Hub.SubdeviceList", std::move(told));
        return true;
    }

    /// Gone without a word.
    static void remove(Inside& in, const std::string& id) {
        const auto forget = [&id](Json& list, std::string_view index) {
            for (auto item = list.begin(); item != list.end();)
                item = string_or(*item, {index}, "") == id ? list.erase(item) : item + 1;
        };
        forget(in.edit_all()["digest"]["hub"]["subdevice"], "id");
        for (const auto& [name, parameters] : in.blueprint().ability.items()) {
            const Grammar grammar(name, true);
            const auto* payload = grammar.index == "id" || grammar.index == "subId" ? in.find(name) : nullptr;
            const auto* content = payload == nullptr ? nullptr : find_member(*payload, {grammar.key});
            if (content != nullptr && content->is_array()) forget(in.edit(name)[grammar.key], grammar.index);
        }
    }

    static void contact(Inside& in, const std::string& id, bool online) {
        Json state({{"status", online ? 1 : 2}});
        if (online) state["lastActiveTime"] = in.clock_s();
        note_digest(in, id, state);
        Json nested = Json::object();
        nested["online"] = state;
        note(in, sensor_all_ns, "all", id, nested);
        note(in, valve_all_ns, "all", id, nested);
        note(in, hub_online_ns, "online", id, state);
        tell(in, hub_online_ns, "online", id, std::move(state));
    }
};

}  // namespace

std::unique_ptr<Behaviour> make_hub(const Blueprint&) { return std::make_unique<Hub>(); }

}  // namespace lanbridge::sim
