#include <ostream>

#include "lanbridge/base/error.hpp"
#include "lanbridge/base/secret.hpp"

// Apart, because streams bring the whole of C++'s locales into a static program.
namespace lanbridge {

std::ostream& operator<<(std::ostream& os, const Error& error) { return os << error.text(); }

std::ostream& operator<<(std::ostream& os, const Secret&) { return os << "***"; }

}  // namespace lanbridge
