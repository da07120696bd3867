#include "zigbee_fixture.hpp"

#include <stdlib.h>
#include <unistd.h>

#include <algorithm>
#include <boost/asio/write.hpp>
#include <fstream>

#include "support/catch.hpp"

namespace lanbridge::test {

TcpVisitor::TcpVisitor(asio::io_context& io, std::uint16_t port, const char* address, bool deaf)
    : state_(std::make_shared<State>(io)) {
    state_->socket.open(tcp::endpoint(asio::ip::make_address(address), port).protocol());
    state_->socket.set_option(asio::socket_base::receive_buffer_size(4096));
    state_->socket.connect({asio::ip::make_address(address), port});
    if (!deaf) read(state_);
}

TcpVisitor::~TcpVisitor() { leave(); }

void TcpVisitor::read(const std::shared_ptr<State>& state) {
    state->socket.async_read_some(asio::buffer(state->buffer), [state](error_code ec, std::size_t size) {
        state->closed = state->closed || ec;
        if (ec) return;
        state->heard.append(state->buffer, 0, size);
        read(state);
    });
}

void TcpVisitor::send(std::string_view bytes) { asio::write(state_->socket, asio::buffer(bytes)); }

void TcpVisitor::leave() {
    error_code ignored;
    state_->socket.close(ignored);
}

ZigbeeFixture::ZigbeeFixture(std::string model) {
    gateway.model = std::move(model);
    gateway.firmware = "1.5.4_0090";
    write("/sys/class/gpio/gpio18/value", "1\n");
    write("/sys/class/gpio/gpio44/value", "0\n");
    path_before_ = ::getenv("PATH");
    ::setenv("PATH", ((root / "bin").string() + ":" + path_before_).c_str(), 1);
}

ZigbeeFixture::~ZigbeeFixture() {
    stop();
    ::setenv("PATH", path_before_.c_str(), 1);
}

sim::ZigbeeChip& ZigbeeFixture::chip(unsigned baud, Mood mood) {
    sim::ZigbeeChipSettings wanted;
    wanted.baud = baud;
    wanted.mood = mood;
    wanted.xon_first = true;
    wired = std::make_unique<sim::ZigbeeChip>(io.get_executor(), wanted);
    REQUIRE(wired->start().has_value());
    const auto device = root / (gateway.kind() == agent::Gateway::Kind::mgw ? "dev/ttyS2" : "dev/ttyS1");
    std::filesystem::remove(device);
    std::filesystem::create_symlink(wired->path(), device);
    return *wired;
}

std::string ZigbeeFixture::vendor_program(std::string_view script) {
    const auto* name =
        gateway.kind() == agent::Gateway::Kind::mgw ? "Lumi_Z3GatewayHost_MQTT" : "mZ3GatewayHost_MQTT";
    return write("/bin/" + std::string(name), "#!/bin/sh\n" + std::string(script), 0755);
}

void ZigbeeFixture::start(std::vector<std::string> arguments) {
    arguments.push_back("--root=" + root.string());
    settings = agent::make_settings(agent::parse_arguments(arguments));
    journal = std::make_unique<agent::Journal>(clock, settings.levels);
    journal->set_print([this](std::string_view line) { lines.emplace_back(line); });
    zigbee = std::make_unique<agent::Zigbee>(slow, *journal, settings, gateway, report, vendor_programs,
                                             [this](std::string topic, std::string payload) {
                                                 messages.emplace_back(std::move(topic), std::move(payload));
                                             });
    zigbee->start();
    if (settings.z3) pass(1500ms);  // that the vendor's own program is given
    if (!settings.zigbee_tcp.empty()) eventually([this] { return zigbee->port() != 0; });
}

void ZigbeeFixture::stop() {
    if (!zigbee) return;
    bool stopped = false;
    asio::co_spawn(io, zigbee->stop(), [&stopped](const std::exception_ptr&) { stopped = true; });
    eventually([&stopped] { return stopped; });
    zigbee.reset();
}

bool ZigbeeFixture::eventually(const std::function<bool()>& done) {
    const auto deadline = std::chrono::steady_clock::now() + 10s;
    while (!done() && std::chrono::steady_clock::now() < deadline) {
        io.restart();
        if (io.poll() > 0) continue;
        io.restart();
        if (io.run_one_for(1ms) == 0) clock.advance(3ms);
    }
    return done();
}

void ZigbeeFixture::pass(TimeSource::Clock::duration period) {
    const auto step = std::max<TimeSource::Clock::duration>(500ms, period / 60);
    for (auto left = period; left > 0ms; left -= step) {
        clock.advance(std::min(left, step));
        breathe();
    }
}

void ZigbeeFixture::breathe() {
    io.restart();
    io.run_for(1ms);
}

std::size_t ZigbeeFixture::logged(std::string_view text) const {
    return static_cast<std::size_t>(
        std::count_if(lines.begin(), lines.end(),
                      [text](const std::string& line) { return line.find(text) != line.npos; }));
}

bool ZigbeeFixture::published(std::string_view line) const {
    return std::any_of(messages.begin(), messages.end(), [line](const auto& message) {
        return message.first == "log/z3" && message.second == line;
    });
}

std::vector<int> ZigbeeFixture::guards() const {
    std::vector<int> found;
    for (const auto& entry : std::filesystem::directory_iterator("/proc")) {
        const auto name = entry.path().filename().string();
        if (name.find_first_not_of("0123456789") != name.npos) continue;
        std::ifstream stat(entry.path() / "stat"), words(entry.path() / "cmdline", std::ios::binary);
        std::string id, comm, state, parent;
        stat >> id >> comm >> state >> parent;
        std::string line((std::istreambuf_iterator<char>(words)), {});
        std::replace(line.begin(), line.end(), '\0', ' ');
        if (parent != std::to_string(::getpid()) || state == "Z") continue;
        if (line.ends_with("Z3GatewayHost_MQTT -f /dev/null ") && line.starts_with("tail "))
            found.push_back(std::stoi(name));
    }
    return found;
}

}  // namespace lanbridge::test
