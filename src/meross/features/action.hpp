#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "lanbridge/meross/protocol/multiple.hpp"

namespace lanbridge::meross {

/// Something to be asked for; strategy and period come from the namespace table.
struct Poll {
    Poll(std::string_view ns, Json p, int i = 1) : request(ns, Method::get, std::move(p)), items(i) {}
    Request request;
    int items;  ///< channels or list items expected in the answer
};

/// What a command becomes, and how its effect is confirmed.
struct Action {
    explicit Action(Request r) : request(std::move(r)) {}
    /// A value that only the bridge keeps: nothing is sent, `Feature::accepted` follows at once.
    static Action kept_here() {
        Action action(Request(std::string_view(), Method::set, Json::object()));
        action.local = true;
        return action;
    }

    Request request;
    std::vector<Request> then;       ///< sent after it in order, each once the one before was acknowledged
    std::vector<Request> read_back;  ///< asked afterwards where no push confirms
    bool reply_is_reading = false;   ///< a SETACK that carries an object is the new state
    bool read_back_always = false;   ///< a push does not tell all that changed: ask in any case
    bool local = false;              ///< see `kept_here`
};

}  // namespace lanbridge::meross
