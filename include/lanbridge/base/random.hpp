#pragma once

#include <cstdint>
#include <random>
#include <span>
#include <string>

namespace lanbridge {

/// Randomness is passed in, like time, so that tests repeat.
class Random {
public:
    virtual ~Random() = default;
    virtual void fill(std::span<std::uint8_t> bytes) = 0;

    /// `bytes` random bytes as lowercase hex, twice as many characters.
    std::string hex(std::size_t bytes);
    /// Uniform in [0, 1).
    double unit();
};

/// The operating system's generator: by way of OpenSSL in the daemon, of the kernel in the small build.
class SystemRandom final : public Random {
public:
    void fill(std::span<std::uint8_t> bytes) override;
};

/// Repeatable; for tests and simulations only.
class SeededRandom final : public Random {
public:
    explicit SeededRandom(std::uint64_t seed) : engine_(seed) {}
    void fill(std::span<std::uint8_t> bytes) override;

private:
    std::mt19937_64 engine_;
};

}  // namespace lanbridge
