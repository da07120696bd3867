#include "agent/broker/vendor_broker.hpp"

#include <unistd.h>

#include "agent/broker/mosquitto_patch.hpp"
#include "lanbridge/base/async.hpp"
#include "lanbridge/base/files.hpp"
#include "lanbridge/net/process.hpp"

namespace lanbridge::agent {
namespace {

constexpr std::uint16_t usual_port = 1883;
constexpr std::size_t program_limit = 4 * 1024 * 1024;  // known ones have 0.4 MB
/// The firmware's watchdog may be faster with its own one; then ours finds the port taken.
constexpr int usual_attempts = 3;
constexpr auto daemon_limit = 2s;  // until the starter leaves the daemon behind
constexpr auto listen_limit = 1s;
constexpr auto poll_period = 50ms;
constexpr const char* own_config = "/tmp/mosquitto.conf";

}  // namespace

VendorBroker::VendorBroker(Context context, Journal& journal, Paths paths, const Gateway& gateway,
                           const Programs& programs, std::uint16_t port)
    : context_(std::move(context)),
      journal_(journal),
      paths_(std::move(paths)),
      old_(gateway.has_old_broker()),
      programs_(programs),
      port_(port) {}

Result<std::string> VendorBroker::program() const {
    for (const char* place : {"/bin/mosquitto", "/usr/bin/mosquitto", "/usr/sbin/mosquitto"}) {
        auto path = paths_.at(place);
        if (::access(path.c_str(), X_OK) == 0) return path;
    }
    return Error(Errc::not_found, "no mosquitto in " + paths_.at("/bin"));
}

Result<std::string> VendorBroker::public_program() const {
    auto original = program();
    if (!original || old_) return original;
    auto bytes = read_file(*original, program_limit);
    if (!bytes) return std::move(bytes).error();
    auto patched = patched_mosquitto(std::move(*bytes));
    if (!patched) return std::move(patched).error();
    auto path = paths_.at("/tmp/mosquitto");
    constexpr unsigned executable = 0755;
    if (auto written = write_file_atomically(path, *patched, executable); !written)
        return std::move(written).error();
    return path;
}

std::vector<std::string> VendorBroker::command(std::string program) const {
    std::vector<std::string> argv{std::move(program), "-d"};
    if (port_ != usual_port) argv.insert(argv.end(), {"-p", std::to_string(port_)});
    return argv;
}

asio::awaitable<Result<void>> VendorBroker::restart(std::vector<std::string> argv, Reach wanted,
                                                    int attempts) {
    const std::vector<std::string> names(1, "mosquitto");
    Result<void> outcome;
    for (int attempt = 0; attempt < attempts; ++attempt) {
        co_await programs_.end(names);
        ended_ = true;
        auto starter = net::Process::start(context_, argv);
        if (!starter) co_return std::move(starter).error();
        auto waiting = (*starter)->wait();
        const auto left = co_await with_timeout(context_.time, std::move(waiting), daemon_limit);
        if (!left && left.error().is(Errc::cancelled)) co_return left.error();
        outcome = left ? Result<void>() : Error(left.error());
        const auto deadline = context_.time.now() + listen_limit;
        while (outcome && context_.time.now() < deadline) {
            ended_ = reach() == Reach::nobody;
            if (reach() == wanted) co_return outcome;
            const auto ec = co_await context_.time.sleep(poll_period);
            if (ec) co_return Error(Errc::cancelled);
        }
    }
    if (!outcome) co_return outcome;
    co_return Error(Errc::timeout,
                    argv.front() + " does not listen on port " + std::to_string(port_) + " as it should");
}

asio::awaitable<Result<void>> VendorBroker::make_public() {
    if (reach() == Reach::everybody) co_return Result<void>();
    auto path = public_program();
    if (!path) co_return std::move(path).error();
    journal_.info(Part::mqtt, "[mqtt] run mosquitto on 0.0.0.0:" + std::to_string(port_));
    auto started = co_await restart(command(std::move(*path)), Reach::everybody, usual_attempts);
    // it spins for ever once it has lost the broker; the firmware starts it again
    const std::vector<std::string> spinning(1, "zigbee_gw");
    if (old_) co_await programs_.end(spinning);
    // rather the vendor's way than none
    if (!started && reach() == Reach::nobody) co_await restore();
    co_return started;
}

asio::awaitable<void> VendorBroker::restore() {
    const auto path = program();
    if (path) co_await restart(command(*path), Reach::loopback, 1);
}

asio::awaitable<Result<void>> VendorBroker::make_private() {
    const bool missing = ended_ && reach() == Reach::nobody;
    if (reach() != Reach::everybody && !missing) co_return Result<void>();
    auto path = program();
    if (!path) co_return std::move(path).error();
    journal_.info(Part::mqtt, "[mqtt] run mosquitto on 127.0.0.1:" + std::to_string(port_));
    if (!old_) {
        auto started = co_await restart(command(*path), Reach::loopback, usual_attempts);
        if (started || reach() != Reach::everybody) co_return started;
    }
    const auto config = paths_.at(own_config);
    const auto text = "bind_address 127.0.0.1\nport " + std::to_string(port_) + "\nallow_anonymous true\n";
    constexpr unsigned readable = 0644;
    if (auto written = write_file_atomically(config, text, readable); !written)
        co_return std::move(written).error();
    std::vector<std::string> argv;
    argv.insert(argv.end(), {*path, "-d", "-c", config});
    co_return co_await restart(std::move(argv), Reach::loopback, usual_attempts);
}

}  // namespace lanbridge::agent
