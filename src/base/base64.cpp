#include <openssl/evp.h>

#include <algorithm>

#include "lanbridge/base/bytes.hpp"

// The half of bytes.hpp that takes OpenSSL.
namespace lanbridge {
namespace {

bool is_base64_digit(char c) noexcept {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '+' || c == '/';
}

}  // namespace

std::string to_base64(ByteSpan bytes) {
    std::string text((bytes.size() + 2) / 3 * 4 + 1, '\0');  // EVP_EncodeBlock adds a NUL
    const int length = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()), bytes.data(),
                                       static_cast<int>(bytes.size()));
    text.resize(static_cast<std::size_t>(length));
    return text;
}

Result<Bytes> from_base64(std::string_view text) {
    while (!text.empty() && (text.back() == '\n' || text.back() == '\r' || text.back() == ' '))
        text.remove_suffix(1);
    if (text.size() % 4 != 0) return Error(Errc::malformed, "base64 text whose length is no multiple of 4");
    std::size_t padding = 0;
    while (padding < 2 && padding < text.size() && text[text.size() - 1 - padding] == '=') ++padding;
    // OpenSSL lets blanks, dashes and stray padding pass
    if (!std::ranges::all_of(text.substr(0, text.size() - padding), is_base64_digit))
        return Error(Errc::malformed, "not base64");
    Bytes bytes(text.size() / 4 * 3);
    const int length = EVP_DecodeBlock(bytes.data(), reinterpret_cast<const unsigned char*>(text.data()),
                                       static_cast<int>(text.size()));
    if (length < 0) return Error(Errc::malformed, "not base64");
    bytes.resize(static_cast<std::size_t>(length) - padding);
    return bytes;
}

}  // namespace lanbridge
