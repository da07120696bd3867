#include <unistd.h>

#include <cstdlib>
#include <exception>
#include <string_view>

// What the C++ library calls for an exception that nobody catches. Its own handler prints the type's name as
// it stands in the source, which brings a demangler of 50 kB; a plain line will do where a bug ends the
// program anyway.
namespace {

void say_and_abort() {
    constexpr std::string_view line = "openmiio_agent: an exception was not caught\n";
    if (::write(STDERR_FILENO, line.data(), line.size()) < 0) std::abort();
    std::abort();
}

}  // namespace

namespace __cxxabiv1 {  // the name that libsupc++ gives it

extern std::terminate_handler __terminate_handler;
std::terminate_handler __terminate_handler = say_and_abort;

}  // namespace __cxxabiv1
