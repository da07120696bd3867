#pragma once

#include <iosfwd>
#include <string>
#include <string_view>

namespace lanbridge {

/// The only thing a key, token or password is stored in: prints as `***` and is wiped when it goes.
class Secret {
public:
    Secret() = default;
    explicit Secret(std::string value) : value_(std::move(value)) {}
    Secret(const Secret&) = default;
    Secret(Secret&& other) noexcept;
    Secret& operator=(const Secret& other);
    Secret& operator=(Secret&& other) noexcept;
    ~Secret() { wipe(); }

    /// The value itself: for the wire, a 0600 file or a comparison; never for a log line.
    const std::string& reveal() const noexcept { return value_; }
    bool empty() const noexcept { return value_.empty(); }

    friend bool operator==(const Secret&, const Secret&) = default;
    friend std::ostream& operator<<(std::ostream& os, const Secret&);

private:
    void wipe() noexcept;
    std::string value_;
};

inline std::string_view format_as(const Secret&) { return "***"; }

}  // namespace lanbridge
