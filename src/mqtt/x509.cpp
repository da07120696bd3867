#include "mqtt/x509.hpp"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <array>
#include <boost/asio/ip/address.hpp>
#include <ctime>

namespace lanbridge::mqtt::x509 {
namespace {

constexpr int rsa_bits = 2048;

template <auto Function>
struct Freed {
    template <class T>
    void operator()(T* thing) const noexcept {
        Function(thing);
    }
};
using Bio = std::unique_ptr<BIO, Freed<&BIO_free>>;
using Extension = std::unique_ptr<X509_EXTENSION, Freed<&X509_EXTENSION_free>>;
using Names = std::unique_ptr<GENERAL_NAMES, Freed<&GENERAL_NAMES_free>>;

Error openssl_error(std::string_view doing) {
    std::array<char, 200> text{};
    ERR_error_string_n(ERR_get_error(), text.data(), text.size());
    ERR_clear_error();
    return Error(Errc::io, std::string(doing) + ": " + text.data());
}

bool is_address(const std::string& name) {
    boost::system::error_code ec;
    boost::asio::ip::make_address(name, ec);
    return !ec;
}

/// What a name in an extension may consist of: a comma would begin another entry.
bool plain_name(const std::string& name) {
    return !name.empty() && std::ranges::all_of(name, [](char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '.' ||
               c == '-' || c == '_' || c == ':';
    });
}

std::string names_text(const std::vector<std::string>& names) {
    std::string text;
    for (const auto& name : names)
        text += (text.empty() ? "" : ",") + std::string(is_address(name) ? "IP:" : "DNS:") + name;
    return text;
}

bool add_extension(X509* certificate, X509* issuer, int kind, const std::string& value) {
    X509V3_CTX context;
    X509V3_set_ctx_nodb(&context);
    X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
    const Extension extension(X509V3_EXT_conf_nid(nullptr, &context, kind, value.c_str()));
    return extension && X509_add_ext(certificate, extension.get(), -1) == 1;
}

bool set_serial(X509* certificate) {
    std::array<unsigned char, 16> bytes{};
    if (RAND_bytes(bytes.data(), static_cast<int>(bytes.size())) != 1) return false;
    bytes[0] = static_cast<unsigned char>((bytes[0] & 0x7F) | 0x40);  // positive, and of full length
    std::unique_ptr<BIGNUM, Freed<&BN_free>> number(
        BN_bin2bn(bytes.data(), static_cast<int>(bytes.size()), nullptr));
    return number && BN_to_ASN1_INTEGER(number.get(), X509_get_serialNumber(certificate)) != nullptr;
}

bool set_subject(X509* certificate, const std::string& name) {
    const auto text = name.substr(0, longest_common_name);
    auto* subject = X509_get_subject_name(certificate);
    return X509_NAME_add_entry_by_NID(subject, NID_commonName, MBSTRING_UTF8,
                                      reinterpret_cast<const unsigned char*>(text.data()),
                                      static_cast<int>(text.size()), -1, 0) == 1;
}

/// All but issuer, extensions and signature.
Certificate begin(const Request& request, const Key& key) {
    Certificate made(X509_new());
    const bool fine = made && X509_set_version(made.get(), 2) == 1 && set_serial(made.get()) &&
                      set_subject(made.get(), request.common_name) &&
                      ASN1_TIME_set(X509_getm_notBefore(made.get()), std::time_t(request.from_s)) &&
                      ASN1_TIME_set(X509_getm_notAfter(made.get()), std::time_t(request.to_s)) &&
                      X509_set_pubkey(made.get(), key.get()) == 1;
    return fine ? std::move(made) : nullptr;
}

bool finish(X509* made, X509* issuer, EVP_PKEY* issuer_key) {
    return X509_set_issuer_name(made, X509_get_subject_name(issuer)) == 1 &&
           add_extension(made, issuer, NID_subject_key_identifier, "hash") &&
           add_extension(made, issuer, NID_authority_key_identifier, "keyid:always") &&
           X509_sign(made, issuer_key, EVP_sha256()) > 0;
}

Bio memory(std::string_view text) { return Bio(BIO_new_mem_buf(text.data(), static_cast<int>(text.size()))); }

std::string content(const Bio& bio) {
    char* data = nullptr;
    const auto size = BIO_get_mem_data(bio.get(), &data);
    return size > 0 ? std::string(data, static_cast<std::size_t>(size)) : std::string();
}

/// Never asks: an encrypted key is one we cannot use.
int no_passphrase(char*, int, int, void*) { return 0; }

std::string address_text(const ASN1_OCTET_STRING& octets) {
    namespace ip = boost::asio::ip;
    const auto* data = ASN1_STRING_get0_data(&octets);
    const auto size = static_cast<std::size_t>(ASN1_STRING_length(&octets));
    if (ip::address_v4::bytes_type v4; size == v4.size()) {
        std::copy_n(data, size, v4.begin());
        return ip::address_v4(v4).to_string();
    }
    if (ip::address_v6::bytes_type v6; size == v6.size()) {
        std::copy_n(data, size, v6.begin());
        return ip::address_v6(v6).to_string();
    }
    return {};
}

std::string general_name(const GENERAL_NAME& name) {
    if (name.type == GEN_IPADD) return address_text(*name.d.iPAddress);
    if (name.type != GEN_DNS) return {};
    return std::string(reinterpret_cast<const char*>(ASN1_STRING_get0_data(name.d.dNSName)),
                       static_cast<std::size_t>(ASN1_STRING_length(name.d.dNSName)));
}

}  // namespace

void Free::operator()(EVP_PKEY* key) const noexcept { EVP_PKEY_free(key); }
void Free::operator()(X509* certificate) const noexcept { X509_free(certificate); }

Result<Key> make_key() {
    Key key(EVP_RSA_gen(rsa_bits));
    if (!key) return openssl_error("making an RSA key");
    return key;
}

Result<Certificate> make_authority(const Request& request, const Key& key) {
    auto made = begin(request, key);
    const bool fine = made &&
                      add_extension(made.get(), made.get(), NID_basic_constraints, "critical,CA:TRUE") &&
                      add_extension(made.get(), made.get(), NID_key_usage, "critical,keyCertSign,cRLSign") &&
                      finish(made.get(), made.get(), key.get());
    if (!fine) return openssl_error("making a certificate");
    return made;
}

Result<Certificate> make_signed(const Request& request, const Key& key, const Certificate& issuer,
                                const Key& issuer_key) {
    for (const auto& name : request.names)
        if (!plain_name(name))
            return Error(Errc::invalid_value,
                         "'" + name + "' is not a host name or address devices can be told");
    auto made = begin(request, key);
    const auto add = [&](int kind, const std::string& value) {
        return add_extension(made.get(), issuer.get(), kind, value);
    };
    const bool fine = made && add(NID_basic_constraints, "critical,CA:FALSE") &&
                      add(NID_key_usage, "critical,digitalSignature,keyEncipherment") &&
                      add(NID_ext_key_usage, "serverAuth") &&
                      add(NID_subject_alt_name, names_text(request.names)) &&
                      finish(made.get(), issuer.get(), issuer_key.get());
    if (!fine) return openssl_error("making a certificate");
    return made;
}

Key parse_key(std::string_view pem) {
    Key key(PEM_read_bio_PrivateKey(memory(pem).get(), nullptr, &no_passphrase, nullptr));
    ERR_clear_error();
    return key;
}

Certificate parse_certificate(std::string_view pem) {
    Certificate certificate(PEM_read_bio_X509(memory(pem).get(), nullptr, &no_passphrase, nullptr));
    ERR_clear_error();
    return certificate;
}

Secret pem(const Key& key) {
    const Bio bio(BIO_new(BIO_s_secmem()));
    PEM_write_bio_PrivateKey(bio.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr);
    return Secret(content(bio));
}

std::string pem(const Certificate& certificate) {
    const Bio bio(BIO_new(BIO_s_mem()));
    PEM_write_bio_X509(bio.get(), certificate.get());
    return content(bio);
}

bool belongs(const Certificate& certificate, const Key& key) {
    const bool same = X509_check_private_key(certificate.get(), key.get()) == 1;
    ERR_clear_error();
    return same;
}

bool signed_by(const Certificate& certificate, const Key& issuer_key) {
    const bool fine = X509_verify(certificate.get(), issuer_key.get()) == 1;
    ERR_clear_error();
    return fine;
}

bool is_rsa(const Certificate& certificate) {
    const auto* key = X509_get0_pubkey(certificate.get());
    return key != nullptr && EVP_PKEY_get_base_id(key) == EVP_PKEY_RSA;
}

std::string common_name(const Certificate& certificate) {
    auto* subject = X509_get_subject_name(certificate.get());
    const int at = X509_NAME_get_index_by_NID(subject, NID_commonName, -1);
    if (at < 0) return {};
    const auto* text = X509_NAME_ENTRY_get_data(X509_NAME_get_entry(subject, at));
    return std::string(reinterpret_cast<const char*>(ASN1_STRING_get0_data(text)),
                       static_cast<std::size_t>(ASN1_STRING_length(text)));
}

std::vector<std::string> alternative_names(const Certificate& certificate) {
    std::vector<std::string> out;
    const Names names(static_cast<GENERAL_NAMES*>(
        X509_get_ext_d2i(certificate.get(), NID_subject_alt_name, nullptr, nullptr)));
    for (int i = 0; names && i < sk_GENERAL_NAME_num(names.get()); ++i)
        if (auto text = general_name(*sk_GENERAL_NAME_value(names.get(), i)); !text.empty())
            out.push_back(std::move(text));
    return out;
}

bool names_host(const Certificate& certificate, const std::string& host) {
    if (is_address(host))
        return X509_check_ip_asc(certificate.get(), host.c_str(), 0) == 1 || common_name(certificate) == host;
    return X509_check_host(certificate.get(), host.data(), host.size(), 0, nullptr) == 1;
}

}  // namespace lanbridge::mqtt::x509
