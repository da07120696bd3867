#pragma once

#include <compare>
#include <cstddef>
#include <functional>
#include <string>
#include <utility>

namespace lanbridge {

/// A value with a name of its own, so that a device id never meets a topic by accident.
template <class Tag, class Rep = std::string>
class Strong {
public:
    Strong() = default;
    explicit Strong(Rep value) : value_(std::move(value)) {}
    const Rep& value() const noexcept { return value_; }
    bool empty() const noexcept
        requires requires(const Rep& rep) { rep.empty(); }
    {
        return value_.empty();
    }
    friend auto operator<=>(const Strong&, const Strong&) = default;

private:
    Rep value_{};
};

}  // namespace lanbridge

template <class Tag, class Rep>
struct std::hash<lanbridge::Strong<Tag, Rep>> {
    std::size_t operator()(const lanbridge::Strong<Tag, Rep>& strong) const noexcept {
        return std::hash<Rep>{}(strong.value());
    }
};
