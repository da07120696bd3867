#include "app/commands/request.hpp"

#include <fmt/format.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include "app/cli/exit_code.hpp"
#include "app/cli/run_config.hpp"
#include "app/daemon/meross_request.hpp"

namespace lanbridge::app {
namespace {

meross::Method wire_method(RequestMethod method) {
    switch (method) {
        case RequestMethod::set:
            return meross::Method::set;
        case RequestMethod::push:
            return meross::Method::push;
        case RequestMethod::get:
            break;
    }
    return meross::Method::get;
}

MerossRequest as_meross_request(const RequestOptions& options) {
    MerossRequest request;
    request.target = options.target;
    request.key = options.key;
    const auto method = wire_method(options.method);
    request.request =
        meross::Request(options.name_space, method,
                        options.payload ? *options.payload : default_payload(options.name_space, method));
    return request;
}

Result<meross::Message> ask(meross::OneShot target, meross::Request request) {
    asio::io_context io(1);
    SystemTime time;
    SystemRandom random;
    Context context(io.get_executor(), time, random);
    net::HttpClient http(context);
    Result<meross::Message> answer = Error(Errc::cancelled);
    asio::co_spawn(io, meross::request_once(context, http, std::move(target), std::move(request)),
                   [&](const std::exception_ptr& failure, Result<meross::Message> result) {
                       if (failure) std::rethrow_exception(failure);
                       answer = std::move(result);
                   });
    io.run();
    return answer;
}

int fail(const GlobalOptions& globals, const Error& error, const Json& data) {
    if (globals.json) {
        Json shown{{"error", error.text()}};
        if (!data.is_null()) shown.update(data);
        fmt::print("{}\n", dump_json(shown));
    }
    fmt::print(stderr, "lanbridge: {}\n", error.text());
    if (error.is(Errc::wrong_key))
        fmt::print(stderr, "lanbridge: give the device's key with --key, or --key @FILE\n");
    return exit_code_for(error);
}

}  // namespace

int run_request(const GlobalOptions& globals, const RequestOptions& options) {
    auto loaded = load_for_run(globals, RunOptions(), process_environment());
    if (!loaded.ok()) {
        fmt::print(stderr, "{}\n", problems_text(loaded));
        return exit_usage;
    }
    auto log_config = log_settings(loaded.config, globals);
    if (!globals.log_level) log_config.level = log::Level::warn;  // the answer is what was asked for
    log::configure(log_config);
    if (options.via == RequestVia::mqtt) {
        fmt::print(stderr, "lanbridge: --via mqtt is not in this version; use auto or http\n");
        return exit_usage;
    }
    auto request = as_meross_request(options);
    auto target = one_shot_target(request, loaded.config, {});
    if (!target) return fail(globals, target.error(), nullptr);
    auto answer = ask(*std::move(target), std::move(request.request));
    if (!answer) return fail(globals, answer.error(), nullptr);
    if (auto error = device_error(*answer)) return fail(globals, *error, message_json(*answer));
    fmt::print("{}\n", globals.json ? dump_json(message_json(*answer))
                                    : answer->payload.dump(2, ' ', false, Json::error_handler_t::replace));
    return exit_done;
}

}  // namespace lanbridge::app
