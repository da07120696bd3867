#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <lua.hpp>

#include "agent/lua/core.hpp"

namespace lanbridge::agent::lua {
namespace {

/// What a script starts in the background would otherwise keep our ports open after our end.
void keep_descriptors() {
    DIR* folder = ::opendir("/proc/self/fd");
    if (!folder) return;
    while (const dirent* entry = ::readdir(folder)) {
        const int fd = std::atoi(entry->d_name);
        if (fd > STDERR_FILENO) ::fcntl(fd, F_SETFD, FD_CLOEXEC);
    }
    ::closedir(folder);
}

/// Not `system`, which makes the whole process deaf to SIGINT while the command runs.
bool succeeds(const char* command) {
    posix_spawnattr_t attributes;
    if (::posix_spawnattr_init(&attributes) != 0) return false;
    sigset_t none;
    sigset_t standard;
    ::sigemptyset(&none);
    ::sigemptyset(&standard);
    ::sigaddset(&standard, SIGPIPE);
    ::posix_spawnattr_setsigmask(&attributes, &none);
    ::posix_spawnattr_setsigdefault(&attributes, &standard);
    ::posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    std::string text = command;
    char shell[] = "sh";
    char option[] = "-c";
    char* const words[] = {shell, option, text.data(), nullptr};
    pid_t pid = 0;
    const int failed = ::posix_spawn(&pid, "/bin/sh", nullptr, &attributes, words, environ);
    ::posix_spawnattr_destroy(&attributes);
    if (failed != 0) return false;
    int status = 0;
    while (::waitpid(pid, &status, 0) < 0)
        if (errno != EINTR) return false;
    return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

int execute(lua_State* state) {
    const char* command = luaL_checkstring(state, 1);
    std::fflush(stdout);  // what the script printed before comes before
    keep_descriptors();
    lua_pushinteger(state, succeeds(command) ? 0 : 1);
    return 1;
}

int popen(lua_State* state) {
    keep_descriptors();
    return original(state);
}

}  // namespace

void open_processes(lua_State* state) {
    replace(state, "os", "execute", execute);
    replace(state, "io", "popen", popen);
}

}  // namespace lanbridge::agent::lua
