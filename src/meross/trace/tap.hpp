#pragma once

#include <string_view>

#include "lanbridge/meross/protocol/multiple.hpp"
#include "lanbridge/model/device.hpp"

namespace lanbridge::meross {

/// Hears what is said between us and one device.
class Tap {
public:
    virtual ~Tap() = default;
    virtual void sent(model::Transport transport, const Request& request) = 0;
    virtual void received(model::Transport transport, const Message& message) = 0;
    /// What is no message: a change of transport, a failure, a device that goes or comes.
    virtual void note(std::string_view text) = 0;
};

}  // namespace lanbridge::meross
