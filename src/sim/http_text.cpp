#include "sim/http_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace lanbridge::sim {

namespace {

bool same_name(std::string_view a, std::string_view b) {
    return std::ranges::equal(
        a, b, [](unsigned char x, unsigned char y) { return std::tolower(x) == std::tolower(y); });
}

std::string_view trimmed(std::string_view text) {
    const auto begin = text.find_first_not_of(" \t\r");
    if (begin == std::string_view::npos) return {};
    return text.substr(begin, text.find_last_not_of(" \t\r") - begin + 1);
}

std::optional<std::size_t> content_length(std::string_view head) {
    while (!head.empty()) {
        const auto end = head.find('\n');
        const auto line = head.substr(0, end);
        head.remove_prefix(end == std::string_view::npos ? head.size() : end + 1);
        const auto colon = line.find(':');
        if (colon == std::string_view::npos || !same_name(trimmed(line.substr(0, colon)), "content-length"))
            continue;
        const auto value = trimmed(line.substr(colon + 1));
        std::size_t length = 0;
        const auto [stop, failure] = std::from_chars(value.data(), value.data() + value.size(), length);
        if (failure == std::errc() && stop == value.data() + value.size()) return length;
    }
    return {};
}

void spoil(std::string& body, Faults::Encoding encoding) {
    if (encoding == Faults::Encoding::utf8) return;
    // into the first string value, where a careless reader takes it over
    const auto at = body.find(":\"");
    const std::string_view bytes = encoding == Faults::Encoding::latin1 ? "caf\xE9 " : "\xC3\x28\xFF";
    body.insert(at == std::string::npos ? body.size() : at + 2, bytes);
}

}  // namespace

Result<HttpRequest> parse_http_request(std::string_view input, std::size_t limit) {
    HttpRequest request;
    const auto end = input.find("\r\n\r\n");
    if (end == std::string_view::npos) {
        if (input.size() > limit) return Error(Errc::too_large, "request header");
        return request;
    }
    const auto head = input.substr(0, end);
    const auto line = head.substr(0, head.find('\r'));
    const auto length = content_length(head);
    request.proper = line.starts_with("POST /config ") || line.starts_with("POST /public ");
    if (length && *length > limit) return Error(Errc::too_large, "request body");
    const auto body = input.substr(end + 4);
    if (!length) request.proper = false;  // devices read no further than the header then
    if (body.size() < length.value_or(0)) return request;
    request.body = body.substr(0, length.value_or(0));
    request.complete = true;
    return request;
}

std::string http_response(std::string_view content, const Faults& faults) {
    std::string body(faults.body ? std::string_view(*faults.body) : content);
    if (faults.status != 200) body = "<html><body><h1>Internal error</h1></body></html>";
    spoil(body, faults.encoding);
    body.append(faults.padding, ' ');
    auto announced = body.size();
    if (faults.content_length == Faults::Length::larger) announced += 100;
    if (faults.content_length == Faults::Length::smaller) announced /= 2;
    const std::string_view line_end = faults.lf_only ? "\n" : "\r\n";
    const std::string_view reason = faults.status == 200 ? "OK" : "Error";
    auto text = fmt::format("HTTP/1.1 {} {}{}", faults.status, reason, line_end);
    if (faults.odd_headers)
        text.append("Server HTTPD no colon here").append(line_end).append(": nameless").append(line_end);
    text.append("Content-Type: application/json;charset=UTF-8").append(line_end);
    if (faults.content_length != Faults::Length::missing)
        text += fmt::format("Content-Length: {}{}", announced, line_end);
    text.append("Connection: close").append(line_end).append(line_end);
    if (faults.cut_body) body.resize(std::min(*faults.cut_body, body.size()));
    return text + body;
}

bool carries_set(std::string_view body) {
    // member order and blanks are the client's, so look at both forms; Multiple itself is a SET that may only
    // read
    const auto count = [body](std::string_view text) {
        std::size_t found = 0;
        for (auto at = body.find(text); at != std::string_view::npos; at = body.find(text, at + 1)) ++found;
        return found;
    };
    const auto sets = count(R"("method":"SET")") + count(R"("method": "SET")");
    return sets > (body.find("Appliance.Control.Multiple") == std::string_view::npos ? 0U : 1U);
}

}  // namespace lanbridge::sim
