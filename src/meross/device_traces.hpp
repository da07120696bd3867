#pragma once

#include <functional>
#include <string>

#include "meross/roster.hpp"
#include "meross/trace/traces.hpp"

namespace lanbridge::meross {

/// Traces of the devices that sessions serve.
class DeviceTraces {
public:
    DeviceTraces(Context context, Roster& roster, model::Memory& memory);

    void set_folder(std::string folder) { traces_.set_folder(std::move(folder)); }
    void on_ended(std::function<void(const TraceInfo&)> listener) { ended_ = std::move(listener); }
    /// The device is read anew at once, so that the trace begins with how it is. Errors: `not_found`; those
    /// of `Traces::start`.
    Result<TraceInfo> start(const model::DeviceId& device, TraceLimits limits);
    Result<TraceInfo> stop(const std::string& which, const std::string& why) {
        return traces_.stop(which, why);
    }
    /// A device that was configured anew has another session, which nobody listens to.
    void end_orphaned();
    void stop_all() { traces_.stop_all("lanbridge stops"); }
    bool idle() const noexcept { return traces_.idle(); }

private:
    Traces::Hooks hooks();
    asio::awaitable<Result<Message>> ask(model::DeviceId device, Request request);
    void untap(const TraceInfo& info);
    TraceSubject subject_of(const Session& session) const;
    Json remembered(const model::DeviceId& device, const char* what) const;

    Roster& roster_;
    model::Memory& memory_;
    std::function<void(const TraceInfo&)> ended_;
    Traces traces_;
};

}  // namespace lanbridge::meross
