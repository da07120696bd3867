#include "app/config/environment.hpp"

#include <cstdlib>

namespace lanbridge::app {

Environment process_environment() {
    return [](const std::string& name) -> std::optional<std::string> {
        const char* value = std::getenv(name.c_str());
        if (!value) return std::nullopt;
        return std::string(value);
    };
}

}  // namespace lanbridge::app
