#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "lanbridge/base/async.hpp"
#include "lanbridge/base/context.hpp"
#include "lanbridge/model/device.hpp"
#include "meross/device/identify.hpp"
#include "meross/device/poll_schedule.hpp"
#include "meross/device/session_services.hpp"
#include "meross/features/feature.hpp"
#include "meross/transport/http_transport.hpp"

namespace lanbridge::meross {

/// One device, from first contact to farewell: identify, read, poll, command, wait, again. One coroutine does
/// all of it, so that never more than one request is in flight. Facts: docs/protocols/meross.md.
class Session final : public model::DeviceDriver, public std::enable_shared_from_this<Session> {
public:
    Session(const SessionServices& services, SessionSettings settings);

    /// Runs until it is cancelled.
    asio::awaitable<void> run();
    /// The device goes back to being nobody's; call after `run` has ended.
    void withdraw();

    asio::awaitable<Result<void>> apply(model::Command command) override;
    void refresh() override;
    /// One raw request in turn with the session's own. Errors: those of the transport.
    asio::awaitable<Result<Message>> request(Request request);

    const SessionSettings& settings() const noexcept { return settings_; }
    const model::DeviceId& id() const noexcept { return id_; }
    const std::optional<Uuid>& uuid() const noexcept { return uuid_; }
    /// The first attempt to read the device has ended, well or not.
    bool tried() const noexcept { return tried_; }
    bool online() const noexcept { return online_; }
    std::uint64_t errors() const noexcept { return errors_; }
    std::chrono::microseconds latency() const noexcept { return latency_; }

private:
    struct Job;  // a command or a raw request that waits for its turn

    // coming and going
    void recall();
    asio::awaitable<void> come_online();
    asio::awaitable<Result<Facts>> find_out();
    asio::awaitable<Result<Facts>> say_hello();
    bool take_identity(const Facts& facts);
    void leave(const Uuid& newcomer);
    void build(const Facts& facts);
    asio::awaitable<void> first_reads();
    asio::awaitable<void> publish_at(TimeSource::Clock::time_point when);
    void publish();
    void go_offline(const Error& why);
    void report_unusable(const model::Availability& availability);
    void firmware_changed();
    void remember_facts(const Facts& facts);
    asio::awaitable<void> care_for_time_zone(const Facts& facts);

    // polling
    asio::awaitable<void> cycle();
    asio::awaitable<bool> heartbeat();
    asio::awaitable<void> read_batches(std::vector<PollSchedule::Batch> batches, Patience patience);
    asio::awaitable<bool> read_batch(PollSchedule::Batch batch, Patience patience);
    asio::awaitable<Result<Message>> read_one(Request request, Patience patience);
    asio::awaitable<Result<Message>> ask(Request request, Patience patience);
    void take_all(const Message& all);
    void take_answer(const Message& answer, std::int64_t device_time);
    void take(std::string_view name_space, const Json& payload, std::int64_t device_time);
    void refused(std::string_view name_space);
    void observe(model::Observations observations);
    void remember_features();
    void remember_answers();
    void recall_features();
    bool has_news(const model::Observations& observations) const;
    void describe_again();
    model::DeviceDescription description() const;

    // commands
    asio::awaitable<void> rest();
    asio::awaitable<void> read_again();
    asio::awaitable<void> serve();
    asio::awaitable<Result<void>> execute(const model::Command& command);
    asio::awaitable<Result<void>> perform(Action action);
    asio::awaitable<Result<Message>> in_turn(std::shared_ptr<Job> job);
    void abandon_jobs();
    static Request all_request();
    TimeSource::Clock::time_point now() const { return services_.context.time.now(); }

    const SessionServices& services_;
    SessionSettings settings_;
    HttpTransport transport_;
    ResponseSizeModel sizes_{0};
    PollSchedule schedule_;
    ProbeDelay probe_delay_;
    Signal wake_;
    std::deque<std::shared_ptr<Job>> jobs_;

    // who it is
    std::optional<Uuid> uuid_;
    model::DeviceId id_;
    std::string type_;
    std::string sub_type_;
    std::string hardware_version_;
    std::string firmware_version_;
    std::string mac_;
    DeviceTime zone_;
    std::vector<FeaturePtr> features_;
    model::EntitySetPtr entities_;  ///< as last described

    // how it is
    bool identified_ = false;  ///< in this run, not only remembered
    bool online_ = false;
    bool suspicious_ = false;  ///< a request failed; the next cycle begins with a probe
    bool published_ = false;   ///< described to the sink since it came online
    bool described_ = false;
    bool tried_ = false;
    bool refresh_wanted_ = false;
    bool first_answer_ = false;  ///< what is being taken is its namespace's first answer since it came online
    model::Observations early_;  ///< seen before the description was published
    model::Availability availability_;
    TimeSource::Clock::time_point last_all_{};
    TimeSource::Clock::time_point next_cycle_{};
    std::optional<TimeSource::Clock::time_point> reread_at_;
    std::vector<std::string> reread_;
    std::uint64_t errors_ = 0;
    std::chrono::microseconds latency_{0};
};

/// `meross_<mac>`, known from the uuid before the device answers.
model::DeviceId device_id_of(const Uuid& uuid);

}  // namespace lanbridge::meross
