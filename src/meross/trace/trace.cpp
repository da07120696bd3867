#include "meross/trace/trace.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "lanbridge/base/log.hpp"
#include "meross/trace/local_stamp.hpp"

namespace lanbridge::meross {
namespace {

const log::Logger logger("meross.trace");

constexpr std::string_view column_names = "time\trxtx\tprotocol\tmethod\tnamespace\tdata\n";
constexpr std::string_view all_namespace = "Appliance.System.All";
/// Kept free for the row that says why the trace ends.
constexpr std::size_t closing_room = 160;

/// A cell has no quoting: whatever would end it becomes a blank.
std::string one_cell(std::string text) {
    std::ranges::replace_if(
        text, [](unsigned char c) { return c < 0x20; }, ' ');
    return text;
}

}  // namespace

Trace::Trace(Context context, TraceFile file, TraceSubject subject, TraceLimits limits)
    : context_(context),
      file_(std::move(file)),
      subject_(std::move(subject)),
      limits_(limits),
      ended_(context.executor) {
    for (const auto& [kind, value] : subject_.secrets) obfuscator_.hide(kind, value);
}

void Trace::sent(model::Transport transport, const Request& request) {
    if (ended()) return;
    row("TX", model::transport_name(transport), method_name(request.method), request.name_space,
        dump_json(obfuscator_.unsigned_json(request.payload)));
}

void Trace::received(model::Transport transport, const Message& message) {
    if (ended()) return;
    look_for_header(message);
    row("RX", model::transport_name(transport), method_name(message.header.method), message.header.name_space,
        dump_json(obfuscator_.unsigned_json(message.payload)));
}

void Trace::note(std::string_view text) {
    if (ended()) return;
    row("", "auto", "LOG", "info", obfuscator_.text(text));
}

/// What the device says of itself now is the best beginning of a replay.
void Trace::look_for_header(const Message& message) {
    if (headed_) return;
    if (message.header.name_space == all_namespace) {
        if (const auto* all = find_member(message.payload, {"all"})) write_header(*all);
    } else if (message.header.name_space == multiple_namespace) {
        for (const auto& inner : unpack_multiple(message.payload, {}))
            if (!headed_) look_for_header(inner);
    }
}

void Trace::settle_header() {
    if (!headed_ && !ended()) write_header(subject_.all);
}

void Trace::write_header(const Json& all) {
    headed_ = true;
    Json header = Json::object();
    header["version"] = 2;
    header["config"]["payload"]["all"] = obfuscator_.unsigned_json(all);
    header["config"]["payload"]["ability"] = obfuscator_.unsigned_json(subject_.ability);
    header["state"]["namespace_pushes"] = Json::object();
    std::string lines(column_names);
    lines += fmt::format("{}\t\tauto\tHEADER\t\t{}\n", now(), dump_json(header));
    write(std::move(lines));
    const auto early = std::exchange(early_, {});
    for (std::size_t at = 0; at < early.size() && !ended();) {
        const auto next = early.find('\n', at) + 1;
        write(early.substr(at, next - at));
        at = next;
    }
}

void Trace::row(std::string_view direction, std::string_view protocol, std::string_view method,
                std::string_view name_space, std::string_view data) {
    auto line = fmt::format("{}\t{}\t{}\t{}\t{}\t{}\n", now(), direction, protocol, method,
                            one_cell(std::string(name_space)), one_cell(std::string(data)));
    ++rows_;
    if (headed_) return write(std::move(line));
    early_ += line;
    if (early_.size() > limits_.max_size) settle_header();
}

void Trace::write(std::string line) {
    if (file_.size() + line.size() + closing_room > limits_.max_size)
        return end(fmt::format("the file has reached its largest size of {} bytes", limits_.max_size));
    if (auto written = file_.append(line); !written) fail(written.error());
}

void Trace::fail(const Error& error) {
    logger.warn("the trace of {} ends: {}", subject_.device.value(), error.text());
    end_ = "it cannot be written: " + error.text();
    file_.close();
    ended_.notify();
}

void Trace::end(const std::string& why) {
    if (ended()) return;
    settle_header();
    if (ended()) return;
    end_ = why;
    const auto line = fmt::format("{}\t\tauto\tLOG\tinfo\tend of trace: {}\n", now(), one_cell(why));
    if (auto written = file_.append(line); !written)
        logger.warn("the trace of {} lacks its last row: {}", subject_.device.value(),
                    written.error().text());
    file_.close();
    ended_.notify();
}

asio::awaitable<bool> Trace::wait_end(TimeSource::Clock::time_point when) {
    co_await wait_signal_until(context_.time, ended_, when);
    const auto state = co_await asio::this_coro::cancellation_state;
    co_return state.cancelled() == asio::cancellation_type::none;
}

TraceInfo Trace::info() const {
    TraceInfo info;
    info.id = file_.id();
    info.device = subject_.device;
    info.file = file_.path();
    info.bytes = file_.size();
    info.rows = rows_;
    info.end = end_;
    return info;
}

std::string Trace::now() const { return local_stamp(context_.time.wall_s(), "%Y/%m/%d - %H:%M:%S"); }

}  // namespace lanbridge::meross
