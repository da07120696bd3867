#include "lanbridge/base/bytes.hpp"

#include "support/catch.hpp"

using namespace lanbridge;

TEST_CASE("hex goes both ways", "[base][bytes]") {
    const Bytes bytes{0x00, 0x0f, 0xa5, 0xff};
    CHECK(to_hex(bytes) == "000fa5ff");
    CHECK(from_hex("000FA5fF").value() == bytes);
    CHECK(from_hex("").value().empty());
    for (const auto* bad : {"0", "0g", "g0", "0x12", "12 4", "--"}) {
        INFO(bad);
        CHECK(from_hex(bad).error().is(Errc::malformed));
    }
}

TEST_CASE("base64 has the values of RFC 4648", "[base][bytes]") {
    const std::pair<const char*, const char*> vectors[] = {{"", ""},
                                                           {"f", "Zg=="},
                                                           {"fo", "Zm8="},
                                                           {"foo", "Zm9v"},
                                                           {"foob", "Zm9vYg=="},
                                                           {"fooba", "Zm9vYmE="},
                                                           {"foobar", "Zm9vYmFy"}};
    for (const auto& [plain, encoded] : vectors) {
        INFO(plain);
        CHECK(to_base64(as_bytes(plain)) == encoded);
        const auto back = from_base64(encoded);
        REQUIRE(back);
        CHECK(as_text(*back) == plain);
    }
}

TEST_CASE("base64 of any bytes comes back", "[base][bytes]") {
    Bytes bytes;
    for (int i = 0; i < 256; ++i) {
        CHECK(from_base64(to_base64(bytes)).value() == bytes);
        bytes.push_back(static_cast<std::uint8_t>(i));
    }
    CHECK(from_base64("Zm9v\r\n").value().size() == 3);
}

TEST_CASE("what is not base64 is refused", "[base][bytes]") {
    for (const auto* bad : {"Z", "Zg", "Zg=", "Z===", "====", "Zm9v!mFy", "{\"a\":1}",
                            "Zg==Zg==", "=Zg=", "Zm9v----", "\t\t\t\tZm9v"}) {
        INFO(bad);
        const auto bytes = from_base64(bad);
        REQUIRE_FALSE(bytes);
        CHECK(bytes.error().is(Errc::malformed));
    }
}
