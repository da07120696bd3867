#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "lanbridge/base/async.hpp"
#include "lanbridge/base/context.hpp"
#include "lanbridge/meross/protocol/obfuscation.hpp"
#include "lanbridge/meross/trace.hpp"
#include "meross/trace/tap.hpp"
#include "meross/trace/trace_file.hpp"

namespace lanbridge::meross {

/// Who is traced.
struct TraceSubject {
    TraceSubject() = default;
    model::DeviceId device;
    Json all = Json::object();      ///< System.All's inner object, as far as it is known
    Json ability = Json::object();  ///< System.Ability's inner object
    std::vector<std::pair<Hidden, std::string>> secrets;  ///< hidden wherever they turn up
};

/// One device's exchange, obfuscated, into a file of version 2 (docs/protocols/meross.md, "Traces"). Ends by
/// itself when the file is full or cannot be written; whoever owns it ends it in time.
class Trace final : public Tap {
public:
    /// How long the first line waits for what the device says of itself now, instead of what it said once.
    static constexpr auto header_patience = std::chrono::seconds(5);

    Trace(Context context, TraceFile file, TraceSubject subject, TraceLimits limits);

    void sent(model::Transport transport, const Request& request) override;
    void received(model::Transport transport, const Message& message) override;
    void note(std::string_view text) override;

    /// Writes what is still to be written, and why it ends. Afterwards nothing is recorded any more.
    void end(const std::string& why);
    /// The header with what is known, if none has been written yet.
    void settle_header();
    /// Until it has ended by itself, or `when`. False when cancelled.
    asio::awaitable<bool> wait_end(TimeSource::Clock::time_point when);

    bool ended() const noexcept { return !end_.empty(); }
    TraceInfo info() const;
    const TraceSubject& subject() const noexcept { return subject_; }
    const TraceLimits& limits() const noexcept { return limits_; }

private:
    void look_for_header(const Message& message);
    void write_header(const Json& all);
    void row(std::string_view direction, std::string_view protocol, std::string_view method,
             std::string_view name_space, std::string_view data);
    void write(std::string line);
    void fail(const Error& error);
    std::string now() const;

    Context context_;
    TraceFile file_;
    TraceSubject subject_;
    TraceLimits limits_;
    Obfuscator obfuscator_;
    std::string early_;  ///< rows that came before the header
    bool headed_ = false;
    std::uint64_t rows_ = 0;
    std::string end_;
    Signal ended_;
};

}  // namespace lanbridge::meross
