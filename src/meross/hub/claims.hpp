#pragma once

#include <cstdint>
#include <map>

#include "lanbridge/model/ids.hpp"

namespace lanbridge::meross {

/// Which hub serves a subdevice. One that was moved is listed by two for a while, and nobody says in which
/// order they are heard: whoever sees it on line has it, and the other must leave it alone.
class SubdeviceClaims {
public:
    /// How sure a hub is that the subdevice is its own.
    enum class Bond : std::uint8_t { remembered, listed, online };

    class Holder {
    public:
        virtual ~Holder() = default;
        virtual Bond bond(const model::DeviceId& id) const = 0;
        /// Another hub has it now. The device stays, it is no longer this hub's.
        virtual void lost(const model::DeviceId& id) = 0;
    };

    /// `fresh`: the claimant has not lost it to the holder just before, and only not noticed yet.
    bool take(const model::DeviceId& id, Holder& claimant, Bond bond, bool fresh) {
        const auto [it, unclaimed] = holders_.emplace(id, &claimant);
        if (unclaimed || it->second == &claimant) return true;
        Holder& holder = *it->second;
        if (bond <= holder.bond(id) && !(fresh && bond == Bond::online)) return false;
        it->second = &claimant;
        holder.lost(id);
        return true;
    }
    void release(const model::DeviceId& id, const Holder& holder) {
        const auto it = holders_.find(id);
        if (it != holders_.end() && it->second == &holder) holders_.erase(it);
    }
    bool taken(const model::DeviceId& id) const { return holders_.contains(id); }

private:
    std::map<model::DeviceId, Holder*> holders_;
};

}  // namespace lanbridge::meross
