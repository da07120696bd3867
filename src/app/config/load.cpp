#include "app/config/load.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <regex>
#include <tuple>

#include "app/config/checks.hpp"
#include "app/config/reader.hpp"

namespace lanbridge::app {
namespace {

namespace fs = std::filesystem;

bool world_readable(const fs::path& file) {
    struct stat status {};
    return ::stat(file.c_str(), &status) == 0 && (status.st_mode & S_IROTH) != 0;
}

std::string readable_warning(const std::string& file) {
    return file + " holds secrets and every user of this machine can read it: chmod o= " + file;
}

Problem whole_file(const fs::path& file, std::string expected, std::string found, std::string hint = {}) {
    Problem problem;
    problem.file = file.string();
    problem.expected = std::move(expected);
    problem.found = std::move(found);
    problem.hint = std::move(hint);
    return problem;
}

Problem syntax_problem(const fs::path& file, const YAML::Exception& e) {
    Problem problem = whole_file(file, "YAML", "a syntax error: " + e.msg);
    problem.line = e.mark.line + 1;
    problem.column = e.mark.column + 1;
    return problem;
}

void read_document(const YAML::Node& root, Reader& reader, Config& config) {
    if (!root.IsDefined() || root.IsNull()) return;  // an empty file: all defaults

    reader.stand_at(root);
    if (root.IsMap())

        reader.read_members(root, option_tree(), &config);
    else
        reader.refuse("a section with names and values", Reader::describe_kind(root));
}

/// "meross.devices[3].trace" without the position in the list.
std::set<std::string> written_paths(const Reader& reader) {
    std::set<std::string> out;
    static const std::regex position("\\[[0-9]+\\]");
    for (const auto& [path, place] : reader.places()) out.insert(std::regex_replace(path, position, "[]"));
    return out;
}

/// By place. What is wrong altogether also lacks what it should contain: of several problems of one value the
/// first says enough.
void sort_problems(std::vector<Problem>& problems) {
    const auto place = [](const Problem& p) { return std::tie(p.line, p.column, p.path); };
    std::ranges::stable_sort(problems, {}, place);
    const auto repeated = std::ranges::unique(problems, {}, place);
    problems.erase(repeated.begin(), repeated.end());
}

void warn_of_open_files(Reader& reader, LoadedConfig& loaded) {
    if (reader.inline_secret && world_readable(loaded.file))
        loaded.warnings.push_back(readable_warning(loaded.file.string()));
    const auto& secrets = reader.secrets().secrets_file();
    if (secrets && world_readable(*secrets)) loaded.warnings.push_back(readable_warning(*secrets));
}

}  // namespace

std::vector<fs::path> default_config_files(const Environment& environment) {
    std::vector<fs::path> files{"/etc/lanbridge/lanbridge.yaml"};
    const auto xdg = environment("XDG_CONFIG_HOME");
    const auto home = environment("HOME");
    if (xdg && !xdg->empty())
        files.push_back(fs::path(*xdg) / "lanbridge/lanbridge.yaml");
    else if (home && !home->empty())
        files.push_back(fs::path(*home) / ".config/lanbridge/lanbridge.yaml");
    return files;
}

LoadedConfig parse_config(std::string_view text, const fs::path& file, const Environment& environment) {
    LoadedConfig loaded;
    loaded.file = file;
    Reader reader(file.string(), file.parent_path().string(), environment);
    try {
        const auto documents = YAML::LoadAll(std::string(text));
        if (documents.size() > 1)
            loaded.problems.push_back(whole_file(file, "one YAML document", std::to_string(documents.size()),
                                                 "take out the lines \"---\""));
        if (!documents.empty()) read_document(documents.front(), reader, loaded.config);
    } catch (const YAML::Exception& e) {  // the library reports syntax errors in no other way
        loaded.problems.push_back(syntax_problem(file, e));
        return loaded;
    }
    loaded.warnings = check_config(loaded.config, reader);
    loaded.config.written = written_paths(reader);
    std::ranges::move(reader.problems(), std::back_inserter(loaded.problems));
    sort_problems(loaded.problems);
    warn_of_open_files(reader, loaded);
    return loaded;
}

LoadedConfig load_config_file(const fs::path& file, const Environment& environment) {
    auto text = read_text_file(file.string(), max_config_file);
    if (text) return parse_config(*text, file, environment);
    LoadedConfig loaded;
    loaded.file = file;
    loaded.problems.push_back(whole_file(file, "a readable configuration file", text.error().code.message(),
                                         "lanbridge config init writes one to start from"));
    return loaded;
}

LoadedConfig find_and_load_config(const std::optional<fs::path>& named, const Environment& environment) {
    if (named) return load_config_file(*named, environment);
    for (const auto& file : default_config_files(environment)) {
        std::error_code ec;
        const auto status = fs::status(file, ec);
        // a folder that we may not look into hides a file that its owner wants used: not the same as none
        if (ec && ec != std::errc::no_such_file_or_directory && ec != std::errc::not_a_directory)
            return load_config_file(file, environment);
        if (fs::exists(status)) return load_config_file(file, environment);
    }
    return {};
}

}  // namespace lanbridge::app
