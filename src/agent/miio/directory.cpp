#include "agent/miio/directory.hpp"

namespace lanbridge::agent {

bool Directory::bind(Connection connection, Address address) {
    if (address <= 0) return false;
    apps_[connection].address = address;
    bound_[address] = connection;
    return true;
}

bool Directory::serve(Connection connection, std::string_view method) {
    const auto app = apps_.find(connection);
    if (app == apps_.end() || app->second.methods.size() >= most_methods) return false;
    app->second.methods.emplace(method);
    return true;
}

std::optional<Address> Directory::close(Connection connection) {
    const auto app = apps_.find(connection);
    if (app == apps_.end()) return std::nullopt;
    const auto address = app->second.address;
    apps_.erase(app);
    const auto bound = bound_.find(address);
    if (bound == bound_.end() || bound->second != connection) return address;
    bound_.erase(bound);
    for (const auto& [other, older] : apps_)
        if (older.address == address) bound_[address] = other;  // the last one found is the newest
    return address;
}

std::optional<Address> Directory::address_of(Connection connection) const {
    const auto app = apps_.find(connection);
    if (app == apps_.end()) return std::nullopt;
    return app->second.address;
}

std::optional<Connection> Directory::bound_as(Address address) const {
    const auto bound = bound_.find(address);
    if (bound == bound_.end()) return std::nullopt;
    return bound->second;
}

std::vector<Directory::Peer> Directory::matching(Address mask) const {
    std::vector<Peer> peers;
    for (const auto& [address, connection] : bound_)
        if ((address & mask) != 0) peers.push_back(Peer{address, connection});
    return peers;
}

std::vector<Directory::Peer> Directory::serving(std::string_view method) const {
    std::vector<Peer> peers;
    for (const auto& [address, connection] : bound_)
        if (apps_.at(connection).methods.contains(method)) peers.push_back(Peer{address, connection});
    return peers;
}

}  // namespace lanbridge::agent
