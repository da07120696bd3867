#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <lua.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "agent/json/json_text.hpp"
#include "agent/lua/core.hpp"
#include "agent/lua/number_text.hpp"

namespace lanbridge::agent::lua {
namespace {

void push(lua_State* state, const std::string& text) { lua_pushlstring(state, text.data(), text.size()); }

int fail(lua_State* state, const std::string& why) {
    lua_pushnil(state);
    push(state, why);
    return 2;
}

/// Leaves one value on the stack. `error` stays empty, or the value means nothing.
void push_value(lua_State* state, std::string_view value, std::string& error);

void push_object(lua_State* state, std::string_view object, std::string& error) {
    lua_newtable(state);
    for_each_member(object, [state, &error](std::string_view raw_key, std::string_view value) {
        push(state, unquote("\"" + std::string(raw_key) + "\""));
        push_value(state, value, error);
        lua_rawset(state, -3);  // nil: the member vanishes
    });
}

void push_array(lua_State* state, std::string_view array, std::string& error) {
    lua_newtable(state);
    int count = 0;
    for_each_element(array, [state, &error, &count](std::string_view value) {
        if (kind_of(value) == JsonKind::null) return;  // it vanishes, and what follows moves up
        push_value(state, value, error);
        lua_rawseti(state, -2, ++count);
    });
}

void push_number(lua_State* state, std::string_view value, std::string& error) {
    const std::string text(value);
    const double number = std::strtod(text.c_str(), nullptr);
    if (std::isinf(number) && error.empty())
        error = "json: cannot unmarshal number " + text + " into Go value of type float64";
    lua_pushnumber(state, number);
}

void push_value(lua_State* state, std::string_view value, std::string& error) {
    luaL_checkstack(state, 4, "json");
    switch (kind_of(value)) {
        case JsonKind::object:
            return push_object(state, value, error);
        case JsonKind::array:
            return push_array(state, value, error);
        case JsonKind::string:
            return push(state, unquote(value));
        case JsonKind::number:
            return push_number(state, value, error);
        case JsonKind::boolean:
            return lua_pushboolean(state, value == "true");
        case JsonKind::null:
            return lua_pushnil(state);
    }
}

int decode(lua_State* state) {
    std::size_t size = 0;
    const char* text = luaL_checklstring(state, 1, &size);
    const auto compact = compact_json(std::string_view(text, size));
    if (!compact) return fail(state, compact.error().where);
    std::string error;
    push_value(state, *compact, error);
    return error.empty() ? 1 : fail(state, error);
}

/// Turns the value on top of the stack into text. The table at index 2 notes tables that were met: each may
/// occur once only, be it in itself or beside itself.
class Encoder {
public:
    explicit Encoder(lua_State* state) : state_(state) {}
    bool value();
    std::string take() { return std::move(out_); }
    std::string error() const;

private:
    struct Keys {
        lua_Number highest = 0;
        std::size_t numbers = 0;
        std::vector<std::string_view> names;  ///< Lua's own memory: the table keeps them
        bool odd = false;                     ///< neither positive integers nor texts
        bool sparse() const noexcept { return highest != static_cast<lua_Number>(numbers); }
    };
    bool number();
    bool table();
    bool contents();
    Keys keys();
    bool array(std::size_t count);
    bool object(std::vector<std::string_view> names);
    bool fail(std::string why) {
        error_ = std::move(why);
        return false;
    }

    static constexpr int met = 2;
    lua_State* state_;
    std::string out_;
    std::string error_;
    int depth_ = 0;  ///< tables around the value; stays where encoding failed
};

/// Each level adds its prefix, as users know it.
std::string Encoder::error() const {
    std::string text;
    for (int level = 0; level <= depth_; ++level)
        text += "json: error calling MarshalJSON for type json.jsonValue: ";
    return text + error_;
}

bool Encoder::value() {
    std::size_t size = 0;
    switch (lua_type(state_, -1)) {
        case LUA_TNIL:
            out_ += "null";
            return true;
        case LUA_TBOOLEAN:
            out_ += lua_toboolean(state_, -1) != 0 ? "true" : "false";
            return true;
        case LUA_TNUMBER:
            return number();
        case LUA_TSTRING: {
            const char* text = lua_tolstring(state_, -1, &size);
            out_ += quote(std::string_view(text, size));
            return true;
        }
        case LUA_TTABLE:
            return table();
        default:
            return fail("cannot encode " + std::string(luaL_typename(state_, -1)) + " to JSON");
    }
}

bool Encoder::number() {
    const double value = lua_tonumber(state_, -1);
    if (!std::isfinite(value)) return fail("json: unsupported value: " + lua_number(value));
    out_ += json_number(value);
    return true;
}

bool Encoder::table() {
    luaL_checkstack(state_, 6, "json");
    lua_pushvalue(state_, -1);
    lua_rawget(state_, met);
    const bool again = !lua_isnil(state_, -1);
    lua_pop(state_, 1);
    if (again) return fail("cannot encode recursively nested tables to JSON");
    if (depth_ == max_depth) return fail("cannot encode tables nested deeper than 128");
    lua_pushvalue(state_, -1);
    lua_pushboolean(state_, 1);
    lua_rawset(state_, met);
    return contents();
}

bool Encoder::contents() {
    Keys found = keys();
    if (found.odd || (found.numbers > 0 && !found.names.empty()))
        return fail("cannot encode mixed or invalid key types");
    if (!found.names.empty()) return object(std::move(found.names));
    if (found.sparse()) return fail("cannot encode sparse array");
    return array(found.numbers);
}

Encoder::Keys Encoder::keys() {
    Keys found;
    lua_pushnil(state_);
    while (lua_next(state_, -2) != 0) {
        lua_pop(state_, 1);
        if (lua_type(state_, -1) == LUA_TNUMBER) {
            const lua_Number key = lua_tonumber(state_, -1);
            // what is no positive integer makes the array sparse for certain
            found.highest = key >= 1 && key == std::floor(key) ? std::max(found.highest, key) : HUGE_VAL;
            ++found.numbers;
        } else if (lua_type(state_, -1) == LUA_TSTRING) {
            std::size_t size = 0;
            const char* name = lua_tolstring(state_, -1, &size);
            found.names.emplace_back(name, size);
        } else {
            found.odd = true;
        }
    }
    return found;
}

bool Encoder::array(std::size_t count) {
    out_ += '[';
    for (std::size_t i = 1; i <= count; ++i) {
        if (i > 1) out_ += ',';
        lua_rawgeti(state_, -1, static_cast<int>(i));
        ++depth_;
        if (!value()) return false;
        --depth_;
        lua_pop(state_, 1);
    }
    out_ += ']';
    return true;
}

bool Encoder::object(std::vector<std::string_view> names) {
    std::sort(names.begin(), names.end());
    out_ += '{';
    for (const auto name : names) {
        if (out_.back() != '{') out_ += ',';
        out_ += quote(name) + ":";
        lua_pushlstring(state_, name.data(), name.size());
        lua_rawget(state_, -2);
        ++depth_;
        if (!value()) return false;
        --depth_;
        lua_pop(state_, 1);
    }
    out_ += '}';
    return true;
}

int encode(lua_State* state) {
    luaL_checkany(state, 1);
    lua_settop(state, 1);
    lua_newtable(state);
    lua_pushvalue(state, 1);
    Encoder encoder(state);
    if (!encoder.value()) return fail(state, encoder.error());
    push(state, encoder.take());
    return 1;
}

}  // namespace

int open_json(lua_State* state) {
    lua_createtable(state, 0, 2);
    lua_pushcfunction(state, decode);
    lua_setfield(state, -2, "decode");
    lua_pushcfunction(state, encode);
    lua_setfield(state, -2, "encode");
    return 1;
}

}  // namespace lanbridge::agent::lua
