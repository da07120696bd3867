#pragma once

#include <string>
#include <string_view>

#include "lanbridge/base/bytes.hpp"
#include "lanbridge/base/error.hpp"
#include "lanbridge/base/random.hpp"

// A thin skin on OpenSSL's EVP interface: what the device protocols need and nothing more.
namespace lanbridge::crypto {

std::string md5_hex(std::string_view text);
Bytes md5(ByteSpan data);
Bytes sha1(ByteSpan data);
Bytes sha256(ByteSpan data);
Bytes hmac_sha256(ByteSpan key, ByteSpan data);

enum class Padding { none, pkcs7 };

/// AES in CBC mode; the key's length (16 or 32) selects AES-128 or AES-256, the IV has 16 bytes.
/// Errors: `invalid_value` for other lengths, `malformed` when decryption finds the padding or length wrong.
Result<Bytes> aes_cbc_encrypt(ByteSpan key, ByteSpan iv, ByteSpan plain, Padding padding);
Result<Bytes> aes_cbc_decrypt(ByteSpan key, ByteSpan iv, ByteSpan cipher, Padding padding);

/// A P-256 key pair for ECDH.
class EcdhKey {
public:
    /// Errors: `invalid_value` when the scalar is zero or not below the group's order.
    static Result<EcdhKey> from_private(ByteSpan scalar32);
    static EcdhKey generate(Random& random);

    /// 65 bytes, uncompressed point.
    const Bytes& public_point() const noexcept { return public_; }
    /// 32 bytes, big-endian x coordinate. Errors: `malformed` when `peer` is no point of the curve.
    Result<Bytes> shared_x(ByteSpan peer) const;

private:
    Bytes private_;
    Bytes public_;
};

}  // namespace lanbridge::crypto
