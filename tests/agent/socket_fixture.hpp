#pragma once

#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/journal.hpp"
#include "lanbridge/base/context.hpp"
#include "support/run.hpp"
#include "support/virtual_time.hpp"
#include "temporary_folder.hpp"

namespace lanbridge::agent::testing {

/// A loop on which both sides of real sockets run, and the log as lines. Waits of what is tested may be on
/// either clock.
struct SocketFixture {
    SocketFixture() {
        journal.set_print([this](std::string_view line) { lines.emplace_back(line); });
    }

    asio::io_context io;
    SystemTime time;
    test::VirtualTime virtual_time{io};
    SeededRandom random{7};
    Context context{io.get_executor(), time, random};
    Context virtual_context{io.get_executor(), virtual_time, random};
    TemporaryFolder folder;
    Journal journal{time, Levels()};
    std::vector<std::string> lines;

    std::string path(std::string_view name) const { return folder.path() + "/" + std::string(name); }

    /// Runs the loop until `done`, at most `limit`.
    bool until(const std::function<bool()>& done, std::chrono::milliseconds limit = 5s) {
        const auto deadline = time.now() + limit;
        while (!done()) {
            if (time.now() >= deadline) return false;
            io.restart();
            io.run_one_for(std::chrono::milliseconds(5));
        }
        return true;
    }
    /// Runs what is ready, until nothing more follows for a moment: for what must not happen.
    void settle() {
        io.restart();
        io.run_for(std::chrono::milliseconds(30));
    }
    Result<std::string> wait(asio::awaitable<Result<std::string>> task) {
        return test::run(io, std::move(task));
    }
    std::ptrdiff_t logged(std::string_view text) const {
        return std::ranges::count_if(
            lines, [text](const std::string& line) { return line.find(text) != std::string::npos; });
    }
};

}  // namespace lanbridge::agent::testing
