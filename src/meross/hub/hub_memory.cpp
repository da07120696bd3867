#include "meross/hub/hub_memory.hpp"

#include "meross/hub/hub.hpp"
#include "meross/hub/listing.hpp"

namespace lanbridge::meross {
namespace {

constexpr std::string_view topic = "subdevices";

}  // namespace

std::vector<KnownSubdevice> recall_subdevices(const model::Memory& store, const model::DeviceId& hub) {
    std::vector<KnownSubdevice> known;
    const auto text = store.recall(hub, topic);
    const auto list = text ? parse_json(*text) : Result<Json>(Error(Errc::not_found));
    if (!list || !list->is_array()) return known;
    for (const Json& item : *list) {
        KnownSubdevice one;
        one.facts.id = string_or(item, {"id"}, "");
        one.facts.type = string_or(item, {"type"}, "");
        one.facts.has_onoff = int_or(item, {"onoff"}, 0) != 0;
        one.hardware = string_or(item, {"hardware"}, "");
        one.firmware = string_or(item, {"firmware"}, "");
        if (!one.facts.id.empty() && known.size() < max_subdevices) known.push_back(std::move(one));
    }
    return known;
}

void remember_subdevices(model::Memory& store, const model::DeviceId& hub,
                         const std::vector<std::shared_ptr<SubdeviceUnit>>& units) {
    Json list = Json::array();
    for (const auto& unit : units) {
        Json item = Json::object();
        item["id"] = unit->facts().id;
        item["type"] = unit->facts().type;
        item["onoff"] = unit->facts().has_onoff ? 1 : 0;
        item["hardware"] = unit->hardware();
        item["firmware"] = unit->firmware();
        list.push_back(std::move(item));
    }
    store.remember(hub, topic, dump_json(list));
}

void remove_subdevices_of(const model::DeviceId& hub, model::DeviceSink& sink, model::Memory& memory,
                          const SubdeviceClaims& claims) {
    for (const auto& known : recall_subdevices(memory, hub)) {
        const auto device = subdevice_device_id(known.facts.id);
        if (claims.taken(device)) continue;
        sink.remove(device);
        memory.forget(device);
    }
}

}  // namespace lanbridge::meross
