#include "broker_fixture.hpp"

#include <signal.h>
#include <stdlib.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <cstdio>
#include <fstream>

#include "mqtt/broker_config.hpp"
#include "mqtt/broker_probe.hpp"
#include "support/catch.hpp"
#include "support/run.hpp"

namespace lanbridge::test {
namespace {

asio::awaitable<int> as_value(asio::awaitable<void> task) {
    co_await std::move(task);
    co_return 0;
}

}  // namespace

TempFolder::TempFolder() {
    auto pattern = (std::filesystem::temp_directory_path() / "lanbridge-test-XXXXXX").string();
    if (::mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("no temporary folder");
    path_ = pattern;
}
TempFolder::~TempFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
}

std::uint16_t free_port() {
    asio::io_context io;
    return asio::ip::tcp::acceptor(io, {asio::ip::address_v4::loopback(), 0}).local_endpoint().port();
}

LogLines::LogLines(log::Level level) {
    log::set_tap(level,
                 [this](log::Level, std::string_view, std::string_view line) { lines_.emplace_back(line); });
}
LogLines::~LogLines() { log::set_tap(log::Level::off, nullptr); }

int LogLines::count(std::string_view part) const {
    int found = 0;
    for (const auto& line : lines_) found += line.find(part) != line.npos ? 1 : 0;
    return found;
}
std::string LogLines::all() const {
    std::string text;
    for (const auto& line : lines_) text += line + "\n";
    return text;
}

bool BrokerFixture::wait_until(const std::function<bool()>& done, std::chrono::milliseconds limit) {
    const auto deadline = std::chrono::steady_clock::now() + limit;
    while (!done() && std::chrono::steady_clock::now() < deadline) {
        io.restart();
        io.run_one_for(10ms);
    }
    return done();
}

void BrokerFixture::run_for(std::chrono::milliseconds period) {
    io.restart();
    const auto guard = asio::make_work_guard(io);
    io.run_for(period);
}

void BrokerFixture::run(asio::awaitable<void> task) { test::run(io, as_value(std::move(task))); }

mqtt::ClientSettings BrokerFixture::settings(std::uint16_t port, const std::string& id) {
    mqtt::ClientSettings out;
    out.brokers = {mqtt::BrokerUrl("127.0.0.1", port)};
    out.client_id = id;
    return out;
}

Mosquitto::Mosquitto(BrokerFixture& fixture, std::uint16_t port, std::vector<mqtt::BrokerUser> users)
    : fixture_(fixture), port_(port), users_(std::move(users)) {
    start();
}

void Mosquitto::write_files() {
    mqtt::BrokerPlan plan;
    plan.folder = fixture_.folder.path();
    plan.listen = {mqtt::BrokerListener("127.0.0.1", port_)};
    plan.users = users_;
    plan.anonymous = users_.empty();
    plan.as_root = true;
    auto text = mqtt::mosquitto_conf(plan);
    const std::string key = "max_inflight_messages ";
    const auto at = text.find(key) + key.size();
    if (window_ > 0) text.replace(at, text.find('\n', at) - at, std::to_string(window_));
    std::ofstream(plan.conf_file()) << text;
    std::ofstream(plan.password_file()) << mqtt::password_lines(users_, fixture_.random);
}

void Mosquitto::start() {
    write_files();
    std::vector<std::string> argv{"mosquitto", "-c", fixture_.folder.path() + "/mosquitto.conf"};
    auto started = net::Process::start(fixture_.context, argv);
    REQUIRE(started.has_value());
    process_ = std::move(*started);
    mqtt::BrokerUrl url("127.0.0.1", port_);
    for (int i = 0; i < 200; ++i) {
        const auto answer = test::run(fixture_.io, mqtt::probe_broker(fixture_.context, url));
        if (answer.kind != mqtt::ProbeAnswer::Kind::nobody) return;
        fixture_.run_for(20ms);
    }
    FAIL("mosquitto does not start");
}

void Mosquitto::stop() { test::run(fixture_.io, process_->stop()); }

void Mosquitto::set_users(std::vector<mqtt::BrokerUser> users) {
    users_ = std::move(users);
    write_files();
    signal(SIGHUP);
}

bool require_mosquitto() {
    const auto program = net::find_program("mosquitto");
    if (program) return true;
    std::fprintf(stderr, "skipped: %s\n", program.error().text().c_str());
    std::_Exit(77);
}

}  // namespace lanbridge::test
