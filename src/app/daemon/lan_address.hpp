#pragma once

#include <string>

#include "lanbridge/base/error.hpp"

namespace lanbridge::app {

/// This machine's address as `peer` sees it, or, where that is no address or a device in its own network, as
/// the LAN does. Nothing is sent. Errors: `unreachable` without a way there, with what to do.
Result<std::string> address_seen_from(const std::string& peer);

/// Nobody else can use this address: it means this machine.
bool is_loopback(const std::string& host);

/// `host` as a device can use it: the loopback becomes our address on the way to `peer`. Errors: as above.
Result<std::string> host_for_device(const std::string& host, const std::string& peer);

}  // namespace lanbridge::app
