// The start of an answer from a device's web server, however sloppy, and the addresses that people type.
#include "fuzz.hpp"
#include "lanbridge/net/http_client.hpp"

using namespace lanbridge;
using lanbridge::fuzz::require;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto input = fuzz::as_input(data, size);

    const auto head = net::parse_http_head(input);
    if (head && *head) {
        require((*head)->bytes <= size, "the body begins within what was received");
        require((*head)->status >= 100 && (*head)->status <= 999, "a status has three digits");
        const auto longer = net::parse_http_head(std::string(input) + "{}");
        require(longer && *longer && (*longer)->bytes == (*head)->bytes,
                "more body does not move its beginning");
    }
    if (head && !*head) require(size < 16 * 1024, "an endless head is refused");

    if (const auto endpoint = net::parse_endpoint(input)) {
        require(endpoint->port != 0 && !endpoint->host.empty(), "an endpoint is complete");
        const auto again = net::parse_endpoint(endpoint->text());
        require(again && *again == *endpoint, "an endpoint survives being written and read");
    }
    return 0;
}
