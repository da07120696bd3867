#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "agent/address.hpp"

namespace lanbridge::agent {

/// Which app is behind which connection, and which methods it serves. What an app registered ends with its
/// connection. Of two connections with one address the newer one is bound; the older one takes its place
/// again when that closes.
class Directory {
public:
    /// Of one app. Real ones register about twenty.
    static constexpr std::size_t most_methods = 256;

    /// False unless `address` is above 0.
    bool bind(Connection connection, Address address);
    /// False when the connection is not bound, or has registered too many.
    bool serve(Connection connection, std::string_view method);
    /// The address it had.
    std::optional<Address> close(Connection connection);

    std::optional<Address> address_of(Connection connection) const;
    std::optional<Connection> bound_as(Address address) const;

    struct Peer {
        Address address;
        Connection connection;
    };
    /// Everybody whose address has a bit in common with `mask`.
    std::vector<Peer> matching(Address mask) const;
    std::vector<Peer> serving(std::string_view method) const;

private:
    struct App {
        Address address = 0;
        std::set<std::string, std::less<>> methods;
    };
    std::map<Connection, App> apps_;
    std::map<Address, Connection> bound_;
};

}  // namespace lanbridge::agent
