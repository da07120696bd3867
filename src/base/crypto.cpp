#include "lanbridge/base/crypto.hpp"

#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/obj_mac.h>
#include <openssl/param_build.h>

#include <array>
#include <memory>
#include <stdexcept>

namespace lanbridge::crypto {
namespace {

struct Deleter {
    void operator()(EVP_MD_CTX* p) const noexcept { EVP_MD_CTX_free(p); }
    void operator()(EVP_CIPHER_CTX* p) const noexcept { EVP_CIPHER_CTX_free(p); }
    void operator()(EVP_PKEY* p) const noexcept { EVP_PKEY_free(p); }
    void operator()(EVP_PKEY_CTX* p) const noexcept { EVP_PKEY_CTX_free(p); }
    void operator()(EC_GROUP* p) const noexcept { EC_GROUP_free(p); }
    void operator()(EC_POINT* p) const noexcept { EC_POINT_free(p); }
    void operator()(BIGNUM* p) const noexcept { BN_clear_free(p); }
    void operator()(BN_CTX* p) const noexcept { BN_CTX_free(p); }
};
template <class T>
using Owned = std::unique_ptr<T, Deleter>;

Bytes digest(const EVP_MD* kind, ByteSpan data) {
    Bytes out(static_cast<std::size_t>(EVP_MD_get_size(kind)));
    unsigned length = 0;
    if (EVP_Digest(data.data(), data.size(), out.data(), &length, kind, nullptr) != 1)
        throw std::runtime_error("OpenSSL refuses a digest; is a FIPS-only provider configured?");
    return out;
}

const EVP_CIPHER* aes_cbc(std::size_t key_length) {
    if (key_length == 16) return EVP_aes_128_cbc();
    if (key_length == 32) return EVP_aes_256_cbc();
    return nullptr;
}

enum class Direction { decrypt = 0, encrypt = 1 };

Result<Bytes> aes_cbc(ByteSpan key, ByteSpan iv, ByteSpan in, Padding padding, Direction direction) {
    const EVP_CIPHER* cipher = aes_cbc(key.size());
    if (!cipher || iv.size() != 16) return Error(Errc::invalid_value, "AES key or IV of a wrong length");
    const Owned<EVP_CIPHER_CTX> context(EVP_CIPHER_CTX_new());
    if (EVP_CipherInit_ex(context.get(), cipher, nullptr, key.data(), iv.data(),
                          static_cast<int>(direction)) != 1)
        throw std::runtime_error("OpenSSL refuses AES");
    EVP_CIPHER_CTX_set_padding(context.get(), padding == Padding::pkcs7 ? 1 : 0);
    Bytes out(in.size() + 16);
    int first = 0;
    int last = 0;
    const bool done =
        EVP_CipherUpdate(context.get(), out.data(), &first, in.data(), static_cast<int>(in.size())) == 1 &&
        EVP_CipherFinal_ex(context.get(), out.data() + first, &last) == 1;
    if (!done) return Error(Errc::malformed, "AES text of a wrong length or padding");
    out.resize(static_cast<std::size_t>(first + last));
    return out;
}

const EC_GROUP& p256() {
    static const Owned<EC_GROUP> group(EC_GROUP_new_by_curve_name(NID_X9_62_prime256v1));
    return *group;
}

Bytes encode(const EC_POINT& point) {
    const Owned<BN_CTX> scratch(BN_CTX_new());
    Bytes out(65);
    EC_POINT_point2oct(&p256(), &point, POINT_CONVERSION_UNCOMPRESSED, out.data(), out.size(), scratch.get());
    return out;
}

}  // namespace

std::string md5_hex(std::string_view text) {
    std::array<std::uint8_t, 16> out{};
    unsigned length = 0;
    if (EVP_Digest(text.data(), text.size(), out.data(), &length, EVP_md5(), nullptr) != 1)
        throw std::runtime_error("OpenSSL refuses MD5, which the devices' protocol needs");
    return to_hex(out);
}

Bytes md5(ByteSpan data) { return digest(EVP_md5(), data); }
Bytes sha1(ByteSpan data) { return digest(EVP_sha1(), data); }
Bytes sha256(ByteSpan data) { return digest(EVP_sha256(), data); }

Bytes hmac_sha256(ByteSpan key, ByteSpan data) {
    Bytes out(32);
    unsigned length = 0;
    HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()), data.data(), data.size(), out.data(),
         &length);
    return out;
}

Result<Bytes> aes_cbc_encrypt(ByteSpan key, ByteSpan iv, ByteSpan plain, Padding padding) {
    return aes_cbc(key, iv, plain, padding, Direction::encrypt);
}

Result<Bytes> aes_cbc_decrypt(ByteSpan key, ByteSpan iv, ByteSpan cipher, Padding padding) {
    return aes_cbc(key, iv, cipher, padding, Direction::decrypt);
}

Result<EcdhKey> EcdhKey::from_private(ByteSpan scalar32) {
    if (scalar32.size() != 32) return Error(Errc::invalid_value, "a P-256 scalar has 32 bytes");
    const Owned<BIGNUM> scalar(BN_bin2bn(scalar32.data(), 32, nullptr));
    if (BN_is_zero(scalar.get()) || BN_cmp(scalar.get(), EC_GROUP_get0_order(&p256())) >= 0)
        return Error(Errc::invalid_value, "the P-256 scalar is zero or too large");
    const Owned<EC_POINT> point(EC_POINT_new(&p256()));
    const Owned<BN_CTX> scratch(BN_CTX_new());
    EC_POINT_mul(&p256(), point.get(), scalar.get(), nullptr, nullptr, scratch.get());
    EcdhKey key;
    key.private_.assign(scalar32.begin(), scalar32.end());
    key.public_ = encode(*point);
    return key;
}

EcdhKey EcdhKey::generate(Random& random) {
    for (;;) {
        std::array<std::uint8_t, 32> scalar{};
        random.fill(scalar);
        if (auto key = from_private(scalar)) return *std::move(key);
    }
}

Result<Bytes> EcdhKey::shared_x(ByteSpan peer) const {
    const Owned<BN_CTX> scratch(BN_CTX_new());
    const Owned<EC_POINT> point(EC_POINT_new(&p256()));
    if (EC_POINT_oct2point(&p256(), point.get(), peer.data(), peer.size(), scratch.get()) != 1 ||
        EC_POINT_is_at_infinity(&p256(), point.get()) == 1)
        return Error(Errc::malformed, "the peer's public key is no point of P-256");
    const Owned<BIGNUM> scalar(BN_bin2bn(private_.data(), static_cast<int>(private_.size()), nullptr));
    const Owned<EC_POINT> shared(EC_POINT_new(&p256()));
    EC_POINT_mul(&p256(), shared.get(), nullptr, point.get(), scalar.get(), scratch.get());
    const Bytes encoded = encode(*shared);
    return Bytes(encoded.begin() + 1, encoded.begin() + 33);
}

}  // namespace lanbridge::crypto
