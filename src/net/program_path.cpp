#include <unistd.h>

#include <cstdlib>

#include "lanbridge/net/process.hpp"

namespace lanbridge::net {
namespace {

bool executable(const std::string& path) { return ::access(path.c_str(), X_OK) == 0; }

}  // namespace

Result<std::string> find_program(std::string_view name) {
    if (name.empty()) return Error(Errc::invalid_value, "no program named");
    if (name.find('/') != std::string_view::npos) {
        if (executable(std::string(name))) return std::string(name);
        return Error(Errc::not_found, std::string(name) + " is not there or not executable");
    }
    const char* variable = std::getenv("PATH");
    std::string folders = variable == nullptr ? "/usr/local/bin:/usr/bin:/bin" : variable;
    folders += ":/usr/local/sbin:/usr/sbin:/sbin";
    for (std::size_t begin = 0; begin <= folders.size();) {
        const auto end = std::min(folders.find(':', begin), folders.size());
        const auto folder = folders.substr(begin, end - begin);
        const auto path = folder + "/" + std::string(name);
        if (folder.starts_with('/') && executable(path)) return path;  // never from the current folder
        begin = end + 1;
    }
    return Error(Errc::not_found, std::string(name) + " is in none of " + folders);
}

}  // namespace lanbridge::net
