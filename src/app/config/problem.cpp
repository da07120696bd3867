#include "app/config/problem.hpp"

namespace lanbridge::app {

std::string Problem::text() const {
    std::string out = file;
    if (line > 0) out += ':' + std::to_string(line) + ':' + std::to_string(column);
    out += ": ";
    if (!path.empty()) out += path + ": ";
    out += "expected " + expected + ", found " + found;
    if (!hint.empty()) out += " (" + hint + ')';
    return out;
}

}  // namespace lanbridge::app
