#include <openssl/rand.h>

#include <array>
#include <cstring>
#include <stdexcept>

#include "lanbridge/base/random.hpp"

// The daemon's `SystemRandom`; the small build has random_kernel.cpp instead.
namespace lanbridge {
namespace {

/// Random bytes in stock: a call of OpenSSL's generator costs as much as a whole message id is worth.
class Stock {
public:
    void take(std::span<std::uint8_t> bytes) {
        if (bytes.size() > left()) refill();
        std::memcpy(bytes.data(), bytes_.data() + used_, bytes.size());
        explicit_bzero(bytes_.data() + used_, bytes.size());  // what was handed out exists once
        used_ += bytes.size();
    }
    static constexpr std::size_t size = 1024;

private:
    std::size_t left() const noexcept { return size - used_; }
    void refill();
    std::array<std::uint8_t, size> bytes_{};
    std::size_t used_ = size;
};

void generate(std::span<std::uint8_t> bytes) {
    if (RAND_bytes(bytes.data(), static_cast<int>(bytes.size())) != 1)
        throw std::runtime_error("the system's random number generator failed");
}

void Stock::refill() {
    generate(bytes_);
    used_ = 0;
}

}  // namespace

void SystemRandom::fill(std::span<std::uint8_t> bytes) {
    thread_local Stock stock;
    if (bytes.size() > Stock::size / 4)
        generate(bytes);
    else
        stock.take(bytes);
}

}  // namespace lanbridge
