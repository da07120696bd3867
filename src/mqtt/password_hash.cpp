#include "mqtt/password_hash.hpp"

#include <openssl/evp.h>

#include <array>
#include <stdexcept>

#include "lanbridge/base/bytes.hpp"

namespace lanbridge::mqtt {
namespace {

// mosquitto 2.0 takes salts of 12 or 64 bytes only, newer ones any. The rounds are those of mosquitto_passwd:
// every login of every client pays for them, and the file is readable by its owner only.
constexpr std::size_t salt_size = 12;
constexpr std::size_t hash_size = 64;
constexpr int rounds = 101;

}  // namespace

PasswordHash hash_password(const Secret& password, Random& random) {
    std::array<std::uint8_t, salt_size> salt{};
    random.fill(salt);
    std::array<std::uint8_t, hash_size> hash{};
    const auto& text = password.reveal();
    if (::PKCS5_PBKDF2_HMAC(text.data(), static_cast<int>(text.size()), salt.data(),
                            static_cast<int>(salt.size()), rounds, EVP_sha512(),
                            static_cast<int>(hash.size()), hash.data()) != 1)
        throw std::runtime_error("OpenSSL offers no PBKDF2 with SHA-512");
    return PasswordHash{rounds, to_base64(salt), to_base64(hash)};
}

}  // namespace lanbridge::mqtt
