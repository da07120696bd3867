#include <fcntl.h>
#include <sys/random.h>
#include <unistd.h>

#include <cerrno>
#include <stdexcept>

#include "lanbridge/base/random.hpp"

// The small build's `SystemRandom`, without OpenSSL.
namespace lanbridge {
namespace {

constexpr const char* device = "/dev/urandom";

/// How many bytes came at once; 0 where the kernel is older than 3.17 and has no such call.
std::size_t ask_kernel(std::span<std::uint8_t> bytes) {
    for (;;) {
        const auto count = ::getrandom(bytes.data(), bytes.size(), 0);
        if (count >= 0) return static_cast<std::size_t>(count);
        if (errno != EINTR) return 0;
    }
}

class Device {
public:
    Device() : fd_(::open(device, O_RDONLY | O_CLOEXEC)) {}
    Device(const Device&) = delete;
    Device& operator=(const Device&) = delete;
    ~Device() {
        if (fd_ >= 0) ::close(fd_);
    }
    void fill(std::span<std::uint8_t> bytes) {
        while (!bytes.empty()) {
            const auto count = ::read(fd_, bytes.data(), bytes.size());
            if (count < 0 && errno == EINTR) continue;
            if (count <= 0) throw std::runtime_error("the system's random number generator failed");
            bytes = bytes.subspan(static_cast<std::size_t>(count));
        }
    }

private:
    int fd_;
};

}  // namespace

void SystemRandom::fill(std::span<std::uint8_t> bytes) {
    while (!bytes.empty()) {
        const auto count = ask_kernel(bytes);
        if (count == 0) return Device().fill(bytes);
        bytes = bytes.subspan(count);
    }
}

}  // namespace lanbridge
