#pragma once

#include <vector>

#include "lanbridge/base/async.hpp"
#include "lanbridge/meross/integration.hpp"
#include "lanbridge/sim/fleet.hpp"

namespace lanbridge::app {

/// The simulated devices of `run --demo`: on real sockets of the loopback interface, so that everything is as
/// with real ones.
class Demo {
public:
    explicit Demo(Context context);

    /// Errors: those of listening.
    Result<void> start();
    void stop();
    bool idle() const { return nursery_.idle() && fleet_.idle(); }
    std::vector<meross::DeviceSettings> devices() const;

private:
    sim::Fleet fleet_;
    Nursery nursery_;
};

}  // namespace lanbridge::app
