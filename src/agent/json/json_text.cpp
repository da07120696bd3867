#include "agent/json/json_text.hpp"

#include <algorithm>

#include "agent/json/json_bytes.hpp"

namespace lanbridge::agent {
namespace {

using namespace json_bytes;

/// Where the compact value that begins at `at` ends.
std::size_t end_of_string(std::string_view text, std::size_t at) noexcept {
    for (++at; at < text.size() && text[at] != '"'; ++at)
        if (text[at] == '\\') ++at;
    return std::min(at + 1, text.size());
}
std::size_t end_of_value(std::string_view text, std::size_t at) noexcept {
    for (int depth = 0; at < text.size();) {
        const char c = text[at];
        if (c == '"') {
            at = end_of_string(text, at);
            if (depth == 0) return at;
            continue;
        }
        if (c == '{' || c == '[') ++depth;
        if (c == '}' || c == ']') {
            if (depth == 0) return at;  // of the surrounding one, after a bare value
            if (--depth == 0) return at + 1;
        }
        if (depth == 0 && c == ',') return at;
        ++at;
    }
    return text.size();
}

/// How many bytes the UTF-8 character at the beginning has, 0 where it is none.
std::size_t utf8_length(std::string_view text) noexcept {
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    const unsigned char lead = byte(0);
    if (lead < 0x80) return 1;
    const std::size_t length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
    if (lead < 0xc2 || lead > 0xf4 || text.size() < length) return 0;
    for (std::size_t i = 1; i < length; ++i)
        if ((byte(i) & 0xc0U) != 0x80U) return 0;
    const bool overlong = (lead == 0xe0 && byte(1) < 0xa0) || (lead == 0xf0 && byte(1) < 0x90);
    const bool surrogate = lead == 0xed && byte(1) >= 0xa0;
    const bool too_high = lead == 0xf4 && byte(1) >= 0x90;
    return overlong || surrogate || too_high ? 0 : length;
}

void append_utf8(std::string& out, unsigned code) {
    if (code < 0x80) {
        out.push_back(static_cast<char>(code));
    } else if (code < 0x800) {
        out.push_back(static_cast<char>(0xc0U | (code >> 6U)));
        out.push_back(static_cast<char>(0x80U | (code & 0x3fU)));
    } else if (code < 0x10000) {
        out.push_back(static_cast<char>(0xe0U | (code >> 12U)));
        out.push_back(static_cast<char>(0x80U | ((code >> 6U) & 0x3fU)));
        out.push_back(static_cast<char>(0x80U | (code & 0x3fU)));
    } else {
        out.push_back(static_cast<char>(0xf0U | (code >> 18U)));
        out.push_back(static_cast<char>(0x80U | ((code >> 12U) & 0x3fU)));
        out.push_back(static_cast<char>(0x80U | ((code >> 6U) & 0x3fU)));
        out.push_back(static_cast<char>(0x80U | (code & 0x3fU)));
    }
}

constexpr unsigned replacement = 0xfffd;

unsigned hex4(std::string_view text) noexcept {
    unsigned code = 0;
    for (const char c : text.substr(0, 4)) {
        const auto digit = is_digit(c) ? c - '0' : (c | 0x20) - 'a' + 10;
        code = code * 16 + static_cast<unsigned>(digit);
    }
    return code;
}

/// `text` begins with a backslash; returns how much of it was the escape.
std::size_t append_unescaped(std::string& out, std::string_view text) {
    if (text.size() < 2) return text.size();
    constexpr std::string_view names = "bfnrt", meanings = "\b\f\n\r\t";
    if (text[1] != 'u') {
        const auto place = names.find(text[1]);
        out.push_back(place == std::string_view::npos ? text[1] : meanings[place]);
        return 2;
    }
    if (text.size() < 6) return text.size();
    const unsigned code = hex4(text.substr(2));
    if (code < 0xd800 || code > 0xdfff) {
        append_utf8(out, code);
        return 6;
    }
    const bool pair = code < 0xdc00 && text.size() >= 12 && text[6] == '\\' && text[7] == 'u';
    const unsigned low = pair ? hex4(text.substr(8)) : 0;
    if (low < 0xdc00 || low > 0xdfff) {
        append_utf8(out, replacement);
        return 6;
    }
    append_utf8(out, 0x10000 + ((code - 0xd800) << 10U) + (low - 0xdc00));
    return 12;
}

}  // namespace

JsonKind kind_of(std::string_view compact) noexcept {
    if (compact.empty()) return JsonKind::null;
    switch (compact.front()) {
        case '{':
            return JsonKind::object;
        case '[':
            return JsonKind::array;
        case '"':
            return JsonKind::string;
        case 't':
        case 'f':
            return JsonKind::boolean;
        case 'n':
            return JsonKind::null;
        default:
            return JsonKind::number;
    }
}

void for_each_member(std::string_view object,
                     const std::function<void(std::string_view raw_key, std::string_view value)>& visit) {
    if (kind_of(object) != JsonKind::object) return;
    for (std::size_t at = 1; at < object.size() && object[at] == '"';) {
        const auto key_end = end_of_string(object, at);
        const auto value_end = end_of_value(object, key_end + 1);
        visit(object.substr(at + 1, key_end - at - 2), object.substr(key_end + 1, value_end - key_end - 1));
        at = value_end + 1;
    }
}

void for_each_element(std::string_view array, const std::function<void(std::string_view value)>& visit) {
    if (kind_of(array) != JsonKind::array || array == "[]") return;
    for (std::size_t at = 1; at < array.size();) {
        const auto end = end_of_value(array, at);
        visit(array.substr(at, end - at));
        at = end + 1;
    }
}

std::string_view member_of(std::string_view object, std::string_view key) {
    std::string_view found;
    for_each_member(object, [&](std::string_view raw_key, std::string_view value) {
        if (raw_key == key) found = value;
    });
    return found;
}

std::string quote(std::string_view text) {
    std::string out;
    out.reserve(text.size() + 2);
    out.push_back('"');
    while (!text.empty()) {
        const char c = text.front();
        std::size_t length = utf8_length(text);
        if (length == 0) {
            append_escape(out, replacement);
            length = 1;
        } else if (const char last = separator_at(text); last != 0) {
            append_separator(out, last);
        } else if (c == '"' || c == '\\') {
            out.append({'\\', c});
        } else if (c == '\n' || c == '\r' || c == '\t') {
            out.append({'\\', c == '\n' ? 'n' : c == '\r' ? 'r' : 't'});
        } else if (length == 1 && is_special(c)) {
            append_escape(out, static_cast<unsigned char>(c));
        } else {
            out.append(text.substr(0, length));
        }
        text.remove_prefix(length);
    }
    out.push_back('"');
    return out;
}

std::string unquote(std::string_view quoted) {
    std::string out;
    if (quoted.size() < 2) return out;
    for (auto rest = quoted.substr(1, quoted.size() - 2); !rest.empty();) {
        std::size_t length = 1;
        if (rest.front() == '\\')
            length = append_unescaped(out, rest);
        else if (const auto sound = utf8_length(rest); sound == 0)
            append_utf8(out, replacement);
        else
            out.append(rest.substr(0, length = sound));
        rest.remove_prefix(length);
    }
    return out;
}

std::int32_t plain_int(std::string_view value) noexcept {
    std::uint32_t number = 0;
    for (const char c : value) {
        if (!is_digit(c)) return 0;
        number = number * 10 + static_cast<std::uint32_t>(c - '0');
    }
    return static_cast<std::int32_t>(number);
}

bool read_int(std::string_view value, std::int64_t& out) noexcept {
    const bool negative = value.starts_with('-');
    if (negative) value.remove_prefix(1);
    constexpr std::size_t most_digits = 18;  // fit for certain
    if (value.empty() || value.size() > most_digits || !std::all_of(value.begin(), value.end(), is_digit))
        return false;
    std::int64_t number = 0;
    for (const char c : value) number = number * 10 + (c - '0');
    out = negative ? -number : number;
    return true;
}

}  // namespace lanbridge::agent
