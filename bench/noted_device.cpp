#include "noted_device.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/write.hpp>

#include "lanbridge/sim/description.hpp"
#include "sim/http_text.hpp"

namespace lanbridge::bench {
namespace {

using Tcp = asio::ip::tcp;

constexpr std::size_t longest_request = 16 * 1024;

}  // namespace

NotedDevice::NotedDevice(std::string_view key)
    : device_(sim::builtin_blueprint("mss310").value(),
              sim::Identity(sim::made_up_uuid(1), Secret(std::string(key))), time_),
      acceptor_(io_, Tcp::endpoint(asio::ip::address_v4::loopback(), 0)),
      endpoint_(acceptor_.local_endpoint()),
      thread_([this] { serve(); }) {}

NotedDevice::~NotedDevice() {
    {
        const std::lock_guard lock(mutex_);
        ending_ = true;
    }
    Tcp::socket last(io_);  // wakes the thread out of accept
    boost::system::error_code ignored;
    last.connect(endpoint_, ignored);
    thread_.join();
}

std::string NotedDevice::mac_digits() const { return meross::mac_digits_of(device_.identity().uuid); }

std::optional<NotedDevice::Arrival> NotedDevice::next_set(std::chrono::milliseconds limit) {
    std::unique_lock lock(mutex_);
    if (!news_.wait_for(lock, limit, [this] { return !sets_.empty(); })) return std::nullopt;
    auto arrival = std::move(sets_.front());
    sets_.pop_front();
    return arrival;
}

void NotedDevice::wait_for_requests(std::size_t count, std::chrono::milliseconds limit) {
    std::unique_lock lock(mutex_);
    news_.wait_for(lock, limit, [&] { return requests_ >= count; });
}

std::size_t NotedDevice::requests() {
    const std::lock_guard lock(mutex_);
    return requests_;
}

void NotedDevice::serve() {
    for (;;) {
        boost::system::error_code ec;
        Tcp::socket socket(io_);
        acceptor_.accept(socket, ec);
        {
            const std::lock_guard lock(mutex_);
            if (ending_) return;
        }
        if (!ec) serve_one(socket);
    }
}

void NotedDevice::serve_one(Tcp::socket& socket) {
    std::string input;
    Clock::time_point first_byte;
    boost::system::error_code ec;
    for (;;) {
        char chunk[4096];
        const auto got = socket.read_some(asio::buffer(chunk), ec);
        if (input.empty()) first_byte = Clock::now();
        input.append(chunk, got);
        const auto request = sim::parse_http_request(input, longest_request);
        if (ec || !request) return;
        if (!request->complete) continue;
        if (sim::carries_set(request->body)) {
            const std::lock_guard lock(mutex_);
            sets_.push_back(Arrival{first_byte, request->body});
            news_.notify_all();
        }
        const auto answer = sim::http_response(device_.handle(request->body).body, sim::Faults());
        asio::write(socket, asio::buffer(answer), ec);
        break;
    }
    const std::lock_guard lock(mutex_);
    ++requests_;
    news_.notify_all();
}

}  // namespace lanbridge::bench
