#include "meross/account/http_answer.hpp"

#include <algorithm>
#include <cctype>
#include <charconv>

#include "lanbridge/net/http_client.hpp"

namespace lanbridge::meross {
namespace {

using Maybe = Result<std::optional<WebAnswer>>;

bool chunked(std::string_view head) {
    std::string text(head);
    std::ranges::transform(text, text.begin(),
                           [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    const auto at = text.find("\ntransfer-encoding:");
    if (at == std::string::npos) return false;
    const auto end = text.find('\n', at + 1);
    return text.substr(at, end - at).find("chunked") != std::string::npos;
}

Maybe more_or_truncated(bool ended) {
    if (ended) return Error(Errc::truncated, "the answer ends too early");
    return std::optional<WebAnswer>();
}

/// Pieces, each behind its length in hex digits; an empty one ends.
Maybe joined(WebAnswer answer, std::string_view rest, bool ended) {
    for (;;) {
        const auto line = rest.find("\r\n");
        if (line == std::string_view::npos) return more_or_truncated(ended);
        std::size_t length = 0;
        const auto [stop, ec] = std::from_chars(rest.data(), rest.data() + line, length, 16);
        if (ec != std::errc{} || stop == rest.data())
            return Error(Errc::malformed, "a chunk without a length");
        if (length == 0) return std::optional(std::move(answer));
        rest.remove_prefix(line + 2);
        if (rest.size() < 2 || length > rest.size() - 2) return more_or_truncated(ended);
        answer.body.append(rest.substr(0, length));
        rest.remove_prefix(length + 2);
    }
}

}  // namespace

Result<std::optional<WebAnswer>> parse_web_answer(std::string_view received, bool ended) {
    auto head = net::parse_http_head(received);
    if (!head) return std::move(head).error();
    if (!*head) return more_or_truncated(ended);
    WebAnswer answer;
    answer.status = (*head)->status;
    const auto rest = received.substr((*head)->bytes);
    if (chunked(received.substr(0, (*head)->bytes))) return joined(std::move(answer), rest, ended);
    const auto length = (*head)->content_length;
    if (length ? rest.size() < *length : !ended) return more_or_truncated(ended);
    answer.body = rest.substr(0, length.value_or(rest.size()));
    return std::optional(std::move(answer));
}

}  // namespace lanbridge::meross
