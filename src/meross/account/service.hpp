#pragma once

#include <string>
#include <string_view>

#include "lanbridge/meross/account.hpp"

// The account service's forms: values in, values out.
namespace lanbridge::meross {

/// The signed body of a request. `params` is the data object's JSON, signed as it stands.
std::string service_body(std::string_view params, std::int64_t timestamp_ms, std::string_view nonce);
/// The data object of signIn, whose password is hashed.
Json sign_in_data(const AccountLogin& login, const std::optional<Secret>& code, std::string_view client_uuid);

/// What the service says beside data.
inline constexpr int status_wrong_region = 1030;
inline constexpr int status_code_wrong = 1032;
inline constexpr int status_code_required = 1033;

struct ServiceAnswer {
    ServiceAnswer() = default;
    std::int64_t status = 0;  ///< 0 = ok
    std::string info;
    Json data;  ///< null when there is none
};
/// Errors: `malformed`.
Result<ServiceAnswer> parse_service_answer(std::string_view text);
/// A sentence for people, with what to do.
Error service_error(const ServiceAnswer& answer);

/// Where a service may send us with a password: over TLS to the same owner's domain, or on the loopback.
/// Errors: `wrong_device`.
Result<ServiceUrl> other_region(const ServiceUrl& from, std::string_view domain);

std::vector<AccountDevice> parse_device_list(const Json& data);
std::vector<AccountSubdevice> parse_subdevices(const Json& data);

}  // namespace lanbridge::meross
