#pragma once

#include <optional>
#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace lanbridge::app {

/// An option as completion sees it.
struct CompletedOption {
    CompletedOption() = default;
    std::vector<std::string> names;  ///< "-h", "--help"
    std::string description;
    bool takes_value = false;
    bool files = false;    ///< the value is a file
    bool folders = false;  ///< the value is a folder
    std::vector<std::string> choices;
};

/// A command with everything that may follow it.
struct CompletedCommand {
    CompletedCommand() = default;
    std::string path;                                           ///< "config check"; "" for the program itself
    std::vector<std::pair<std::string, std::string>> commands;  ///< name and purpose
    std::vector<CompletedOption> options;
    bool files = false;              ///< takes files as plain arguments
    std::vector<std::string> words;  ///< or these
};

/// The tree of what is listed in the help, the program itself first.
std::vector<CompletedCommand> completed_commands(const CLI::App& root);

std::string bash_completion(const std::vector<CompletedCommand>& commands);
std::string zsh_completion(const std::vector<CompletedCommand>& commands);
std::string fish_completion(const std::vector<CompletedCommand>& commands);

}  // namespace lanbridge::app
