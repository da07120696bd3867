#include "app/config/option.hpp"
#include "app/config/render.hpp"

namespace lanbridge::app {
namespace {

/// A section without content is one of defaults, so null is as good as an object.
OrderedJson types(std::string_view type) { return OrderedJson::array({std::string(type), "null"}); }

OrderedJson members_schema(const std::vector<Option>& members);

OrderedJson option_schema(const Option& option) {
    OrderedJson schema;
    schema["description"] = option.description;
    if (option.shape == Option::Shape::section) {
        schema["type"] = types("object");
        schema.update(members_schema(option.members));
    } else if (option.shape == Option::Shape::section_list) {
        schema["type"] = types("array");
        schema["items"]["type"] = "object";
        schema["items"].update(members_schema(option.members));
    } else {
        schema.update(option.schema);
        if (!option.fallback.is_null()) schema["default"] = option.fallback;
    }
    return schema;
}

OrderedJson members_schema(const std::vector<Option>& members) {
    OrderedJson schema;
    schema["properties"] = OrderedJson::object();
    for (const auto& member : members) schema["properties"][member.name] = option_schema(member);
    schema["additionalProperties"] = false;
    return schema;
}

}  // namespace

OrderedJson config_schema() {
    OrderedJson schema;
    schema["$schema"] = "http://json-schema.org/draft-07/schema#";
    schema["title"] = "lanbridge configuration";
    schema["type"] = types("object");
    schema.update(members_schema(option_tree()));
    return schema;
}

std::string schema_text() { return config_schema().dump(2) + '\n'; }

}  // namespace lanbridge::app
