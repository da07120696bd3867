#include "meross/discovery/udp_leg.hpp"

#include <set>

#include "lanbridge/base/log.hpp"
#include "lanbridge/net/interfaces.hpp"

namespace lanbridge::meross {
namespace {

const log::Logger logger("meross.discovery");

/// After the start, when the network may just be coming up; then now and again, for devices that are new.
constexpr std::array<TimeSource::Clock::duration, 2> first_pauses{5s, 25s};
constexpr TimeSource::Clock::duration steady_pause = 5min;
/// Between two queries that somebody asked for.
constexpr TimeSource::Clock::duration seek_pause = 10s;
/// Another program holds the port, or the system refuses: that seldom changes by itself.
constexpr TimeSource::Clock::duration retry_pause = 5min;
/// A round repeats its question, since broadcasts on Wi-Fi get lost, and waits for the slow.
constexpr TimeSource::Clock::duration repeat_pause = 1s;
constexpr TimeSource::Clock::duration answer_pause = 1500ms;
/// Asked one by one; the broadcast reaches the others.
constexpr std::size_t most_addresses = 256;
/// A house of several hundred devices answers within a second.
constexpr double answers_at_once = 1000;
constexpr double answers_per_second = 200;
/// When answers flood in, the kernel's buffer takes them meanwhile, and drops what it cannot hold.
constexpr TimeSource::Clock::duration flood_pause = 100ms;

}  // namespace

UdpLeg::UdpLeg(Context context, const FinderSettings& settings, Report report)
    : Leg(std::move(context), "udp", std::move(report)),
      settings_(settings),
      endpoint_(context_.executor),
      wake_(context_.executor),
      answers_(answers_at_once, answers_per_second) {}

void UdpLeg::start() {
    open();
    nursery_.start("discovery by UDP", listen());
    nursery_.start("discovery queries", ask_in_time());
}

void UdpLeg::open() {
    if (auto opened = endpoint_.open(settings_.answer_port); opened)
        running();
    else
        failed(opened.error().text() +
               ": devices cannot answer there; end the program that holds it, or set "
               "meross.discovery.udp: false");
}

asio::awaitable<void> UdpLeg::listen() {
    for (;;) {
        while (endpoint_.is_open()) {
            auto arrival = co_await endpoint_.receive(buffer_);
            if (!arrival) {
                endpoint_.close();
                break;
            }
            if (answers_.take(now())) {
                heard(std::string_view(buffer_.data(), arrival->size), arrival->from);
                continue;
            }
            dropped();
            co_await context_.time.sleep(flood_pause);
        }
        const auto cancelled = co_await context_.time.sleep(retry_pause);
        if (cancelled) co_return;
        open();
        wake_.notify();
    }
}

void UdpLeg::heard(std::string_view text, asio::ip::address_v4 from) {
    const auto answer = parse_udp_answer(text, from);
    if (!answer) return malformed(from.to_string(), answer.error().text());
    if (answer->contradicts_itself) malformed(from.to_string(), "another address than its own");
    report(answer->sighting);
}

void UdpLeg::seek() {
    next_query_ = std::min(next_query_, last_query_ + seek_pause);
    wake_.notify();
}

asio::awaitable<void> UdpLeg::ask_in_time() {
    for (std::size_t round = 0;; ++round) {
        query();
        next_query_ = now() + (round < first_pauses.size() ? first_pauses[round] : steady_pause);
        while (now() < next_query_) {
            co_await wait_signal_until(context_.time, wake_, next_query_);
            const auto state = co_await asio::this_coro::cancellation_state;
            if (state.cancelled() != asio::cancellation_type::none) co_return;
        }
    }
}

asio::awaitable<void> UdpLeg::scan() {
    query();
    co_await context_.time.sleep(repeat_pause);
    query();
    co_await context_.time.sleep(answer_pause);
}

void UdpLeg::query() {
    last_query_ = now();
    if (!endpoint_.is_open()) return;
    std::set<asio::ip::address_v4> targets;
    if (settings_.known_addresses) {
        for (const auto& text : settings_.known_addresses()) {
            error_code ec;
            const auto address = asio::ip::make_address_v4(text, ec);
            if (!ec && targets.size() < most_addresses) targets.insert(address);
        }
    }
    if (settings_.broadcast) {
        targets.insert(asio::ip::address_v4::broadcast());
        for (const auto& own : net::interface_addresses())
            if (own.broadcast) targets.insert(*own.broadcast);
    }
    bool sent = targets.empty();
    for (const auto& target : targets) sent = send_to(target) || sent;
    if (sent)
        running();
    else
        failed("no network takes the query; it is tried again");
}

bool UdpLeg::send_to(asio::ip::address_v4 target) {
    bool sent = false;
    for (const auto id : query_ids) {
        const auto done = endpoint_.send(target, settings_.query_port, udp_query(id));
        if (!done) logger.debug("udp: {}", done.error().text());
        sent = sent || done.has_value();
    }
    return sent;
}

}  // namespace lanbridge::meross
