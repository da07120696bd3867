// bench_agent_routing: messages between two of a gateway's programs through the agent.
//
// Bare is a relay that only receives and sends. Both carry the same messages between the same two sockets, in
// turn; the agent also reads each of them, finds out whom it is for, and writes it anew.
#include <fmt/format.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <boost/asio/io_context.hpp>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <memory>
#include <stdexcept>
#include <thread>

#include "agent/miio/hub.hpp"
#include "lanbridge/base/random.hpp"
#include "packet_relay.hpp"
#include "report.hpp"

namespace lanbridge::bench {
namespace {

using namespace std::chrono_literals;

constexpr auto patience = 10s;
/// Keeps both sides busy, and fits into the kernel's buffers.
constexpr std::size_t in_flight = 64;
constexpr std::size_t warm_up = 2000;

/// What the gateway's programs say to each other, to the app with the address 16.
struct Kind {
    std::string_view name;
    std::string_view text;
};
constexpr std::array kinds{
    Kind{"request, 60 bytes", R"({"id":123,"_to":16,"method":"local.query_dev","params":{}})"},
    Kind{
        "event, 170 bytes",
        R"({"id":2014237908,"_to":16,"type":16,"method":"properties_changed","params":[)"
        R"({"did":"1005851434","siid":3,"piid":33,"tid":114,"value":248,"from":"1.2.3","tags":"living"}]})"}};

/// The agent's module `miio`, as it runs on a gateway: a role of this program, run as a process of its own.
class RoutingAgent {
public:
    explicit RoutingAgent(const std::string& root)
        : settings_(settings_below(root)),
          journal_(time_, settings_.levels),
          programs_(context_, settings_.paths),
          hub_(context_, journal_, settings_, programs_, report_, agent::MiioHub::Publish()) {
        journal_.set_print([](std::string_view) {});
    }
    int run() {
        hub_.start();
        std::puts("ready");
        std::fflush(stdout);
        io_.run();
        return 0;
    }

private:
    static agent::Settings settings_below(const std::string& root) {
        agent::Settings settings;
        settings.paths = agent::Paths(root);
        settings.cloud_port = free_port();  // nobody is there
        return settings;
    }

    asio::io_context io_{1};
    SystemTime time_;
    SeededRandom random_{1};
    Context context_{io_.get_executor(), time_, random_};
    agent::Settings settings_;
    agent::Journal journal_;
    agent::Programs programs_;
    agent::MiioReport report_;
    agent::MiioHub hub_;
};

/// One of the two programs.
class App {
public:
    App(const std::string& path, std::string_view greeting)
        : socket_(::socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0)) {
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        std::memcpy(address.sun_path, path.data(), path.size());
        const auto deadline = Clock::now() + patience;
        while (::connect(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) {
            if (Clock::now() > deadline)
                throw std::runtime_error(std::string("connect: ") + std::strerror(errno));
            std::this_thread::sleep_for(10ms);  // the agent lets the old socket's users go first
        }
        if (!greeting.empty()) send(greeting);
    }
    App(const App&) = delete;
    App& operator=(const App&) = delete;
    ~App() { ::close(socket_); }

    void send(std::string_view text) {
        if (::send(socket_, text.data(), text.size(), MSG_NOSIGNAL) < 0)
            throw std::runtime_error(std::string("send: ") + std::strerror(errno));
    }
    /// The size, 0 when nothing is there now.
    std::size_t receive_now() {
        const auto size = ::recv(socket_, room_.data(), room_.size(), MSG_DONTWAIT);
        if (size == 0 || (size < 0 && errno != EAGAIN)) throw std::runtime_error("the other side has gone");
        return size < 0 ? 0 : static_cast<std::size_t>(size);
    }
    std::string_view receive() {
        for (;;) {
            if (const auto size = receive_now(); size > 0) return {room_.data(), size};
            pollfd readable{socket_, POLLIN, 0};
            if (::poll(&readable, 1, static_cast<int>(std::chrono::milliseconds(patience).count())) <= 0)
                throw std::runtime_error("no message has come");
        }
    }

private:
    int socket_;
    std::array<char, 4096> room_{};
};

/// Two programs and what is between them.
class Lane {
public:
    enum class Through { agent, bare };
    Lane(const TempFolder& folder, Through through)
        : path_(folder.file(through == Through::agent ? "tmp/miio_agent.socket" : "bare.socket")),
          between_(through == Through::agent
                       ? std::vector<std::string>{this_program().string(), "--agent", folder.file("")}
                       : std::vector<std::string>{this_program().string(), "--bare", path_},
                   folder.file("log")) {
        between_.read_line(patience);
        sender_ = std::make_unique<App>(path_, through == Through::agent ? bind_sender : "");
        receiver_ = std::make_unique<App>(path_, through == Through::agent ? bind_receiver : "");
        std::this_thread::sleep_for(100ms);  // until both are known
        for (std::size_t i = 0; i < warm_up; ++i) trip(kinds[0].text);
    }

    /// Messages per second with many on their way.
    double stream(std::string_view text, std::size_t count) {
        const auto begin = Clock::now();
        for (std::size_t sent = 0, received = 0; received < count;) {
            for (; sent < count && sent - received < in_flight; ++sent) sender_->send(text);
            receiver_->receive();
            for (++received; received < sent && receiver_->receive_now() > 0;) ++received;
        }
        return static_cast<double>(count) / seconds(Clock::now() - begin);
    }
    /// One alone, in milliseconds.
    double trip(std::string_view text) {
        const auto begin = Clock::now();
        sender_->send(text);
        receiver_->receive();
        return milliseconds(Clock::now() - begin);
    }
    std::chrono::nanoseconds cpu() const { return cpu_of(between_.pid()); }

private:
    static constexpr std::string_view bind_sender = R"({"address":2,"method":"bind"})";
    static constexpr std::string_view bind_receiver = R"({"address":16,"method":"bind"})";
    std::string path_;
    Child between_;
    std::unique_ptr<App> sender_;
    std::unique_ptr<App> receiver_;
};

struct Plan {
    explicit Plan(const Arguments& arguments)
        : rounds(arguments.number("--rounds", arguments.has("--quick") ? 2 : 15)),
          messages(arguments.number("--messages", arguments.has("--quick") ? 1000 : 40'000)),
          trips(arguments.number("--trips", arguments.has("--quick") ? 100 : 2000)) {}
    std::size_t rounds;
    std::size_t messages;
    std::size_t trips;
};

/// What one side has done in all rounds.
struct Record {
    std::vector<double> rates;
    std::vector<double> trips;
    double microseconds = 0;  ///< CPU
};

void one_round(Lane& lane, std::string_view text, const Plan& plan, Record& record) {
    const auto before = lane.cpu();
    record.rates.push_back(lane.stream(text, plan.messages));
    record.microseconds += std::chrono::duration<double, std::micro>(lane.cpu() - before).count();
    for (std::size_t i = 0; i < plan.trips; ++i) record.trips.push_back(lane.trip(text));
}

void add(Report& report, std::string what, std::string unit, double ours, double bare) {
    Measurement result;
    result.what = std::move(what);
    result.unit = std::move(unit);
    result.measured = ours;
    result.baseline = bare;
    report.add(std::move(result));
}

void measure(Report& report, Lane& ours, Lane& bare, const Kind& kind, const Plan& plan) {
    Record our_record;
    Record bare_record;
    for (std::size_t i = 0; i < plan.rounds; ++i) {
        one_round(ours, kind.text, plan, our_record);
        one_round(bare, kind.text, plan, bare_record);
    }
    Measurement rate;
    rate.what = fmt::format("routed, {}", kind.name);
    rate.unit = "/s";
    rate.measured = median(our_record.rates);
    rate.baseline = median(bare_record.rates);
    rate.budget = Budget{Budget::Kind::at_least, 0.5, rate.measured / *rate.baseline, "x bare"};
    report.add(std::move(rate));
    const auto each = [&](const Record& record) {
        return record.microseconds / static_cast<double>(plan.rounds * plan.messages);
    };
    add(report, fmt::format("CPU each, {}", kind.name), "us", each(our_record), each(bare_record));
    for (const auto& [name, share] : {std::pair("median", 0.5), std::pair("p99", 0.99)})
        add(report, fmt::format("one alone, {}, {}", kind.name, name), "ms",
            percentile(our_record.trips, share), percentile(bare_record.trips, share));
}

int agent_routing(int argc, char** argv) {
    const Arguments arguments(
        argc, argv, {"--json", "--quick", "--rounds", "--messages", "--trips", "--agent", "--bare"});
    if (arguments.has("--agent")) return RoutingAgent(arguments.text("--agent", "")).run();
    if (arguments.has("--bare")) return run_packet_relay(arguments.text("--bare", ""));
    const Plan plan(arguments);
    Report report("agent routing", arguments);
    report.note(fmt::format(
        "{} rounds, agent and bare relay in turn: {} messages with {} on their way, then {} alone",
        plan.rounds, plan.messages, in_flight, plan.trips));
    const TempFolder folder;
    std::filesystem::create_directory(folder.file("tmp"));
    Lane ours(folder, Lane::Through::agent);
    Lane bare(folder, Lane::Through::bare);
    for (const auto& kind : kinds) measure(report, ours, bare, kind, plan);
    return report.finish();
}

}  // namespace
}  // namespace lanbridge::bench

int main(int argc, char** argv) {
    return lanbridge::bench::run_benchmark(lanbridge::bench::agent_routing, argc, argv);
}
