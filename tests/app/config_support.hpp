#pragma once

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <string>

#include "app/config/load.hpp"

namespace lanbridge::test {

/// An environment of the test's own.
inline app::Environment environment(std::map<std::string, std::string> variables = {}) {
    return [variables = std::move(variables)](const std::string& name) -> std::optional<std::string> {
        const auto found = variables.find(name);
        if (found == variables.end()) return std::nullopt;
        return found->second;
    };
}

/// A folder that goes with the test.
class TemporaryFolder {
public:
    TemporaryFolder() {
        auto name = (std::filesystem::temp_directory_path() / "lanbridge-test-XXXXXX").string();
        if (!::mkdtemp(name.data())) throw std::runtime_error("cannot make a temporary folder");
        path_ = name;
    }
    TemporaryFolder(const TemporaryFolder&) = delete;
    TemporaryFolder& operator=(const TemporaryFolder&) = delete;
    ~TemporaryFolder() {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }
    const std::filesystem::path& path() const { return path_; }
    std::filesystem::path write(const std::string& name, const std::string& text) const {
        const auto file = path_ / name;
        std::ofstream(file) << text;
        return file;
    }

private:
    std::filesystem::path path_;
};

inline app::LoadedConfig parse(const std::string& text) {
    return app::parse_config(text, "t.yaml", environment());
}

/// All problems as lines of text.
inline std::string complaints(const app::LoadedConfig& loaded) {
    std::string out;
    for (const auto& problem : loaded.problems) out += problem.text() + '\n';
    return out;
}

/// The file and environment in which every option is set.
inline app::LoadedConfig load_full() {
    return app::load_config_file(LANBRIDGE_TEST_DATA "/config/full.yaml",
                                 environment({{"KETTLE_KEY", "from-env"}}));
}

}  // namespace lanbridge::test
