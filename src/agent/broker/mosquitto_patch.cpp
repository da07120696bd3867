#include "agent/broker/mosquitto_patch.hpp"

#include <array>
#include <string_view>

namespace lanbridge::agent {
namespace {

using namespace std::string_view_literals;

/// The address and the interface that it listens on in its local mode.
constexpr auto local_address = "127.0.0.1\0\0\0lo"sv;
constexpr auto any_address = "0.0.0.0\0\0\0\0\0\0\0"sv;
static_assert(local_address.size() == 14 && any_address.size() == 14);

/// With no interface to bind to, these builds would give up: the byte is the error that they return.
struct Build {
    std::size_t size;
    std::size_t error_at;
};
constexpr std::array builds{Build{387799, 0x26DD0},   // 2.0.15 of mgl03, firmware 1.5.5 and later
                            Build{231900, 0x1853E}};  // 2.0.15 of mcn001, firmware 1.0.6 and later

}  // namespace

Result<std::string> patched_mosquitto(std::string program) {
    const auto at = program.find(local_address);
    if (at == program.npos) return Error(Errc::unsupported, "unsupported mosquitto binary version");
    program.replace(at, any_address.size(), any_address);
    for (const auto& build : builds)
        if (program.size() == build.size) program[build.error_at] = '\0';
    return program;
}

}  // namespace lanbridge::agent
