#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <CLI/App.hpp>
#include <cerrno>
#include <memory>

#include "app/cli/arguments.hpp"
#include "app/cli/command.hpp"
#include "app/cli/exit_code.hpp"
#include "app/cli/run_config.hpp"
#include "app/config/digest.hpp"
#include "app/config/load.hpp"
#include "app/config/render.hpp"
#include "app/config/unbuilt.hpp"

// lanbridge config check | init | schema
namespace lanbridge::app {
namespace {

struct InitOptions {
    std::optional<std::filesystem::path> output;
    bool force = false;
};

OrderedJson problem_json(const Problem& problem) {
    OrderedJson json;
    json["line"] = problem.line;
    json["column"] = problem.column;
    json["path"] = problem.path;
    json["expected"] = problem.expected;
    json["found"] = problem.found;
    json["hint"] = problem.hint;
    json["text"] = problem.text();
    return json;
}

OrderedJson report_json(const LoadedConfig& loaded) {
    OrderedJson json;
    json["file"] = loaded.file.empty() ? OrderedJson() : OrderedJson(loaded.file.string());
    json["valid"] = loaded.ok();
    json["problems"] = OrderedJson::array();
    for (const auto& problem : loaded.problems) json["problems"].push_back(problem_json(problem));
    json["warnings"] = loaded.warnings;
    json["not_built"] = loaded.ok() ? unbuilt_parts(loaded.config) : std::vector<std::string>();
    if (loaded.ok()) json["digest"] = config_digest(loaded.config);
    return json;
}

void print_report(const LoadedConfig& loaded) {
    if (!loaded.ok())
        fmt::print("{}", problems_text(loaded));
    else if (loaded.file.empty())
        fmt::print("There is no configuration file: the defaults apply.\n");
    else
        fmt::print("{} is valid.\n", loaded.file.string());
    for (const auto& warning : loaded.warnings) fmt::print("Warning: {}\n", warning);
    if (!loaded.ok()) return;
    for (const auto& sentence : unbuilt_parts(loaded.config)) fmt::print("Warning: {}\n", sentence);
}

int check(const GlobalOptions& globals, const std::optional<std::filesystem::path>& file) {
    const auto loaded = find_and_load_config(file ? file : globals.config_file, process_environment());
    if (globals.json)
        fmt::print("{}\n", dump_json(report_json(loaded)));
    else
        print_report(loaded);
    return loaded.ok() ? exit_done : exit_usage;
}

int cannot_write(const std::filesystem::path& file, int number) {
    fmt::print(stderr, "lanbridge: cannot write {}: {}\n", file.string(),
               error_code(number, boost::system::generic_category()).message());
    return exit_failed;
}

int write_starter(const std::filesystem::path& file, bool force) {
    // it will hold secrets: for its owner, and for a group that may be given to the service
    constexpr mode_t mode = S_IRUSR | S_IWUSR | S_IRGRP;
    const int fd = ::open(file.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC | (force ? O_TRUNC : O_EXCL), mode);
    if (fd < 0 && errno == EEXIST) {
        fmt::print(stderr, "lanbridge: {} exists already; --force overwrites it\n", file.string());
        return exit_failed;
    }
    if (fd < 0) return cannot_write(file, errno);
    const std::string text = starter_config();
    const auto written = ::write(fd, text.data(), text.size());
    const int number = written < 0 ? errno : ENOSPC;
    if (::close(fd) != 0) return cannot_write(file, errno);
    if (written != static_cast<ssize_t>(text.size())) return cannot_write(file, number);
    fmt::print("{} written; check it after editing with: lanbridge config check {}\n", file.string(),
               file.string());
    return exit_done;
}

int init(const GlobalOptions&, const InitOptions& options) {
    if (options.output) return write_starter(*options.output, options.force);
    fmt::print("{}", starter_config());
    return exit_done;
}

void declare_check(CLI::App& config, Run& run) {
    auto file = std::make_shared<std::optional<std::filesystem::path>>();
    auto* app = config.add_subcommand("check", "Say whether a file is valid, and every mistake in it");
    app->fallthrough();
    add_value(*app, "file", "FILE", "Default: --config, else the default files",
              [file](const std::string& text) {
                  *file = text;
                  return Result<void>();
              });
    app->footer("Example:\n  lanbridge config check /etc/lanbridge/lanbridge.yaml");
    app->callback(
        [file, &run] { run = [file](const GlobalOptions& globals) { return check(globals, *file); }; });
}

void declare_init(CLI::App& config, Run& run) {
    auto options = std::make_shared<InitOptions>();
    auto* app = config.add_subcommand("init", "Write a commented configuration to start from");
    app->fallthrough();
    add_value(*app, "--output", "FILE", "Where to; default: stdout", [options](const std::string& text) {
        if (text != "-") options->output = text;
        return Result<void>();
    });
    app->add_flag("--force", options->force, "Overwrite an existing file");
    app->footer("Example:\n  lanbridge config init --output /etc/lanbridge/lanbridge.yaml");
    app->callback([options, &run] {
        run = [options](const GlobalOptions& globals) { return init(globals, *options); };
    });
}

void declare_schema(CLI::App& config, Run& run) {
    auto* app = config.add_subcommand("schema", "Print the JSON Schema, for editors");
    app->fallthrough();
    app->callback([&run] {
        run = [](const GlobalOptions&) {
            fmt::print("{}", schema_text());
            return exit_done;
        };
    });
}

}  // namespace

void declare_config(CLI::App& app, Run& run) {
    app.require_subcommand(1);
    declare_check(app, run);
    declare_init(app, run);
    declare_schema(app, run);
}

}  // namespace lanbridge::app
