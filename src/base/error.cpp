#include "lanbridge/base/error.hpp"

#include <stdexcept>

namespace lanbridge {
namespace {

class Category final : public boost::system::error_category {
public:
    const char* name() const noexcept override { return "lanbridge"; }
    std::string message(int value) const override {
        switch (static_cast<Errc>(value)) {
            case Errc::timeout:
                return "no answer in time";
            case Errc::cancelled:
                return "cancelled";
            case Errc::unreachable:
                return "cannot be reached";
            case Errc::link_down:
                return "not connected";
            case Errc::closed:
                return "connection closed without an answer";
            case Errc::malformed:
                return "malformed message";
            case Errc::truncated:
                return "truncated message";
            case Errc::too_large:
                return "message too large";
            case Errc::wrong_key:
                return "key refused";
            case Errc::wrong_device:
                return "another device answers here";
            case Errc::encrypted_without_key:
                return "the device wants encryption and its key is not known";
            case Errc::device_error:
                return "the device answered with an error";
            case Errc::unsupported:
                return "not supported";
            case Errc::invalid_value:
                return "invalid value";
            case Errc::not_found:
                return "not found";
            case Errc::overflow:
                return "queue full";
            case Errc::io:
                return "input/output error";
            case Errc::busy:
                return "busy";
        }
        return "unknown error " + std::to_string(value);
    }
};

}  // namespace

const boost::system::error_category& lanbridge_category() noexcept {
    static const Category category;
    return category;
}

error_code make_error_code(Errc e) noexcept { return {static_cast<int>(e), lanbridge_category()}; }

std::string Error::text() const { return where.empty() ? code.message() : where + ": " + code.message(); }

Error Error::in(std::string_view context) const {
    return Error(code, where.empty() ? std::string(context) : std::string(context) + ": " + where);
}

void throw_exception_from_error(const Error& error, const boost::source_location&) {
    throw std::runtime_error(error.text());
}

}  // namespace lanbridge
