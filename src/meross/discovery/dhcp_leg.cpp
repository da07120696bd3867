#include "meross/discovery/dhcp_leg.hpp"

namespace lanbridge::meross {
namespace {

constexpr std::uint16_t dhcp_server_port = 67;
constexpr TimeSource::Clock::duration retry_pause = 10min;
/// A house after a power cut, several messages from each device.
constexpr double messages_at_once = 1000;
constexpr double messages_per_second = 100;
/// When messages flood in, the kernel's buffer takes them meanwhile, and drops what it cannot hold.
constexpr TimeSource::Clock::duration flood_pause = 100ms;

constexpr const char* no_capability =
    "DHCP requests cannot be heard without the capability CAP_NET_RAW: give it (systemd: "
    "AmbientCapabilities=CAP_NET_RAW and AF_PACKET in RestrictAddressFamilies; Docker: cap_add: [NET_RAW] "
    "with network_mode: host), or set meross.discovery.dhcp: false";

bool is_refused(const Error& error) {
    return error.code == boost::system::errc::operation_not_permitted ||
           error.code == boost::system::errc::permission_denied ||
           error.code == boost::system::errc::address_family_not_supported;
}

}  // namespace

DhcpLeg::DhcpLeg(Context context, const FinderSettings& settings, Report report)
    : Leg(std::move(context), "dhcp", std::move(report)),
      is_known_(settings.is_known_mac),
      socket_(context_.executor),
      watch_([this](const std::string& mac) { return is_known_ && is_known_(mac); }, settings.http_port),
      wake_(context_.executor),
      messages_(messages_at_once, messages_per_second) {}

void DhcpLeg::start() {
    if (!open()) return;
    nursery_.start("discovery by DHCP", listen());
    nursery_.start("discovery by DHCP, telling", tell_in_time());
}

bool DhcpLeg::open() {
    const auto opened = socket_.open(dhcp_server_port);
    open_ = opened.has_value();
    if (open_) {
        running();
        return true;
    }
    const bool refused = is_refused(opened.error());
    failed(refused ? no_capability : opened.error().text() + "; it is tried again");
    return !refused;
}

asio::awaitable<void> DhcpLeg::listen() {
    for (;;) {
        if (open_) co_await receive();
        const auto cancelled = co_await context_.time.sleep(retry_pause);
        if (cancelled || !open()) co_return;
    }
}

asio::awaitable<void> DhcpLeg::receive() {
    for (;;) {
        auto size = co_await socket_.receive(buffer_);
        if (!size) {
            failed(size.error().text() + "; it is tried again");
            co_return;
        }
        if (messages_.take(now())) {
            heard(ByteSpan(buffer_.data(), *size));
            continue;
        }
        dropped();
        const auto cancelled = co_await context_.time.sleep(flood_pause);
        if (cancelled) co_return;
    }
}

void DhcpLeg::heard(ByteSpan datagram) {
    switch (watch_.datagram(datagram, now())) {
        case DhcpWatch::Verdict::waiting:
            return wake_.notify();
        case DhcpWatch::Verdict::malformed:
            return malformed("somebody", "a DHCP message");
        case DhcpWatch::Verdict::too_many:
            return dropped();
        case DhcpWatch::Verdict::not_ours:
            return;
    }
}

asio::awaitable<void> DhcpLeg::tell_in_time() {
    for (;;) {
        const auto next = watch_.next();
        if (next)
            co_await context_.time.sleep_until(*next);
        else
            co_await wake_.wait();
        const auto state = co_await asio::this_coro::cancellation_state;
        if (state.cancelled() != asio::cancellation_type::none) co_return;
        for (const auto& sighting : watch_.due(now())) report(sighting);
    }
}

}  // namespace lanbridge::meross
