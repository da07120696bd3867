#pragma once

#include <algorithm>
#include <string>
#include <vector>

#include "lanbridge/base/async.hpp"
#include "meross/features/action.hpp"

namespace lanbridge::meross {

/// The pushes that would confirm a command.
struct Expectation {
    Expectation(const asio::any_io_executor& executor, const Action& action) : arrived(executor) {
        name_spaces.push_back(action.request.name_space);
        for (const auto& request : action.read_back) name_spaces.push_back(request.name_space);
    }
    void seen(const std::string& name_space) {
        if (met || std::ranges::find(name_spaces, name_space) == name_spaces.end()) return;
        met = true;
        arrived.notify();
    }
    std::vector<std::string> name_spaces;
    Signal arrived;
    bool met = false;
};

}  // namespace lanbridge::meross
