#pragma once

#include <boost/asio/io_context.hpp>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "agent/paths.hpp"
#include "agent/programs.hpp"
#include "lanbridge/net/process.hpp"
#include "support/run.hpp"

namespace lanbridge::test {

/// A gateway's folders below a prefix of their own, and children on real time. Its /proc shows only what
/// `show` was called for: nothing else of the machine can be found, let alone ended.
struct HostFixture {
    HostFixture();
    HostFixture(const HostFixture&) = delete;
    HostFixture& operator=(const HostFixture&) = delete;
    ~HostFixture();

    std::filesystem::path root;
    asio::io_context io;
    SystemTime time;
    SeededRandom random{7};
    Context context{io.get_executor(), time, random};
    agent::Paths paths;
    agent::Programs programs;

    /// `path` is absolute as on the gateway; folders are made.
    std::string write(std::string_view path, std::string_view text, unsigned mode = 0644);
    std::string read(std::string_view path) const;
    void show(int pid);

    /// Started, and shown.
    std::unique_ptr<net::Process> start(std::vector<std::string> argv);
    bool wait_until(const std::function<bool()>& done, std::chrono::milliseconds limit = 5s);
    void run(asio::awaitable<void> task, std::chrono::milliseconds limit = 10s);
};

std::uint16_t free_tcp_port(const char* address = "127.0.0.1");
/// Neither gone nor a zombie.
bool alive(int pid);

}  // namespace lanbridge::test
