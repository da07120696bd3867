#include "app/cli/arguments.hpp"

#include <CLI/App.hpp>

#include "app/config/secret_source.hpp"

namespace lanbridge::app {
namespace {

CLI::Option* add(CLI::App& app, const std::string& flag, const std::string& type,
                 const std::string& description, Store store) {
    auto each = [flag, type, store = std::move(store)](const CLI::results_t& results) {
        for (const auto& text : results) {
            const auto stored = store(text);
            if (stored) continue;
            const auto& why = stored.error().where;
            const bool positional = !flag.starts_with('-');
            throw CLI::ValidationError(positional ? type : flag,
                                       why.empty() ? "expected " + type + ", found \"" + text + '"' : why);
        }
        return true;
    };
    return app.add_option(flag, CLI::callback_t(std::move(each)), description)->type_name(type);
}

/// More repetitions than a command line can hold.
constexpr int unlimited = 1 << 20;

}  // namespace

CLI::Option* add_value(CLI::App& app, const std::string& flag, const std::string& type,
                       const std::string& description, Store store) {
    return add(app, flag, type, description, std::move(store))->expected(1);
}

CLI::Option* add_values(CLI::App& app, const std::string& flag, const std::string& type,
                        const std::string& description, Store store) {
    return add(app, flag, type, description, std::move(store))
        ->expected(1, unlimited)
        ->allow_extra_args(!flag.starts_with('-'));
}

Result<std::string> argument_text(const std::string& argument) {
    if (!argument.starts_with('@')) return argument;
    auto text = read_credential(argument.substr(1));
    if (text) return text;
    return Error(text.error().code, "cannot read " + argument.substr(1) + ": " + text.error().code.message());
}

Result<Secret> secret_argument(const std::string& argument) {
    auto text = argument_text(argument);
    if (!text) return std::move(text).error();
    return Secret(std::move(*text));
}

}  // namespace lanbridge::app
