#pragma once

#include <algorithm>
#include <optional>

#include "meross/device/session.hpp"

namespace lanbridge::meross {

/// A command or a raw request that waits for its turn on the device's one connection.
struct Session::Job {
    Job(const asio::any_io_executor& executor, model::Command c) : command(std::move(c)), done(executor) {}
    Job(const asio::any_io_executor& executor, Request r, model::Transport v)
        : request(std::move(r)), via(v), done(executor) {}
    std::optional<model::Command> command;
    std::optional<Request> request;
    model::Transport via = model::Transport::none;  ///< none: over what is best
    Signal done;
    std::optional<Result<Message>> result;
    bool abandoned = false;  ///< its owner has stopped waiting: it must not be executed any more
};

/// The pushes that would confirm a command.
struct Session::Expectation {
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
