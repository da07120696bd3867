#include "app/config/secret_source.hpp"

#include <yaml-cpp/yaml.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <memory>

namespace lanbridge::app {
namespace {

namespace fs = std::filesystem;

Error system_error(const std::string& path, int number) {
    return Error(error_code(number, boost::system::generic_category()), path);
}

Error malformed_secrets(const std::string& path, int line, const std::string& what) {
    return Error(Errc::malformed, path + ":" + std::to_string(line) + ": " + what);
}

}  // namespace

Result<std::string> read_text_file(const std::string& path, std::size_t limit) {
    const auto close = [](std::FILE* file) { std::fclose(file); };
    const std::unique_ptr<std::FILE, decltype(close)> file(std::fopen(path.c_str(), "re"), close);
    if (!file) return system_error(path, errno);
    std::string text;
    char block[4096];
    while (const auto got = std::fread(block, 1, sizeof block, file.get())) {
        text.append(block, got);
        if (text.size() > limit)
            return Error(Errc::too_large, path + " has more than " + std::to_string(limit) + " bytes");
    }
    if (std::ferror(file.get())) return system_error(path, errno);  // a directory opens, but cannot be read
    return text;
}

Result<std::string> read_credential(const std::string& path) {
    auto text = read_text_file(path, max_secret_file);
    if (!text) return text;
    while (text->ends_with('\n') || text->ends_with('\r')) text->pop_back();
    return text;
}

std::string SecretSource::absolute(const std::string& path) const {
    return (fs::path(folder_) / path).string();
}

Result<std::string> SecretSource::resolve(const std::string& tag, const std::string& argument) {
    if (tag == "!secret") return secret(argument);
    if (tag == "!file") return read_credential(absolute(argument));
    if (tag == "!env") {
        if (auto value = environment_(argument)) return *value;
        return Error(Errc::not_found, "the environment variable " + argument + " is not set");
    }
    return Error(Errc::unsupported, "the tags are !secret NAME, !file PATH and !env NAME");
}

Result<std::string> SecretSource::secret(const std::string& name) {
    if (!secrets_file_) {
        secrets_file_ = absolute("secrets.yaml");
        if (auto loaded = load_secrets(); !loaded) load_error_ = loaded.error();
    }
    if (load_error_) return *load_error_;
    const auto found = secrets_.find(name);
    if (found == secrets_.end())
        return Error(Errc::not_found,
                     *secrets_file_ + " has no \"" + name + "\": add a line \"" + name + ": …\"");
    return found->second;
}

Result<void> SecretSource::load_secrets() {
    auto text = read_text_file(*secrets_file_, max_secret_file);
    if (!text) return std::move(text).error();
    try {
        const YAML::Node root = YAML::Load(*text);
        if (root.IsNull()) return {};
        if (!root.IsMap())
            return malformed_secrets(*secrets_file_, 1, "must be lines of the form \"name: value\"");
        for (const auto& entry : root) {
            const int line = entry.first.Mark().line + 1;
            if (!entry.first.IsScalar() || !entry.second.IsScalar())
                return malformed_secrets(*secrets_file_, line, "must be \"name: value\" with a single value");
            if (!secrets_.emplace(entry.first.Scalar(), entry.second.Scalar()).second)
                return malformed_secrets(*secrets_file_, line,
                                         '"' + entry.first.Scalar() + "\" stands there twice");
        }
    } catch (const YAML::Exception& e) {  // the library reports syntax errors in no other way
        return malformed_secrets(*secrets_file_, e.mark.line + 1, e.msg);
    }
    return {};
}

}  // namespace lanbridge::app
