#include "app/commands/version.hpp"

#include <fmt/format.h>

#include "app/cli/exit_code.hpp"
#include "lanbridge/base/json.hpp"
#include "lanbridge/version.hpp"

namespace lanbridge::app {

int print_version(const GlobalOptions& globals) {
    if (globals.json) {
        OrderedJson json;
        json["name"] = "lanbridge";
        json["version"] = version;
        fmt::print("{}\n", dump_json(json));
    } else {
        fmt::print("lanbridge {}\n", version);
    }
    return exit_done;
}

}  // namespace lanbridge::app
