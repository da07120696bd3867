#include <algorithm>
#include <cmath>
#include <limits>
#include <lua.hpp>
#include <string>

#include "agent/lua/core.hpp"
#include "agent/lua/number_text.hpp"

namespace lanbridge::agent::lua {
namespace {

/// Matching recurses on the C stack, about 100 bytes for every two of a pattern.
constexpr std::size_t longest_pattern = 2000;

/// What is left out would end the agent, undo the budget, or does not exist in openmiio_agent either.
constexpr char prelude[] = R"(
local error, loaders = error, package.loaders
local function refuse(name)
  return function() error(name .. " is not available in the agent", 2) end
end
os.exit = refuse("os.exit")
os.setlocale = function() return false end
debug.debug, debug.sethook, debug.gethook, debug.getregistry, newproxy = nil
string.gfind = string.gmatch
loaders[4], loaders[3] = nil
package.loadlib, package.cpath = refuse("package.loadlib"), ""
package.path = "./?.lua;/usr/local/share/lua/5.1/?.lua;/usr/local/share/lua/5.1/?/init.lua"
channel = setmetatable({}, {__index = function(_, name) return refuse("channel." .. tostring(name)) end})
)";

void push(lua_State* state, const std::string& text) { lua_pushlstring(state, text.data(), text.size()); }

int to_string(lua_State* state) {
    if (lua_type(state, 1) != LUA_TNUMBER) return original(state);
    push(state, lua_number(lua_tonumber(state, 1)));
    return 1;
}

/// `long` has 32 bits on gateways, and what does not fit there has no defined text. "%.0f" has no such limit.
bool too_big(double value) {
    return std::fabs(value) > static_cast<double>(std::numeric_limits<long>::max());
}

int format(lua_State* state) {
    std::size_t size = 0;
    const char* given = luaL_checklstring(state, 1, &size);
    std::string text;
    text.reserve(size + 8);
    int argument = 1;
    for (std::size_t at = 0; at < size; ++at) {
        text += given[at];
        if (given[at] != '%') continue;
        while (++at < size && std::string_view("-+ #0.123456789").find(given[at]) != std::string_view::npos)
            text += given[at];
        if (at == size) break;
        if (given[at] != '%' && lua_type(state, ++argument) == LUA_TNUMBER) {
            const double value = lua_tonumber(state, argument);
            if (given[at] == 's') {
                push(state, lua_number(value));
                lua_replace(state, argument);
            } else if ((given[at] == 'd' || given[at] == 'i') && too_big(value)) {
                text += ".0f";
                continue;
            }
        }
        text += given[at];
    }
    push(state, text);
    lua_replace(state, 1);
    return original(state);
}

/// For functions whose second argument is a pattern.
int match(lua_State* state) {
    if (lua_type(state, 2) == LUA_TSTRING && lua_objlen(state, 2) > longest_pattern)
        return luaL_argerror(state, 2, "the pattern is too long");
    return original(state);
}

int find(lua_State* state) {
    const bool plain = lua_toboolean(state, 4) != 0;
    return plain ? original(state) : match(state);
}

/// An error of the budget does not go to the script's handler: that runs inside our hook, where nothing
/// counts.
int handle_error(lua_State* state) {
    lua_settop(state, 1);
    if (core_of(state).exhausted) return 1;
    lua_pushvalue(state, lua_upvalueindex(1));
    lua_insert(state, 1);
    lua_call(state, 1, 1);
    return 1;
}

int protected_call(lua_State* state) {
    luaL_checkany(state, 2);
    lua_settop(state, 2);
    lua_pushcclosure(state, handle_error, 1);
    lua_insert(state, 1);
    const int status = lua_pcall(state, 0, LUA_MULTRET, 1);
    lua_pushboolean(state, status == 0);
    lua_replace(state, 1);
    return lua_gettop(state);
}

/// Lua's own goes byte by byte, which no count of instructions sees. This one is charged before it begins,
/// also for what cannot be had.
int repeat(lua_State* state) {
    std::size_t size = 0;
    const char* text = luaL_checklstring(state, 1, &size);
    const lua_Number wanted = luaL_checknumber(state, 2);
    Core& core = core_of(state);
    const std::size_t most = core.limits.memory;
    std::size_t times = 0;
    if (size > 0 && wanted >= 1) times = wanted < lua_Number(most) ? static_cast<std::size_t>(wanted) : most;
    core.allocated += times > most / std::max<std::size_t>(size, 1) ? most : times * size;
    if (size > 0 && times > (most - core.memory) / size) return luaL_error(state, "not enough memory");
    std::string whole;
    whole.reserve(times * size);
    for (; times > 0; --times) whole.append(text, size);
    push(state, whole);
    return 1;
}

int miio_send(lua_State* state) {
    const auto to = static_cast<Address>(luaL_checknumber(state, 1));
    std::size_t size = 0;
    const char* text = luaL_checklstring(state, 2, &size);
    core_of(state).host.send(to, std::string_view(text, size));
    return 0;
}

/// Numbers are spelt as `tostring` does; nothing is an empty payload, which clears a retained one.
int mosquitto_pub(lua_State* state) {
    if (lua_type(state, 2) == LUA_TNUMBER) {
        push(state, lua_number(lua_tonumber(state, 2)));
        lua_replace(state, 2);
    }
    std::size_t topic_size = 0;
    std::size_t size = 0;
    const char* topic = luaL_checklstring(state, 1, &topic_size);
    luaL_argcheck(state, topic_size > 0, 1, "a topic is not empty");
    const char* payload = luaL_optlstring(state, 2, "", &size);
    core_of(state).host.publish(std::string_view(topic, topic_size), std::string_view(payload, size),
                                lua_toboolean(state, 3) != 0);
    return 0;
}

}  // namespace

void replace(lua_State* state, const char* table, const char* name, int (*wrapper)(lua_State*)) {
    lua_getfield(state, LUA_GLOBALSINDEX, table);
    lua_getfield(state, -1, name);
    lua_getfenv(state, -1);  // the io library keeps its files' way to close there
    lua_pushvalue(state, -2);
    lua_pushcclosure(state, wrapper, 1);
    lua_insert(state, -2);
    lua_setfenv(state, -2);
    lua_setfield(state, -3, name);
    lua_pop(state, 2);
}

int original(lua_State* state) { return lua_tocfunction(state, lua_upvalueindex(1))(state); }

void open_libraries(lua_State* state) {
    luaL_openlibs(state);
    // The collector works off garbage sooner than it would: the bound is what counts here, not the speed.
    lua_gc(state, LUA_GCSETPAUSE, 120);
    lua_gc(state, LUA_GCSETSTEPMUL, 400);
    replace(state, "_G", "tostring", to_string);
    replace(state, "_G", "xpcall", protected_call);
    replace(state, "string", "format", format);
    replace(state, "string", "rep", repeat);
    replace(state, "string", "find", find);
    for (const char* name : {"match", "gmatch", "gsub"}) replace(state, "string", name, match);
    open_processes(state);
    lua_register(state, "miio_send", miio_send);
    lua_register(state, "mosquitto_pub", mosquitto_pub);
    lua_getfield(state, LUA_GLOBALSINDEX, "package");
    lua_getfield(state, -1, "preload");
    lua_pushcfunction(state, open_json);
    lua_setfield(state, -2, "json");
    lua_pop(state, 2);
    if (luaL_loadbuffer(state, prelude, sizeof prelude - 1, "=agent") != 0) lua_error(state);
    lua_call(state, 0, 0);
}

}  // namespace lanbridge::agent::lua
