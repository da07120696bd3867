#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "lanbridge/sim/device.hpp"
#include "support.hpp"

namespace lanbridge::bench {

/// A simulated plug on blocking sockets in a thread of its own, which notes when the first byte of every SET
/// arrives: the shortest way from the wire to the clock.
class NotedDevice {
public:
    explicit NotedDevice(std::string_view key);
    NotedDevice(const NotedDevice&) = delete;
    NotedDevice& operator=(const NotedDevice&) = delete;
    ~NotedDevice();

    struct Arrival {
        Clock::time_point first_byte;
        std::string body;
    };
    /// The next SET that nobody has asked for yet; nothing when none comes within `limit`.
    std::optional<Arrival> next_set(std::chrono::milliseconds limit);
    /// Waits until the device has answered so many requests in all, but no longer than `limit`.
    void wait_for_requests(std::size_t count, std::chrono::milliseconds limit);
    std::size_t requests();

    boost::asio::ip::tcp::endpoint endpoint() const { return endpoint_; }
    std::string mac_digits() const;

private:
    void serve();
    void serve_one(boost::asio::ip::tcp::socket& socket);

    SystemTime time_;
    sim::MerossDevice device_;
    boost::asio::io_context io_;
    boost::asio::ip::tcp::acceptor acceptor_;
    boost::asio::ip::tcp::endpoint endpoint_;
    std::mutex mutex_;
    std::condition_variable news_;
    std::deque<Arrival> sets_;
    std::size_t requests_ = 0;
    bool ending_ = false;
    std::thread thread_;  // last: started when all else is there
};

}  // namespace lanbridge::bench
