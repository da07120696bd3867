#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <string>
#include <string_view>

#include "agent/lua/core.hpp"

namespace lanbridge::agent::lua {

enum class Hook : std::uint8_t { request, response, listener };
inline constexpr std::size_t hook_count = 3;
/// The global that a script defines.
const char* hook_name(Hook hook) noexcept;

/// A call of a hook, in the order of its arguments.
struct Call {
    Hook hook = Hook::request;
    Address who = 0;  ///< sender or addressee; `mosquitto_sub` has none
    std::array<std::string, 3> texts;
    std::size_t size() const noexcept { return texts[0].size() + texts[1].size() + texts[2].size(); }
};

/// What a hook returned: nothing at all, a text, anything else (nil above all), or an error's text.
struct Returned {
    enum class What { nothing, text, other, error };
    Returned(What w, std::string t) : what(w), text(std::move(t)) {}
    What what;
    std::string text;
};

/// One script with its globals. Nothing that it does throws, ends the process, or takes more than its limits
/// allow; only what blocks in the system (`os.execute`, reading) takes as long as it takes.
class Interpreter {
public:
    Interpreter(Limits limits, Host& host, const std::atomic<bool>& stop);
    Interpreter(const Interpreter&) = delete;
    Interpreter& operator=(const Interpreter&) = delete;
    ~Interpreter();

    /// Runs the script and looks up the hooks; `name` stands in error messages. Returns the error, or "".
    std::string load(const std::string& name, std::string source);
    bool has(Hook hook) const noexcept { return hooks_[static_cast<std::size_t>(hook)] == State::usable; }
    /// The script has something by that name that cannot be called.
    bool unusable(Hook hook) const noexcept {
        return hooks_[static_cast<std::size_t>(hook)] == State::no_function;
    }
    Returned call(const Call& call);

private:
    enum class State : std::uint8_t { absent, usable, no_function };
    struct Loading;
    struct Calling;
    static int load_protected(lua_State* state);
    static int call_protected(lua_State* state);
    /// Runs `body` so that every error ends here. Returns its text, or "".
    std::string protect(int (*body)(lua_State*), void* argument);
    void tidy();

    Core core_;
    lua_State* state_;
    std::array<State, hook_count> hooks_{};
};

}  // namespace lanbridge::agent::lua
