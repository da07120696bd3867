#include "app/commands/completion.hpp"

#include <fmt/format.h>

#include <CLI/App.hpp>
#include <array>
#include <memory>

#include "app/cli/arguments.hpp"
#include "app/cli/command.hpp"
#include "app/cli/exit_code.hpp"

namespace lanbridge::app {
namespace {

/// "a|b|c" as choices; a type of one word is none.
std::vector<std::string> choices_of(const std::string& type) {
    std::vector<std::string> out;
    if (type.find('|') == std::string::npos) return out;
    for (std::size_t from = 0; from <= type.size();) {
        const auto to = std::min(type.find('|', from), type.size());
        out.push_back(type.substr(from, to - from));
        from = to + 1;
    }
    return out;
}

CompletedOption completed_option(const CLI::Option& option) {
    CompletedOption out;
    for (const auto& name : option.get_snames()) out.names.push_back('-' + name);
    for (const auto& name : option.get_lnames()) out.names.push_back("--" + name);
    out.description = option.get_description();
    out.takes_value = option.get_expected_min() > 0 && !option.get_type_name().empty();
    out.files = option.get_type_name() == "FILE";
    out.folders = option.get_type_name() == "DIR";
    out.choices = choices_of(option.get_type_name());
    return out;
}

void collect(const CLI::App& app, const CLI::App& root, const std::string& path,
             std::vector<CompletedCommand>& out) {
    CompletedCommand command;
    command.path = path;
    for (const auto* option : app.get_options()) {
        const auto& type = option->get_type_name();
        if (option->nonpositional()) {
            command.options.push_back(completed_option(*option));
        } else if (type == "FILE" || type == "PATH") {
            command.files = true;
        } else {
            command.words = choices_of(type);
        }
    }
    if (&app != &root)  // understood behind a command too; its own --help it has
        for (const auto* option : root.get_options())
            if (option->nonpositional() && option != root.get_help_ptr() && !option->check_lname("version"))
                command.options.push_back(completed_option(*option));
    std::vector<const CLI::App*> listed;
    for (const auto* sub : app.get_subcommands([](const CLI::App* a) { return !a->get_group().empty(); }))
        listed.push_back(sub);
    for (const auto* sub : listed) command.commands.emplace_back(sub->get_name(), sub->get_description());
    out.push_back(std::move(command));
    for (const auto* sub : listed)
        collect(*sub, root, path.empty() ? sub->get_name() : path + ' ' + sub->get_name(), out);
}

struct Shell {
    std::string_view name;
    std::string (*script)(const std::vector<CompletedCommand>&);
};
constexpr std::array shells{Shell{"bash", &bash_completion}, Shell{"zsh", &zsh_completion},
                            Shell{"fish", &fish_completion}};

}  // namespace

std::vector<CompletedCommand> completed_commands(const CLI::App& root) {
    std::vector<CompletedCommand> out;
    collect(root, root, {}, out);
    return out;
}

void declare_completion(CLI::App& app, Run& run) {
    auto chosen = std::make_shared<const Shell*>(nullptr);
    add_value(app, "shell", "bash|zsh|fish", "For which shell",
              [chosen](const std::string& text) -> Result<void> {
                  for (const auto& shell : shells)
                      if (shell.name == text) *chosen = &shell;
                  if (!*chosen) return Error(Errc::invalid_value);
                  return {};
              })
        ->required();
    app.footer(
        "Examples:\n"
        "  lanbridge completion bash > /etc/bash_completion.d/lanbridge\n"
        "  lanbridge completion zsh > \"${fpath[1]}/_lanbridge\"\n"
        "  lanbridge completion fish > ~/.config/fish/completions/lanbridge.fish");
    app.callback([chosen, &app, &run] {
        run = [chosen, root = app.get_parent()](const GlobalOptions&) {
            fmt::print("{}", (*chosen)->script(completed_commands(*root)));
            return exit_done;
        };
    });
}

}  // namespace lanbridge::app
