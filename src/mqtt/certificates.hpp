#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "lanbridge/base/error.hpp"

namespace lanbridge::mqtt {

/// The PEM files of the listener for devices.
struct CertificateFiles {
    explicit CertificateFiles(const std::string& folder)
        : ca(folder + "/ca.crt"),
          ca_key(folder + "/ca.key"),
          server(folder + "/server.crt"),
          server_key(folder + "/server.key") {}
    std::string ca;
    std::string ca_key;
    std::string server;
    std::string server_key;
};

/// Makes what is missing: an authority of our own and a certificate for `names` (host names and addresses,
/// the first as CN), both RSA with 2048 bits and SHA-256, which the oldest devices can read, valid for 20
/// years, keys of mode 0600. What is there is kept; a certificate that lacks one of the names is made anew by
/// the same authority; damaged files are renamed to `….damaged` and made anew, which the log says. Blocks for
/// the fraction of a second that each key takes. Errors: `io`.
Result<CertificateFiles> ensure_certificates(const std::string& folder, const std::vector<std::string>& names,
                                             std::int64_t now_s);

}  // namespace lanbridge::mqtt
