#include "lanbridge/mqtt/embedded_broker.hpp"

#include <signal.h>
#include <unistd.h>

#include <boost/asio/ip/tcp.hpp>
#include <deque>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "lanbridge/base/async.hpp"
#include "lanbridge/base/files.hpp"
#include "lanbridge/base/log.hpp"
#include "lanbridge/net/process.hpp"
#include "mqtt/broker_config.hpp"
#include "mqtt/broker_probe.hpp"
#include "mqtt/certificates.hpp"
#include "mqtt/device_rights.hpp"

namespace lanbridge::mqtt {
namespace {

const log::Logger logger("mqtt.broker");

/// mosquitto needs some 20 ms; a slow machine with a large store of retained messages a second or two.
constexpr auto start_deadline = 5s;
constexpr auto look_again = 25ms;
/// A broker of ours whose parent has just died has got SIGTERM and is writing its store.
constexpr auto leftover_deadline = 2s;
/// The last complaints are quoted where a start fails.
constexpr std::size_t kept_complaints = 3;

bool contains(std::string_view text, std::string_view part) { return text.find(part) != text.npos; }

/// Whether the process that wrote `pid_file` is still there, with that configuration.
bool still_runs(const BrokerPlan& plan) {
    int pid = 0;
    if (!(std::ifstream(plan.pid_file()) >> pid) || pid <= 0) return false;
    std::ifstream file("/proc/" + std::to_string(pid) + "/cmdline", std::ios::binary);
    const std::string command((std::istreambuf_iterator<char>(file)), {});
    return contains(command, plan.conf_file());
}

log::Level level_of(std::string_view line) {
    // Complaints about its configuration come with a time in front, which is not off yet.
    const auto text = line.find_first_not_of("0123456789: ");
    if (text != line.npos) line.remove_prefix(text);
    if (contains(line, "should not be run as root")) return log::Level::debug;  // see mosquitto_conf
    if (line.starts_with("Error")) return log::Level::error;
    return line.starts_with("Warning") ? log::Level::warn : log::Level::debug;
}

Error foreign_trouble(const BrokerListener& listener, const BrokerUrl& login, const ProbeAnswer& answer) {
    const auto other = " or give the embedded broker another address with embedded_broker.listen";
    if (answer.kind == ProbeAnswer::Kind::not_mqtt)
        return Error(Errc::busy, "something else than an MQTT broker listens on " + listener.text() + " (" +
                                     answer.why + "): stop it" + other);
    const auto who = login.username.empty() ? "without a login" : "as user '" + login.username + "'";
    return Error(Errc::wrong_key, "a broker already listens on " + listener.text() +
                                      " and does not let us in " + who + " (" + answer.why +
                                      "): set mqtt.username and mqtt.password to a user it knows," + other);
}

/// Whether mosquitto will get that listener. It would say so too, but in the midst of other lines.
Result<void> can_listen(const Context& context, const BrokerListener& listener) {
    error_code ec;
    auto address = asio::ip::make_address(listener.address, ec);
    if (ec) address = asio::ip::address_v4::loopback();  // localhost
    const asio::ip::tcp::endpoint endpoint(address, listener.port);
    asio::ip::tcp::acceptor acceptor(context.executor);
    acceptor.open(endpoint.protocol(), ec);
    if (!ec) acceptor.set_option(asio::socket_base::reuse_address(true), ec);
    if (!ec) acceptor.bind(endpoint, ec);
    if (!ec) acceptor.listen(1, ec);
    if (!ec) return {};
    const auto what = "embedded_broker.devices_listen: " + listener.text() + ": " + ec.message();
    if (ec == asio::error::address_in_use)
        return Error(Errc::busy, what +
                                     ": stop what listens there, or choose another port (devices that are "
                                     "bound already keep looking for the old one)");
    return Error(Errc::invalid_value, what +
                                          ": give an address of this machine, such as 0.0.0.0:8883, and a "
                                          "port above 1023 unless the daemon may use lower ones");
}

/// What mosquitto reads at its start only.
bool needs_restart(const BrokerPlan& now, const BrokerPlan& wanted) {
    return now.listen != wanted.listen || now.folder != wanted.folder || now.anonymous != wanted.anonymous ||
           now.users.empty() != wanted.users.empty() || now.devices_listen != wanted.devices_listen ||
           now.devices != wanted.devices || now.device_names != wanted.device_names ||
           now.rights_plugin != wanted.rights_plugin;
}

}  // namespace

class EmbeddedBroker::Impl {
public:
    Impl(Context context, EmbeddedBrokerSettings settings)
        : context_(context), settings_(std::move(settings)) {}

    asio::awaitable<Result<BrokerEndpoint>> start() {
        auto plan = plan_broker(settings_, ::geteuid() == 0);
        if (!plan) co_return std::move(plan).error();
        plan_ = std::move(*plan);
        endpoint_ = BrokerEndpoint();
        endpoint_.url = local_broker(settings_);

        co_await let_leftover_end();
        const auto answer = co_await probe_broker(context_, endpoint_.url);
        if (answer.kind == ProbeAnswer::Kind::nobody) co_return co_await launch();
        if (answer.kind != ProbeAnswer::Kind::accepted)
            co_return foreign_trouble(plan_.listen.front(), endpoint_.url, answer);
        logger.info("using the broker that already listens on {}", plan_.listen.front().text());
        endpoint_.devices_left_to_owner = plan_.devices_listen.has_value();
        if (endpoint_.devices_left_to_owner)
            logger.info("a listener for devices is up to that broker's owner: {} stays closed",
                        plan_.devices_listen->text());
        co_return endpoint_;
    }

    asio::awaitable<Result<void>> reload(EmbeddedBrokerSettings settings) {
        if (!child_)
            co_return Error(Errc::unsupported,
                            "the broker on " + plan_.listen.front().text() + " is not ours");
        auto plan = plan_broker(settings, ::geteuid() == 0);
        if (!plan) co_return std::move(plan).error();
        if (needs_restart(plan_, *plan))
            co_return co_await change_all(std::move(settings), plan->devices_listen);
        settings_ = std::move(settings);
        plan_ = std::move(*plan);
        const auto login = own_login(settings_);
        endpoint_.url.username = login.username;
        endpoint_.url.password = login.password;
        if (auto written = write_files(); !written) co_return std::move(written).error();
        child_->signal(SIGHUP);
        co_return Result<void>();
    }

    asio::awaitable<void> stop() {
        if (!child_) co_return;
        co_await child_->stop(2s);
        child_.reset();
    }

    int pid() const noexcept { return child_ ? child_->pid() : 0; }
    std::uint64_t restarts() const noexcept { return child_ ? child_->restarts() : 0; }
    const BrokerEndpoint& endpoint() const noexcept { return endpoint_; }

private:
    /// What can fail is tried before the broker is stopped; should the new one not start all the same, the
    /// old one comes back.
    asio::awaitable<Result<void>> change_all(EmbeddedBrokerSettings settings,
                                             std::optional<BrokerListener> devices) {
        if (devices && devices != plan_.devices_listen) {
            if (auto free = can_listen(context_, *devices); !free) co_return std::move(free).error();
        }
        auto before = std::exchange(settings_, std::move(settings));
        co_await stop();
        auto started = co_await start();
        if (started.has_value()) co_return Result<void>();
        settings_ = std::move(before);
        auto back = co_await start();
        if (!back)
            logger.error("the broker does not start with the former settings either: {}",
                         back.error().text());
        co_return std::move(started).error();
    }

    /// A daemon that was killed and started again at once must not take its own dying broker for somebody
    /// else's. One that stays belongs to a running daemon with the same data directory, and is treated like a
    /// foreign one.
    asio::awaitable<void> let_leftover_end() {
        const auto deadline = context_.time.now() + leftover_deadline;
        while (still_runs(plan_) && context_.time.now() < deadline) co_await context_.time.sleep(look_again);
    }

    asio::awaitable<Result<BrokerEndpoint>> launch() {
        auto program = net::find_program(settings_.program.empty() ? "mosquitto" : settings_.program);
        if (!program)
            co_return Error(Errc::not_found,
                            "the embedded broker needs mosquitto (" + program.error().where +
                                "): install the package mosquitto, or set mqtt.broker to a broker");
        if (auto ready = prepare_devices(); !ready) co_return std::move(ready).error();
        if (auto written = write_files(); !written) co_return std::move(written).error();
        complaints_.clear();
        child_ = std::make_unique<net::SupervisedProcess>(context_, supervised(*program));
        if (auto started = child_->start(); !started) {
            child_.reset();
            co_return std::move(started).error();
        }
        auto ready = co_await await_ready();
        if (!ready) {
            co_await stop();
            co_return std::move(ready).error();
        }
        endpoint_.ours = true;
        endpoint_.devices = plan_.devices_listen;
        logger.info("mosquitto runs as process {} and listens on {}", child_->pid(), all_listeners());
        co_return endpoint_;
    }

    net::SupervisedSettings supervised(const std::string& program) {
        net::SupervisedSettings settings;
        settings.name = "mosquitto";
        settings.argv = {program, "-c", plan_.conf_file()};
        settings.on_line = [this](net::Stream, std::string_view line) { on_line(line); };
        return settings;
    }

    Result<void> make_folder() const {
        std::error_code ec;
        std::filesystem::create_directories(plan_.folder, ec);
        if (!ec) std::filesystem::permissions(plan_.folder, std::filesystem::perms::owner_all, ec);
        if (ec) return Error(Errc::io, plan_.folder + ": " + ec.message());
        return {};
    }

    /// What only a start needs: mosquitto reads neither certificates nor devices' rights again while it runs.
    Result<void> prepare_devices() {
        if (!plan_.devices_listen) return {};
        if (auto free = can_listen(context_, *plan_.devices_listen); !free) return free;
        if (auto made = make_folder(); !made) return made;
        auto files = ensure_certificates(plan_.folder, plan_.device_names, context_.time.wall_s());
        if (!files) return std::move(files).error();
        return write_file_atomically(plan_.rights_file(), rights_text(plan_.devices, context_.random));
    }

    /// All of mode 0600 in a folder of mode 0700: there are password hashes, and retained messages later.
    Result<void> write_files() {
        if (auto made = make_folder(); !made) return made;
        const auto passwords = password_lines(plan_.users, context_.random);
        if (auto written = write_file_atomically(plan_.password_file(), passwords); !written) return written;
        return write_file_atomically(plan_.conf_file(), mosquitto_conf(plan_));
    }

    void on_line(std::string_view line) {
        const auto level = level_of(line);
        logger(level, "mosquitto: {}", line);
        if (level < log::Level::warn) return;
        complaints_.emplace_back(line);
        if (complaints_.size() > kept_complaints) complaints_.pop_front();
    }

    asio::awaitable<Result<void>> await_ready() {
        const auto deadline = context_.time.now() + start_deadline;
        while (context_.time.now() < deadline) {
            const auto answer = co_await probe_broker(context_, endpoint_.url);
            if (child_->pid() == 0) co_return failed(Errc::closed, "mosquitto ends at once");
            if (answer.kind == ProbeAnswer::Kind::accepted) co_return Result<void>();
            if (answer.kind == ProbeAnswer::Kind::refused)
                co_return failed(Errc::wrong_key, "mosquitto refuses our own login");
            co_await context_.time.sleep(look_again);
        }
        co_return failed(Errc::timeout, "mosquitto does not accept connections");
    }

    Error failed(Errc code, std::string text) const {
        for (const auto& complaint : complaints_) text += "; " + complaint;
        return Error(code, text);
    }

    std::string all_listeners() const {
        std::string text;
        for (const auto& listener : plan_.listen) text += (text.empty() ? "" : ", ") + listener.text();
        if (plan_.devices_listen) text += ", for devices on " + plan_.devices_listen->text();
        return text;
    }

    Context context_;
    EmbeddedBrokerSettings settings_;
    BrokerPlan plan_;
    BrokerEndpoint endpoint_;
    std::deque<std::string> complaints_;
    std::unique_ptr<net::SupervisedProcess> child_;
};

BrokerUrl local_broker(const EmbeddedBrokerSettings& settings) {
    auto url = local_url(settings.listen.empty() ? BrokerListener() : settings.listen.front());
    const auto login = own_login(settings);
    url.username = login.username;
    url.password = login.password;
    return url;
}

EmbeddedBroker::EmbeddedBroker(Context context, EmbeddedBrokerSettings settings)
    : impl_(std::make_unique<Impl>(context, std::move(settings))) {}
EmbeddedBroker::~EmbeddedBroker() = default;

asio::awaitable<Result<BrokerEndpoint>> EmbeddedBroker::start() { return impl_->start(); }
asio::awaitable<Result<void>> EmbeddedBroker::reload(EmbeddedBrokerSettings settings) {
    return impl_->reload(std::move(settings));
}
asio::awaitable<void> EmbeddedBroker::stop() { return impl_->stop(); }
const BrokerEndpoint& EmbeddedBroker::endpoint() const noexcept { return impl_->endpoint(); }
int EmbeddedBroker::pid() const noexcept { return impl_->pid(); }
std::uint64_t EmbeddedBroker::restarts() const noexcept { return impl_->restarts(); }

}  // namespace lanbridge::mqtt
