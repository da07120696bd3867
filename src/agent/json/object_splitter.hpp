#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace lanbridge::agent {

/// Cuts a stream into JSON objects, glued, apart, or split over reads. What stands between objects is
/// skipped.
class ObjectSplitter {
public:
    /// Of one object. A message list of a whole house is below 100 KiB.
    static constexpr std::size_t longest = 1024 * 1024;
    using Visit = std::function<void(std::string_view object)>;

    /// Calls with each object that is complete now. The view lives during the call only.
    void feed(std::string_view bytes, const Visit& visit);
    /// Of a connection that is gone: its half message can never end.
    void reset();
    /// Objects that were longer than `longest` and were dropped.
    std::uint64_t too_long() const noexcept { return too_long_; }

private:
    bool step(char c) noexcept;

    std::string kept_;  ///< of an object that began in an earlier read
    int depth_ = 0;
    bool in_string_ = false;
    bool escaped_ = false;
    bool dropping_ = false;
    std::uint64_t too_long_ = 0;
};

}  // namespace lanbridge::agent
