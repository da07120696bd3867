#include "agent/zigbee/chip_line.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>

#include "agent/zigbee/probe.hpp"
#include "lanbridge/base/async.hpp"
#include "lanbridge/base/bytes.hpp"

namespace lanbridge::agent {
namespace {

constexpr auto silence_limit = 3s;
/// Of one rate: a chip that sends a byte now and then does not keep us for minutes.
constexpr auto probe_limit = 10s;
/// A chip that comes out of reset starts its program first.
constexpr auto start_time = 1s;

/// What stood there before, "" where it cannot be read.
Result<std::string> write_line(const std::string& path, std::string_view value) {
    const int fd = ::open(path.c_str(), O_RDWR | O_CLOEXEC);
    if (fd < 0) return Error(error_code(errno, boost::system::system_category()), path);
    std::array<char, 8> buffer{};
    const auto size = ::read(fd, buffer.data(), buffer.size());
    std::string before(buffer.data(), size > 0 ? static_cast<std::size_t>(size) : 0);
    const bool written = ::pwrite(fd, value.data(), value.size(), 0) == static_cast<ssize_t>(value.size());
    const int reason = errno;
    ::close(fd);
    if (!written) return Error(error_code(reason, boost::system::system_category()), path);
    return before;
}

Error unfit_answer(ZigbeeProbe::Verdict verdict, const ZigbeeProbe& probe) {
    if (verdict == ZigbeeProbe::Verdict::boot_loader)
        return Error(Errc::device_error,
                     "the Zigbee chip is in its boot loader: give it a firmware (--zigbee.baud=115200 lets a "
                     "flashing program talk to it)");
    if (probe.heard().empty())
        return Error(Errc::timeout,
                     "the Zigbee chip (another speed is set by --zigbee.baud; a hung chip needs the gateway "
                     "off power)");
    return Error(Errc::malformed,
                 "the Zigbee chip says other things than an EZSP chip (it may have another firmware)");
}

}  // namespace

ChipLine::ChipLine(Context context, Journal& journal, const ZigbeeHardware& hardware, std::string device,
                   std::optional<unsigned> baud, Paths paths)
    : context_(std::move(context)),
      journal_(journal),
      hardware_(hardware),
      device_(std::move(device)),
      baud_(baud),
      paths_(std::move(paths)) {}

Result<ChipLine::Port> ChipLine::open_at(unsigned baud) const {
    return net::SerialPort::open(context_.executor, device_, baud, hardware_.rts_cts);
}

asio::awaitable<Result<ChipLine::Port>> ChipLine::open() {
    if (baud_) co_return open_at(*baud_);
    co_await leave_reset();
    co_return co_await find_rate();
}

asio::awaitable<void> ChipLine::leave_reset() {
    const auto path = paths_.at(hardware_.reset_line);
    const auto before = write_line(path, hardware_.out_of_reset);
    if (!before) {
        journal_.debug(Part::zigbee, "[zigb] reset line", {{"error", before.error().text()}});
    } else if (!before->starts_with(hardware_.out_of_reset)) {
        co_await context_.time.sleep(start_time);
    }
}

asio::awaitable<Result<ChipLine::Port>> ChipLine::find_rate() {
    Error worst(Errc::timeout);
    for (const auto baud : hardware_.rates) {
        if (baud == 0) break;
        auto port = co_await try_rate(baud);
        if (port) {
            baud_ = baud;
            co_return port;
        }
        const auto& error = port.error();
        const bool silent = error.is(Errc::timeout);
        if (!silent || !worst.is(Errc::malformed)) worst = error;  // anything said tells more than silence
        if (!silent && !error.is(Errc::malformed)) break;
    }
    co_return worst;
}

asio::awaitable<Result<ChipLine::Port>> ChipLine::try_rate(unsigned baud) {
    auto opened = open_at(baud);
    if (!opened) co_return opened;
    auto port = std::move(*opened);
    const auto deadline = context_.time.now() + probe_limit;
    std::string request(ZigbeeProbe::request);
    auto sent = co_await port->write(context_.time, std::move(request), silence_limit);
    if (!sent) co_return std::move(sent).error();

    ZigbeeProbe probe;
    auto verdict = ZigbeeProbe::Verdict::more;
    while (verdict == ZigbeeProbe::Verdict::more) {
        auto got = co_await with_timeout(context_.time, port->read(probe.room()), silence_limit);
        if (!got && !got.error().is(Errc::timeout)) co_return std::move(got).error();
        const bool late = !got || context_.time.now() >= deadline;
        verdict = probe.feed(late ? std::string_view() : std::string_view(*got));
    }
    const bool ok = verdict == ZigbeeProbe::Verdict::ok;
    note_probe(ok, baud, probe.heard());
    if (!ok) co_return unfit_answer(verdict, probe);
    co_return Result<Port>(std::move(port));
}

void ChipLine::note_probe(bool ok, unsigned baud, const std::string& heard) {
    const Field rate("baud_rate", std::int64_t{baud});
    const Field read("read", to_hex(as_bytes(heard)));
    if (ok) return journal_.info(Part::zigbee, "[zigb] probe OK", {rate, read});
    // clients come back every few seconds, and the log lives in memory
    const auto news = failed_probes_.note(context_.time.now());
    if (news == 1) journal_.warn(Part::zigbee, "[zigb] probe fail", {rate, read});
    if (news > 1)
        journal_.warn(Part::zigbee, "[zigb] probe fail",
                      {rate, read, {"times", static_cast<std::int64_t>(news)}});
}

}  // namespace lanbridge::agent
