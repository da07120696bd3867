#include "lanbridge/base/json.hpp"

#include <charconv>
#include <cmath>
#include <optional>

namespace lanbridge {
namespace {

/// Refuses nesting beyond the bound before a tree is built from it.
bool too_deep(std::string_view text) {
    int depth = 0;
    bool in_string = false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (in_string) {
            if (c == '\\') ++i;
            if (c == '"') in_string = false;
        } else if (c == '"') {
            in_string = true;
        } else if (c == '{' || c == '[') {
            if (++depth > max_json_depth) return true;
        } else if (c == '}' || c == ']') {
            --depth;
        }
    }
    return false;
}

std::string join(std::initializer_list<std::string_view> path) {
    std::string where = "$";
    for (auto key : path) where.append(".").append(key);
    return where;
}

Error wrong_type(std::initializer_list<std::string_view> path, std::string_view wanted, const Json* found) {
    if (!found) return Error(Errc::malformed, join(path) + " is missing");
    return Error(Errc::malformed,
                 join(path) + " must be " + std::string(wanted) + ", got " + found->type_name());
}

std::optional<std::int64_t> as_int64(const Json& node) noexcept {
    if (node.is_number_unsigned()) {
        const auto value = *node.get_ptr<const Json::number_unsigned_t*>();
        if (std::in_range<std::int64_t>(value)) return static_cast<std::int64_t>(value);
    } else if (node.is_number_integer()) {
        return *node.get_ptr<const Json::number_integer_t*>();
    } else if (node.is_number_float()) {
        const double value = *node.get_ptr<const Json::number_float_t*>();
        if (std::trunc(value) == value && std::abs(value) < 9e15) return static_cast<std::int64_t>(value);
    } else if (node.is_string()) {
        const auto& text = *node.get_ptr<const Json::string_t*>();
        std::int64_t value{};
        const auto [end, ec] = std::from_chars(text.data(), text.data() + text.size(), value);
        if (ec == std::errc{} && end == text.data() + text.size() && !text.empty()) return value;
    }
    return std::nullopt;
}

std::optional<double> as_number(const Json& node) noexcept {
    if (node.is_number_float()) return *node.get_ptr<const Json::number_float_t*>();
    if (auto value = as_int64(node)) return static_cast<double>(*value);
    return std::nullopt;
}

/// Remembers where and why parsing stopped, without exceptions.
class FirstError : public nlohmann::json_sax<Json> {
public:
    bool null() override { return true; }
    bool boolean(bool) override { return true; }
    bool number_integer(number_integer_t) override { return true; }
    bool number_unsigned(number_unsigned_t) override { return true; }
    bool number_float(number_float_t, const string_t&) override { return true; }
    bool string(string_t&) override { return true; }
    bool binary(binary_t&) override { return true; }
    bool start_object(std::size_t) override { return true; }
    bool key(string_t&) override { return true; }
    bool end_object() override { return true; }
    bool start_array(std::size_t) override { return true; }
    bool end_array() override { return true; }
    bool parse_error(std::size_t at, const std::string&, const nlohmann::detail::exception&) override {
        position = at;
        return false;
    }
    std::size_t position = 0;
};

}  // namespace

Result<Json> parse_json(std::string_view text) {
    if (too_deep(text))
        return Error(Errc::malformed, "JSON nested deeper than " + std::to_string(max_json_depth));
    auto json = Json::parse(text, nullptr, false);
    if (!json.is_discarded()) return json;
    FirstError first;
    Json::sax_parse(text, &first);
    const bool ended = first.position > text.size();  // the parser asked for one more character
    return Error(ended ? Errc::truncated : Errc::malformed, "JSON is broken at character " +
                                                                std::to_string(first.position) + " of " +
                                                                std::to_string(text.size()));
}

std::string dump_json(const Json& json) { return json.dump(-1, ' ', false, Json::error_handler_t::replace); }
std::string dump_json(const OrderedJson& json) {
    return json.dump(-1, ' ', false, OrderedJson::error_handler_t::replace);
}

const Json* find_member(const Json& root, std::initializer_list<std::string_view> path) noexcept {
    const Json* node = &root;
    for (auto key : path) {
        if (!node->is_object()) return nullptr;
        const auto it = node->find(key);
        if (it == node->end()) return nullptr;
        node = &*it;
    }
    return node;
}

Result<std::int64_t> read_int64(const Json& root, std::initializer_list<std::string_view> path) {
    const Json* node = find_member(root, path);
    if (node)
        if (auto value = as_int64(*node)) return *value;
    return wrong_type(path, "an integer in range", node);
}

Result<double> read_number(const Json& root, std::initializer_list<std::string_view> path) {
    const Json* node = find_member(root, path);
    if (node)
        if (auto value = as_number(*node)) return *value;
    return wrong_type(path, "a number", node);
}

Result<std::string> read_string(const Json& root, std::initializer_list<std::string_view> path) {
    const Json* node = find_member(root, path);
    if (node && node->is_string()) return *node->get_ptr<const Json::string_t*>();
    return wrong_type(path, "a string", node);
}

std::int64_t int_or(const Json& root, std::initializer_list<std::string_view> path,
                    std::int64_t fallback) noexcept {
    const Json* node = find_member(root, path);
    return node ? as_int64(*node).value_or(fallback) : fallback;
}

double number_or(const Json& root, std::initializer_list<std::string_view> path, double fallback) noexcept {
    const Json* node = find_member(root, path);
    return node ? as_number(*node).value_or(fallback) : fallback;
}

std::string string_or(const Json& root, std::initializer_list<std::string_view> path,
                      std::string_view fallback) {
    const Json* node = find_member(root, path);
    if (node && node->is_string()) return *node->get_ptr<const Json::string_t*>();
    return std::string(fallback);
}

}  // namespace lanbridge
