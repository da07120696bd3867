#include "meross/hub/list_items.hpp"

#include <utility>

#include "meross/features/payload.hpp"

namespace lanbridge::meross {

Json item_of(std::string_view id) { return payload_of("id", std::string(id)); }

Json item_of(std::string_view id, std::string_view member, Json value) {
    Json item = item_of(id);
    item.emplace(std::string(member), std::move(value));
    return item;
}

Request set_item(std::string_view name_space, std::string_view key, Json item) {
    return Request(name_space, Method::set, payload_of(key, list_of(std::move(item))));
}

Request get_item(std::string_view name_space, std::string_view key, std::string_view id) {
    return Request(name_space, Method::get, payload_of(key, list_of(item_of(id))));
}

Request get_all_items(std::string_view name_space, std::string_view key) {
    return Request(name_space, Method::get, payload_of(key, Json::array()));
}

const Json* typed_object(const Json& item, std::initializer_list<std::string_view> keys) noexcept {
    if (int_or(item, {"lastActiveTime"}, -1) == 0) return nullptr;
    for (const auto key : keys)
        if (const Json* object = find_member(item, {key}); object && object->is_object()) return object;
    return nullptr;
}

}  // namespace lanbridge::meross
