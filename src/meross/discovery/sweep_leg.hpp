#pragma once

#include <list>

#include "meross/discovery/leg.hpp"

namespace lanbridge::meross {

/// Knocks at every address of the subnets it is given, a few at a time.
class SweepLeg final : public Leg {
public:
    /// Home routers forget older connections when many are new; eight are not noticed.
    static constexpr std::size_t at_a_time = 8;

    SweepLeg(Context context, net::HttpPoster& http, const FinderSettings& settings, Report report);

    void start() override;
    void stop() override;
    void seek() override;
    boost::asio::awaitable<void> scan() override;
    /// The functions of the settings and nothing else, while the leg goes on.
    void refresh(const FinderSettings& settings) { settings_.is_served = settings.is_served; }

private:
    boost::asio::awaitable<void> sweep_in_time();
    boost::asio::awaitable<void> round();
    boost::asio::awaitable<void> knock_on();
    boost::asio::awaitable<void> knock(net::HttpEndpoint endpoint);
    std::optional<net::HttpEndpoint> next_address();
    void release_waiting();

    net::HttpPoster& http_;
    FinderSettings settings_;
    Signal wake_;
    Signal round_over_;
    std::list<Signal*> waiting_;  ///< for the end of a round
    std::size_t knocking_ = 0;    ///< of `at_a_time`
    std::size_t subnet_ = 0;
    std::uint64_t host_ = 0;
    Clock::time_point next_round_{};
    Clock::time_point last_round_{};
};

/// Which of them may be swept; the reason of each refusal goes to `refused`, if there is one.
std::vector<net::Subnet> sweepable(const std::vector<net::Subnet>& subnets, std::string& refused);

}  // namespace lanbridge::meross
