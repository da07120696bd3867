#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
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

/// How the io library closes what `popen` opened.
int close_pipe(lua_State* state) {
    auto** file = static_cast<std::FILE**>(luaL_checkudata(state, 1, LUA_FILEHANDLE));
    const bool closed = ::pclose(*file) != -1;
    *file = nullptr;
    lua_pushboolean(state, closed ? 1 : 0);
    return 1;
}

/// Lua's own, where it is built in: Debian 13 builds the C++ library without it.
int popen(lua_State* state) {
    const char* command = luaL_checkstring(state, 1);
    const char* mode = luaL_optstring(state, 2, "r");
    auto** file = static_cast<std::FILE**>(lua_newuserdata(state, sizeof(std::FILE*)));
    *file = nullptr;  // a closed one, should anything fail from here on
    luaL_getmetatable(state, LUA_FILEHANDLE);
    lua_setmetatable(state, -2);
    std::fflush(stdout);
    keep_descriptors();
    *file = ::popen(command, mode);
    if (*file) return 1;
    const int reason = errno;
    lua_pushnil(state);
    lua_pushfstring(state, "%s: %s", command, std::strerror(reason));
    lua_pushinteger(state, reason);
    return 3;
}

/// A handle has the environment of the function that made it, and there the io library looks for `__close`.
void give_close(lua_State* state) {
    lua_getglobal(state, "io");
    lua_getfield(state, -1, "popen");
    lua_newtable(state);
    lua_pushcfunction(state, close_pipe);
    lua_setfield(state, -2, "__close");
    lua_setfenv(state, -2);
    lua_pop(state, 2);
}

}  // namespace

void open_processes(lua_State* state) {
    replace(state, "os", "execute", execute);
    replace(state, "io", "popen", popen);
    give_close(state);
}

}  // namespace lanbridge::agent::lua
