#include <fstream>
#include <sstream>

#include "lua_host.hpp"
#include "support/catch.hpp"

using namespace lanbridge;
using test::LuaScript;
using What = agent::lua::Returned::What;

// What people have published for openmiio_agent, in our words, and the example that we ship.
namespace {

std::string example(const std::string& option) {
    std::ifstream file(LANBRIDGE_TEST_DATA "/../../config/agent/openmiio_agent.example.lua");
    std::ostringstream text;
    text << file.rdbuf();
    std::string source = text.str();
    REQUIRE_FALSE(source.empty());
    if (const auto at = source.find(option + " = false"); at != std::string::npos)
        source.replace(at, option.size() + 8, option + " = true");
    return source;
}

constexpr auto mute = R"(
function miio_request(from, method, req)
    if from == 4 and method == "local.status" and req:find("dev_query_connect") then
        return nil
    end
end
)";

constexpr auto cli = R"(
json = require("json")

function miio_request(from, method, req)
    if from <= 0 and method == "cli" then
        req = json.decode(req)
        os.execute(req.params[1])
        miio_send(from, json.encode({id=req.id, result={"ok"}}))
        return nil
    end
end
)";

constexpr auto force_bind = R"(
local json = require("json")

function miio_response(to, method, req, res)
    if to == 4 and method == "_sync.zigbee3_bind" then
        req = json.decode(req)
        return json.encode({id=req.id, result={code=0, message="ok"}})
    end
end
)";

const std::string connecting = R"({"_from":4,"id":5,"method":"local.status","params":"dev_query_connect"})";

}  // namespace

TEST_CASE("published: the buzzer is muted", "[agent][lua][published]") {
    for (const std::string& source : {std::string(mute), example("mute_buzzer")}) {
        LuaScript script(source);
        REQUIRE(script.error.empty());
        CHECK(script.request(4, "local.status", connecting).what == What::other);
        CHECK(script.request(2, "local.status", connecting).what == What::nothing);
        CHECK(script.request(4, "local.status", R"({"id":5,"method":"local.status"})").what == What::nothing);
        CHECK(script.host.sent.empty());
    }
}

TEST_CASE("published: a command of one's own", "[agent][lua][published]") {
    const std::string asked = R"({"id":2147483647,"method":"cli","params":["exit 0"]})";
    for (const std::string& source : {std::string(cli), example("cli")}) {
        LuaScript script(source);
        REQUIRE(script.error.empty());
        CHECK(script.request(-1, "cli", asked).what == What::other);
        CHECK(script.host.sent ==
              std::vector<test::LuaHost::Sent>{{-1, R"({"id":2147483647,"result":["ok"]})"}});
        CHECK(script.request(4, "cli", asked).what == What::nothing);
    }
    CHECK(LuaScript(example("-")).request(-1, "cli", asked).what == What::nothing);
}

TEST_CASE("published: the cloud's consent is not waited for", "[agent][lua][published]") {
    LuaScript script(force_bind);
    REQUIRE(script.error.empty());
    const auto returned =
        script.response(4, "_sync.zigbee3_bind", R"({"id":77,"method":"_sync.zigbee3_bind"})",
                        R"({"error":{"code":-1},"id":77})");
    CHECK(returned.text == R"({"id":77,"result":{"code":0,"message":"ok"}})");
    CHECK(script.response(2, "_sync.zigbee3_bind", "{}", "{}").what == What::nothing);
}

TEST_CASE("the example shows what programs ask each other", "[agent][lua][published]") {
    LuaScript script(example("show_requests"));
    CHECK(script.request(4, "x", R"({"_from":4,"id":5,"method":"x"})").what == What::nothing);
    CHECK(script.request(4, "x", R"({"id":5,"method":"x"})").what == What::nothing);
    CHECK(script.host.published.size() == 1);
}
