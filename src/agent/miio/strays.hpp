#pragma once

#include <array>
#include <string_view>

#include "agent/address.hpp"
#include "agent/journal.hpp"
#include "lanbridge/base/tally.hpp"

namespace lanbridge::agent {

/// Messages that go nowhere. Each kind is spoken of at its first, later ones together with their number.
class Strays {
public:
    enum class Kind : std::size_t {
        broken,
        unanswerable,
        unreadable_target,
        nobody_there,
        unserved,
        crowded_out
    };

    Strays(TimeSource& time, Journal& journal) : time_(time), journal_(journal) {}

    /// `detail` is what the kind is about: the parser's complaint, the target, the method.
    void note(Kind kind, Address from, std::string_view detail = {});

private:
    TimeSource& time_;
    Journal& journal_;
    std::array<Tally, 6> tallies_;
};

}  // namespace lanbridge::agent
