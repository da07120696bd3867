// bench_polls: HTTP polls per second. The real way of a poll (message built and signed, one connection per
// request, answer parsed, values observed into a registry) beside a bare Beast loop that sends the same bytes
// to the same devices with the same number of connections at a time.
#include <fmt/format.h>
#include <unistd.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <functional>
#include <map>
#include <stdexcept>

#include "bare_http.hpp"
#include "lanbridge/base/log.hpp"
#include "lanbridge/meross/integration.hpp"
#include "lanbridge/registry/registry.hpp"
#include "lanbridge/registry/store.hpp"
#include "peers.hpp"
#include "report.hpp"

namespace lanbridge::bench {
namespace {

using Tcp = asio::ip::tcp;

constexpr auto patience = 30s;

/// The real client, and how often it was used for what.
class CountingPoster final : public net::HttpPoster {
public:
    explicit CountingPoster(Context context) : client_(std::move(context)) {}

    asio::awaitable<Result<net::HttpResponse>> post(net::HttpEndpoint endpoint, std::string path,
                                                    std::string type, std::string body,
                                                    net::HttpPatience limits) override {
        bodies[endpoint.text()] = body;
        auto response = co_await client_.post(std::move(endpoint), std::move(path), std::move(type),
                                              std::move(body), limits);
        if (response) ++answered;
        co_return response;
    }

    std::size_t answered = 0;
    std::map<std::string, std::string> bodies;  ///< the last request of each device

private:
    net::HttpClient client_;
};

struct Round {
    double per_second = 0;
    double cpu_us = 0;  ///< of the polling process, per poll
};

/// Counts what happens while the loop runs for `window`.
Round measure(asio::io_context& io, const std::size_t& count, std::chrono::milliseconds window) {
    const auto before = count;
    const auto cpu = cpu_of(::getpid());
    const auto begin = Clock::now();
    io.run_for(window);
    const auto polls = static_cast<double>(count - before);
    if (polls == 0) throw std::runtime_error("no poll was answered");
    Round round;
    round.per_second = polls / seconds(Clock::now() - begin);
    round.cpu_us = std::chrono::duration<double, std::micro>(cpu_of(::getpid()) - cpu).count() / polls;
    return round;
}

/// The devices of this benchmark are on HTTP alone.
class NoBroker final : public meross::BrokerLink {
public:
    Result<void> publish(const std::string&, const std::string&) override {
        return Error(Errc::link_down, "there is no broker here");
    }
    bool connected() const override { return false; }
};

/// Sessions as the daemon runs them, but with no rest between two polls.
class SessionRound {
public:
    SessionRound(const TempFolder& folder, const Devices& devices)
        : context_(io_.get_executor(), time_, random_),
          poster_(context_),
          registry_(context_),
          store_(std::move(registry::Store::open(context_, folder.file("store"))).value()),
          integration_(context_, poster_, no_broker_, registry_, *store_) {
        meross::Settings settings;
        settings.keys = {Secret(std::string(device_key))};
        for (const auto& endpoint : devices.endpoints()) {
            meross::DeviceSettings device;
            device.endpoint = net::HttpEndpoint(endpoint.address().to_string(), endpoint.port());
            device.poll_interval = 0s;
            settings.devices.push_back(std::move(device));
        }
        integration_.configure(std::move(settings));
    }

    Round run(std::chrono::milliseconds window) {
        const auto deadline = Clock::now() + patience;
        while (!integration_.all_tried() && Clock::now() < deadline) io_.run_for(20ms);
        if (!integration_.unreached().empty()) throw std::runtime_error("not all devices answer");
        io_.run_for(200ms);  // first reads and documents are over
        const auto round = measure(io_, poster_.answered, window);
        bodies = poster_.bodies;
        asio::co_spawn(io_, integration_.stop(), [this](const std::exception_ptr&) {
            registry_.stop();
            store_->stop();
        });
        io_.run();
        return round;
    }

    std::map<std::string, std::string> bodies;

private:
    asio::io_context io_{1};
    SystemTime time_;
    SystemRandom random_;
    Context context_;
    CountingPoster poster_;
    registry::Registry registry_;
    std::unique_ptr<registry::Store> store_;
    NoBroker no_broker_;
    meross::Integration integration_;
};

asio::awaitable<void> poll_bare(const std::vector<Tcp::endpoint>& devices,
                                const std::vector<std::string>& bodies, std::size_t first, std::size_t step,
                                std::size_t& count, const bool& ending) {
    while (!ending) {
        for (auto i = first; i < devices.size() && !ending; i += step) {
            std::string body = bodies[i];
            const auto status = co_await bare_exchange(devices[i], std::move(body));
            if (status == 200) ++count;
        }
    }
}

Round bare_round(const Devices& devices, const std::map<std::string, std::string>& requests,
                 std::size_t connections, std::chrono::milliseconds window) {
    asio::io_context io(1);
    std::vector<std::string> bodies;
    for (const auto& endpoint : devices.endpoints())
        bodies.push_back(requests.at(fmt::format("{}:{}", endpoint.address().to_string(), endpoint.port())));
    std::size_t count = 0;
    bool ending = false;
    for (std::size_t i = 0; i < connections; ++i)
        asio::co_spawn(io, poll_bare(devices.endpoints(), bodies, i, connections, count, ending),
                       [](const std::exception_ptr& failure) {
                           if (failure) std::rethrow_exception(failure);
                       });
    io.run_for(200ms);
    const auto round = measure(io, count, window);
    ending = true;
    io.run();
    return round;
}

double median_of(const std::vector<Round>& rounds, double Round::*member) {
    std::vector<double> values;
    for (const auto& round : rounds) values.push_back(round.*member);
    return median(std::move(values));
}

int polls(int argc, char** argv) {
    const Arguments arguments(argc, argv, {"--json", "--quick", "--devices", "--rounds", "--window"});
    const bool quick = arguments.has("--quick");
    const auto count = arguments.number("--devices", quick ? 10 : 200);
    const auto rounds = arguments.number("--rounds", quick ? 1 : 5);
    const auto window = std::chrono::milliseconds(arguments.number("--window", quick ? 300 : 4000));
    log::Settings quiet;
    quiet.level = log::Level::warn;
    log::configure(quiet);
    Report report("HTTP polls", arguments);
    const auto connections = std::min(count, net::HttpClient::max_connections);
    report.note(fmt::format("{} devices, {} connections at a time, {} rounds of {} ms each, in turn", count,
                            connections, rounds, window.count()));
    TempFolder folder;
    Devices devices(folder, count);
    std::vector<Round> ours;
    std::vector<Round> bare;
    for (std::size_t i = 0; i < rounds; ++i) {
        SessionRound round(folder, devices);
        ours.push_back(round.run(window));
        bare.push_back(bare_round(devices, round.bodies, connections, window));
    }
    Measurement rate{
        "HTTP polls", "1/s", median_of(ours, &Round::per_second), median_of(bare, &Round::per_second), {}};
    rate.budget = Budget{Budget::Kind::at_least, 0.5, rate.ratio().value_or(0), "x bare"};
    report.add(std::move(rate));
    report.add(Measurement{"CPU of the polling process, each poll",
                           "us",
                           median_of(ours, &Round::cpu_us),
                           median_of(bare, &Round::cpu_us),
                           {}});
    return report.finish();
}

}  // namespace
}  // namespace lanbridge::bench

int main(int argc, char** argv) {
    return lanbridge::bench::run_benchmark(lanbridge::bench::polls, argc, argv);
}
