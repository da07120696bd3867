#pragma once

#include <map>
#include <optional>
#include <string>

#include "app/config/environment.hpp"
#include "lanbridge/base/error.hpp"

namespace lanbridge::app {

/// Largest file behind `!file`, `@FILE` or secrets.yaml: credentials are short, and a mistyped path to
/// something huge or endless must not fill the memory.
inline constexpr std::size_t max_secret_file = 1024 * 1024;

/// The whole file. Errors: `io` with the name and the system's reason, `too_large`.
Result<std::string> read_text_file(const std::string& path, std::size_t limit);
/// The same without line ends at the end, as editors and `echo` leave them.
Result<std::string> read_credential(const std::string& path);

/// What stands behind `!secret`, `!file` and `!env`.
class SecretSource {
public:
    SecretSource(std::string folder, Environment environment)
        : folder_(std::move(folder)), environment_(std::move(environment)) {}

    /// `tag` with its "!". Errors, all with what to do: `not_found`, `io`, `malformed`, `unsupported` (the
    /// tag).
    Result<std::string> resolve(const std::string& tag, const std::string& argument);
    /// secrets.yaml, once it has been read.
    const std::optional<std::string>& secrets_file() const noexcept { return secrets_file_; }
    /// A path in the file is relative to the file, not to wherever the program was started.
    std::string absolute(const std::string& path) const;

private:
    Result<std::string> secret(const std::string& name);
    Result<void> load_secrets();

    std::string folder_;
    Environment environment_;
    std::optional<std::string> secrets_file_;
    std::optional<Error> load_error_;
    std::map<std::string, std::string> secrets_;
};

}  // namespace lanbridge::app
