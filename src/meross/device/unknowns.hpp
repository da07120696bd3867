#pragma once

#include <memory>
#include <string_view>
#include <vector>

#include "lanbridge/base/json.hpp"
#include "lanbridge/meross/unknown.hpp"
#include "meross/device/facts.hpp"

namespace lanbridge::meross {

/// What a device has and lanbridge does not know: namespaces that the table lacks and keys of its digest,
/// with what it last said there, obfuscated. Costs nothing for a device that holds no surprise.
class Unknowns {
public:
    Unknowns();
    explicit Unknowns(const Facts& facts);
    Unknowns(Unknowns&&) noexcept;
    Unknowns& operator=(Unknowns&&) noexcept;
    ~Unknowns();

    /// A payload of any namespace. True when it is news about an unknown one.
    bool note(std::string_view name_space, const Json& payload);
    /// By name. Longer payloads are cut.
    std::vector<Unknown> list() const;

private:
    struct State;
    State& state();
    std::unique_ptr<State> state_;
};

}  // namespace lanbridge::meross
