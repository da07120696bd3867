#pragma once

#include <boost/assert/source_location.hpp>
#include <boost/system/error_code.hpp>
#include <boost/system/result.hpp>
#include <iosfwd>
#include <string>
#include <utility>

namespace lanbridge {

using boost::system::error_code;

/// What can go wrong in ways that callers tell apart. The text of an `Error` adds what, where and what to do.
enum class Errc {
    timeout = 1,            ///< a deadline passed
    cancelled,              ///< the operation was stopped by its owner
    unreachable,            ///< no connection to the peer could be made
    link_down,              ///< the connection is not up now
    closed,                 ///< the peer ended the connection without an answer
    malformed,              ///< the message is not what the protocol says
    truncated,              ///< the message ends before it should
    too_large,              ///< the message exceeds its bound
    wrong_key,              ///< the peer refuses our key, token or password
    wrong_device,           ///< somebody else answers at this address
    encrypted_without_key,  ///< the device wants encryption and we have no key for it
    device_error,           ///< the device answered with an error of its own
    unsupported,            ///< the peer does not offer this
    invalid_value,          ///< a value that is nonsense or out of range
    not_found,              ///< no such thing
    overflow,               ///< a bounded queue is full
    io,                     ///< a file or a system call failed
    busy,                   ///< someone else holds the resource
};

const boost::system::error_category& lanbridge_category() noexcept;
error_code make_error_code(Errc e) noexcept;

/// An expected failure: a code that programs compare and a text that people read.
struct Error {
    error_code code;
    std::string where;  ///< peer, topic, file or JSON path, and what was found there

    Error() = default;  // user-declared, hence no aggregate: g++ 12 miscompiles those in co_await expressions
    Error(error_code c, std::string w = {}) : code(c), where(std::move(w)) {}
    Error(Errc e, std::string w = {}) : Error(make_error_code(e), std::move(w)) {}

    bool is(Errc e) const noexcept { return code == make_error_code(e); }
    /// "where: message of the code"
    std::string text() const;
    /// The same error with more context in front.
    Error in(std::string_view context) const;

    friend std::ostream& operator<<(std::ostream& os, const Error& error);
    friend bool operator==(const Error&, const Error&) = default;
};

template <class T>
using Result = boost::system::result<T, Error>;

[[noreturn]] void throw_exception_from_error(const Error& error, const boost::source_location& where);

}  // namespace lanbridge

template <>
struct boost::system::is_error_code_enum<lanbridge::Errc> : std::true_type {};
