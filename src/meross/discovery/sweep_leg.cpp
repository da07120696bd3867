#include "meross/discovery/sweep_leg.hpp"

#include <algorithm>

#include "lanbridge/base/log.hpp"
#include "meross/discovery/probe.hpp"

namespace lanbridge::meross {
namespace {

const log::Logger logger("meross.discovery");

constexpr TimeSource::Clock::duration round_pause = 1h;
/// Between two rounds when devices have stopped answering.
constexpr TimeSource::Clock::duration seek_pause = 5min;

/// Counts who still knocks, however the coroutine ends.
class Presence {
public:
    Presence(std::size_t& count, Signal& last_one) : count_(count), last_one_(last_one) {}
    Presence(const Presence&) = delete;
    Presence& operator=(const Presence&) = delete;
    ~Presence() {
        if (--count_ == 0) last_one_.notify();
    }

private:
    std::size_t& count_;
    Signal& last_one_;
};

/// In the list while it lives.
class Place {
public:
    Place(std::list<Signal*>& list, Signal& signal) : list_(list), place_(list.insert(list.end(), &signal)) {}
    Place(const Place&) = delete;
    Place& operator=(const Place&) = delete;
    ~Place() { list_.erase(place_); }

private:
    std::list<Signal*>& list_;
    std::list<Signal*>::iterator place_;
};

}  // namespace

std::vector<net::Subnet> sweepable(const std::vector<net::Subnet>& subnets, std::string& refused) {
    std::vector<net::Subnet> out;
    for (const auto& subnet : subnets) {
        if (subnet.prefix() >= widest_swept_prefix) {
            out.push_back(subnet);
            continue;
        }
        refused += (refused.empty() ? "" : "; ") + subnet.text() + " is too large to be swept: at most a /" +
                   std::to_string(widest_swept_prefix) + ", name smaller ones";
    }
    return out;
}

SweepLeg::SweepLeg(Context context, net::HttpPoster& http, const FinderSettings& settings, Report report)
    : Leg(std::move(context), "sweep", std::move(report)),
      http_(http),
      settings_(settings),
      wake_(context_.executor),
      round_over_(context_.executor) {}

void SweepLeg::start() {
    std::string refused;
    settings_.subnets = sweepable(settings_.subnets, refused);
    if (settings_.subnets.empty()) return failed(refused.empty() ? "no subnet is named" : refused);
    if (!refused.empty()) logger.error("sweep: {}", refused);
    running();
    next_round_ = now();
    nursery_.start("discovery by sweeping", sweep_in_time());
}

void SweepLeg::stop() {
    Leg::stop();
    release_waiting();
}

void SweepLeg::seek() {
    next_round_ = std::min(next_round_, last_round_ + seek_pause);
    wake_.notify();
}

asio::awaitable<void> SweepLeg::scan() {
    if (settings_.subnets.empty() || nursery_.idle()) co_return;
    if (knocking_ == 0) {
        next_round_ = std::min(next_round_, now());
        wake_.notify();
    }
    Signal over(context_.executor);
    const Place place(waiting_, over);
    co_await over.wait();
}

void SweepLeg::release_waiting() {
    for (auto* waiting : waiting_) waiting->notify();
}

asio::awaitable<void> SweepLeg::sweep_in_time() {
    for (;;) {
        while (now() < next_round_) {
            co_await wait_signal_until(context_.time, wake_, next_round_);
            const auto state = co_await asio::this_coro::cancellation_state;
            if (state.cancelled() != asio::cancellation_type::none) co_return;
        }
        next_round_ = Clock::time_point::max();
        co_await round();
        const bool sought = next_round_ != Clock::time_point::max();
        last_round_ = now();
        next_round_ = last_round_ + (sought ? seek_pause : round_pause);
        release_waiting();
    }
}

asio::awaitable<void> SweepLeg::round() {
    subnet_ = 0;
    host_ = 0;
    const auto before = status().seen;
    const auto began = now();
    knocking_ = at_a_time;
    for (std::size_t i = 0; i < at_a_time; ++i) nursery_.start("discovery knocks", knock_on());
    co_await round_over_.wait();
    logger.debug("sweep: a round took {} ms and found {} devices",
                 std::chrono::duration_cast<std::chrono::milliseconds>(now() - began).count(),
                 status().seen - before);
}

std::optional<net::HttpEndpoint> SweepLeg::next_address() {
    while (subnet_ < settings_.subnets.size()) {
        const auto& subnet = settings_.subnets[subnet_];
        if (host_ == subnet.hosts()) {
            host_ = 0;
            ++subnet_;
            continue;
        }
        net::HttpEndpoint endpoint(subnet.host(host_++).to_string(), settings_.http_port);
        if (!settings_.is_served || !settings_.is_served(endpoint)) return endpoint;
    }
    return std::nullopt;
}

asio::awaitable<void> SweepLeg::knock_on() {
    const Presence presence(knocking_, round_over_);
    while (auto endpoint = next_address()) {
        co_await knock(*std::move(endpoint));
        const auto state = co_await asio::this_coro::cancellation_state;
        if (state.cancelled() != asio::cancellation_type::none) co_return;
    }
}

asio::awaitable<void> SweepLeg::knock(net::HttpEndpoint endpoint) {
    auto answer = co_await probe(context_, http_, endpoint);
    if (!answer) co_return;  // nobody, or somebody else's web server
    Sighting sighting(FoundBy::sweep);
    sighting.uuid = sender_of(answer->header);
    if (sighting.uuid) sighting.mac = mac_of(*sighting.uuid);
    sighting.endpoint = std::move(endpoint);
    report(sighting);
}

}  // namespace lanbridge::meross
