#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "lanbridge/base/error.hpp"
#include "lanbridge/base/secret.hpp"

namespace CLI {
class App;
class Option;
}  // namespace CLI

namespace lanbridge::app {

/// Takes one argument; an error becomes wrong usage, its `where` the advice.
using Store = std::function<Result<void>(const std::string& text)>;

/// An option with one value. `type` is what help shows: FILE and DIR are completed as such, a|b|c as choices.
CLI::Option* add_value(CLI::App& app, const std::string& flag, const std::string& type,
                       const std::string& description, Store store);
/// The same, may be given several times; one value each time.
CLI::Option* add_values(CLI::App& app, const std::string& flag, const std::string& type,
                        const std::string& description, Store store);

/// `@FILE` stands for the file's content, so that no secret need stand in the process list. Errors: `io`.
Result<std::string> argument_text(const std::string& argument);
Result<Secret> secret_argument(const std::string& argument);

}  // namespace lanbridge::app
