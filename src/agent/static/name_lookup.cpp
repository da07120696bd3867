#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/in.h>

#include <cstdlib>
#include <cstring>
#include <memory>
#include <string_view>

// The small program's own `getaddrinfo`: addresses as digits, and localhost. That is all the agent connects
// to, and all that can work: the C library's asks modules that a static program has to load at run time, from
// a gateway that has another C library or other versions of them. It is also 135 kB less.
namespace {

/// One allocation, so that `freeaddrinfo` frees it as one. The entry comes first.
struct Found {
    addrinfo entry;
    sockaddr_storage address;
};

std::uint16_t port_of(const char* service) {
    const long port = service != nullptr ? std::strtol(service, nullptr, 10) : 0;
    return port > 0 && port <= 0xffff ? htons(static_cast<std::uint16_t>(port)) : std::uint16_t{0};
}

bool fill_v4(Found& found, const char* text, std::uint16_t port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = port;
    if (::inet_pton(AF_INET, text, &address.sin_addr) != 1) return false;
    std::memcpy(&found.address, &address, sizeof address);
    found.entry.ai_family = AF_INET;
    found.entry.ai_addrlen = sizeof address;
    return true;
}

bool fill_v6(Found& found, const char* text, std::uint16_t port) {
    sockaddr_in6 address{};
    address.sin6_family = AF_INET6;
    address.sin6_port = port;
    if (::inet_pton(AF_INET6, text, &address.sin6_addr) != 1) return false;
    std::memcpy(&found.address, &address, sizeof address);
    found.entry.ai_family = AF_INET6;
    found.entry.ai_addrlen = sizeof address;
    return true;
}

const char* digits_of(const char* node, bool passive) {
    if (node == nullptr) return passive ? "0.0.0.0" : "127.0.0.1";
    return std::string_view(node) == "localhost" ? "127.0.0.1" : node;
}

}  // namespace

extern "C" int getaddrinfo(const char* node, const char* service, const addrinfo* hints, addrinfo** result) {
    auto* found = static_cast<Found*>(std::calloc(1, sizeof(Found)));
    if (found == nullptr) return EAI_MEMORY;
    const int family = hints != nullptr ? hints->ai_family : AF_UNSPEC;
    const bool passive = hints != nullptr && (hints->ai_flags & AI_PASSIVE) != 0;
    const char* text = digits_of(node, passive);
    const auto port = port_of(service);
    const bool fits = (family != AF_INET6 && fill_v4(*found, text, port)) ||
                      (family != AF_INET && fill_v6(*found, text, port));
    if (!fits) {
        std::free(found);
        return EAI_NONAME;
    }
    found->entry.ai_socktype = hints != nullptr && hints->ai_socktype != 0 ? hints->ai_socktype : SOCK_STREAM;
    found->entry.ai_protocol = hints != nullptr ? hints->ai_protocol : 0;
    found->entry.ai_addr = reinterpret_cast<sockaddr*>(&found->address);
    *result = &found->entry;
    return 0;
}

extern "C" void freeaddrinfo(addrinfo* entry) noexcept { std::free(entry); }
