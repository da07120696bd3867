#pragma once

#include <string>
#include <utility>

#include "agent/miio/router.hpp"
#include "agent/script.hpp"

namespace lanbridge::agent {

/// The script as the router sees it.
class ScriptHooks final : public RouterHooks {
public:
    explicit ScriptHooks(Script& script) : script_(script) {}

    bool has_request() const override { return script_.has_request(); }
    bool has_response() const override { return script_.has_response(); }
    void request(Address from, std::string method, std::string text, Done done) override {
        script_.request(from, std::move(method), std::move(text), std::move(done));
    }
    void response(Address to, std::string method, std::string request, std::string text, Done done) override {
        script_.response(to, std::move(method), std::move(request), std::move(text), std::move(done));
    }

private:
    Script& script_;
};

}  // namespace lanbridge::agent
