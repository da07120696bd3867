#include "lanbridge/meross/protocol/cipher.hpp"

#include <array>

#include "lanbridge/base/bytes.hpp"

namespace lanbridge::meross {
namespace {

constexpr std::size_t block = 16;
constexpr std::string_view initial_vector = "0000000000000000";  // the character '0', not a NUL

/// text[first, last) where positions beyond the end are the end.
std::string_view slice(std::string_view text, std::size_t first, std::size_t last) noexcept {
    if (first >= text.size()) return {};
    return text.substr(first, last - first);
}

/// The AES key is the md5's hex text itself: 32 ASCII characters.
Secret key_from(std::string text) {
    const Secret wiped_after_use(std::move(text));
    return Secret(crypto::md5_hex(wiped_after_use.reveal()));
}

Json ecdhe_payload(int step, const crypto::EcdhKey& key) {
    Json ecdhe = Json::object();
    ecdhe["step"] = step;
    ecdhe["pubkey"] = to_base64(key.public_point());
    Json payload = Json::object();
    payload["ecdhe"] = std::move(ecdhe);
    return payload;
}

Result<PayloadCipher> agree(const crypto::EcdhKey& key, const Json& payload) {
    const auto text = read_string(payload, {"ecdhe", "pubkey"});
    if (!text) return text.error();
    const auto point = from_base64(*text);
    if (!point) return point.error().in("$.ecdhe.pubkey");
    const auto shared = key.shared_x(*point);
    if (!shared) return shared.error().in("$.ecdhe.pubkey");
    return PayloadCipher::for_session(*shared);
}

}  // namespace

PayloadCipher PayloadCipher::for_device(std::string_view uuid, std::string_view mac, const Secret& key) {
    std::string text;
    text.append(slice(uuid, 3, 22))
        .append(slice(key.reveal(), 1, 9))
        .append(mac)
        .append(slice(key.reveal(), 10, 28));
    return PayloadCipher(key_from(std::move(text)));
}

PayloadCipher PayloadCipher::for_session(ByteSpan shared_x) {
    return PayloadCipher(key_from(std::string(as_text(shared_x))));
}

PayloadCipher PayloadCipher::for_wifi_password(std::string_view type, std::string_view uuid,
                                               std::string_view mac) {
    std::string text;
    text.append(type).append(uuid).append(mac);
    return PayloadCipher(key_from(std::move(text)));
}

std::string PayloadCipher::encrypt(std::string_view text) const {
    std::string padded(text);
    padded.append(block - text.size() % block,
                  '\0');  // a whole block of NULs when the text is aligned already
    const auto cipher = crypto::aes_cbc_encrypt(as_bytes(key_.reveal()), as_bytes(initial_vector),
                                                as_bytes(padded), crypto::Padding::none);
    return to_base64(cipher.value());  // key, IV and length are right by construction
}

Result<std::string> PayloadCipher::decrypt(std::string_view base64) const {
    const auto cipher = from_base64(base64);
    if (!cipher) return cipher.error().in("encrypted payload");
    if (cipher->empty() || cipher->size() % block != 0)
        return Error(Errc::malformed,
                     "encrypted payload of " + std::to_string(cipher->size()) + " bytes, no multiple of 16");
    const auto plain = crypto::aes_cbc_decrypt(as_bytes(key_.reveal()), as_bytes(initial_vector), *cipher,
                                               crypto::Padding::none);
    if (!plain) return plain.error().in("encrypted payload");
    auto text = as_text(*plain);
    const auto last = text.find_last_not_of('\0');  // some devices pad with several blocks, some with none
    return std::string(last == std::string_view::npos ? std::string_view() : text.substr(0, last + 1));
}

bool may_want_encryption(const Json& ability) {
    return find_member(ability, {"Appliance.Encrypt.ECDHE"}) != nullptr;
}

bool is_clear_namespace(std::string_view name_space) noexcept {
    constexpr std::array<std::string_view, 3> clear{"Appliance.System.Ability", "Appliance.Encrypt.ECDHE",
                                                    "Appliance.Encrypt.Suite"};
    for (auto name : clear)
        if (name == name_space) return true;
    return false;
}

Json ecdhe_offer(const crypto::EcdhKey& key) { return ecdhe_payload(1, key); }

Result<PayloadCipher> ecdhe_finish(const crypto::EcdhKey& key, const Json& setack_payload) {
    return agree(key, setack_payload);
}

Result<EcdheAnswer> ecdhe_answer(const crypto::EcdhKey& key, const Json& set_payload) {
    auto cipher = agree(key, set_payload);
    if (!cipher) return std::move(cipher).error();
    return EcdheAnswer(ecdhe_payload(2, key), *std::move(cipher));
}

}  // namespace lanbridge::meross
