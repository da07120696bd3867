#pragma once

#include <string>
#include <string_view>

#include "lanbridge/base/error.hpp"

namespace lanbridge::mqtt {

/// A subscription's filter: `+` stands for one level, `#` at the end for any number of them, its parent
/// included.
class TopicFilter {
public:
    /// Errors: `invalid_value` for an empty filter, wildcards inside a level, `#` before the end, over 65,535
    /// bytes.
    static Result<TopicFilter> parse(std::string filter);

    /// Wildcards at the first level do not match topics that begin with `$`.
    bool matches(std::string_view topic) const noexcept;
    const std::string& text() const noexcept { return text_; }
    friend bool operator==(const TopicFilter&, const TopicFilter&) = default;

private:
    explicit TopicFilter(std::string text) : text_(std::move(text)) {}
    std::string text_;
};

/// Whether a message may be published to `topic`: not empty, no wildcard, no NUL, at most 65,535 bytes.
bool valid_topic(std::string_view topic) noexcept;

}  // namespace lanbridge::mqtt
