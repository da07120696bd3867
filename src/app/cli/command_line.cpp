#include "app/cli/command_line.hpp"

#include <fmt/format.h>

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <algorithm>
#include <cstdio>
#include <exception>

#include "app/cli/command.hpp"
#include "app/cli/exit_code.hpp"
#include "app/cli/options.hpp"
#include "app/commands/version.hpp"
#include "app/config/reader.hpp"
#include "lanbridge/agent/agent.hpp"

namespace lanbridge::app {
namespace {

constexpr const char* program = "lanbridge";

int not_yet(std::string_view command) {
    fmt::print(
        stderr,
        "{}: this version does not have the command \"{}\" yet; \"lanbridge --help\" lists those it has\n",
        program, command);
    return exit_usage;
}

/// Everything that parsing fills; the options' callbacks refer to it, so it stays where it is.
struct CommandLine {
    CommandLine()
        : app("Brings Meross and Xiaomi devices into Home Assistant over MQTT, without a cloud.", program) {
        app.require_subcommand(0, 1);
        app.get_formatter()->column_width(34);
        app.set_help_flag("-h,--help", "This text");
        app.add_flag("--version", version, "Version, and nothing else");
        add_global_options(app, globals);
        app.footer(
            "Examples:\n"
            "  lanbridge run --demo                     see everything, without hardware\n"
            "  lanbridge config init --output lanbridge.yaml\n"
            "  lanbridge run --help                     help for a command\n"
            "Exit status: 0 done, 1 failed, 2 wrong usage or configuration, 3 unreachable, 4 key refused.");
        for (const auto& command : commands()) {
            auto* sub = app.add_subcommand(std::string(command.name), std::string(command.purpose));
            sub->fallthrough();  // --json and --config are understood behind the command too
            command.declare(*sub, run);
            if (!sub->get_fallthrough()) continue;
            const auto examples = sub->get_footer();
            sub->footer((examples.empty() ? "" : examples + "\n") +
                        "The options of \"lanbridge --help\" are understood here too.");
        }
        for (const auto name : later_commands()) {
            auto* sub = app.add_subcommand(std::string(name))->group("");  // not in the help
            sub->prefix_command();
            sub->set_help_flag();
            sub->callback([this, name] { run = [name](const GlobalOptions&) { return not_yet(name); }; });
        }
    }
    CommandLine(const CommandLine&) = delete;
    CommandLine& operator=(const CommandLine&) = delete;

    CLI::App app;
    GlobalOptions globals;
    Run run;
    bool version = false;
};

/// "lanbridge config check" as far as it was understood.
std::string understood(const CLI::App& app) {
    std::string name = app.get_name();
    const auto subs = app.get_subcommands();
    return subs.empty() ? name : name + ' ' + understood(*subs.front());
}

std::string unknown_word(const CLI::App& app) {
    const auto rest = app.remaining(true);
    if (rest.empty()) return {};
    const std::string& word = rest.front();
    if (!app.get_subcommands().empty() || word.starts_with('-')) return "\"" + word + "\" was not expected";
    std::vector<std::string> names;
    for (const auto& command : commands()) names.emplace_back(command.name);
    const auto meant = closest(word, names);
    return "there is no command \"" + word + '"' + (meant.empty() ? "" : "; did you mean \"" + meant + "\"?");
}

/// "config: which of check, init, schema?" where a command of several parts stands alone.
std::string missing_part(const CLI::App& app) {
    const auto subs = app.get_subcommands();
    if (!subs.empty()) return missing_part(*subs.front());
    std::string names;
    for (const auto* sub : app.get_subcommands([](const CLI::App* a) { return !a->get_group().empty(); }))
        names += (names.empty() ? "which of " : ", ") + sub->get_name();
    return names.empty() ? names : app.get_name() + ": " + names + '?';
}

int wrong_usage(const CLI::App& app, const CLI::ParseError& error) {
    std::string what;
    if (dynamic_cast<const CLI::ExtrasError*>(&error)) what = unknown_word(app);
    if (dynamic_cast<const CLI::RequiredError*>(&error)) what = missing_part(app);
    if (what.empty()) what = error.what();
    const auto command = understood(app);
    fmt::print(stderr, "{}: {}\nSee: {} --help\n", program, what, command);
    return exit_usage;
}

/// `lanbridge agent …`, and the program under openmiio_agent's name: those words are not for this parser.
bool is_for_agent(int argc, const char* const* argv) {
    if (argc > 0 && agent::is_agent_name(argv[0])) return true;
    if (argc < 2 || std::string_view(argv[1]) != "agent") return false;
    const std::string_view next = argc > 2 ? argv[2] : "";
    return next != "--help" && next != "-h";
}

int run_agent(int argc, const char* const* argv) {
    const bool by_name = agent::is_agent_name(argv[0]);
    return agent::run(by_name ? argc : argc - 1, by_name ? argv : argv + 1);
}

int parse_and_run(int argc, const char* const* argv) {
    if (is_for_agent(argc, argv)) return run_agent(argc, argv);
    CommandLine line;
    try {
        line.app.parse(argc, argv);
    } catch (const CLI::Success& help) {
        return line.app.exit(help);
    } catch (const CLI::ParseError& error) {
        return wrong_usage(line.app, error);
    }
    if (line.version) return print_version(line.globals);
    if (line.run) return line.run(line.globals);
    fmt::print(stderr, "{}: which command?\n\n{}", program, line.app.help());
    return exit_usage;
}

}  // namespace

int run_command_line(int argc, const char* const* argv) {
    try {
        return parse_and_run(argc, argv);
    } catch (const std::exception& error) {
        fmt::print(stderr, "{}: internal error: {}\n", program, error.what());
    }
    return exit_failed;
}

}  // namespace lanbridge::app
