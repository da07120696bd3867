// Encrypted answers: base64 of AES blocks, or whatever else a device sends in their place.
#include "fuzz.hpp"
#include "lanbridge/meross/protocol/cipher.hpp"

using namespace lanbridge;
using namespace lanbridge::meross;
using lanbridge::fuzz::require;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const auto cipher = PayloadCipher::for_device(
        "0102030405060708090048e1e9a1b2c3", "48:e1:e9:a1:b2:c3", Secret("5d41402abc4b2a76b9719d911017c592"));
    static const auto ours = crypto::EcdhKey::from_private(Bytes(32, 7)).value();
    const auto input = fuzz::as_input(data, size);

    const auto plain = cipher.decrypt(input);
    if (plain) require(plain->empty() || plain->back() != '\0', "the padding is gone");

    const auto back = cipher.decrypt(cipher.encrypt(input));
    require(back.has_value(), "what was encrypted can be decrypted");
    const auto last = input.find_last_not_of('\0');
    require(*back == input.substr(0, last == input.npos ? 0 : last + 1),
            "it decrypts to the same but for final NULs");

    Json answer = Json::object();
    answer["ecdhe"]["pubkey"] = std::string(input);
    ecdhe_finish(ours, answer);
    ours.shared_x({data, size});
    return 0;
}
