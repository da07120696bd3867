#include "lanbridge/net/serial_port.hpp"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include <array>
#include <stdexcept>
#include <utility>

#include "lanbridge/base/async.hpp"
#include "support/catch.hpp"
#include "support/run.hpp"

using namespace lanbridge;
using namespace lanbridge::net;
using lanbridge::test::ContainsSubstring;

namespace {

/// A pseudo-terminal: its master end is the chip.
struct Line {
    Line() : master(::posix_openpt(O_RDWR | O_NOCTTY | O_NONBLOCK)) {
        std::array<char, 64> name{};
        if (master < 0 || ::grantpt(master) != 0 || ::unlockpt(master) != 0 ||
            ::ptsname_r(master, name.data(), name.size()) != 0)
            throw std::runtime_error("no pseudo-terminal");
        path = name.data();
        keeper = ::open(path.c_str(), O_RDWR | O_NOCTTY);
    }
    ~Line() {
        hang_up();
        ::close(keeper);
    }
    void hang_up() {
        if (master >= 0) ::close(std::exchange(master, -1));
    }
    void say(std::string_view bytes) const {
        REQUIRE(::write(master, bytes.data(), bytes.size()) == static_cast<ssize_t>(bytes.size()));
    }
    std::string heard() const {
        std::array<char, 4096> buffer{};
        const auto size = ::read(master, buffer.data(), buffer.size());
        return size > 0 ? std::string(buffer.data(), static_cast<std::size_t>(size)) : std::string();
    }
    termios settings() const {
        termios now{};
        ::tcgetattr(keeper, &now);
        return now;
    }
    bool exclusive() const {
        int on = 0;
        ::ioctl(keeper, TIOCGEXCL, &on);
        return on != 0;
    }
    int master;
    int keeper = -1;
    std::string path;
};

struct Fixture {
    asio::io_context io;
    SystemTime time;
    Line line;
    std::unique_ptr<SerialPort> open(unsigned baud = 115200, bool flow = false) {
        auto port = SerialPort::open(io.get_executor(), line.path, baud, flow);
        REQUIRE(port.has_value());
        return std::move(*port);
    }
};

/// As somebody may leave it: every flag set.
termios littered() {
    termios settings{};
    settings.c_iflag = settings.c_oflag = settings.c_lflag = ~tcflag_t{0};
    settings.c_cflag = B9600 | CS7 | PARENB | CSTOPB | HUPCL;
    for (auto& c : settings.c_cc) c = 7;
    return settings;
}

}  // namespace

TEST_CASE("line settings are complete, whatever was there before", "[net][serial]") {
    const auto plain = serial_settings(littered(), 115200, false);
    REQUIRE(plain.has_value());
    CHECK(plain->c_cflag == 0x18B2);
    CHECK(plain->c_iflag == 0);
    CHECK(plain->c_oflag == 0);
    CHECK(plain->c_lflag == 0);
    CHECK(plain->c_cc[VTIME] == 30);
    CHECK(plain->c_cc[VMIN] == 0);
    CHECK(plain->c_cc[VSTART] == 0x11);
    CHECK(plain->c_cc[VSTOP] == 0x13);
    CHECK(plain->c_cc[VINTR] == 0);
    CHECK(serial_settings(littered(), 115200, true)->c_cflag == 0x800018B2);
    CHECK(serial_settings(littered(), 38400, false)->c_cflag == 0x8BF);
    CHECK(serial_settings(littered(), 57600, false).has_error());
}

TEST_CASE("a port carries every byte as it is, both ways", "[net][serial]") {
    Fixture f;
    auto port = f.open();
    std::string all;
    for (int i = 0; i < 256; ++i) all.push_back(static_cast<char>(i));
    f.line.say(all);
    auto got = test::run(f.io, port->read(256));
    REQUIRE(got.has_value());
    CHECK(*got == all);

    REQUIRE(test::run(f.io, port->write(f.time, all, 1s)).has_value());
    CHECK(f.line.heard() == all);
    CHECK(f.line.heard().empty());  // no echo
}

TEST_CASE("opening sets the line and claims it; closing gives it back", "[net][serial]") {
    Fixture f;
    ::tcflush(f.line.keeper, TCIOFLUSH);
    f.line.say("left over\n");
    auto port = f.open(38400, true);
    CHECK(f.line.exclusive());
    CHECK(serial_port_claimed(f.line.path));
    const auto set = f.line.settings();
    CHECK(::cfgetospeed(&set) == B38400);
    CHECK((set.c_cflag & CRTSCTS) != 0);
    f.line.heard();  // the echo of before
    f.line.say("new");
    auto got = test::run(f.io, port->read(256));
    REQUIRE(got.has_value());
    CHECK(*got == "new");
    port.reset();
    CHECK_FALSE(f.line.exclusive());
    CHECK_FALSE(serial_port_claimed(f.line.path));
    CHECK_FALSE(serial_port_claimed("/dev/no-such-tty"));
}

TEST_CASE("a read waits for bytes and ends with its deadline", "[net][serial]") {
    Fixture f;
    auto port = f.open();
    auto nothing = test::run(f.io, with_timeout(f.time, port->read(16), 30ms));
    REQUIRE(nothing.has_error());
    CHECK(nothing.error().is(Errc::timeout));
    f.line.say("x");
    CHECK(test::run(f.io, port->read(16)).has_value());
}

TEST_CASE("a device that takes no bytes is an error after the deadline, and closing it does not block",
          "[net][serial]") {
    Fixture f;
    auto port = f.open();
    const auto stuck = test::run(f.io, port->write(f.time, std::string(200'000, 'x'), 50ms));
    REQUIRE(stuck.has_error());
    CHECK(stuck.error().is(Errc::timeout));
    CHECK_THAT(stuck.error().text(), ContainsSubstring(f.line.path));
    const auto before = f.time.now();
    port.reset();
    CHECK(f.time.now() - before < 2s);
}

TEST_CASE("a device that vanishes ends reading and writing with its name", "[net][serial]") {
    Fixture f;
    auto port = f.open();
    f.line.hang_up();
    const auto gone = test::run(f.io, port->read(16));
    REQUIRE(gone.has_error());
    CHECK_THAT(gone.error().text(), ContainsSubstring(f.line.path));
    CHECK(test::run(f.io, port->write(f.time, "x", 1s)).has_error());
}

TEST_CASE("what cannot be opened says why", "[net][serial]") {
    Fixture f;
    const auto missing = SerialPort::open(f.io.get_executor(), "/dev/no-such-tty", 115200, false);
    REQUIRE(missing.has_error());
    CHECK_THAT(missing.error().text(), ContainsSubstring("/dev/no-such-tty: No such file"));
    const auto no_tty = SerialPort::open(f.io.get_executor(), "/dev/null", 115200, false);
    REQUIRE(no_tty.has_error());
    CHECK_THAT(no_tty.error().text(), ContainsSubstring("/dev/null"));
    CHECK(SerialPort::open(f.io.get_executor(), f.line.path, 9600, false).has_error());
}
