#include "app/commands/request.hpp"

#include <fmt/format.h>

#include "app/cli/command_loop.hpp"
#include "app/cli/exit_code.hpp"
#include "app/commands/mqtt_request.hpp"
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

/// The ways that lead to the target: either may be missing.
struct Ways {
    Ways() = default;
    std::optional<meross::OneShot> http;
    std::optional<BrokerTarget> mqtt;
    Error why_not_http;
};

std::optional<BrokerTarget> broker_target(const MerossRequest& request, const Config& config) {
    const auto* configured = configured_device(config, request.target);
    BrokerTarget target;
    const auto named = configured && !configured->uuid.empty() ? configured->uuid : request.target;
    auto uuid = meross::parse_uuid(named);
    if (!uuid) return std::nullopt;
    target.uuid = *std::move(uuid);
    if (request.key) {
        target.keys = {*request.key};
    } else if (configured && configured->key) {
        target.keys = {*configured->key};
    } else {
        target.keys = config.meross.keys;
        target.keys.emplace_back("");
    }
    return target;
}

Ways ways_to(const MerossRequest& request, const Config& config, RequestVia via) {
    Ways ways;
    if (via != RequestVia::http) ways.mqtt = broker_target(request, config);
    if (via == RequestVia::mqtt) {
        ways.why_not_http =
            Error(Errc::not_found, "over MQTT a device is asked by its uuid, which is not known for " +
                                       request.target + "; name the uuid or add it to the configuration");
        return ways;
    }
    auto http = one_shot_target(request, config, {});
    if (http)
        ways.http = *std::move(http);
    else
        ways.why_not_http = std::move(http).error();
    return ways;
}

/// Over HTTP where the address is known; else, or where nobody is there, over the broker.
class Asking {
public:
    Asking(const Config& config, Ways ways, meross::Request request)
        : config_(config), ways_(std::move(ways)), request_(std::move(request)) {}

    Result<meross::Message> run() {
        loop_.run(work());
        return std::move(answer_);
    }

private:
    asio::awaitable<int> work() {
        answer_ = ways_.why_not_http;
        if (ways_.http) {
            net::HttpClient http(loop_.context());
            answer_ = co_await meross::request_once(loop_.context(), http, *ways_.http, request_);
            const bool nobody_there = !answer_ && answer_.error().is(Errc::unreachable);
            if (!nobody_there) co_return exit_done;
        }
        if (!ways_.mqtt) co_return exit_done;
        DaemonLink link(loop_.context(), config_, "request");
        auto answer = co_await request_over_broker(loop_.context(), link, *ways_.mqtt, request_);
        co_await link.close();
        if (answer || !ways_.http) answer_ = std::move(answer);
        co_return exit_done;
    }

    const Config& config_;
    Ways ways_;
    meross::Request request_;
    CommandLoop loop_;
    Result<meross::Message> answer_ = Error(Errc::cancelled);
};

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
    const auto loaded = config_for_command(globals, options.broker);
    if (!loaded) return exit_usage;
    auto request = as_meross_request(options);
    auto ways = ways_to(request, loaded->config, options.via);
    auto answer = Asking(loaded->config, std::move(ways), std::move(request.request)).run();
    if (!answer) return fail(globals, answer.error(), nullptr);
    if (auto error = device_error(*answer)) return fail(globals, *error, message_json(*answer));
    fmt::print("{}\n", globals.json ? dump_json(message_json(*answer))
                                    : answer->payload.dump(2, ' ', false, Json::error_handler_t::replace));
    return exit_done;
}

}  // namespace lanbridge::app
