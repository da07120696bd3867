#pragma once

#include <atomic>
#include <string>
#include <vector>

#include "agent/lua/interpreter.hpp"

namespace lanbridge::test {

/// A script without a thread or a loop: what it sends is written down.
struct LuaHost final : agent::lua::Host {
    struct Sent {
        agent::Address to;
        std::string text;
        friend bool operator==(const Sent&, const Sent&) = default;
    };
    struct Published {
        std::string topic;
        std::string payload;
        bool retain;
        friend bool operator==(const Published&, const Published&) = default;
    };
    void send(agent::Address to, std::string_view text) override { sent.push_back({to, std::string(text)}); }
    void publish(std::string_view topic, std::string_view payload, bool retain) override {
        published.push_back({std::string(topic), std::string(payload), retain});
    }

    std::vector<Sent> sent;
    std::vector<Published> published;
};

struct LuaScript {
    explicit LuaScript(std::string source, agent::lua::Limits limits = {}) : lua(limits, host, stop) {
        error = lua.load("test.lua", std::move(source));
    }
    agent::lua::Returned request(agent::Address from, std::string method, std::string text = "{}") {
        agent::lua::Call call;
        call.who = from;
        call.texts = {std::move(method), std::move(text), {}};
        return lua.call(call);
    }
    agent::lua::Returned response(agent::Address to, std::string method, std::string asked,
                                  std::string text) {
        agent::lua::Call call;
        call.hook = agent::lua::Hook::response;
        call.who = to;
        call.texts = {std::move(method), std::move(asked), std::move(text)};
        return lua.call(call);
    }

    LuaHost host;
    std::atomic<bool> stop = false;
    agent::lua::Interpreter lua;
    std::string error;  ///< of loading
};

/// The value of an expression, as `tostring` spells it.
inline std::string evaluate(const std::string& expression) {
    LuaScript script("local json = require('json') mosquitto_pub('value', tostring(" + expression + "))");
    return script.error.empty() ? script.host.published.at(0).payload : script.error;
}

}  // namespace lanbridge::test
