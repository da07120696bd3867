#pragma once

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_future.hpp>
#include <cstdint>
#include <string>
#include <thread>
#include <vector>

#include "lanbridge/base/random.hpp"
#include "lanbridge/base/time.hpp"
#include "lanbridge/mqtt/client.hpp"
#include "lanbridge/sim/fleet.hpp"
#include "support.hpp"

namespace lanbridge::bench {

/// Simulated devices that are on HTTP and on a broker at the same time, on a thread of their own.
class House {
public:
    /// The devices, on HTTP alone for now.
    House(std::size_t devices, std::uint16_t broker_port);
    House(const House&) = delete;
    House& operator=(const House&) = delete;
    ~House();

    /// They connect to the broker, and say what devices say after a power cut.
    void join();
    /// Until all of them have been answered.
    void wait_until_settled();

    std::size_t size() const noexcept { return size_; }
    std::vector<boost::asio::ip::tcp::endpoint> endpoints();
    std::vector<std::string> uuids();
    /// Somebody presses the button of each device: it pushes its state.
    void press_all();
    /// By device: HTTP requests it has seen.
    std::vector<std::uint64_t> http_requests();
    /// By device: whether its relay is on.
    std::vector<bool> relays();

    enum class Http : std::uint8_t {
        up,
        refusing,  ///< connections are refused, as by a machine without the service
        silent,    ///< connections are taken and nothing is ever said
    };
    void set_http(Http state);

private:
    /// `job` on the devices' thread; waits for what it returns.
    template <class Job>
    auto on_loop(Job job) {
        return boost::asio::post(io_, boost::asio::use_future(std::move(job))).get();
    }

    std::size_t size_;
    boost::asio::io_context io_{1};
    boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_{io_.get_executor()};
    SystemTime time_;
    SystemRandom random_;
    Context context_{io_.get_executor(), time_, random_};
    mqtt::Client client_;
    sim::Fleet fleet_;
    std::thread thread_;
};

}  // namespace lanbridge::bench
