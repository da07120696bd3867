// Secrets in free text, known by their shape alone.
#include <arpa/inet.h>

#include <algorithm>
#include <cctype>

#include "lanbridge/meross/protocol/obfuscation.hpp"
#include "meross/protocol/obfuscation_names.hpp"

namespace lanbridge::meross {
namespace {

bool is_hex(char c) { return std::isxdigit(static_cast<unsigned char>(c)) != 0; }
bool is_letter(char c) { return std::isalpha(static_cast<unsigned char>(c)) != 0; }

/// What addresses, names of machines and e-mail addresses are made of.
bool in_word(char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 ||
           std::string_view("._%+-@:").find(c) != std::string_view::npos;
}

std::size_t hex_run(std::string_view text) {
    const auto end = std::ranges::find_if_not(text, is_hex);
    return static_cast<std::size_t>(end - text.begin());
}

/// "48:e1:e9:00:00:01" at the start, with `:` or `-`. 0 = none.
std::size_t mac_length(std::string_view text) {
    constexpr std::size_t length = 17;
    if (text.size() < length || (text[2] != ':' && text[2] != '-')) return 0;
    for (std::size_t i = 0; i < length; ++i)
        if (i % 3 == 2 ? text[i] != text[2] : !is_hex(text[i])) return 0;
    return text.size() > length && (is_hex(text[length]) || text[length] == text[2]) ? 0 : length;
}

/// 8-4-4-4-12 at the start. 0 = none.
std::size_t dashed_uuid_length(std::string_view text) {
    constexpr std::size_t length = 36;
    if (text.size() < length) return 0;
    for (std::size_t i = 0; i < length; ++i) {
        const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
        if (dash ? text[i] != '-' : !is_hex(text[i])) return 0;
    }
    return length;
}

/// The makers' own prefixes: other words of twelve digits are ids of subdevices, which topics are made of.
bool is_bare_mac(std::string_view word) {
    std::string lower(word);
    std::ranges::transform(lower, lower.begin(), [](unsigned char c) { return std::tolower(c); });
    return word.size() == 12 &&
           (lower.starts_with("48e1e9") || lower.starts_with("c4e7ae") || lower.starts_with("34298f1"));
}

bool is_ipv4(std::string_view word) {
    in_addr address{};
    return std::ranges::count(word, '.') == 3 &&
           ::inet_pton(AF_INET, std::string(word).c_str(), &address) == 1;
}

bool is_ipv6(std::string_view word) {
    in6_addr address{};
    return word.size() > 2 && std::ranges::count(word, ':') >= 2 &&
           ::inet_pton(AF_INET6, std::string(word).c_str(), &address) == 1;
}

/// "mqtt-eu-3.meross.com": labels with dots between, the last one of letters.
bool is_host_name(std::string_view word) {
    const auto dot = word.rfind('.');
    if (dot == std::string_view::npos || dot == 0 || word.starts_with("Appliance.")) return false;
    const auto last = word.substr(dot + 1);
    if (last.size() < 2 || !std::ranges::all_of(last, is_letter)) return false;
    char before = '.';
    for (const char c : word) {
        if (c == '.' && before == '.') return false;
        if (c != '.' && c != '-' && c != '_' && std::isalnum(static_cast<unsigned char>(c)) == 0)
            return false;
        before = c;
    }
    return true;
}

bool is_email(std::string_view word) {
    const auto at = word.find('@');
    return at != std::string_view::npos && at > 0 && word.rfind('@') == at &&
           is_host_name(word.substr(at + 1));
}

/// The name before a "=" or ":" says that what follows is secret: "token=…" in an address or a log line.
std::optional<Hidden> kind_before(std::string_view text, std::size_t at) {
    if (at == 0 || text[at - 1] != '=') return std::nullopt;
    auto start = at - 1;
    while (start > 0 &&
           (std::isalnum(static_cast<unsigned char>(text[start - 1])) != 0 || text[start - 1] == '_'))
        --start;
    return hidden_by_name(text.substr(start, at - 1 - start));
}

}  // namespace

std::string Obfuscator::without_shapes(std::string_view value, Shapes shapes) {
    std::string out;
    for (std::size_t at = 0; at < value.size();) {
        if (!in_word(value[at])) {
            out += value[at++];
            continue;
        }
        const auto end =
            std::find_if_not(value.begin() + static_cast<std::ptrdiff_t>(at), value.end(), in_word);
        const auto length = static_cast<std::size_t>(end - value.begin()) - at;
        const auto token = value.substr(at, length);
        const auto kind = shapes == Shapes::all ? kind_before(value, at) : std::nullopt;
        if (kind && *kind == Hidden::redacted)
            out += "<redacted>";
        else
            out += kind ? mask(*kind, Json(std::string(token))) : word(token, shapes);
        at += length;
    }
    return out;
}

/// ":8883" at the start, behind a machine's name. Returns its length.
std::size_t Obfuscator::port(std::string_view value, std::string& out) {
    if (!value.starts_with(':')) return 0;
    const auto end = std::min(value.find_first_not_of("0123456789", 1), value.size());
    const auto digits = value.substr(1, end - 1);
    constexpr std::size_t longest = 5;
    if (digits.empty() || digits.size() > longest) return 0;
    out += ':' + mask(Hidden::port, Json(std::stol(std::string(digits))));
    return end;
}

/// One run of characters that may hold an address, or several with ":" between.
std::string Obfuscator::word(std::string_view value, Shapes shapes) {
    std::string_view tail;
    while (!value.empty() && std::string_view(".:-").find(value.back()) != std::string_view::npos) {
        tail = std::string_view(value.data() + value.size() - 1, tail.size() + 1);
        value.remove_suffix(1);
    }
    const auto with_tail = [&](std::string text) { return std::move(text) + std::string(tail); };
    if (is_email(value)) return with_tail(mask(Hidden::email, Json(std::string(value))));
    if (shapes != Shapes::certain && is_ipv6(value))
        return with_tail(mask(Hidden::host, Json(std::string(value))));
    std::string out;
    for (std::size_t at = 0; at < value.size();) {
        const auto rest = value.substr(at);
        const bool fresh = at == 0 || !is_hex(value[at - 1]);
        const auto run = hex_run(rest);
        if (const auto mac = fresh ? mac_length(rest) : 0) {
            out += mask(Hidden::mac, Json(std::string(rest.substr(0, mac))));
            at += mac;
        } else if (const auto uuid = fresh ? dashed_uuid_length(rest) : 0) {
            out += mask(Hidden::device_id, Json(std::string(rest.substr(0, uuid))));
            at += uuid;
        } else if (fresh && (run == 32 || (run == 12 && is_bare_mac(rest.substr(0, run))))) {
            out += mask(run == 32 ? Hidden::device_id : Hidden::mac, Json(std::string(rest.substr(0, run))));
            at += run;
        } else {
            // up to the next ":", whole, when it is the name or the address of a machine
            const auto piece = rest.substr(0, rest.find(':'));
            const bool whole = at == 0 || value[at - 1] == ':' || value[at - 1] == '@';
            const bool machine = (shapes != Shapes::certain && is_ipv4(piece)) ||
                                 (shapes == Shapes::all && is_host_name(piece));
            if (whole && machine) {
                out += mask(Hidden::host, Json(std::string(piece)));
                at += piece.size();
                at += port(value.substr(at), out);
            } else {
                out += value[at++];
            }
        }
    }
    return with_tail(std::move(out));
}

}  // namespace lanbridge::meross
