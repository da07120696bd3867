#pragma once

#include <boost/asio/awaitable.hpp>
#include <vector>

#include "meross/device/facts.hpp"
#include "meross/transport/transport.hpp"

namespace lanbridge::meross {

/// Which keys may be tried on a device, and whether its own signatures may be reflected when none fits.
struct KeyRing {
    KeyRing(std::vector<Secret> k, bool r) : keys(std::move(k)), may_reflect(r) {}
    std::vector<Secret> keys;
    bool may_reflect;
};
/// A device's own key stands alone; without one the shared keys are tried in order, then the empty key, which
/// factory and Refoss devices accept. Reflecting is for devices without a key of their own, or with key "".
KeyRing key_ring(const std::optional<Secret>& own, const std::vector<Secret>& shared);

/// Finds out who answers and how to talk to it: key, encryption. On success the transport is set up
/// accordingly. Errors: those of the transport; `wrong_key`, `encrypted_without_key`, `malformed`.
boost::asio::awaitable<Result<Facts>> identify(Transport& transport, KeyRing ring);

/// A GET of System.All, which tells everything and proves that the device is there.
Request all_request();

/// What an answer is worth: the reply itself or, for an ERROR and for what is no acknowledgement, an error.
/// Errors: `wrong_key` for ERROR 5001, `unsupported` for ERROR 5000, `device_error` for the rest.
Result<Message> acknowledged(Result<Message> reply, const Request& request);

/// Reads one namespace. Errors: those of the transport; `wrong_key` for ERROR 5001, `unsupported` for ERROR
/// 5000, `device_error` for any other ERROR and for an answer that is no GETACK.
boost::asio::awaitable<Result<Message>> read_namespace(Transport& transport, Request request,
                                                       Patience patience);

}  // namespace lanbridge::meross
