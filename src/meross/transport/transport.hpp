#pragma once

#include <optional>
#include <string>

#include "lanbridge/base/secret.hpp"
#include "lanbridge/meross/protocol/multiple.hpp"
#include "lanbridge/model/device.hpp"

#include <boost/asio/awaitable.hpp>

namespace lanbridge::meross {

/// How long a request is worth waiting for.
enum class Patience {
    normal,   ///< reading: connecting may be tried again for some seconds
    command,  ///< a user waits, or a device that is probably off: say soon that it does not work
    brief,    ///< a first read of something that many devices do not answer
};

/// One way to a device. A reply of method ERROR is a reply: see `error_of`.
class Transport {
public:
    virtual ~Transport() = default;
    /// Sends one request and waits for its answer; every call builds a message of its own (id, timestamp,
    /// sign). Errors: `unreachable` (nothing was sent), `closed`, `timeout`, `malformed`, `truncated`,
    /// `too_large`, `wrong_device`, `device_error` (not a protocol answer at all), `cancelled`.
    virtual boost::asio::awaitable<Result<Message>> request(Request request, Patience patience) = 0;
    virtual model::Transport kind() const noexcept = 0;
    /// For people: the address, or who is asked over the broker.
    virtual std::string place() const = 0;
    /// Signs with this key from now on, in clear.
    virtual void use_key(Secret key) = 0;
    virtual const Secret& key() const noexcept = 0;
    /// Reflects the device's own signatures from now on. False where that does not work.
    virtual bool use_reply_header() { return false; }
    /// Encrypts with this device's static key from now on. False where payloads are never encrypted.
    virtual bool encrypt_for(const Uuid&) { return false; }
    virtual bool without_key() const noexcept { return false; }
};

}  // namespace lanbridge::meross
