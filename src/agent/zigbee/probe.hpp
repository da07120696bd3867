#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace lanbridge::agent {

/// Whether a Zigbee chip speaks at the baud rate of the moment: send it `request`, then feed what it says.
class ZigbeeProbe {
public:
    /// Cancel, the reset frame of ASH, its check sum, end of frame.
    static constexpr std::string_view request{"\x1a\xc0\x38\xbc\x7e", 5};
    /// What does not begin within so many bytes is no answer.
    static constexpr std::size_t longest_answer = 64;

    enum class Verdict { more, ok, fail, boot_loader };
    /// What one read gave; nothing, when its time ran out.
    Verdict feed(std::string_view bytes);

    const std::string& heard() const noexcept { return heard_; }
    std::size_t room() const noexcept { return longest_answer - heard_.size(); }

private:
    std::string heard_;
};

}  // namespace lanbridge::agent
