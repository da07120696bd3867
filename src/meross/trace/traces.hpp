#pragma once

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <string>

#include "lanbridge/base/async.hpp"
#include "lanbridge/base/context.hpp"
#include "meross/trace/trace.hpp"

namespace lanbridge::meross {

/// The traces that run: their files, limits, and the questions that are asked meanwhile.
class Traces {
public:
    /// Each asks its device something every two seconds and holds a file.
    static constexpr std::size_t max_running = 8;
    /// How many that have ended can still be asked for by name.
    static constexpr std::size_t max_remembered = 32;

    struct Hooks {
        /// One request in turn with the device's own traffic; errors as for `Session::request`.
        std::function<asio::awaitable<Result<Message>>(model::DeviceId, Request)> ask;
        /// A trace has ended, for whatever reason; its tap hears nothing any more.
        std::function<void(const TraceInfo&)> ended;
    };

    Traces(Context context, Hooks hooks);

    /// Where the files go; "" = nowhere, and no trace can be started.
    void set_folder(std::string folder) { folder_ = std::move(folder); }
    /// Errors: `busy` when this device is traced already or too many are; `invalid_value` for limits;
    /// `unsupported` without a folder; the system's own for the file.
    Result<std::shared_ptr<Trace>> start(TraceSubject subject, TraceLimits limits);
    /// Ends it now, or finds the last one that has ended. `device` may also be a trace's id. Errors:
    /// `not_found`.
    Result<TraceInfo> stop(const std::string& device, const std::string& why);
    std::shared_ptr<Trace> running(const model::DeviceId& device) const;
    std::vector<model::DeviceId> devices() const;

    /// Ends all; then run the loop until `idle()`.
    void stop_all(const std::string& why);
    bool idle() const noexcept { return nursery_.idle(); }

private:
    asio::awaitable<void> mind(std::shared_ptr<Trace> trace);
    asio::awaitable<void> scan(std::shared_ptr<Trace> trace);
    void finish(const std::shared_ptr<Trace>& trace, const std::string& why);

    Context context_;
    Hooks hooks_;
    std::string folder_;
    std::map<model::DeviceId, std::shared_ptr<Trace>> running_;
    std::deque<TraceInfo> ended_;
    Nursery nursery_;
};

}  // namespace lanbridge::meross
