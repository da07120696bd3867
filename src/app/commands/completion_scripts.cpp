#include <fmt/format.h>

#include <algorithm>

#include "app/commands/completion.hpp"

// The scripts know the tree as data: which words may follow the commands typed so far, and what an option's
// value is.
namespace lanbridge::app {
namespace {

/// Within single quotes of any of the shells.
std::string in_quotes(std::string_view text) {
    std::string out = "'";
    for (const char c : text) {
        if (c == '\'')
            out += "'\\''";
        else
            out += c;
    }
    return out + '\'';
}

std::string join(const std::vector<std::string>& words) {
    std::string out;
    for (const auto& word : words) out += (out.empty() ? "" : " ") + word;
    return out;
}

std::string_view value_kind(const CompletedOption& option) {
    if (option.files) return "file";
    if (option.folders) return "folder";
    if (!option.choices.empty()) return "choices";
    return "other";
}

/// Every option that takes a value, once; an option of one name means the same with every command, or its
/// choices are joined.
std::vector<CompletedOption> valued_options(const std::vector<CompletedCommand>& commands) {
    std::vector<CompletedOption> out;
    for (const auto& command : commands)
        for (const auto& option : command.options) {
            const auto known = std::ranges::find(out, option.names, &CompletedOption::names);
            if (option.takes_value && known == out.end()) out.push_back(option);
        }
    return out;
}

std::string command_words(const CompletedCommand& command) {
    std::vector<std::string> words;
    for (const auto& [name, purpose] : command.commands) words.push_back(name);
    words.insert(words.end(), command.words.begin(), command.words.end());
    for (const auto& option : command.options)
        words.insert(words.end(), option.names.begin(), option.names.end());
    return join(words);
}

std::string bash_values(const std::vector<CompletedCommand>& commands) {
    std::string out;
    for (const auto& option : valued_options(commands)) {
        std::string names;
        for (const auto& name : option.names) names += (names.empty() ? "" : "|") + name;
        const auto kind = value_kind(option);
        std::string reply = "COMPREPLY=()";
        if (kind == "file") reply = "COMPREPLY=($(compgen -f -- \"$current\"))";
        if (kind == "folder") reply = "COMPREPLY=($(compgen -d -- \"$current\"))";
        if (kind == "choices")
            reply =
                fmt::format("COMPREPLY=($(compgen -W {} -- \"$current\"))", in_quotes(join(option.choices)));
        out += fmt::format("        {}) {}; return ;;\n", names, reply);
    }
    return out;
}

std::string option_patterns(const std::vector<CompletedCommand>& commands) {
    std::string out;
    for (const auto& option : valued_options(commands))
        for (const auto& name : option.names) out += (out.empty() ? "" : "|") + name;
    return out;
}

std::string command_patterns(const std::vector<CompletedCommand>& commands) {
    std::string out;
    for (const auto& command : commands)
        if (!command.path.empty()) out += (out.empty() ? "" : "|") + in_quotes(command.path);
    return out;
}

std::string zsh_escaped(std::string text) {
    for (std::size_t at = 0; (at = text.find(':', at)) != std::string::npos; at += 2) text.insert(at, "\\");
    return text;
}

std::string zsh_words(const CompletedCommand& command) {
    std::string out;
    for (const auto& [name, purpose] : command.commands)
        out += ' ' + in_quotes(name + ':' + zsh_escaped(purpose));
    for (const auto& word : command.words) out += ' ' + in_quotes(word);
    for (const auto& option : command.options)
        for (const auto& name : option.names)
            out += ' ' + in_quotes(name + ':' + zsh_escaped(option.description));
    return out;
}

std::string zsh_values(const std::vector<CompletedCommand>& commands) {
    std::string out;
    for (const auto& option : valued_options(commands)) {
        std::string names;
        for (const auto& name : option.names) names += (names.empty() ? "" : "|") + name;
        const auto kind = value_kind(option);
        std::string reply = "_message 'a value'";
        if (kind == "file") reply = "_files";
        if (kind == "folder") reply = "_files -/";
        if (kind == "choices") reply = "compadd -- " + join(option.choices);
        out += fmt::format("    {}) {}; return ;;\n", names, reply);
    }
    return out;
}

std::string fish_option(const CompletedCommand& command, const CompletedOption& option) {
    std::string out =
        fmt::format("complete -c lanbridge -n {}", in_quotes("__lanbridge_at " + in_quotes(command.path)));
    for (const auto& name : option.names)
        out += name.starts_with("--") ? " -l " + name.substr(2) : " -s " + name.substr(1);
    const auto kind = value_kind(option);
    if (option.takes_value) out += kind == "file" ? " -rF" : " -x";
    if (kind == "folder") out += " -a '(__fish_complete_directories)'";
    if (kind == "choices") out += " -a " + in_quotes(join(option.choices));
    return out + " -d " + in_quotes(option.description) + '\n';
}

}  // namespace

std::string bash_completion(const std::vector<CompletedCommand>& commands) {
    std::string cases;
    for (const auto& command : commands)
        cases += fmt::format("        {}) words={}; files={} ;;\n", in_quotes(command.path),
                             in_quotes(command_words(command)), command.files ? 1 : 0);
    return fmt::format(R"(# bash completion for lanbridge
_lanbridge() {{
    local current="${{COMP_WORDS[COMP_CWORD]}}" previous="${{COMP_WORDS[COMP_CWORD-1]}}"
    local path="" words="" files=0 i candidate
    COMPREPLY=()
    case "$previous" in
{}    esac
    for ((i = 1; i < COMP_CWORD; i++)); do
        case "${{COMP_WORDS[i]}}" in
        {}) ((i++)); continue ;;
        esac
        candidate="${{path:+$path }}${{COMP_WORDS[i]}}"
        case "$candidate" in
        {}) path="$candidate" ;;
        esac
    done
    case "$path" in
{}    esac
    COMPREPLY=($(compgen -W "$words" -- "$current"))
    if ((files)) && [[ "$current" != -* ]]; then
        COMPREPLY+=($(compgen -f -- "$current"))
    fi
}}
complete -o filenames -F _lanbridge lanbridge
)",
                       bash_values(commands), option_patterns(commands), command_patterns(commands), cases);
}

std::string zsh_completion(const std::vector<CompletedCommand>& commands) {
    std::string cases;
    for (const auto& command : commands)
        cases += fmt::format("    {}) known=({}); files={} ;;\n", in_quotes(command.path), zsh_words(command),
                             command.files ? 1 : 0);
    return fmt::format(R"(#compdef lanbridge
# zsh completion for lanbridge
_lanbridge() {{
    local at="" files=0 i candidate
    local -a known
    case "${{words[CURRENT-1]}}" in
{}    esac
    for ((i = 2; i < CURRENT; i++)); do
        case "${{words[i]}}" in
        {}) ((i++)); continue ;;
        esac
        candidate="${{at:+$at }}${{words[i]}}"
        case "$candidate" in
        {}) at="$candidate" ;;
        esac
    done
    case "$at" in
{}    esac
    _describe 'lanbridge' known
    if ((files)); then _files; fi
}}
if [[ "$funcstack[1]" == _lanbridge ]]; then _lanbridge "$@"; else compdef _lanbridge lanbridge; fi
)",
                       zsh_values(commands), option_patterns(commands), command_patterns(commands), cases);
}

std::string fish_completion(const std::vector<CompletedCommand>& commands) {
    std::string lines;
    for (const auto& command : commands) {
        const std::string here = in_quotes("__lanbridge_at " + in_quotes(command.path));
        for (const auto& [name, purpose] : command.commands)
            lines += fmt::format("complete -c lanbridge -n {} -a {} -d {}\n", here, name, in_quotes(purpose));
        if (!command.words.empty())
            lines += fmt::format("complete -c lanbridge -n {} -a {}\n", here, in_quotes(join(command.words)));
        if (command.files) lines += fmt::format("complete -c lanbridge -n {} -F\n", here);
        for (const auto& option : command.options) lines += fish_option(command, option);
    }
    return fmt::format(R"(# fish completion for lanbridge
function __lanbridge_at
    set -l at ""
    set -l skip 0
    for word in (commandline -opc)[2..-1]
        if test $skip = 1
            set skip 0
            continue
        end
        if contains -- $word {}
            set skip 1
            continue
        end
        set -l candidate (string trim -- "$at $word")
        if contains -- $candidate {}
            set at $candidate
        end
    end
    test "$at" = "$argv[1]"
end
complete -c lanbridge -f
{})",
                       [&] {
                           std::vector<std::string> names;
                           for (const auto& option : valued_options(commands))
                               names.insert(names.end(), option.names.begin(), option.names.end());
                           return join(names);
                       }(),
                       [&] {
                           std::vector<std::string> paths;
                           for (const auto& command : commands)
                               if (!command.path.empty()) paths.push_back(in_quotes(command.path));
                           return join(paths);
                       }(),
                       lines);
}

}  // namespace lanbridge::app
