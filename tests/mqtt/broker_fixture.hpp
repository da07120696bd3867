#pragma once

#include <boost/asio/io_context.hpp>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "lanbridge/base/context.hpp"
#include "lanbridge/base/log.hpp"
#include "lanbridge/mqtt/client.hpp"
#include "lanbridge/mqtt/embedded_broker.hpp"
#include "lanbridge/net/process.hpp"

namespace lanbridge::test {

/// A folder that goes with the test.
class TempFolder {
public:
    TempFolder();
    TempFolder(const TempFolder&) = delete;
    TempFolder& operator=(const TempFolder&) = delete;
    ~TempFolder();
    std::string path() const { return path_.string(); }

private:
    std::filesystem::path path_;
};

/// A port of loopback that nobody listens on now.
std::uint16_t free_port();

/// Collects the log from `level` on while it lives.
class LogLines {
public:
    explicit LogLines(log::Level level = log::Level::info);
    LogLines(const LogLines&) = delete;
    LogLines& operator=(const LogLines&) = delete;
    ~LogLines();
    int count(std::string_view part) const;
    std::string all() const;

private:
    std::vector<std::string> lines_;
};

/// Real broker, real sockets, real time.
struct BrokerFixture {
    asio::io_context io;
    SystemTime time;
    SystemRandom random;
    Context context{io.get_executor(), time, random};
    TempFolder folder;

    bool wait_until(const std::function<bool()>& done,
                    std::chrono::milliseconds limit = std::chrono::seconds(5));
    void run_for(std::chrono::milliseconds period);
    void run(asio::awaitable<void> task);

    mqtt::ClientSettings settings(std::uint16_t port, const std::string& id = "test");
};

/// mosquitto as somebody else would run it.
class Mosquitto {
public:
    Mosquitto(BrokerFixture& fixture, std::uint16_t port, std::vector<mqtt::BrokerUser> users = {});
    void start();
    void stop();
    void signal(int number) { process_->signal(number); }
    void set_users(std::vector<mqtt::BrokerUser> users);
    /// With this many unacknowledged messages at once, as mosquitto's default is 20. Takes a restart.
    void set_window(int messages) { window_ = messages; }
    std::uint16_t port() const { return port_; }

private:
    void write_files();
    BrokerFixture& fixture_;
    std::uint16_t port_;
    int window_ = 0;
    std::vector<mqtt::BrokerUser> users_;
    std::unique_ptr<net::Process> process_;
};

/// Messages by topic, as a client received them.
struct Received {
    std::vector<std::string> payloads;
    std::vector<bool> retained;
    mqtt::MessageHandler handler() {
        return [this](const mqtt::Message& message) {
            payloads.emplace_back(message.payload);
            retained.push_back(message.retained);
        };
    }
};

/// Ends the program with status 77 and a word, where there is no mosquitto.
bool require_mosquitto();

}  // namespace lanbridge::test
