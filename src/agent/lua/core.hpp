#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "agent/address.hpp"

struct lua_State;

namespace lanbridge::agent::lua {

/// What a script reaches outside: called on the thread that runs it.
class Host {
public:
    virtual ~Host() = default;
    virtual void send(Address to, std::string_view text) = 0;
    virtual void publish(std::string_view topic, std::string_view payload, bool retain) = 0;
};

struct Limits {
    std::uint64_t budget = 10'000'000;  ///< VM instructions a call
    /// All that a script holds. A gateway has 64 to 128 MiB, most of it in use; scripts need below 1 MiB.
    std::size_t memory = std::size_t{16} * 1024 * 1024;
};

/// What the functions that Lua calls share; found from any coroutine through the allocator.
struct Core {
    Core(Limits l, Host& h, const std::atomic<bool>& s) : limits(l), host(h), stop(s) {}

    void begin_call() noexcept {
        instructions = 0;
        allocated = 0;
        exhausted = false;
    }
    /// Copying memory is work too, and one instruction can ask for megabytes of it: 64 bytes count as one.
    bool over() const noexcept { return stop || instructions + allocated / 64 > limits.budget; }

    Limits limits;
    Host& host;
    const std::atomic<bool>& stop;  ///< ends a running call
    std::size_t memory = 0;
    std::uint64_t instructions = 0;
    std::uint64_t allocated = 0;
    bool exhausted = false;  ///< stays until the call has ended, whatever the script catches
};
Core& core_of(lua_State* state) noexcept;

/// Standard libraries, ours, and the differences to Debian's Lua. In a protected call.
void open_libraries(lua_State* state);
/// Leaves the module `json` on the stack.
int open_json(lua_State* state);
/// `os.execute` and `io.popen`.
void open_processes(lua_State* state);
/// Puts `wrapper` in the place of table.name. Its upvalue is what stood there; see `original`.
void replace(lua_State* state, const char* table, const char* name, int (*wrapper)(lua_State*));
/// Calls what the running wrapper replaced in the wrapper's own frame, so that error messages name the
/// script's line.
int original(lua_State* state);

}  // namespace lanbridge::agent::lua
