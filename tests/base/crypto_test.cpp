#include "lanbridge/base/crypto.hpp"

#include "lanbridge/base/bytes.hpp"
#include "support/catch.hpp"

using namespace lanbridge;
using namespace lanbridge::crypto;

namespace {

Bytes hex(std::string_view text) { return from_hex(text).value(); }

// NIST SP 800-38A, appendix F: one message under a key of each length
const auto nist_iv = "000102030405060708090a0b0c0d0e0f";
const auto nist_plain = "6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e51";

}  // namespace

TEST_CASE("digests have their published values", "[base][crypto]") {
    CHECK(md5_hex("") == "d41d8cd98f00b204e9800998ecf8427e");
    CHECK(md5_hex("message digest") == "f96b697d7cb7938d525a2f31aaf161d0");
    CHECK(to_hex(md5(as_bytes("abc"))) == "900150983cd24fb0d6963f7d28e17f72");
    CHECK(to_hex(sha1(as_bytes("abc"))) == "a9993e364706816aba3e25717850c26c9cd0d89d");
    CHECK(to_hex(sha1(as_bytes(""))) == "da39a3ee5e6b4b0d3255bfef95601890afd80709");
    CHECK(to_hex(sha256(as_bytes("abc"))) ==
          "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST_CASE("HMAC-SHA256 has the values of RFC 4231", "[base][crypto]") {
    CHECK(to_hex(hmac_sha256(Bytes(20, 0x0b), as_bytes("Hi There"))) ==
          "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
    CHECK(to_hex(hmac_sha256(as_bytes("Jefe"), as_bytes("what do ya want for nothing?"))) ==
          "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
}

TEST_CASE("AES-CBC has NIST's values for both key lengths", "[base][crypto]") {
    struct Case {
        const char* key;
        const char* cipher;
    };
    const Case cases[] = {{"2b7e151628aed2a6abf7158809cf4f3c",
                           "7649abac8119b246cee98e9b12e9197d5086cb9b507219ee95db113a917678b2"},
                          {"603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4",
                           "f58c4c04d6e5f1ba779eabfb5f7bfbd69cfc4e967edb808d679f777bc6702c7d"}};
    for (const auto& [key, cipher] : cases) {
        const auto made = aes_cbc_encrypt(hex(key), hex(nist_iv), hex(nist_plain), Padding::none);
        REQUIRE(made);
        CHECK(to_hex(*made) == cipher);
        const auto back = aes_cbc_decrypt(hex(key), hex(nist_iv), hex(cipher), Padding::none);
        REQUIRE(back);
        CHECK(to_hex(*back) == nist_plain);
    }
}

TEST_CASE("PKCS#7 padding comes and goes", "[base][crypto]") {
    const Bytes key(16, 1);
    const Bytes iv(16, 2);
    for (std::size_t length : {0, 1, 15, 16, 17}) {
        const Bytes plain(length, 0x61);
        const auto cipher = aes_cbc_encrypt(key, iv, plain, Padding::pkcs7);
        REQUIRE(cipher);
        CHECK(cipher->size() == (length / 16 + 1) * 16);
        const auto back = aes_cbc_decrypt(key, iv, *cipher, Padding::pkcs7);
        REQUIRE(back);
        CHECK(*back == plain);
    }
}

TEST_CASE("AES refuses wrong lengths and broken padding", "[base][crypto]") {
    const Bytes key(32, 1);
    const Bytes iv(16, 2);
    const Bytes block(16, 0x61);
    CHECK(aes_cbc_encrypt(Bytes(24, 1), iv, block, Padding::none).error().is(Errc::invalid_value));
    CHECK(aes_cbc_encrypt(Bytes(), iv, block, Padding::none).error().is(Errc::invalid_value));
    CHECK(aes_cbc_encrypt(key, Bytes(8, 2), block, Padding::none).error().is(Errc::invalid_value));
    CHECK(aes_cbc_encrypt(key, iv, Bytes(15, 3), Padding::none).error().is(Errc::malformed));
    CHECK(aes_cbc_decrypt(key, iv, Bytes(17, 3), Padding::pkcs7).error().is(Errc::malformed));
    const auto unpadded = aes_cbc_encrypt(key, iv, block, Padding::none);
    REQUIRE(unpadded);
    CHECK(aes_cbc_decrypt(key, iv, *unpadded, Padding::pkcs7).error().is(Errc::malformed));
}

TEST_CASE("ECDH on P-256 has the values of NIST's component test", "[base][crypto]") {
    const auto ours =
        EcdhKey::from_private(hex("7d7dc5f71eb29ddaf80d6214632eeae03d9058af1fb6d22ed80badb62bc1a534"));
    REQUIRE(ours);
    CHECK(to_hex(ours->public_point()) ==
          "04ead218590119e8876b29146ff89ca61770c4edbbf97d38ce385ed281d8a6b230"
          "28af61281fd35e2fa7002523acc85a429cb06ee6648325389f59edfce1405141");
    const auto shared =
        ours->shared_x(hex("04700c48f77f56584c5cc632ca65640db91b6bacce3a4df6b42ce7cc838833d287"
                           "db71e509e3fd9b060ddb20ba5c51dcc5948d46fbf640dfe0441782cab85fa4ac"));
    REQUIRE(shared);
    CHECK(to_hex(*shared) == "46fc62106420ff012e54a434fbdd2d25ccc5852060561e68040dd7778997bd7b");
}

TEST_CASE("both ends of an ECDH exchange agree", "[base][crypto]") {
    SeededRandom random(42);
    const auto a = EcdhKey::generate(random);
    const auto b = EcdhKey::generate(random);
    CHECK(a.public_point() != b.public_point());
    CHECK(a.shared_x(b.public_point()).value() == b.shared_x(a.public_point()).value());
}

TEST_CASE("bad scalars and bad points are refused", "[base][crypto]") {
    const auto order = hex("ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551");
    CHECK(EcdhKey::from_private(Bytes(32, 0)).error().is(Errc::invalid_value));
    CHECK(EcdhKey::from_private(order).error().is(Errc::invalid_value));
    CHECK(EcdhKey::from_private(Bytes(31, 1)).error().is(Errc::invalid_value));
    SeededRandom random(1);
    const auto key = EcdhKey::generate(random);
    auto off_the_curve = key.public_point();
    off_the_curve.back() ^= 1;
    CHECK(key.shared_x(off_the_curve).error().is(Errc::malformed));
    CHECK(key.shared_x(Bytes()).error().is(Errc::malformed));
    CHECK(key.shared_x(Bytes(65, 0)).error().is(Errc::malformed));
    CHECK(key.shared_x(Bytes(1, 0)).error().is(Errc::malformed));  // the encoding of the point at infinity
}
