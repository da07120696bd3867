#include "mqtt/certificates.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <ctime>
#include <filesystem>
#include <optional>

#include "lanbridge/base/files.hpp"
#include "lanbridge/base/log.hpp"
#include "mqtt/x509.hpp"

namespace lanbridge::mqtt {
namespace {

const log::Logger logger("mqtt.broker");

constexpr std::size_t largest_pem = 64 * 1024;
/// A device lives shorter, and nobody wants to renew certificates in a house.
constexpr std::int64_t lifetime_s = 20LL * 365 * 24 * 3600;
constexpr std::int64_t day_s = 24 * 3600;
/// 2024-01-01: a machine whose clock is not set yet must not make a certificate that ends in 1990.
constexpr std::int64_t earliest_s = 1704067200;

/// A certificate and its key.
struct Identity {
    x509::Certificate certificate;
    x509::Key key;
};

void set_aside(const std::string& path, std::string_view why) {
    std::error_code ec;
    if (!std::filesystem::exists(path, ec)) return;
    std::filesystem::rename(path, path + ".damaged", ec);
    logger.warn("{} {}: {}, and made anew", path, why,
                ec ? "it cannot be renamed (" + ec.message() + ")" : "kept as " + path + ".damaged");
}

/// Nothing where one of the files is missing or cannot be used; a damaged file is then out of the way.
std::optional<x509::Key> load_key(const std::string& path) {
    const auto text = read_file(path, largest_pem);
    if (!text && text.error().is(Errc::not_found)) return std::nullopt;
    auto key = text ? x509::parse_key(*text) : nullptr;
    if (key) return key;
    set_aside(path, "is not a private key");
    return std::nullopt;
}

std::optional<x509::Certificate> load_certificate(const std::string& path) {
    const auto text = read_file(path, largest_pem);
    if (!text && text.error().is(Errc::not_found)) return std::nullopt;
    auto certificate = text ? x509::parse_certificate(*text) : nullptr;
    if (certificate) return certificate;
    set_aside(path, "is not a certificate");
    return std::nullopt;
}

std::optional<Identity> load_identity(const std::string& certificate_file, const std::string& key_file) {
    auto key = load_key(key_file);
    auto certificate = load_certificate(certificate_file);
    if (!key || !certificate) return std::nullopt;
    if (x509::belongs(*certificate, *key)) return Identity{std::move(*certificate), std::move(*key)};
    set_aside(certificate_file, "does not belong to " + key_file);
    return std::nullopt;
}

/// The key first: a crash between the two leaves a key without a certificate, from which one is made.
Result<void> store(const Identity& made, const std::string& certificate_file, const std::string& key_file) {
    const auto key = x509::pem(made.key);
    if (auto written = write_file_atomically(key_file, key.reveal(), 0600); !written) return written;
    return write_file_atomically(certificate_file, x509::pem(made.certificate), 0644);
}

x509::Request request(std::string common_name, std::int64_t now_s) {
    x509::Request out;
    out.common_name = std::move(common_name);
    out.from_s = std::max(now_s, earliest_s) - day_s;
    out.to_s = out.from_s + lifetime_s;
    return out;
}

Result<Identity> authority(const CertificateFiles& files, std::int64_t now_s) {
    if (auto kept = load_identity(files.ca, files.ca_key)) return std::move(*kept);
    auto key = x509::make_key();
    if (!key) return std::move(key).error();
    auto certificate = x509::make_authority(request("lanbridge devices", now_s), *key);
    if (!certificate) return std::move(certificate).error();
    Identity made{std::move(*certificate), std::move(*key)};
    if (auto stored = store(made, files.ca, files.ca_key); !stored) return std::move(stored).error();
    logger.info("made an authority for the certificates of devices' connections: {}", files.ca);
    return made;
}

bool covers(const x509::Certificate& certificate, const std::vector<std::string>& names) {
    return x509::common_name(certificate) == names.front().substr(0, x509::longest_common_name) &&
           std::ranges::all_of(names, [&](const auto& name) { return x509::names_host(certificate, name); });
}

}  // namespace

Result<CertificateFiles> ensure_certificates(const std::string& folder, const std::vector<std::string>& names,
                                             std::int64_t now_s) {
    const CertificateFiles files(folder);
    auto wanted = names;
    if (wanted.empty()) wanted = {"lanbridge"};
    const auto ca = authority(files, now_s);
    if (!ca) return ca.error();
    auto server = load_identity(files.server, files.server_key);
    if (server && x509::signed_by(server->certificate, ca->key) && covers(server->certificate, wanted))
        return files;
    if (!server) {
        auto key = load_key(files.server_key);
        auto fresh = key ? Result<x509::Key>(std::move(*key)) : x509::make_key();
        if (!fresh) return std::move(fresh).error();
        server.emplace();
        server->key = std::move(*fresh);
    }
    auto wish = request(wanted.front(), now_s);
    wish.names = wanted;
    auto certificate = x509::make_signed(wish, server->key, ca->certificate, ca->key);
    if (!certificate) return std::move(certificate).error();
    server->certificate = std::move(*certificate);
    if (auto stored = store(*server, files.server, files.server_key); !stored)
        return std::move(stored).error();
    logger.info("made the certificate devices see: {}, for {}", files.server, wanted.front());
    return files;
}

}  // namespace lanbridge::mqtt
