#include "lanbridge/meross/protocol/cipher.hpp"

#include "lanbridge/base/bytes.hpp"
#include "support/catch.hpp"
#include "support/vectors.hpp"

using namespace lanbridge;
using namespace lanbridge::meross;
using namespace lanbridge::test;

namespace {

PayloadCipher device_cipher(const OrderedJson& vector) {
    return PayloadCipher::for_device(text(vector, "uuid"), text(vector, "macAddress"),
                                     Secret(text(vector, "key")));
}

crypto::EcdhKey scalar(const OrderedJson& vector, const char* member) {
    return crypto::EcdhKey::from_private(from_hex(text(vector, member)).value()).value();
}

}  // namespace

TEST_CASE("the key of a bound device is mixed from uuid, MAC and key", "[meross][cipher]") {
    for (const auto& vector : meross_vectors("http_encryption_key")) {
        INFO(text(vector, "name"));
        const auto cipher = device_cipher(vector);
        CHECK(cipher.key_text().reveal() == text(vector, "aes_key_text"));
        CHECK(to_hex(as_bytes(cipher.key_text().reveal())) == text(vector, "aes_key_hex"));
    }
}

TEST_CASE("payloads are padded with NULs and encrypted", "[meross][cipher]") {
    for (const auto& vector : meross_vectors("http_encryption")) {
        INFO(text(vector, "name"));
        const auto cipher = device_cipher(vector);
        const auto plain = text(vector, "plaintext");
        CHECK(cipher.encrypt(plain) == text(vector, "ciphertext_base64"));
        const auto back = cipher.decrypt(text(vector, "ciphertext_base64"));
        REQUIRE(back);
        CHECK(*back == plain);
    }
}

TEST_CASE("any amount of padding is taken off", "[meross][cipher]") {
    // these vectors use the key of the first bound device
    const auto& owner = meross_vectors("http_encryption_key").at(1);
    const auto cipher = device_cipher(owner);
    for (const auto& vector : meross_vectors("http_decryption_tolerance")) {
        INFO(text(vector, "name"));
        REQUIRE(cipher.key_text().reveal() == text(vector, "aes_key_text"));
        const auto back = cipher.decrypt(text(vector, "ciphertext_base64") + "\r\n");
        REQUIRE(back);
        CHECK(*back == text(vector, "plaintext"));
    }
}

TEST_CASE("what cannot be decrypted is refused", "[meross][cipher]") {
    const auto cipher = PayloadCipher::for_device("u", "m", Secret("k"));
    for (const auto* bad : {"", "abc", "{\"header\":{}}", "AAAA", "/SWV41RUw6xqz0Hc9N4aZAAA", "####"}) {
        INFO(bad);
        const auto plain = cipher.decrypt(bad);
        REQUIRE_FALSE(plain);
        CHECK(plain.error().is(Errc::malformed));
    }
    CHECK(cipher.decrypt(cipher.encrypt("")).value().empty());
}

TEST_CASE("a session key is agreed on by ECDHE", "[meross][cipher]") {
    for (const auto& vector : meross_vectors("ecdhe")) {
        INFO(text(vector, "name"));
        const auto client = scalar(vector, "client_private_hex");
        const auto device = scalar(vector, "device_private_hex");
        const Json offer = ecdhe_offer(client);
        CHECK(string_or(offer, {"ecdhe", "pubkey"}, "") == text(vector, "client_pubkey_base64"));
        CHECK(int_or(offer, {"ecdhe", "step"}, 0) == 1);
        const auto answer = ecdhe_answer(device, offer);
        REQUIRE(answer);
        CHECK(string_or(answer->payload, {"ecdhe", "pubkey"}, "") == text(vector, "device_pubkey_base64"));
        CHECK(int_or(answer->payload, {"ecdhe", "step"}, 0) == 2);
        const auto cipher = ecdhe_finish(client, answer->payload);
        REQUIRE(cipher);
        CHECK(cipher->key_text().reveal() == text(vector, "aes_key_text"));
        CHECK(answer->cipher.key_text() == cipher->key_text());
        CHECK(cipher->encrypt(text(vector, "plaintext")) == text(vector, "ciphertext_base64"));
        const auto shared = client.shared_x(from_base64(text(vector, "device_pubkey_base64")).value());
        CHECK(to_hex(shared.value()) == text(vector, "shared_secret_x_hex"));
    }
}

TEST_CASE("an ECDHE answer that is no point of the curve is refused", "[meross][cipher]") {
    SeededRandom random(7);
    const auto key = crypto::EcdhKey::generate(random);
    for (const auto* bad :
         {R"({})", R"({"ecdhe":{"step":2}})", R"({"ecdhe":{"pubkey":7}})", R"({"ecdhe":{"pubkey":"***"}})",
          R"({"ecdhe":{"pubkey":"BAAA"}})", R"({"ecdhe":[]})"}) {
        INFO(bad);
        const auto cipher = ecdhe_finish(key, Json::parse(bad));
        REQUIRE_FALSE(cipher);
        CHECK(cipher.error().is(Errc::malformed));
        CHECK_FALSE(ecdhe_answer(key, Json::parse(bad)));
    }
}

TEST_CASE("the Wi-Fi password has a key of its own", "[meross][cipher]") {
    for (const auto& vector : meross_vectors("wifix_password")) {
        INFO(text(vector, "name"));
        const auto cipher = PayloadCipher::for_wifi_password(text(vector, "type"), text(vector, "uuid"),
                                                             text(vector, "macAddress"));
        CHECK(cipher.key_text().reveal() == text(vector, "aes_key_text"));
        CHECK(cipher.encrypt(text(vector, "password")) == text(vector, "password_base64_encrypted"));
    }
}

TEST_CASE("older devices take the Wi-Fi password as plain base64", "[meross][cipher]") {
    for (const auto& vector : meross_vectors("wifi_plain")) {
        CHECK(to_base64(as_bytes(text(vector, "ssid"))) == text(vector, "ssid_base64"));
        CHECK(to_base64(as_bytes(text(vector, "password"))) == text(vector, "password_base64"));
    }
}

TEST_CASE("only the ability ECDHE is a sign of encryption", "[meross][cipher]") {
    CHECK(may_want_encryption(Json::parse(R"({"Appliance.Encrypt.ECDHE":{},"Appliance.System.All":{}})")));
    CHECK_FALSE(may_want_encryption(Json::parse(R"({"Appliance.Encrypt.Suite":{}})")));
    CHECK_FALSE(may_want_encryption(Json::parse("[]")));
    CHECK(is_clear_namespace("Appliance.System.Ability"));
    CHECK(is_clear_namespace("Appliance.Encrypt.ECDHE"));
    CHECK(is_clear_namespace("Appliance.Encrypt.Suite"));
    CHECK_FALSE(is_clear_namespace("Appliance.System.All"));
}
