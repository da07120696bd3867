#include "agent/zigbee/zigbee.hpp"

#include <boost/asio/post.hpp>
#include <charconv>

#include "agent/zigbee/chip_line.hpp"
#include "agent/zigbee/hardware.hpp"
#include "agent/zigbee/pass_through.hpp"
#include "agent/zigbee/waiting_room.hpp"
#include "agent/zigbee/z3_host.hpp"

namespace lanbridge::agent {
namespace {

constexpr auto never = TimeSource::Clock::time_point::max();

std::optional<std::uint16_t> port_of(std::string_view text) {
    std::uint16_t port = 0;
    const auto [end, ec] = std::from_chars(text.data(), text.data() + text.size(), port);
    if (ec != std::errc() || end != text.data() + text.size()) return std::nullopt;
    return port;
}

AllowList allow_list(const Settings& settings) {
    AllowList list;
    for (const auto& network : settings.zigbee_allow)
        (void)list.add(network);  // the settings have complained of what is none
    return list;
}

/// In the report from the first byte to the last.
class Visit {
public:
    Visit(ZigbeeReport& report, const std::string& remote, TimeSource::Clock::time_point now)
        : report_(report) {
        report_.tcp_remote = remote;
        report_.tcp_since = now;
        ++report_.tcp_starts;
    }
    Visit(const Visit&) = delete;
    Visit& operator=(const Visit&) = delete;
    ~Visit() {
        report_.tcp_remote.clear();
        report_.tcp_since.reset();
    }

private:
    ZigbeeReport& report_;
};

}  // namespace

class Zigbee::Impl {
public:
    Impl(Context context, Journal& journal, const Settings& settings, const Gateway& gateway,
         std::optional<ZigbeeReport>& report, Programs& programs, Publish publish)
        : context_(context),
          journal_(journal),
          settings_(settings),
          gateway_(gateway),
          report_(report),
          programs_(programs),
          publish_(std::move(publish)),
          nursery_(context.executor) {}

    void start() {
        if (!settings_.z3 && settings_.zigbee_tcp.empty()) return;
        const auto choice = choose_zigbee(gateway_);
        if (!choice.hardware) {
            if (!choice.why_not.empty()) journal_.warn(Part::zigbee, "[zigb] " + std::string(choice.why_not));
            return;
        }
        const auto device =
            settings_.zigbee_tty.empty() ? settings_.paths.at(choice.hardware->device) : settings_.zigbee_tty;
        report_.emplace();
        host_ = std::make_unique<Z3Host>(context_, journal_, choice.hardware->command(device), device,
                                         settings_.z3, programs_, *report_, publish_);
        host_->start();
        if (!settings_.zigbee_tcp.empty()) serve_tcp(*choice.hardware, device);
    }

    asio::awaitable<void> stop() {
        nursery_.stop();
        while (!nursery_.idle()) co_await asio::post(context_.executor, asio::use_awaitable);
        if (room_) co_await room_->stop();
        if (host_) co_await host_->stop();
    }

    std::uint16_t port() const noexcept { return room_ ? room_->port() : std::uint16_t{0}; }
    std::uint64_t refused() const noexcept { return room_ ? room_->refused() : 0; }

private:
    void serve_tcp(const ZigbeeHardware& hardware, const std::string& device) {
        const auto port = port_of(settings_.zigbee_tcp);
        if (!port)
            return journal_.error(Part::zigbee, "[zigb] can't listen TCP: this is no port",
                                  {{"port", settings_.zigbee_tcp}});
        chip_ = std::make_unique<ChipLine>(context_, journal_, hardware, device, settings_.zigbee_baud,
                                           settings_.paths);
        room_ = std::make_unique<WaitingRoom>(context_, journal_, allow_list(settings_));
        room_->start(*port);
        nursery_.start("zigbee over TCP", serve());
    }

    TimeSource::Clock::time_point return_time() const {
        if (!settings_.zigbee_return) return never;
        return context_.time.now() + *settings_.zigbee_return;
    }

    asio::awaitable<void> serve() {
        // without z3 nobody drives the chip from the start on, as if a client had just left
        auto release_at = never;
        if (!settings_.z3) release_at = return_time();
        for (;;) {
            const auto client = co_await room_->next(release_at);
            if (!client) {
                host_->release();
                release_at = never;
                continue;
            }
            co_await serve_one(client);
            release_at = return_time();
        }
    }

    asio::awaitable<void> serve_one(TcpClientPtr client) {
        const Visit visit(*report_, client->remote, context_.time.now());
        const Field remote("remote", client->remote);
        journal_.info(Part::zigbee, "[zigb] accept conn", {remote});
        co_await host_->claim();
        auto port = co_await chip_->open();
        if (port) {
            auto end = co_await pass_through(context_, journal_, client, **port);
            note_end(end);
        } else {
            complain(port.error().text());
        }
        journal_.info(Part::zigbee, "[zigb] close conn", {remote});
    }

    void note_end(const PassEnd& end) {
        using What = PassEnd::What;
        if (end.what == What::chip_gone || end.what == What::chip_stalled) return complain(end.text);
        said_.clear();  // the chip worked
        if (end.what == What::client_stalled)
            journal_.warn(Part::zigbee, "[zigb] the client takes no bytes, it is closed");
        else
            journal_.debug(Part::zigbee, "[zigb] client left", {{"error", end.text}});
    }

    /// Once until the chip works again: clients come back every few seconds and meet the same.
    void complain(const std::string& text) {
        if (text == said_) return;
        said_ = text;
        journal_.error(Part::zigbee, "[zigb] the client is closed, the next is tried with",
                       {{"error", text}});
    }

    Context context_;
    Journal& journal_;
    const Settings& settings_;
    const Gateway& gateway_;
    std::optional<ZigbeeReport>& report_;
    Programs& programs_;
    Publish publish_;

    std::unique_ptr<Z3Host> host_;
    std::unique_ptr<ChipLine> chip_;
    std::unique_ptr<WaitingRoom> room_;
    std::string said_;
    Nursery nursery_;
};

Zigbee::Zigbee(Context context, Journal& journal, const Settings& settings, const Gateway& gateway,
               std::optional<ZigbeeReport>& report, Programs& programs, Publish publish)
    : impl_(std::make_unique<Impl>(context, journal, settings, gateway, report, programs,
                                   std::move(publish))) {}
Zigbee::~Zigbee() = default;
void Zigbee::start() { impl_->start(); }
std::uint16_t Zigbee::port() const noexcept { return impl_->port(); }
std::uint64_t Zigbee::refused() const noexcept { return impl_->refused(); }
asio::awaitable<void> Zigbee::stop() { co_await impl_->stop(); }

}  // namespace lanbridge::agent
