#include "app/commands/trace.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <CLI/App.hpp>
#include <cstdio>
#include <filesystem>

#include "app/cli/arguments.hpp"
#include "app/cli/command.hpp"
#include "app/cli/command_loop.hpp"
#include "app/cli/daemon_link.hpp"
#include "app/cli/exit_code.hpp"
#include "lanbridge/base/files.hpp"
#include "lanbridge/meross/trace.hpp"

// lanbridge trace
namespace lanbridge::app {
namespace {

/// The daemon ends a trace in time; when it does not say so, it is asked.
constexpr auto grace = 5s;
constexpr auto progress_period = 1s;
/// What fits into the answer in which the text comes back.
constexpr std::uint64_t largest_answer = 4 * 1024 * 1024;

/// Before ten minutes are spent: can the result be put there?
Result<void> check_output(const std::string& output) {
    const std::filesystem::path path(output);
    std::error_code ec;
    if (std::filesystem::is_directory(path, ec)) return Error(Errc::io, output + " is a folder");
    const auto folder = path.has_parent_path() ? path.parent_path() : std::filesystem::path(".");
    if (::access(folder.c_str(), W_OK | X_OK) != 0)
        return Error(error_code(errno, boost::system::generic_category()),
                     "cannot write to " + folder.string());
    return {};
}

class Tracing {
public:
    Tracing(const GlobalOptions& globals, const TraceOptions& options, const Config& config)
        : globals_(globals),
          options_(options),
          link_(loop_.context(), config, "trace"),
          changed_(loop_.context().executor) {}

    int run() {
        return loop_.run(work(), [this] {
            interrupted_ = true;
            changed_.notify();
        });
    }

private:
    asio::awaitable<int> work() {
        auto done = co_await link_.find_daemon();
        if (done) done = co_await trace();
        co_await link_.close();
        if (!done) co_return fail_command(globals_, done.error());
        co_return exit_done;
    }

    asio::awaitable<Result<void>> trace() {
        auto listening =
            link_.client().subscribe(link_.base() + "/bridge/event", 0,
                                     [this](const mqtt::Message& message) { hear(message.payload); });
        if (!listening) co_return std::move(listening).error();
        Json args = Json::object();
        args["device"] = options_.device;
        args["duration"] = duration_text(options_.duration);
        args["max_size"] = size_text(options_.max_size);
        auto started = co_await link_.ask("trace/start", std::move(args));
        if (!started) co_return std::move(started).error();
        id_ = string_or(*started, {"id"}, "");
        fmt::print(stderr, "Recording {} for {}, up to {}; Ctrl-C ends it earlier and keeps what is there.\n",
                   options_.device, duration_text(options_.duration), size_text(options_.max_size));
        co_await wait_for_end();
        Json which = Json::object();
        which["device"] = id_;
        auto stopped = co_await link_.ask("trace/stop", std::move(which));
        if (!stopped) co_return std::move(stopped).error();
        co_return deliver(*stopped);
    }

    asio::awaitable<void> wait_for_end() {
        const auto begin = loop_.context().time.now();
        const auto deadline = begin + options_.duration + grace;
        const bool terminal = ::isatty(STDERR_FILENO) == 1;
        while (!interrupted_ && !finished_ && link_.client().connected() &&
               loop_.context().time.now() < deadline) {
            const auto now = loop_.context().time.now();
            if (terminal) show_progress(now - begin);
            co_await wait_signal_until(loop_.context().time, changed_,
                                       std::min(deadline, now + progress_period));
        }
        if (terminal) fmt::print(stderr, "\r");
    }

    void show_progress(TimeSource::Clock::duration passed) const {
        const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(passed).count();
        fmt::print(stderr, "\r{} s of {} ", seconds, duration_text(options_.duration));
        std::fflush(stderr);
    }

    void hear(std::string_view payload) {
        const auto event = parse_json(payload);
        if (!event || string_or(*event, {"type"}, "") != "trace_finished") return;
        if (id_.empty() || string_or(*event, {"data", "id"}, "") != id_) return;
        finished_ = true;
        changed_.notify();
    }

    Result<void> deliver(const Json& trace) const {
        const auto text = string_or(trace, {"text"}, "");
        fmt::print(stderr, "{} rows; the daemon keeps them in {}\n", int_or(trace, {"rows"}, 0),
                   string_or(trace, {"file"}, "?"));
        if (options_.output)
            if (auto written = write_file_atomically(*options_.output, text); !written) return written;
        if (globals_.json) {
            Json shown = trace;
            if (options_.output) {
                shown.erase("text");
                shown["output"] = *options_.output;
            }
            fmt::print("{}\n", dump_json(shown));
        } else if (!options_.output) {
            std::fwrite(text.data(), 1, text.size(), stdout);
        }
        return {};
    }

    const GlobalOptions& globals_;
    const TraceOptions& options_;
    CommandLoop loop_;
    DaemonLink link_;
    Signal changed_;
    std::string id_;
    bool finished_ = false;
    bool interrupted_ = false;
};

Result<void> take_duration(TraceOptions& options, const std::string& text) {
    auto duration = parse_duration(text);
    if (!duration) return std::move(duration).error();
    if (*duration < meross::shortest_trace || *duration > meross::longest_trace)
        return Error(Errc::invalid_value, "expected 1s to 24h, found \"" + text + '"');
    options.duration = *duration;
    return {};
}

Result<void> take_size(TraceOptions& options, const std::string& text) {
    auto size = parse_size(text);
    if (!size) return std::move(size).error();
    if (*size < meross::smallest_trace || *size > largest_answer)
        return Error(Errc::invalid_value, "expected 1KiB to 4MiB, found \"" + text + '"');
    options.max_size = *size;
    return {};
}

void add_options(CLI::App& app, TraceOptions& options) {
    app.add_option("device", options.device, "By id, uuid or name")->required()->type_name("DEVICE");
    add_value(app, "--duration", "TIME", "Default: 10m",
              [&options](const std::string& text) { return take_duration(options, text); });
    add_value(app, "--max-size", "SIZE", "Default: 64KiB",
              [&options](const std::string& text) { return take_size(options, text); });
    add_value(app, "--output", "FILE", "Default: stdout",
              [&options](const std::string& text) -> Result<void> {
                  if (text == "-") return {};
                  options.output = text;
                  return {};
              });
    add_daemon_broker_flag(app, options.broker);
    app.footer(
        "What tells who and where you are is left out: addresses, names, keys, Wi-Fi, positions.\n"
        "\"lanbridge simulate FILE\" replays it.\n"
        "Example:\n"
        "  lanbridge trace Kettle --duration 2m --output kettle.csv");
}

}  // namespace

int run_trace(const GlobalOptions& globals, const TraceOptions& options) {
    const auto loaded = config_for_command(globals, options.broker);
    if (!loaded) return exit_usage;
    if (options.output)
        if (auto fine = check_output(*options.output); !fine) return fail_command(globals, fine.error());
    return Tracing(globals, options, loaded->config).run();
}

void declare_trace(CLI::App& app, Run& run) {
    auto options = std::make_shared<TraceOptions>();
    add_options(app, *options);
    app.callback([options, &run] {
        run = [options](const GlobalOptions& globals) { return run_trace(globals, *options); };
    });
}

}  // namespace lanbridge::app
