#include <fcntl.h>
#include <unistd.h>

#include "lua_host.hpp"
#include "support/catch.hpp"

using namespace lanbridge;
using namespace lanbridge::agent::lua;
using test::ContainsSubstring;
using test::evaluate;
using test::LuaScript;
using What = Returned::What;

namespace {

/// Calls `miio_request` with `body` in it.
Returned outcome(const std::string& body, Limits limits = {}) {
    LuaScript script("function miio_request(from, method, req)\n" + body + "\nend", limits);
    REQUIRE(script.error.empty());
    return script.request(2, "m");
}

void check_ends(const std::string& body, const std::string& why) {
    INFO(body);
    Limits limits;
    limits.budget = 1'000'000;
    LuaScript script("function miio_request(from, method, req)\n" + body +
                         "\nend function miio_response() return 'alive' end",
                     limits);
    REQUIRE(script.error.empty());
    const auto returned = script.request(2, "m");
    CHECK(returned.what == What::error);
    CHECK_THAT(returned.text, ContainsSubstring(why));
    CHECK(script.response(1, "", "", "").text == "alive");
}

}  // namespace

TEST_CASE("only the first value counts, and none differs from nil", "[agent][lua]") {
    CHECK(outcome("").what == What::nothing);
    CHECK(outcome("return").what == What::nothing);
    CHECK(outcome("return nil").what == What::other);
    CHECK(outcome("return nil, 'x'").what == What::other);
    CHECK(outcome("return 5").what == What::other);
    CHECK(outcome("return {}").text == "table");
    CHECK(outcome("return '{\"a\":1}', 2").text == R"({"a":1})");
}

TEST_CASE("hooks are looked up once, and what is no function is left alone", "[agent][lua]") {
    LuaScript script(
        "miio_response = 5\n"
        "function miio_request() miio_request = nil miio_response = print return 'first' end\n"
        "setmetatable(_G, {__index = function(_, name) error('no ' .. name) end})");
    CHECK(script.error.empty());
    CHECK(script.lua.has(Hook::request));
    CHECK_FALSE(script.lua.has(Hook::response));
    CHECK(script.lua.unusable(Hook::response));
    CHECK_FALSE(script.lua.has(Hook::listener));
    CHECK_FALSE(script.lua.unusable(Hook::listener));
    CHECK(script.request(1, "").text == "first");
    CHECK(script.request(1, "").text == "first");
    CHECK(script.response(1, "", "", "").what == What::nothing);
}

TEST_CASE("a script that does not load has no hooks, and its line is told", "[agent][lua]") {
    LuaScript syntax("function miio_request() end\nlocal = 5");
    CHECK_THAT(syntax.error, ContainsSubstring("test.lua:2:"));
    CHECK_FALSE(syntax.lua.has(Hook::request));
    LuaScript failing("function miio_request() end\n\nerror('no luck')");
    CHECK(failing.error == "test.lua:3: no luck");
    CHECK_FALSE(failing.lua.has(Hook::request));
    LuaScript jump("goto out\n::out::");
    CHECK_FALSE(jump.error.empty());
    CHECK_THAT(LuaScript(std::string("\x1bLua", 4)).error, ContainsSubstring("compiled"));
    CHECK(LuaScript("#!/usr/bin/lua\nfunction miio_request() end").lua.has(Hook::request));
    CHECK_THAT(LuaScript("while true do end").error, ContainsSubstring("budget"));
}

TEST_CASE("errors name the line, whatever the error is", "[agent][lua]") {
    CHECK(outcome("local x = nil\nreturn x.y").text ==
          "test.lua:3: attempt to index local 'x' (a nil value)");
    CHECK(outcome("error({})").text == "test.lua:2: the error is a table value");
    CHECK(outcome("error()").text == "test.lua:2: the error is a nil value");
    CHECK(outcome("\nreturn req:find(nil)").text ==
          "test.lua:3: bad argument #1 to 'find' (string expected, got nil)");
    CHECK(outcome("miio_send('x')").text ==
          "test.lua:2: bad argument #1 to 'miio_send' (number expected, got string)");
    CHECK(outcome("os.exit(1)").text == "test.lua:2: os.exit is not available in the agent");
    CHECK(outcome("channel.make(1)").text == "test.lua:2: channel.make is not available in the agent");
    CHECK(outcome("error(('x'):rep(1e5))").text.size() < 500);
    CHECK(outcome("return 'fine'").text == "fine");
}

TEST_CASE("no loop outlasts the budget", "[agent][lua]") {
    check_ends("while true do end", "test.lua:2: the budget of 1000000 instructions is used up");
    check_ends("while true do pcall(function() while true do end end) end", "budget");
    check_ends("local function f() while true do pcall(f) end end f()", "budget");
    check_ends("xpcall(function() while true do end end, function() while true do end end)", "budget");
    check_ends("while true do xpcall(error, function() while true do end end) end", "budget");
    check_ends("coroutine.wrap(function() while true do end end)()", "budget");
    check_ends("while true do coroutine.resume(coroutine.create(function() while true do end end)) end",
               "budget");
    check_ends("while true do coroutine.wrap(function() coroutine.yield() end)() end", "budget");
    check_ends(
        "local c = coroutine.wrap(function() while true do pcall(coroutine.yield) end end)\n"
        "while true do pcall(c) end",
        "budget");
    check_ends(
        "setmetatable(_G, {__index = function() while true do end end}) return pcall(function() return x "
        "end)",
        "budget");
    check_ends("while true do pcall(string.rep, 'x', 1e7) end", "budget");
    check_ends("while true do pcall(string.rep, 'x', 1e9) end", "budget");
    check_ends("if debug.sethook then debug.sethook() end while true do end", "budget");
}

TEST_CASE("the budget is one of each call", "[agent][lua]") {
    Limits limits;
    limits.budget = 10'000;
    LuaScript script("function miio_request() for i = 1, 2000 do end return 'done' end", limits);
    for (int call = 0; call < 50; ++call) CHECK(script.request(1, "").text == "done");
}

TEST_CASE("no script takes more memory than it may", "[agent][lua]") {
    check_ends("local s = 'x' while true do s = s .. s end", "memory");
    check_ends("return string.rep('x', 1e9)", "memory");
    check_ends("return ('x'):rep(1e6):rep(1e6)", "memory");
    check_ends("kept = {} for i = 1, 1e6 do kept[i] = ('x'):rep(1000) .. i end", "memory");
    check_ends("collectgarbage('stop') while true do local s = ('x'):rep(1e6) .. math.random() end",
               "memory");
    check_ends("return table.concat({('x'):rep(6e6), ('y'):rep(6e6)})", "memory");
    check_ends("return require('json').encode(('\\1'):rep(4e6))", "memory");
}

TEST_CASE("garbage of one call does not fail the next", "[agent][lua]") {
    LuaScript script("function miio_request() local s = ('x'):rep(5e6) return 'fine' end");
    for (int call = 0; call < 20; ++call) CHECK(script.request(1, "").text == "fine");
}

TEST_CASE("recursion ends in an error", "[agent][lua]") {
    check_ends("local function f() return 1 + f() end f()", "stack overflow");
    check_ends("local function f(s) return (s:gsub('.', f)) end f('x')", "stack overflow");
    check_ends("local function f() coroutine.wrap(f)() end f()", "stack overflow");
    check_ends("return req:find(('a?'):rep(1e5))", "the pattern is too long");
    check_ends("return req:gsub(('a-'):rep(1e5), '', 1)", "the pattern is too long");
    check_ends(
        "local t = setmetatable({}, {}) getmetatable(t).__index = function(t, k) return t[k] end return t.x",
        "stack overflow");
    CHECK(evaluate("(('x'):rep(5000) .. 'y'):find(('x'):rep(4000) .. 'y', 1, true)") == "1001");
    CHECK(evaluate("#assert(loadstring('return ' .. ('{'):rep(150) .. ('}'):rep(150)))()") == "1");
}

TEST_CASE("numbers become text as in openmiio_agent", "[agent][lua]") {
    CHECK(evaluate("100000000000000") == "100000000000000");
    CHECK(evaluate("1e21") == "1e+21");
    CHECK(evaluate("2^53 + 2") == "9007199254740994");
    CHECK(evaluate("0.1 + 0.2") == "0.30000000000000004");
    CHECK(evaluate("string.format('%s|%d|%5.1f|%%|%05d|%q', 1e14, 1e14, 1.25, 7, 'x')") ==
          "100000000000000|100000000000000|  1.2|%|00007|\"x\"");
    CHECK(evaluate("string.format('%d %s', 1e19, 'x')") == "10000000000000000000 x");
    CHECK(evaluate("('%-4d|'):format(3)") == "3   |");
    CHECK_THAT(evaluate("string.format('%y', 3)"), ContainsSubstring("invalid option"));
    CHECK_THAT(evaluate("string.format('%d')"), ContainsSubstring("bad argument #2 to 'format'"));
    CHECK(evaluate("99999999999999 .. ''") == "99999999999999");
    CHECK(evaluate("('ab'):rep(3) .. ('x'):rep(0) .. ('y'):rep(-1) .. (''):rep(1e9)") == "ababab");
    CHECK(evaluate("#('x'):rep(1e6)") == "1000000");
}

TEST_CASE("commands succeed with 0 and fail with 1", "[agent][lua]") {
    CHECK(evaluate("os.execute('exit 3')") == "1");
    CHECK(evaluate("os.execute('true')") == "0");
    CHECK(evaluate("os.execute('kill -9 $$')") == "1");
    CHECK(evaluate("io.popen('echo hello'):read('*l')") == "hello");
    CHECK(evaluate("io.popen('exit 0'):close()") == "true");
    CHECK(
        evaluate(
            "(function() local p = io.popen('cat >/dev/null', 'w'); p:write('x'); return p:close() end)()") ==
        "true");
    CHECK(evaluate("io.type(io.popen('true'))") == "file");
    CHECK_THAT(evaluate("select(2, io.popen('true', 'nonsense'))"), ContainsSubstring("true: Invalid"));
}

TEST_CASE("commands do not inherit what the agent has open", "[agent][lua]") {
    const int fd = ::fcntl(STDERR_FILENO, F_DUPFD, 100);
    REQUIRE(fd >= 100);
    const std::string open = "'[ -e /proc/self/fd/" + std::to_string(fd) + " ]'";
    CHECK(evaluate("os.execute(" + open + ")") == "1");
    ::fcntl(fd, F_SETFD, 0);
    CHECK(evaluate("io.popen(" + open + " .. ' && echo open || echo closed'):read('*l')") == "closed");
    ::close(fd);
}

TEST_CASE("modules are searched where openmiio_agent searches them", "[agent][lua]") {
    CHECK(evaluate("package.path") ==
          "./?.lua;/usr/local/share/lua/5.1/?.lua;/usr/local/share/lua/5.1/?/init.lua");
    CHECK(evaluate("#package.loaders") == "2");
    CHECK(evaluate("type(channel)") == "table");
    CHECK(evaluate("os.setlocale('de_DE')") == "false");
}

TEST_CASE("what a script sends arrives as it is", "[agent][lua]") {
    LuaScript script(
        "miio_send(4, '{ \"raw\": 1}') miio_send(-1, 'x') mosquitto_pub('a', 'b', 1)\n"
        "mosquitto_pub('a', nil, false) mosquitto_pub('a', 1e14)");
    REQUIRE(script.error.empty());
    CHECK(script.host.sent == std::vector<test::LuaHost::Sent>{{4, "{ \"raw\": 1}"}, {-1, "x"}});
    CHECK(script.host.published == std::vector<test::LuaHost::Published>{
                                       {"a", "b", true}, {"a", "", false}, {"a", "100000000000000", false}});
}
