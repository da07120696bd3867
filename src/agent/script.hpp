#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "agent/address.hpp"
#include "agent/journal.hpp"
#include "agent/json/message.hpp"
#include "lanbridge/base/context.hpp"

namespace lanbridge::agent {

/// What a hook of the user's script made of a message.
struct Verdict {
    enum class What { unchanged, dropped, replaced };
    Verdict(What w, Message m) : what(w), message(std::move(m)) {}
    static Verdict unchanged() { return Verdict(What::unchanged, Message()); }
    static Verdict dropped() { return Verdict(What::dropped, Message()); }
    What what;
    Message message;  ///< where replaced
};

/// What a script may call; on the loop, in the order of the calls.
struct ScriptOutlets {
    std::function<void(Address to, std::string text)> send;                            ///< miio_send
    std::function<void(std::string topic, std::string payload, bool retain)> publish;  ///< mosquitto_pub
    std::function<void()> changed;  ///< loaded, reloaded or gone: which hooks there are may have changed
};

struct ScriptSettings {
    std::string path;
    std::uint64_t budget = 10'000'000;  ///< VM instructions a call
};

/// The user's Lua script, on a thread of its own while there is one; without a script there is no thread.
/// Calls are carried out in order; verdicts come back on the loop, in order, each exactly once. An error, or
/// a full queue, lets the message pass unchanged.
class Script {
public:
    using Done = std::function<void(Verdict)>;

    Script(Context context, Journal& journal, ScriptSettings settings, ScriptOutlets outlets);
    Script(const Script&) = delete;
    Script& operator=(const Script&) = delete;
    ~Script();

    /// Loads the file and waits for it (deadline 5 s), then watches it for changes.
    void start();
    /// Ends the thread; verdicts still owed are "unchanged". A blocking call (os.execute) is not waited for
    /// longer than a second.
    void stop();

    bool has_request() const noexcept;   ///< miio_request is defined
    bool has_response() const noexcept;  ///< miio_response is defined
    bool has_listener() const noexcept;  ///< mosquitto_sub is defined

    /// `done` may be called at once (no such hook) or later.
    void request(Address from, std::string method, std::string request, Done done);
    void response(Address to, std::string method, std::string request, std::string response, Done done);
    void heard(std::string topic, std::string payload);

private:
    class Impl;
    std::shared_ptr<Impl> impl_;
};

}  // namespace lanbridge::agent
