#include "lanbridge/sim/gateway/zigbee_chip.hpp"

#include <fcntl.h>
#include <stdlib.h>
#include <termios.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <cerrno>
#include <string_view>
#include <utility>

namespace lanbridge::sim {
namespace {

using Mood = ZigbeeChipSettings::Mood;

constexpr std::string_view reset_frame = "\x1a\xc0\x38\xbc\x7e";
constexpr std::string_view reset_answer = "\x1a\xc1\x02\x0b\x0a\x52\x7e";
constexpr std::string_view banner =
    "\r\nGecko Bootloader v1.8.0\r\n1. upload gbl\r\n2. run\r\n3. ebl info\r\nBL > ";
constexpr char xon = 0x11;

Error last_error(std::string where) {
    return Error(error_code(errno, boost::system::system_category()), std::move(where));
}

unsigned baud_of(speed_t speed) {
    switch (speed) {
        case B38400:
            return 38400;
        case B115200:
            return 115200;
        default:
            return 0;
    }
}

}  // namespace

class ZigbeeChip::Impl : public std::enable_shared_from_this<Impl> {
public:
    Impl(const asio::any_io_executor& executor, ZigbeeChipSettings settings)
        : settings_(settings), master_(executor) {}
    ~Impl() { close(); }

    Result<void> start() {
        const int master = ::posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
        if (master < 0) return last_error("pseudo-terminal");
        error_code ec;
        master_.assign(master, ec);
        if (!ec) master_.non_blocking(true, ec);
        if (ec) {
            ::close(master);
            return Error(ec, "pseudo-terminal");
        }
        std::array<char, 64> name{};
        if (::grantpt(master) != 0 || ::unlockpt(master) != 0 ||
            ::ptsname_r(master, name.data(), name.size()) != 0)
            return last_error("pseudo-terminal");
        path_ = name.data();
        // kept open: the master would see an error whenever the last user closes the device
        line_ = ::open(path_.c_str(), O_RDWR | O_NOCTTY | O_CLOEXEC);
        if (line_ < 0) return last_error(path_);
        listen();
        return {};
    }

    void close() {
        error_code ignored;
        master_.close(ignored);
        if (line_ >= 0) ::close(std::exchange(line_, -1));
    }

    unsigned line_baud() const {
        termios now{};
        return line_ >= 0 && ::tcgetattr(line_, &now) == 0 ? baud_of(::cfgetospeed(&now)) : 0;
    }

    void say(std::string_view bytes) {
        if (line_baud() != settings_.baud) return;
        error_code ignored;  // what the line does not take is lost, as with any UART
        master_.write_some(asio::buffer(bytes), ignored);
    }

    const std::string& path() const noexcept { return path_; }
    const std::string& heard() const noexcept { return heard_; }
    unsigned resets() const noexcept { return resets_; }

private:
    void listen() {
        master_.async_read_some(asio::buffer(buffer_),
                                [self = shared_from_this()](error_code ec, std::size_t size) {
                                    if (ec) return;
                                    self->hear(std::string_view(self->buffer_.data(), size));
                                    self->listen();
                                });
    }

    void hear(std::string_view bytes) {
        if (line_baud() != settings_.baud) return;
        heard_.append(bytes);
        if (settings_.mood == Mood::boot_loader) return say(banner);
        if (settings_.mood == Mood::chatty) return say(std::string(24, 'x'));
        if (settings_.mood == Mood::silent) return;
        unanswered_.append(bytes);
        answer();
    }

    void answer() {
        for (auto at = unanswered_.find(reset_frame); at != std::string::npos;
             at = unanswered_.find(reset_frame)) {
            say(unanswered_.substr(0, at));
            unanswered_.erase(0, at + reset_frame.size());
            ++resets_;
            if (settings_.xon_first) say(std::string_view(&xon, 1));
            say(reset_answer);
        }
        // the beginning of a reset may be the end of what came
        std::size_t keep = std::min(unanswered_.size(), reset_frame.size() - 1);
        while (keep > 0 && !unanswered_.ends_with(reset_frame.substr(0, keep))) --keep;
        say(unanswered_.substr(0, unanswered_.size() - keep));
        unanswered_.erase(0, unanswered_.size() - keep);
    }

    ZigbeeChipSettings settings_;
    asio::posix::stream_descriptor master_;
    int line_ = -1;
    std::string path_;
    std::string heard_;
    std::string unanswered_;
    std::array<char, 1024> buffer_{};
    unsigned resets_ = 0;
};

ZigbeeChip::ZigbeeChip(const asio::any_io_executor& executor, ZigbeeChipSettings settings)
    : impl_(std::make_shared<Impl>(executor, settings)) {}
ZigbeeChip::~ZigbeeChip() { impl_->close(); }
Result<void> ZigbeeChip::start() { return impl_->start(); }
void ZigbeeChip::vanish() { impl_->close(); }
const std::string& ZigbeeChip::path() const noexcept { return impl_->path(); }
unsigned ZigbeeChip::line_baud() const { return impl_->line_baud(); }
unsigned ZigbeeChip::resets() const noexcept { return impl_->resets(); }
const std::string& ZigbeeChip::heard() const noexcept { return impl_->heard(); }
void ZigbeeChip::say(const std::string& bytes) { impl_->say(bytes); }

}  // namespace lanbridge::sim
