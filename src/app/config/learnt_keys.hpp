#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "lanbridge/base/error.hpp"
#include "lanbridge/base/random.hpp"
#include "lanbridge/base/secret.hpp"

// `keys.json` in the data directory, mode 0600: keys that nobody has to type into the configuration. Read by
// the daemon at the start and at a reload, as if they stood at the end of `meross.keys`.
namespace lanbridge::app {

struct LearntKey {
    LearntKey(Secret k, std::string s, std::string n)
        : key(std::move(k)), source(std::move(s)), name(std::move(n)) {}
    Secret key;
    std::string source;  ///< "account" (lanbridge key) or "pairing" (made by lanbridge pair)
    std::string name;    ///< for people: the account's e-mail address; "" for pairing
};

/// Everything that was learnt; nothing where there is no file. Errors: `malformed`, the system's own.
Result<std::vector<LearntKey>> read_learnt_keys(const std::filesystem::path& data);

/// Adds a key, in place of one of the same source and name. A damaged file is set aside before. The file
/// belongs to the data directory's owner, also when root writes it. Errors: the system's own.
Result<void> keep_learnt_key(const std::filesystem::path& data, const LearntKey& key);

/// The key that devices are bound with: the first of `configured`, else one that is made once and kept
/// (`keep`). Errors: those of the file.
Result<Secret> key_for_pairing(const std::vector<Secret>& configured, const std::filesystem::path& data,
                               Random& random, bool keep);

std::filesystem::path learnt_keys_file(const std::filesystem::path& data);

}  // namespace lanbridge::app
