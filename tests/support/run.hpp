#pragma once

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <chrono>
#include <exception>
#include <optional>
#include <stdexcept>

#include "lanbridge/base/time.hpp"

namespace lanbridge::test {

/// Runs one coroutine to its end on real time, for tests with sockets. Throws when it takes longer than `limit`.
template <class T>
T run(asio::io_context& io, asio::awaitable<T> task, std::chrono::milliseconds limit = std::chrono::seconds(10)) {
    std::optional<T> result;
    std::exception_ptr failure;
    asio::co_spawn(io, std::move(task), [&](std::exception_ptr e, T value) {
        failure = e;
        if (!e) result.emplace(std::move(value));
    });
    const auto deadline = std::chrono::steady_clock::now() + limit;
    io.restart();
    while (!result && !failure) {
        if (std::chrono::steady_clock::now() >= deadline) throw std::runtime_error("test coroutine took too long");
        io.run_one_for(std::chrono::milliseconds(20));
        if (io.stopped()) io.restart();
    }
    if (failure) std::rethrow_exception(failure);
    return std::move(*result);
}

}  // namespace lanbridge::test
