#include "agent/broker/listening.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include "lanbridge/base/files.hpp"

namespace lanbridge::agent {
namespace {

constexpr std::size_t table_limit = 1024 * 1024;  // 150 bytes a connection

/// As words in the order of the machine's bytes: those of little-endian machines, and IPv4 on the others.
constexpr std::array<std::string_view, 3> loopbacks{"0100007F", "7F000001",
                                                    "00000000000000000000000001000000"};

std::string_view next_word(std::string_view& line) {
    line.remove_prefix(std::min(line.find_first_not_of(' '), line.size()));
    const auto word = line.substr(0, line.find(' '));
    line.remove_prefix(word.size());
    return word;
}

bool is_port(std::string_view hex, std::uint16_t port) {
    unsigned number = 0;
    const auto [end, ec] = std::from_chars(hex.data(), hex.data() + hex.size(), number, 16);
    return ec == std::errc() && end == hex.data() + hex.size() && number == port;
}

/// A row is `sl local remote state …`, with addresses as `hex:port`.
Reach reach_of_row(std::string_view row, std::uint16_t port) {
    constexpr std::string_view listen = "0A";
    next_word(row);
    const auto local = next_word(row);
    next_word(row);
    const auto colon = local.find(':');
    if (next_word(row) != listen || colon == local.npos || !is_port(local.substr(colon + 1), port))
        return Reach::nobody;
    const auto address = local.substr(0, colon);
    if (address.find_first_not_of('0') == address.npos) return Reach::everybody;
    return std::find(loopbacks.begin(), loopbacks.end(), address) == loopbacks.end() ? Reach::nobody
                                                                                     : Reach::loopback;
}

Reach reach_of_table(std::string_view table, std::uint16_t port) {
    auto reach = Reach::nobody;
    while (!table.empty()) {
        const auto end = table.find('\n');
        reach = std::max(reach, reach_of_row(table.substr(0, end), port));
        if (end == table.npos) break;
        table.remove_prefix(end + 1);
    }
    return reach;
}

std::string table_at(const std::string& path) {
    auto text = read_file(path, table_limit);
    return text ? std::move(*text) : std::string();
}

}  // namespace

Reach reach_of(std::string_view tcp, std::string_view tcp6, std::uint16_t port) {
    return std::max(reach_of_table(tcp, port), reach_of_table(tcp6, port));
}

Reach reach_of(const Paths& paths, std::uint16_t port) {
    return reach_of(table_at(paths.at("/proc/net/tcp")), table_at(paths.at("/proc/net/tcp6")), port);
}

}  // namespace lanbridge::agent
