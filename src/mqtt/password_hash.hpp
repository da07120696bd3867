#pragma once

#include <string>

#include "lanbridge/base/random.hpp"
#include "lanbridge/base/secret.hpp"

namespace lanbridge::mqtt {

/// PBKDF2 with SHA-512, as mosquitto keeps passwords in both of its files; salt and hash in base64.
struct PasswordHash {
    int rounds = 0;
    std::string salt;
    std::string hash;
};

PasswordHash hash_password(const Secret& password, Random& random);

}  // namespace lanbridge::mqtt
