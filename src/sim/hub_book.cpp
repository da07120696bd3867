#include "sim/hub_book.hpp"

namespace lanbridge::sim {

namespace {

const Json* digest_list(const Inside& in) {
    const auto* list = find_member(in.all(), {"digest", "hub", "subdevice"});
    return list != nullptr && list->is_array() ? list : nullptr;
}

}  // namespace

bool note(Inside& in, std::string_view name_space, std::string_view key, const std::string& id,
          const Json& patch) {
    auto* item = in.edit_item(name_space, key, "id", id);
    if (item != nullptr) item->update(patch, true);
    return item != nullptr;
}

void note_digest(Inside& in, const std::string& id, const Json& patch) {
    if (subdevice(in, id) == nullptr) return;
    auto& list = in.edit_all()["digest"]["hub"]["subdevice"];
    find_item(list, "id", id)->update(patch, true);
}

const Json* subdevice(const Inside& in, const std::string& id) {
    const auto* list = digest_list(in);
    return list == nullptr ? nullptr : find_item(const_cast<Json&>(*list), "id", id);
}

bool reachable(const Inside& in, const std::string& id) {
    const auto* entry = subdevice(in, id);
    return entry != nullptr && int_or(*entry, {"status"}, 0) == 1;
}

std::vector<std::string> subdevices_with(const Inside& in, std::string_view member) {
    std::vector<std::string> found;
    const auto* list = digest_list(in);
    if (list == nullptr) return found;
    for (const auto* entry : items_of(*list)) {
        if (entry->contains(member)) found.push_back(string_or(*entry, {"id"}, ""));
    }
    return found;
}

}  // namespace lanbridge::sim
