#include <charconv>

#include "lanbridge/net/http_client.hpp"

namespace lanbridge::net {
namespace {

/// Real heads have about 100 bytes.
constexpr std::size_t max_head = 8 * 1024;

struct Separator {
    std::size_t at;
    std::size_t length;
};

/// The blank line after the head, with CRLF, LF or a mix of both.
std::optional<Separator> find_blank_line(std::string_view text) {
    for (std::size_t at = text.find('\n'); at != std::string_view::npos; at = text.find('\n', at + 1)) {
        if (text.substr(at + 1, 1) == "\n") return Separator{at, 2};
        if (text.substr(at + 1, 2) == "\r\n") return Separator{at, 3};
    }
    return std::nullopt;
}

std::string_view trimmed(std::string_view text) {
    while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
    while (!text.empty() && (text.back() == ' ' || text.back() == '\t' || text.back() == '\r'))
        text.remove_suffix(1);
    return text;
}

bool same_name(std::string_view a, std::string_view lower) {
    if (a.size() != lower.size()) return false;
    for (std::size_t i = 0; i < a.size(); ++i) {
        const char c = a[i] >= 'A' && a[i] <= 'Z' ? static_cast<char>(a[i] - 'A' + 'a') : a[i];
        if (c != lower[i]) return false;
    }
    return true;
}

std::optional<std::size_t> content_length_of(std::string_view line) {
    const auto colon = line.find(':');
    if (colon == std::string_view::npos || !same_name(trimmed(line.substr(0, colon)), "content-length"))
        return std::nullopt;
    const auto text = trimmed(line.substr(colon + 1));
    std::size_t length{};
    const auto [end, ec] = std::from_chars(text.data(), text.data() + text.size(), length);
    if (ec != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return length;
}

/// "HTTP/1.1 200 OK", also with odd spacing.
std::optional<int> status_of(std::string_view line) {
    if (!line.starts_with("HTTP/")) return std::nullopt;
    const auto space = line.find(' ');
    if (space == std::string_view::npos) return std::nullopt;
    const auto text = trimmed(line.substr(space + 1));
    int status{};
    const auto [end, ec] = std::from_chars(text.data(), text.data() + text.size(), status);
    if (ec != std::errc{} || status < 100 || status > 999) return std::nullopt;
    return status;
}

}  // namespace

Result<std::optional<HttpHead>> parse_http_head(std::string_view received) {
    if (!received.substr(0, 5).starts_with(
            std::string_view("HTTP/").substr(0, std::min<std::size_t>(5, received.size()))))
        return Error(Errc::malformed, "the answer is not HTTP");
    const auto blank = find_blank_line(received);
    if (!blank) {
        if (received.size() > max_head) return Error(Errc::too_large, "HTTP header");
        return std::optional<HttpHead>();
    }
    HttpHead head;
    head.bytes = blank->at + blank->length;
    std::string_view rest = received.substr(0, blank->at);
    for (bool first = true; !rest.empty(); first = false) {
        const auto end = std::min(rest.find('\n'), rest.size());
        const auto line = trimmed(rest.substr(0, end));
        rest.remove_prefix(std::min(end + 1, rest.size()));
        if (first) {
            const auto status = status_of(line);
            if (!status) return Error(Errc::malformed, "HTTP status line");
            head.status = *status;
        } else if (const auto length = content_length_of(line)) {
            head.content_length = length;
        }
    }
    return std::optional<HttpHead>(head);
}

}  // namespace lanbridge::net
