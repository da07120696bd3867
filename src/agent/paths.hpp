#pragma once

#include <string>
#include <string_view>
#include <utility>

namespace lanbridge::agent {

/// Where the gateway's files are: everything below one prefix, "" on a gateway, a folder of their own in
/// tests.
class Paths {
public:
    explicit Paths(std::string root = {}) : root_(std::move(root)) {}

    /// `path` is absolute as on the gateway: "/tmp/miio_agent.socket".
    std::string at(std::string_view path) const { return root_ + std::string(path); }
    const std::string& root() const noexcept { return root_; }

private:
    std::string root_;
};

}  // namespace lanbridge::agent
