#pragma once

#include <optional>

#include "meross/device/session.hpp"

namespace lanbridge::meross {

/// A command or a raw request that waits for its turn on the device's one connection.
struct Session::Job {
    Job(const asio::any_io_executor& executor, model::Command c) : command(std::move(c)), done(executor) {}
    Job(const asio::any_io_executor& executor, Request r) : request(std::move(r)), done(executor) {}
    std::optional<model::Command> command;
    std::optional<Request> request;
    Signal done;
    std::optional<Result<Message>> result;
    bool abandoned = false;  ///< its owner has stopped waiting: it must not be executed any more
};

}  // namespace lanbridge::meross
