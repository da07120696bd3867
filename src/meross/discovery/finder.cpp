#include <algorithm>
#include <array>

#include "lanbridge/base/log.hpp"
#include "meross/discovery/dhcp_leg.hpp"
#include "meross/discovery/sighting_filter.hpp"
#include "meross/discovery/sweep_leg.hpp"
#include "meross/discovery/udp_leg.hpp"

namespace lanbridge::meross {
namespace {

const log::Logger logger("meross.discovery");

LegStatus switched_off(std::string name, std::string why) {
    LegStatus status(std::move(name));
    status.why = std::move(why);
    return status;
}

bool same_for_udp(const FinderSettings& a, const FinderSettings& b) {
    return a.udp == b.udp && a.broadcast == b.broadcast && a.query_port == b.query_port &&
           a.answer_port == b.answer_port;
}
bool same_for_dhcp(const FinderSettings& a, const FinderSettings& b) {
    return a.dhcp == b.dhcp && a.http_port == b.http_port;
}
bool same_for_sweep(const FinderSettings& a, const FinderSettings& b) {
    return a.subnets == b.subnets && a.http_port == b.http_port;
}

}  // namespace

struct Finder::State {
    State(Context c, net::HttpPoster& h, FinderSettings s, OnSighting o)
        : context(std::move(c)),
          http(h),
          settings(std::move(s)),
          on_sighting(std::move(o)),
          filter(settings.quiet) {}

    Leg::Report report() {
        return [this](const Sighting& sighting) {
            const auto verdict = filter.judge(sighting, context.time.now());
            if (verdict == SightingFilter::Verdict::news) tell(sighting);
            return verdict != SightingFilter::Verdict::too_many;
        };
    }

    void tell(const Sighting& sighting) const {
        logger.debug("{}: {} at {}", found_by_name(sighting.by),
                     sighting.uuid ? sighting.uuid->value() : sighting.mac,
                     sighting.endpoint ? sighting.endpoint->text() : "?");
        on_sighting(sighting);
    }

    template <class SomeLeg, class Make>
    void place(std::shared_ptr<SomeLeg>& leg, bool wanted, bool same, Make make) {
        if (leg && same) return leg->refresh(settings);
        if (leg) {
            leg->stop();
            ending.push_back(std::move(leg));
        }
        if (!wanted) return;
        leg = make();
        leg->start();
    }

    void place_all(const FinderSettings& before) {
        place(udp, settings.udp, same_for_udp(before, settings),
              [this] { return std::make_shared<UdpLeg>(context, settings, report()); });
        place(dhcp, settings.dhcp, same_for_dhcp(before, settings),
              [this] { return std::make_shared<DhcpLeg>(context, settings, report()); });
        place(sweep, !settings.subnets.empty(), same_for_sweep(before, settings),
              [this] { return std::make_shared<SweepLeg>(context, http, settings, report()); });
    }

    std::array<Leg*, 3> legs() const { return {udp.get(), dhcp.get(), sweep.get()}; }

    Context context;
    net::HttpPoster& http;
    FinderSettings settings;
    OnSighting on_sighting;
    SightingFilter filter;
    // shared with scans under way, which a new configuration must not pull the leg from under
    std::shared_ptr<UdpLeg> udp;
    std::shared_ptr<DhcpLeg> dhcp;
    std::shared_ptr<SweepLeg> sweep;
    std::vector<std::shared_ptr<Leg>> ending;  ///< kept until their coroutines have wound down
    bool started = false;
};

Finder::Finder(Context context, net::HttpPoster& http, FinderSettings settings, OnSighting on_sighting)
    : state_(std::make_unique<State>(std::move(context), http, std::move(settings), std::move(on_sighting))) {
}

Finder::~Finder() = default;

void Finder::start() {
    state_->started = true;
    state_->place_all(state_->settings);
}

void Finder::stop() {
    state_->started = false;
    for (auto* leg : state_->legs())
        if (leg) leg->stop();
}

bool Finder::idle() const {
    for (const auto* leg : state_->legs())
        if (leg && !leg->idle()) return false;
    return std::ranges::all_of(state_->ending, [](const auto& leg) { return leg->idle(); });
}

void Finder::reconfigure(FinderSettings settings) {
    auto& state = *state_;
    std::erase_if(state.ending, [](const auto& leg) { return leg->idle(); });
    if (settings.quiet != state.settings.quiet) state.filter = SightingFilter(settings.quiet);
    const auto before = std::exchange(state.settings, std::move(settings));
    if (state.started) state.place_all(before);
}

void Finder::seek() {
    state_->filter.forget();  // whoever is missed may have been told of before that was known
    for (auto* leg : state_->legs())
        if (leg) leg->seek();
}

asio::awaitable<void> Finder::scan() {
    using namespace asio::experimental::awaitable_operators;
    state_->filter.forget();  // whoever asks wants to see what is there
    const auto udp = state_->udp;
    const auto sweep = state_->sweep;
    if (udp && sweep) {
        co_await (udp->scan() && sweep->scan());
    } else if (udp) {
        co_await udp->scan();
    } else if (sweep) {
        co_await sweep->scan();
    }
}

std::vector<LegStatus> Finder::legs() const {
    constexpr std::array<const char*, 3> names{"udp", "dhcp", "sweep"};
    constexpr std::array<const char*, 3> off{"turned off: meross.discovery.udp",
                                             "turned off: meross.discovery.dhcp",
                                             "no subnets are named: meross.discovery.subnets"};
    std::vector<LegStatus> out;
    const auto legs = state_->legs();
    for (std::size_t i = 0; i < legs.size(); ++i)
        out.push_back(legs[i] ? legs[i]->status() : switched_off(names[i], off[i]));
    return out;
}

std::string_view leg_state_name(LegStatus::State state) noexcept {
    switch (state) {
        case LegStatus::State::off:
            return "off";
        case LegStatus::State::running:
            return "running";
        case LegStatus::State::failed:
            break;
    }
    return "failed";
}

}  // namespace lanbridge::meross
