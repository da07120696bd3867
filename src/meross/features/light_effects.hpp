#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lanbridge/base/json.hpp"

namespace lanbridge::meross {

/// What ends an effect; the last of the names.
inline constexpr std::string_view no_effect = "off";

/// A lamp's effects, by their place in the device's list. Either the device lists them as objects, which it
/// wants back complete, or it knows them by number only.
class LightEffects {
public:
    /// Known by number only; none = the device will list them.
    explicit LightEffects(std::vector<std::string> names);

    /// Takes a payload of the namespace: the whole list, or one effect that is listed already. True when the
    /// names have changed.
    bool take(const Json& payload);

    bool empty() const noexcept { return names_.empty(); }
    bool numbers_only() const noexcept { return effects_.empty(); }
    /// Each once whatever the case of its letters, in order; `no_effect` at the end. Empty = no effects.
    const std::vector<std::string>& names() const noexcept { return names_; }
    std::optional<std::size_t> find(std::string_view name) const noexcept;
    bool listed(std::size_t index) const noexcept { return index < effects_.size(); }
    /// The one that the list itself calls enabled.
    std::optional<std::size_t> enabled() const noexcept;

    /// Brightness of the first member; nothing when the device has not told.
    std::optional<int> luminance(std::size_t index) const noexcept;
    std::optional<int> speed(std::size_t index) const noexcept;

    /// A listed effect as the device wants it back, enabled, with all members this bright, this fast.
    Json enabled_object(std::size_t index, std::optional<int> luminance, std::optional<int> speed) const;

private:
    bool update_one(const Json& effect);

    std::vector<Json> effects_;
    std::vector<std::string> names_;
};

}  // namespace lanbridge::meross
