#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "meross/device/addresses.hpp"
#include "meross/device/clock_care.hpp"
#include "meross/device/expectation.hpp"
#include "meross/device/identify.hpp"
#include "meross/device/job.hpp"
#include "meross/device/poll_schedule.hpp"
#include "meross/device/session_services.hpp"
#include "meross/device/session_state.hpp"
#include "meross/features/feature_set.hpp"
#include "meross/hub/hub.hpp"
#include "meross/transport/auto_transport.hpp"

namespace lanbridge::meross {

/// One device, from first contact to farewell. One coroutine meets, polls and commands it, so that never more
/// than one request is in flight; what it says by itself on MQTT comes in between.
class Session final : public model::DeviceDriver, public std::enable_shared_from_this<Session> {
public:
    Session(const SessionServices& services, SessionSettings settings);

    /// Runs until it is cancelled.
    asio::awaitable<void> run();
    /// The device goes back to being nobody's; call after `run` has ended.
    void withdraw();

    asio::awaitable<Result<void>> apply(model::Command command) override;
    void refresh() override;
    /// One raw request in turn with the session's own, over `via` alone or over what is best. Errors: those
    /// of the transport.
    asio::awaitable<Result<Message>> request(Request request, model::Transport via = model::Transport::none);

    // what the integration has heard
    void heard(const Message& message);
    void broker_connected();
    void broker_lost();
    void meet_again();                      ///< its key or its broker has changed
    void sighted(net::HttpEndpoint where);  ///< maybe: believed only where its present address is silent

    const SessionSettings& settings() const noexcept { return settings_; }
    const model::DeviceId& id() const noexcept { return id_; }
    const std::optional<Uuid>& uuid() const noexcept { return uuid_; }
    const Secret& key() const noexcept { return ways_.key(); }
    AutoTransport& ways() noexcept { return ways_; }
    const SessionState& state() const noexcept { return state_; }
    bool served_at(const net::HttpEndpoint& endpoint) const;
    const ClockCare& clock() const noexcept { return clock_; }
    Hub* hub() const noexcept { return hub_.get(); }  ///< nullptr: it is none

private:
    asio::awaitable<void> come_online();
    bool take_identity(const Facts& facts);
    void leave(const Uuid& newcomer);
    void build(Facts facts);
    asio::awaitable<void> publish_at(TimeSource::Clock::time_point when);
    void publish();
    void go_offline(const Error& why);
    void report_unusable(const model::Availability& availability);
    void firmware_changed();
    model::DeviceDescription description() const;

    // meeting it, over which way and at which address: session_meeting.cpp
    asio::awaitable<Result<Facts>> find_out();
    asio::awaitable<Result<Facts>> meet_over_http();
    asio::awaitable<Result<Facts>> meet(model::Transport transport);
    asio::awaitable<Result<Facts>> say_hello(model::Transport transport);
    KeyRing keys() const;
    void follow_inner_address(const std::string& inner_ip);
    void show_transport(bool anew = false);
    asio::awaitable<void> look_after_ways(bool& all_just_read);
    asio::awaitable<bool> probe(model::Transport transport);
    asio::awaitable<void> find_its_broker(int online_status);
    asio::awaitable<void> look_after_clock();
    asio::awaitable<void> write_time_zone(std::string zone);
    // the store: session_memory.cpp
    void recall();
    void recall_place();
    void remember_place();
    // polling: session_poll.cpp
    asio::awaitable<void> cycle();
    asio::awaitable<bool> heartbeat();
    asio::awaitable<Result<Message>> ask_everywhere();
    asio::awaitable<void> read_batches(std::vector<PollSchedule::Batch> batches, Patience patience);
    asio::awaitable<bool> read_batch(PollSchedule::Batch batch, Patience patience);
    asio::awaitable<Result<Message>> read_one(Request request, Patience patience);
    asio::awaitable<Result<Message>> ask(Request request, Patience patience);
    Result<Message> judge(Result<Message> reply, const Request& request, TimeSource::Clock::time_point begin);
    asio::awaitable<void> take_all(Message all);
    void take_answer(const Message& answer, std::int64_t device_time);
    void take_push(const Message& push);
    bool believable(const Message& push);
    void take(std::string_view name_space, const Json& payload, std::int64_t device_time);
    void refused(std::string_view name_space);
    void no_answer(std::string_view name_space, bool cut);
    void observe(model::Observations observations);
    void describe_again();
    // what features do by themselves: session_errands.cpp
    Moment moment() const;
    TimeSource::Clock::time_point next_errand() const;
    asio::awaitable<void> run_errands();
    void wake_for_errands();
    void show(model::Observations observations, bool described_anew);
    // what stands behind it: session_hub.cpp
    std::vector<Poll> polls() const;
    void follow_hub();
    asio::awaitable<void> look_after_subdevices();
    void publish_subdevices();
    std::vector<Request> requests_of(const std::string& name_space) const;

    // commands: session_commands.cpp
    asio::awaitable<void> rest();
    void read_again_soon(const std::string& name_space);
    asio::awaitable<void> read_again();
    asio::awaitable<void> serve();
    void note_unknown(const Result<Message>& reply);
    asio::awaitable<Result<void>> execute(const model::Command& command);
    asio::awaitable<Result<Json>> perform(Action action);
    asio::awaitable<Result<Message>> send(const Action& action);
    asio::awaitable<Result<void>> read_back(std::vector<Request> requests, bool acknowledged);
    asio::awaitable<Result<Message>> in_turn(JobPtr job);
    TimeSource::Clock::time_point now() const { return services_.context.time.now(); }

    const SessionServices& services_;
    SessionSettings settings_;
    Addresses addresses_;
    AutoTransport ways_;
    ResponseSizeModel sizes_{0};
    PollSchedule schedule_;
    ProbeDelay probe_delay_;
    ClockCare clock_;
    Signal wake_;
    JobQueue jobs_;
    Expectation* expected_ = nullptr;  ///< while a command waits for its confirmation
    std::optional<Uuid> uuid_;
    model::DeviceId id_;
    DeviceInfo info_;
    DeviceTime zone_;
    FeatureSet features_;
    std::unique_ptr<Hub> hub_;
    model::EntitySetPtr entities_;  ///< as last described
    SessionState state_;
};

}  // namespace lanbridge::meross
