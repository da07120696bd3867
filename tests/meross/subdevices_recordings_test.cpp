#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <map>
#include <set>
#include <sstream>

#include "lanbridge/meross/protocol/namespaces.hpp"
#include "meross/recordings_folder.hpp"
#include "meross/subdevices_support.hpp"
#include "support/catch.hpp"

// Subdevices of recorded hubs, each fed with its own items. Recordings are not part of the project:
// LANBRIDGE_TRACES names their folder, else it is looked for beside the source tree.

using namespace lanbridge;
using namespace lanbridge::test;

namespace {

bool at_hand(const std::string& name) {
    if (std::filesystem::exists(recordings() / name)) return true;
    std::cout << "SKIPPED: no recording " << (recordings() / name).string() << "\n";
    return false;
}

/// A recorded hub: its subdevices, and what each has shown, in order.
class RecordedHub {
public:
    explicit RecordedHub(const std::string& name) {
        std::ifstream file(recordings() / name);
        for (std::string line; std::getline(file, line);) {
            std::vector<std::string> cells;
            std::istringstream rest(line);
            for (std::string cell; std::getline(rest, cell, '\t');) cells.push_back(cell);
            if (cells.size() < 6) continue;
            const auto data = parse_json(cells[5]);
            if (data && data->is_object()) take(cells[3], cells[4], *data);
        }
    }

    std::size_t size() const { return devices_.size(); }
    Subdevice& device(const std::string& id) { return devices_.at(id); }
    /// What everybody sees, without being asked to.
    std::ptrdiff_t core_entities(const std::string& id) const {
        return std::ranges::count_if(devices_.at(id).entities(),
                                     [](const auto& entity) { return entity.enabled_by_default; });
    }
    /// Every value that a part has had, without repetitions.
    const std::vector<model::Value>& values(const std::string& id, std::string_view entity,
                                            std::string_view part = "state") {
        return seen_[id + "/" + std::string(entity) + "/" + std::string(part)];
    }
    std::vector<std::string> ids() const {
        std::vector<std::string> ids;
        for (const auto& [id, device] : devices_) ids.push_back(id);
        return ids;
    }

private:
    void take(const std::string& method, const std::string& name, const Json& data) {
        if (method != "GETACK" && method != "SETACK" && method != "PUSH") return;
        if (name == "Appliance.Control.Multiple") {
            for_each(data, "multiple", [this](const Json& inner) {
                take(string_or(inner, {"header", "method"}, ""),
                     string_or(inner, {"header", "namespace"}, ""), inner.value("payload", Json::object()));
            });
        } else if (name == "Appliance.System.All") {
            const Json* wrapped = find_member(data, {"all"});
            if (const Json* hub = find_member(wrapped ? *wrapped : data, {"digest", "hub"}))
                take_items("Appliance.Digest.Hub", *hub, "subdevice");
        } else if (name.starts_with("Appliance.Hub.")) {
            const auto* row = meross::find_namespace(name, true);
            if (row) take_items(name, data, row->key);
        }
    }

    void take_items(const std::string& name, const Json& data, std::string_view key) {
        std::set<std::string> had;  // a subdevice that is listed twice: the first counts
        for_each(data, key, [&](const Json& item) {
            const auto id = string_or(item, {"id"}, "");
            if (id.empty() || !had.insert(id).second) return;
            if (name == "Appliance.Digest.Hub" && !devices_.contains(id))
                devices_.emplace(id, Subdevice(type_of(item), id));
            const auto device = devices_.find(id);
            if (device == devices_.end()) return;
            for (const auto& o : device->second.give(name.substr(10), item)) {
                auto& values = seen_[id + "/" + o.entity + "/" + o.part];
                if (values.empty() || values.back() != o.value) values.push_back(o.value);
            }
        });
    }

    template <class Use>
    static void for_each(const Json& data, std::string_view key, Use&& use) {
        const Json* list = find_member(data, {key});
        if (list && list->is_array())
            for (const Json& item : *list) use(item);
    }

    static std::string type_of(const Json& item) {
        for (const auto& [key, value] : item.items())
            if (value.is_object()) return key;
        return {};
    }

    std::map<std::string, Subdevice> devices_;
    std::map<std::string, std::vector<model::Value>> seen_;
};

using Values = std::vector<model::Value>;

}  // namespace

TEST_CASE("recording msh300 4.1.26: a thermometer and two valves", "[meross][hub][recordings]") {
    if (!at_hand("msh300.csv")) return;
    RecordedHub hub("msh300.csv");
    REQUIRE(hub.size() == 3);
    const std::string ms100 = "120000000001";
    const std::string first = "01000002";
    const std::string second = "01000003";
    CHECK(hub.core_entities(ms100) == 5);
    CHECK(hub.core_entities(first) == 8);
    CHECK(hub.device(first).keys().size() == 16);  // with the week
    CHECK(hub.core_entities(second) == 8);
    CHECK(hub.values(second, "schedule_mon") ==
          Values{word("00:00 10.0, 00:15 10.0, 00:30 10.0, 00:45 10.0, 01:00 10.0, 06:00 10.0")});
    CHECK(hub.values(ms100, "temperature") == Values{9.1, 15.2});
    CHECK(hub.values(ms100, "humidity") == Values{72.0, 71.0});
    CHECK(hub.values(ms100, "battery") == Values{std::int64_t{50}});
    CHECK(hub.values(ms100, "adjust_temperature") == Values{0.0});
    CHECK(hub.values(first, "climate", "mode") == Values{word("heat")});
    CHECK(hub.values(first, "climate", "preset_mode").back() == word("comfort"));
    CHECK(hub.values(first, "climate", "action") == Values{word("heating")});
    CHECK(hub.values(first, "climate", "current_temperature") == Values{15.5});
    CHECK(hub.values(first, "climate", "temperature") == Values{27.0});
    CHECK(hub.values(first, "adjust") == Values{0.0});
    CHECK(hub.values(second, "adjust") == Values{0.5});
    CHECK(hub.values(second, "window") == Values{false});
}

TEST_CASE("recording msh300hk 4.5.23: a door, a valve and a smoke alarm", "[meross][hub][recordings]") {
    if (!at_hand("msh300hk-ms200-gs559.csv")) return;
    RecordedHub hub("msh300hk-ms200-gs559.csv");
    REQUIRE(hub.size() == 3);
    const std::string door = "160000000001";
    const std::string valve = "03000002";
    const std::string smoke = "280000000003";
    CHECK(hub.core_entities(door) == 2);
    CHECK(hub.core_entities(valve) == 8);
    CHECK(hub.core_entities(smoke) == 8);
    const auto& moves = hub.values(door, "door");
    REQUIRE(moves.size() > 1);
    CHECK(moves[0] == model::Value(false));
    CHECK(moves[1] == model::Value(true));
    CHECK(hub.values(valve, "climate", "current_temperature").front() == model::Value(22.5));
    CHECK(hub.values(valve, "climate", "temperature") == Values{15.0});
    CHECK(hub.values(valve, "climate", "preset_mode") == Values{word("comfort")});
    CHECK(hub.values(valve, "adjust") == Values{-0.2, 0.1});
    CHECK(hub.values(valve, "motor").size() == 1);
    CHECK(hub.values(smoke, "status") == Values{word("ok")});
    CHECK(hub.values(smoke, "alarm") == Values{false});
    CHECK(hub.values(smoke, "interconn") == Values{std::int64_t{0}});
    for (const auto& id : hub.ids()) CHECK(hub.values(id, "battery") == Values{std::int64_t{100}});
}

TEST_CASE("recording msh300hk 4.5.32: fifteen valves without a single answer of All",
          "[meross][hub][recordings]") {
    if (!at_hand("msh300hk.csv")) return;
    RecordedHub hub("msh300hk.csv");
    REQUIRE(hub.size() == 15);
    for (const auto& id : hub.ids()) {
        INFO(id);
        CHECK(hub.core_entities(id) == 8);
        CHECK(hub.values(id, "climate", "mode").front() == word("heat"));
        CHECK(hub.values(id, "climate", "preset_mode").front() == word("auto"));
        CHECK_FALSE(hub.values(id, "climate", "temperature").empty());
        CHECK_FALSE(hub.values(id, "temperature").empty());
        CHECK_FALSE(hub.values(id, "climate", "action").empty());
        CHECK(hub.values(id, "adjust") == Values{0.0});
        CHECK(hub.values(id, "battery").size() == 1);
        CHECK(hub.values(id, "window") == Values{false});
        for (const char* preset : {"preset_comfort", "preset_sleep", "preset_away"})
            CHECK(hub.values(id, preset).size() == 1);
        CHECK(hub.device(id).take_described_anew() == id.starts_with("03"));  // motors are news, limits none
    }
    // two SETs of `custom` leave the target; mode 1 moves it, mode 3 moves it back
    const std::string last = "0300000F";
    CHECK(hub.values(last, "climate", "temperature") == Values{20.5, 22.0, 20.5});
    CHECK(hub.values(last, "climate", "preset_mode") == Values{word("auto"), word("comfort"), word("auto")});
}
