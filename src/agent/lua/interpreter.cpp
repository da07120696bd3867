#include "agent/lua/interpreter.hpp"

#include <cstdio>
#include <cstdlib>
#include <lua.hpp>

namespace lanbridge::agent::lua {
namespace {

/// Instructions between two looks at the budget. A coroutine that ends earlier is not counted, so small.
constexpr int step = 100;

void* allocate(void* data, void* block, std::size_t old_size, std::size_t new_size) {
    Core& core = *static_cast<Core*>(data);
    if (new_size == 0) {
        std::free(block);
        core.memory -= old_size;
        return nullptr;
    }
    if (new_size > old_size) {
        if (new_size - old_size > core.limits.memory - core.memory) return nullptr;
        core.allocated += new_size - old_size;
    }
    void* fresh = std::realloc(block, new_size);
    if (!fresh) return nullptr;  // never when it shrinks, with any known allocator
    core.memory += new_size - old_size;
    return fresh;
}

/// Once the budget is used up, every further instruction raises the error again: a `pcall` catches it, and
/// then fails at what it does next. Coroutines inherit the hook from who creates them.
void on_count(lua_State* state, lua_Debug*) {
    Core& core = core_of(state);
    core.instructions += static_cast<std::uint64_t>(lua_gethookcount(state));
    if (!core.exhausted && !core.over()) {
        if (lua_gethookcount(state) != step) lua_sethook(state, on_count, LUA_MASKCOUNT, step);
        return;
    }
    core.exhausted = true;
    lua_sethook(state, on_count, LUA_MASKCOUNT, 1);
    char number[24];
    std::snprintf(number, sizeof number, "%llu", static_cast<unsigned long long>(core.limits.budget));
    luaL_where(state, 0);
    if (core.stop)
        lua_pushliteral(state, "the agent stops");
    else
        lua_pushfstring(state, "the budget of %s instructions is used up", number);
    lua_concat(state, 2);
    lua_error(state);
}

/// The handler of our calls: an error that is no text becomes one that names the line.
int name_error(lua_State* state) {
    if (lua_isstring(state, 1)) return 1;
    lua_Debug place{};
    for (int level = 1; lua_getstack(state, level, &place) != 0; ++level) {
        lua_getinfo(state, "Sl", &place);
        if (place.currentline <= 0) continue;
        lua_pushfstring(state, "%s:%d: the error is a %s value", place.short_src, place.currentline,
                        luaL_typename(state, 1));
        return 1;
    }
    lua_pushfstring(state, "the error is a %s value", luaL_typename(state, 1));
    return 1;
}

int collect(lua_State* state) {
    lua_gc(state, LUA_GCCOLLECT, 0);
    return 0;
}

std::string text_at(lua_State* state, int index) {
    std::size_t size = 0;
    const char* text = lua_tolstring(state, index, &size);
    return text ? std::string(text, size) : std::string("an error without a text");
}

/// Errors may quote a whole message, and coroutines in each other repeat the place 200 times.
constexpr std::size_t longest_error = 400;

std::string error_at(lua_State* state, int index) {
    std::string text = text_at(state, index);
    constexpr auto half = longest_error / 2;  // the place is in front, the reason often at the end
    if (text.size() > longest_error) text.replace(half, text.size() - 2 * half, " ... ");
    return text;
}

/// Where hooks are kept: no name that a script could reach.
void* hook_key(Hook hook) {
    static char keys[hook_count];
    return &keys[static_cast<std::size_t>(hook)];
}

}  // namespace

Core& core_of(lua_State* state) noexcept {
    void* data = nullptr;
    lua_getallocf(state, &data);
    return *static_cast<Core*>(data);
}

const char* hook_name(Hook hook) noexcept {
    constexpr const char* names[] = {"miio_request", "miio_response", "mosquitto_sub"};
    return names[static_cast<std::size_t>(hook)];
}

struct Interpreter::Loading {
    Interpreter& self;
    const std::string& name;
    const std::string& source;
    std::string error;
};

struct Interpreter::Calling {
    const Call& call;
    Returned result;
};

Interpreter::Interpreter(Limits limits, Host& host, const std::atomic<bool>& stop)
    : core_(limits, host, stop), state_(lua_newstate(allocate, &core_)) {}

Interpreter::~Interpreter() {
    if (state_) lua_close(state_);
}

std::string Interpreter::protect(int (*body)(lua_State*), void* argument) {
    core_.begin_call();
    lua_settop(state_, 0);
    lua_sethook(state_, on_count, LUA_MASKCOUNT, step);
    std::string error;
    if (lua_cpcall(state_, body, argument) != 0) error = error_at(state_, -1);
    lua_settop(state_, 0);
    return error;
}

/// Lua 5.1 gives up when memory is short, without looking for garbage first.
void Interpreter::tidy() {
    std::fflush(stdout);
    if (core_.memory > core_.limits.memory / 2) protect(collect, nullptr);
}

int Interpreter::load_protected(lua_State* state) {
    auto& loading = *static_cast<Loading*>(lua_touserdata(state, 1));
    open_libraries(state);
    loading.self.core_.begin_call();
    lua_pushcfunction(state, name_error);
    const int handler = lua_gettop(state);
    const std::string name = "@" + loading.name;
    if (luaL_loadbuffer(state, loading.source.data(), loading.source.size(), name.c_str()) != 0 ||
        lua_pcall(state, 0, 0, handler) != 0) {
        loading.error = error_at(state, -1);
        return 0;
    }
    for (const Hook hook : {Hook::request, Hook::response, Hook::listener}) {
        lua_pushlightuserdata(state, hook_key(hook));
        lua_pushstring(state, hook_name(hook));
        lua_rawget(state, LUA_GLOBALSINDEX);  // raw: scripts may make unknown globals an error
        auto& kept = loading.self.hooks_[static_cast<std::size_t>(hook)];
        if (!lua_isnil(state, -1)) kept = lua_isfunction(state, -1) ? State::usable : State::no_function;
        lua_rawset(state, LUA_REGISTRYINDEX);
    }
    return 0;
}

std::string Interpreter::load(const std::string& name, std::string source) {
    if (!state_) return name + ": no memory for a Lua state";
    if (!source.empty() && source[0] == LUA_SIGNATURE[0]) return name + ": compiled Lua is not accepted";
    if (!source.empty() && source[0] == '#') source.insert(0, "--");  // a line for a shell
    Loading loading{*this, name, source, {}};
    const std::string error = protect(load_protected, &loading);
    if (loading.error.empty()) loading.error = error;
    if (loading.error.empty() && core_.exhausted) loading.error = name + ": the budget is used up";
    if (!loading.error.empty()) hooks_.fill(State::absent);
    tidy();
    return loading.error;
}

int Interpreter::call_protected(lua_State* state) {
    auto& calling = *static_cast<Calling*>(lua_touserdata(state, 1));
    const Call& call = calling.call;
    lua_pushcfunction(state, name_error);
    const int handler = lua_gettop(state);
    lua_pushlightuserdata(state, hook_key(call.hook));
    lua_rawget(state, LUA_REGISTRYINDEX);
    int arguments = 0;
    if (call.hook != Hook::listener) {
        lua_pushinteger(state, call.who);
        ++arguments;
    }
    const int texts = call.hook == Hook::response ? 3 : 2;
    for (int i = 0; i < texts; ++i) {
        const std::string& text = call.texts[static_cast<std::size_t>(i)];
        lua_pushlstring(state, text.data(), text.size());
    }
    auto& result = calling.result;
    if (lua_pcall(state, arguments + texts, LUA_MULTRET, handler) != 0)
        result = Returned(Returned::What::error, error_at(state, -1));
    else if (lua_gettop(state) == handler)
        result = Returned(Returned::What::nothing, {});
    else if (lua_type(state, handler + 1) == LUA_TSTRING)
        result = Returned(Returned::What::text, text_at(state, handler + 1));
    else
        result = Returned(Returned::What::other, luaL_typename(state, handler + 1));
    return 0;
}

Returned Interpreter::call(const Call& call) {
    if (!has(call.hook)) return Returned(Returned::What::nothing, {});
    Calling calling{call, Returned(Returned::What::nothing, {})};
    if (std::string error = protect(call_protected, &calling); !error.empty())
        calling.result = Returned(Returned::What::error, std::move(error));
    else if (core_.exhausted && calling.result.what != Returned::What::error)
        calling.result = Returned(Returned::What::error, "the budget of instructions is used up");
    tidy();
    return std::move(calling.result);
}

}  // namespace lanbridge::agent::lua
