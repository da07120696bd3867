#include "host_fixture.hpp"

#include <stdlib.h>

#include <boost/asio/ip/tcp.hpp>
#include <fstream>
#include <sstream>

#include "support/catch.hpp"

namespace lanbridge::test {
namespace {

std::filesystem::path new_folder() {
    auto pattern = (std::filesystem::temp_directory_path() / "lanbridge-agent-XXXXXX").string();
    if (::mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("no temporary folder");
    return pattern;
}

asio::awaitable<int> as_value(asio::awaitable<void> task) {
    co_await std::move(task);
    co_return 0;
}

}  // namespace

HostFixture::HostFixture() : root(new_folder()), paths(root.string()), programs(context, paths) {
    for (const char* name : {"etc", "tmp", "dev", "sys", "proc/net", "bin"})
        std::filesystem::create_directories(root / name);
}

HostFixture::~HostFixture() {
    std::error_code ignored;
    std::filesystem::remove_all(root, ignored);
}

std::string HostFixture::write(std::string_view path, std::string_view text, unsigned mode) {
    const auto at = paths.at(path);
    std::filesystem::create_directories(std::filesystem::path(at).parent_path());
    std::ofstream(at, std::ios::binary) << text;
    std::filesystem::permissions(at, static_cast<std::filesystem::perms>(mode));
    return at;
}

std::string HostFixture::read(std::string_view path) const {
    std::ostringstream text;
    text << std::ifstream(paths.at(path), std::ios::binary).rdbuf();
    return text.str();
}

void HostFixture::show(int pid) {
    const auto name = std::to_string(pid);
    std::filesystem::create_symlink("/proc/" + name, root / "proc" / name);
}

std::unique_ptr<net::Process> HostFixture::start(std::vector<std::string> argv) {
    auto child = net::Process::start(context, std::move(argv));
    REQUIRE(child.has_value());
    show((*child)->pid());
    return std::move(*child);
}

bool HostFixture::wait_until(const std::function<bool()>& done, std::chrono::milliseconds limit) {
    const auto deadline = std::chrono::steady_clock::now() + limit;
    while (!done() && std::chrono::steady_clock::now() < deadline) {
        io.restart();
        io.run_one_for(10ms);
    }
    return done();
}

void HostFixture::run(asio::awaitable<void> task, std::chrono::milliseconds limit) {
    test::run(io, as_value(std::move(task)), limit);
}

std::uint16_t free_tcp_port(const char* address) {
    asio::io_context io;
    return asio::ip::tcp::acceptor(io, {asio::ip::make_address(address), 0}).local_endpoint().port();
}

bool alive(int pid) {
    std::ifstream stat("/proc/" + std::to_string(pid) + "/stat");
    const std::string text((std::istreambuf_iterator<char>(stat)), {});
    return !text.empty() && !text.substr(text.rfind(')')).starts_with(") Z");
}

}  // namespace lanbridge::test
