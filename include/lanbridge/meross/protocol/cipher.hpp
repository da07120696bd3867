#pragma once

#include <string>
#include <string_view>

#include "lanbridge/base/crypto.hpp"
#include "lanbridge/base/error.hpp"
#include "lanbridge/base/secret.hpp"
#include "lanbridge/meross/protocol/message.hpp"

// Payload encryption on HTTP. Facts: docs/protocols/meross.md, "Encryption".
namespace lanbridge::meross {

/// AES-256-CBC with an all-'0' IV, zero padding and base64 around it.
class PayloadCipher {
public:
    /// The key of a bound device, mixed from its uuid, MAC and device key.
    static PayloadCipher for_device(std::string_view uuid, std::string_view mac, const Secret& key);
    /// The key that an ECDHE exchange led to.
    static PayloadCipher for_session(ByteSpan shared_x);
    /// The key for the Wi-Fi password in Config.WifiX.
    static PayloadCipher for_wifi_password(std::string_view type, std::string_view uuid,
                                           std::string_view mac);

    std::string encrypt(std::string_view text) const;
    /// Errors: `malformed` for what is not base64 of whole blocks.
    Result<std::string> decrypt(std::string_view base64) const;

    /// 32 ASCII characters; for tests.
    const Secret& key_text() const noexcept { return key_; }

private:
    explicit PayloadCipher(Secret key) : key_(std::move(key)) {}
    Secret key_;
};

/// What the ability list says: this device may want encrypted requests.
bool may_want_encryption(const Json& ability);
/// Namespaces that an encrypting device takes in clear.
bool is_clear_namespace(std::string_view name_space) noexcept;

/// The ECDHE exchange of a device in AP mode, client side.
Json ecdhe_offer(const crypto::EcdhKey& key);
/// Errors: `malformed`.
Result<PayloadCipher> ecdhe_finish(const crypto::EcdhKey& key, const Json& setack_payload);
/// The same, device side: the SETACK's payload and the session's cipher. Errors: `malformed`.
struct EcdheAnswer {
    EcdheAnswer(Json p, PayloadCipher c) : payload(std::move(p)), cipher(std::move(c)) {}
    Json payload;
    PayloadCipher cipher;
};
Result<EcdheAnswer> ecdhe_answer(const crypto::EcdhKey& key, const Json& set_payload);

}  // namespace lanbridge::meross
