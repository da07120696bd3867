#include "lanbridge/net/serial_port.hpp"

#include <fcntl.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include <algorithm>
#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>
#include <cerrno>
#include <iterator>

#include "lanbridge/base/async.hpp"

namespace lanbridge::net {
namespace {

/// How often the kernel is asked whether all has left: about what 115200 baud need for a full UART.
constexpr auto drain_poll = 10ms;
/// Tenths of a second; with VMIN 0 a descriptor that does not block then says "try again" where it would else
/// say "end of file".
constexpr cc_t read_time = 30;
constexpr cc_t xon = 0x11;
constexpr cc_t xoff = 0x13;

speed_t speed_of(unsigned baud) {
    switch (baud) {
        case 38400:
            return B38400;
        case 115200:
            return B115200;
        default:
            return B0;
    }
}

Error last_error(const std::string& where) {
    return Error(error_code(errno, boost::system::system_category()), where);
}

/// Drivers are free to ignore what they cannot do.
bool same_line(const termios& a, const termios& b) {
    constexpr tcflag_t matters = CRTSCTS | CSIZE | PARENB;
    return ::cfgetospeed(&a) == ::cfgetospeed(&b) && (a.c_cflag & matters) == (b.c_cflag & matters);
}

Result<void> set_line(int fd, const std::string& path, unsigned baud, bool rts_cts) {
    termios before{};
    if (::tcgetattr(fd, &before) != 0) return last_error(path);
    auto wanted = serial_settings(before, baud, rts_cts);
    if (!wanted) return std::move(wanted).error().in(path);
    if (::tcsetattr(fd, TCSANOW, &*wanted) != 0) return last_error(path);
    termios after{};
    if (::tcgetattr(fd, &after) != 0) return last_error(path);
    if (!same_line(*wanted, after))
        return Error(Errc::unsupported, path + " at " + std::to_string(baud) + " baud");
    ::tcflush(fd, TCIOFLUSH);
    return {};
}

}  // namespace

Result<termios> serial_settings(const termios& before, unsigned baud, bool rts_cts) {
    const auto speed = speed_of(baud);
    if (speed == B0) return Error(Errc::invalid_value, std::to_string(baud) + " baud");
    termios settings = before;
    settings.c_iflag = 0;
    settings.c_oflag = 0;
    settings.c_lflag = 0;
    settings.c_cflag = CREAD | CLOCAL | CS8;
    if (rts_cts) settings.c_cflag |= CRTSCTS;
    ::cfsetispeed(&settings, speed);
    ::cfsetospeed(&settings, speed);
    std::fill(std::begin(settings.c_cc), std::end(settings.c_cc), cc_t{0});
    settings.c_cc[VTIME] = read_time;
    settings.c_cc[VMIN] = 0;
    settings.c_cc[VSTART] = xon;
    settings.c_cc[VSTOP] = xoff;
    return settings;
}

bool serial_port_claimed(const std::string& path) {
    const int fd = ::open(path.c_str(), O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
    if (fd < 0) return errno == EBUSY;
    int claimed = 0;
    ::ioctl(fd, TIOCGEXCL, &claimed);
    ::close(fd);
    return claimed != 0;
}

Result<std::unique_ptr<SerialPort>> SerialPort::open(const asio::any_io_executor& executor, std::string path,
                                                     unsigned baud, bool rts_cts) {
    const int fd = ::open(path.c_str(), O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
    if (fd < 0) return last_error(path);
    std::unique_ptr<SerialPort> port(new SerialPort(executor, std::move(path)));
    error_code ec;
    port->port_.assign(fd, ec);
    if (ec) {
        ::close(fd);
        return Error(ec, port->path_);
    }
    ::ioctl(fd, TIOCEXCL);
    if (auto set = set_line(fd, port->path_, baud, rts_cts); !set) return std::move(set).error();
    port->port_.non_blocking(true, ec);
    if (ec) return Error(ec, port->path_);
    return port;
}

SerialPort::~SerialPort() {
    if (!port_.is_open()) return;
    const int fd = port_.native_handle();
    ::tcflush(fd, TCIOFLUSH);  // else close() waits for what flow control holds back
    ::ioctl(fd, TIOCNXCL);
}

Error SerialPort::failure(error_code code) const {
    if (code == asio::error::eof) return Error(Errc::closed, path_ + " is gone");
    return Error(code, path_);
}

asio::awaitable<Result<std::string>> SerialPort::read(std::size_t most) {
    std::string bytes(most, '\0');
    auto [ec, size] = co_await port_.async_read_some(asio::buffer(bytes), as_result);
    if (ec) co_return failure(ec);
    bytes.resize(size);
    co_return bytes;
}

asio::awaitable<Result<void>> SerialPort::writable() {
    auto [ec] = co_await port_.async_wait(asio::posix::stream_descriptor::wait_write, as_result);
    if (ec) co_return failure(ec);
    co_return Result<void>();
}

asio::awaitable<Result<void>> SerialPort::write(TimeSource& time, std::string bytes,
                                                TimeSource::Clock::duration limit) {
    const auto deadline = time.now() + limit;
    for (std::size_t sent = 0; sent < bytes.size();) {
        error_code ec;
        sent += port_.write_some(asio::buffer(bytes) + sent, ec);
        if (!ec) continue;
        if (ec != asio::error::would_block) co_return failure(ec);
        auto ready = co_await with_timeout(time, writable(), deadline - time.now());
        if (!ready && ready.error().is(Errc::timeout))
            co_return Error(Errc::timeout, path_ + " takes no more bytes");
        if (!ready) co_return ready;
    }
    co_return Result<void>();
}

asio::awaitable<void> SerialPort::drain(TimeSource& time, TimeSource::Clock::duration limit) {
    const auto deadline = time.now() + limit;
    const int fd = port_.native_handle();
    for (int left = 0; time.now() < deadline;) {
        if (::ioctl(fd, TIOCOUTQ, &left) != 0 || left == 0) co_return;
        const auto ec = co_await time.sleep(drain_poll);
        if (ec) co_return;
    }
}

}  // namespace lanbridge::net
