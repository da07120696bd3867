#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "lanbridge/base/error.hpp"

namespace lanbridge::meross {

/// What a web server of the open internet says; unlike devices, such servers keep to the rules.
struct WebAnswer {
    WebAnswer() = default;
    int status = 0;
    std::string body;
};

/// Nothing yet: more has to come. `ended`: nothing more will. Errors: `malformed`, `truncated`.
Result<std::optional<WebAnswer>> parse_web_answer(std::string_view received, bool ended);

}  // namespace lanbridge::meross
