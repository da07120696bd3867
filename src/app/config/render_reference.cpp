#include "app/config/option.hpp"
#include "app/config/render.hpp"

namespace lanbridge::app {
namespace {

std::string escaped(std::string text) {
    for (std::size_t at = 0; (at = text.find('|', at)) != std::string::npos; at += 2) text.insert(at, "\\");
    return text;
}

std::string default_text(const Option& option) {
    if (option.fallback.is_null()) return "";
    const auto& value = option.fallback;
    const std::string text = value.is_string() ? value.get_ref<const std::string&>() : value.dump();
    return '`' + text + '`';
}

void rows(const std::vector<Option>& options, const std::string& prefix, std::string& out) {
    for (const auto& option : options) {
        const std::string path = prefix + option.name;
        const bool many = option.shape == Option::Shape::section_list;
        if (many || option.shape == Option::Shape::section) {
            rows(option.members, path + (many ? "[]." : "."), out);
            continue;
        }
        out += "| `" + path + "` | " + escaped(option.expected) + " | " + default_text(option) + " | " +
               escaped(option.description) + " |\n";
    }
}

}  // namespace

std::string option_reference() {
    std::string out;
    for (const auto& section : option_tree()) {
        out += (out.empty() ? "### `" : "\n### `") + section.name + "`\n\n" + section.description +
               ".\n\n| option | takes | default | meaning |\n| --- | --- | --- | --- |\n";
        rows(section.members, section.name + '.', out);
    }
    return out;
}

}  // namespace lanbridge::app
