#include <algorithm>

#include "app/config/option.hpp"
#include "app/config/render.hpp"

namespace lanbridge::app {
namespace {

constexpr std::string_view preamble =
    R"(# lanbridge's configuration. Nothing needs to be set: this file shows every option, switched off by the "#" in
# front, with its default, or with an example where there is none. Take away the "#" of the lines you want, and
# check the file with: lanbridge config check FILE
#
# A text may be "!secret NAME" (from secrets.yaml beside this file), "!file PATH" or "!env NAME".
# Durations are written 30s, 10m, 1h; sizes 64KiB.
)";

bool needs_quotes(const std::string& text) {
    const bool plain = std::ranges::all_of(text, [](unsigned char c) {
        return std::isalnum(c) != 0 || c == '_' || c == '-' || c == '.' || c == '/' || c == ':';
    });
    return text.empty() || !plain || text.back() == ':';
}

std::string yaml_value(const OrderedJson& json) {
    if (json.is_string()) {
        const auto& text = json.get_ref<const std::string&>();
        return needs_quotes(text) ? json.dump() : text;
    }
    if (!json.is_array()) return json.dump();
    std::string out = "[";
    for (const auto& item : json) out += (out.size() > 1 ? ", " : "") + yaml_value(item);
    return out + ']';
}

std::string value_text(const Option& option) {
    const bool says_something =
        !option.fallback.is_null() && !(option.fallback.is_structured() && option.fallback.empty());
    return says_something ? yaml_value(option.fallback) : option.example;
}

/// Writes lines as comments below one column, the name of a list's first member behind its dash.
class Writer {
public:
    explicit Writer(std::string& out) : out_(out) {}

    void members(const std::vector<Option>& options, std::size_t depth) {
        for (const auto& option : options) {
            prose(option.description, depth);
            if (option.shape == Option::Shape::section_list) {
                line(option.name + ':', depth);
                item(option.members, depth + 1);
            } else if (option.shape == Option::Shape::section) {
                line(option.name + ':', depth);
                members(option.members, depth + 1);
            } else {
                line(option.name + ": " + value_text(option), depth);
            }
        }
    }

private:
    void item(const std::vector<Option>& options, std::size_t depth) {
        dash_ = true;
        members(options, depth + 1);
    }
    void prose(const std::string& text, std::size_t depth) {
        out_ += std::string(margin, ' ') + '#' + (depth == 0 ? " " : std::string(2 * depth, ' ') + "# ") +
                text + '\n';
    }
    void line(const std::string& text, std::size_t depth) {
        std::string indent(2 * depth, ' ');
        if (std::exchange(dash_, false)) indent.replace(indent.size() - 2, 2, "- ");
        out_ += std::string(margin, ' ') + '#' + indent + text + '\n';
    }

    static constexpr std::size_t margin = 2;  // sections stand uncommented in front
    std::string& out_;
    bool dash_ = false;
};

}  // namespace

std::string starter_config() {
    std::string out(preamble);
    for (const auto& section : option_tree()) {
        out += "\n# " + section.description + '\n' + section.name + ":\n";
        Writer(out).members(section.members, 0);
    }
    return out;
}

}  // namespace lanbridge::app
