#pragma once

#include <openssl/types.h>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "lanbridge/base/error.hpp"
#include "lanbridge/base/secret.hpp"

// Keys and certificates as values, over OpenSSL.
namespace lanbridge::mqtt::x509 {

struct Free {
    void operator()(EVP_PKEY* key) const noexcept;
    void operator()(X509* certificate) const noexcept;
};
using Key = std::unique_ptr<EVP_PKEY, Free>;
using Certificate = std::unique_ptr<X509, Free>;

/// X.520's bound: longer ones are cut, and stand whole in the alternative names only.
inline constexpr std::size_t longest_common_name = 64;

struct Request {
    std::string common_name;
    std::vector<std::string> names;  ///< subject alternative names: addresses or host names
    std::int64_t from_s = 0;         ///< civil time
    std::int64_t to_s = 0;
};

// All made with RSA-2048 and SHA-256. Errors: `io` with OpenSSL's words; `invalid_value` for a bad name.
Result<Key> make_key();
Result<Certificate> make_authority(const Request& request, const Key& key);
Result<Certificate> make_signed(const Request& request, const Key& key, const Certificate& issuer,
                                const Key& issuer_key);

/// nullptr when the text is not one.
Key parse_key(std::string_view pem);
Certificate parse_certificate(std::string_view pem);
Secret pem(const Key& key);
std::string pem(const Certificate& certificate);

bool belongs(const Certificate& certificate, const Key& key);
bool signed_by(const Certificate& certificate, const Key& issuer_key);
bool is_rsa(const Certificate& certificate);
std::string common_name(const Certificate& certificate);
std::vector<std::string> alternative_names(const Certificate& certificate);
/// Whether it is for that host name or address, by an alternative name or by its CN.
bool names_host(const Certificate& certificate, const std::string& host);

}  // namespace lanbridge::mqtt::x509
