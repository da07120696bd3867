// How a session serves others: commands and raw requests, in turn with its own reading.
#include <algorithm>

#include "lanbridge/base/log.hpp"
#include "meross/device/identify.hpp"
#include "meross/device/session.hpp"
#include "meross/features/names.hpp"

namespace lanbridge::meross {
namespace {

const log::Logger logger("meross.device");

constexpr auto reread_delay = 2s;
/// A push follows its SETACK at once; a device that keeps it to itself is asked.
constexpr auto push_patience = 1s;

}  // namespace

asio::awaitable<Result<void>> Session::apply(model::Command command) {
    if (!state_.online)
        co_return Error(Errc::unreachable, id_.value() + " is offline: " + state_.availability.detail);
    auto job = std::make_shared<Job>(services_.context.executor, std::move(command));
    auto reply = co_await in_turn(std::move(job));
    if (!reply) co_return std::move(reply).error();
    co_return Result<void>();
}

asio::awaitable<Result<Message>> Session::request(Request request, model::Transport via) {
    auto job = std::make_shared<Job>(services_.context.executor, std::move(request), via);
    co_return co_await in_turn(std::move(job));
}

void Session::refresh() {
    state_.refresh_wanted = true;
    state_.next_cycle = now();
    wake_.notify();
}

asio::awaitable<Result<Message>> Session::in_turn(JobPtr job) {
    const auto self = shared_from_this();
    if (jobs_.full()) co_return Error(Errc::overflow, id_.value() + " has too many commands waiting");
    jobs_.add(job);
    wake_.notify();
    co_await wait_signal_until(services_.context.time, job->done, now() + JobQueue::patience);
    if (job->result) co_return *std::move(job->result);
    job->abandoned = true;
    co_return Error(Errc::timeout, id_.value());
}

/// Between cycles: jobs at once, and the second look after a command.
asio::awaitable<void> Session::rest() {
    for (;;) {
        co_await serve();
        co_await run_errands();
        co_await look_after_subdevices();
        if (state_.reread_at && now() >= *state_.reread_at) co_await read_again();
        if (now() >= state_.next_cycle) co_return;
        auto until = std::min(state_.next_cycle, next_errand());
        if (state_.reread_at) until = std::min(until, *state_.reread_at);
        state_.rests_until = until;
        co_await wait_signal_until(services_.context.time, wake_, until);
        state_.rests_until.reset();
        const auto state = co_await asio::this_coro::cancellation_state;
        if (state.cancelled() != asio::cancellation_type::none) co_return;
    }
}

/// Some effects show only after a moment, and over HTTP nobody tells.
void Session::read_again_soon(const std::string& name_space) {
    if (std::ranges::find(state_.reread, name_space) == state_.reread.end())
        state_.reread.push_back(name_space);
    state_.reread_at = now() + reread_delay;
}

asio::awaitable<void> Session::read_again() {
    state_.reread_at.reset();
    const auto name_spaces = std::exchange(state_.reread, {});
    for (const auto& name_space : name_spaces) {
        auto requests = requests_of(name_space);
        if (name_space == ns::system_all) requests.push_back(all_request());
        for (auto& request : requests) {
            if (!state_.online) co_return;
            co_await read_one(std::move(request), Patience::command);
        }
    }
}

/// Somebody is trying out what nobody here knows.
void Session::note_unknown(const Result<Message>& reply) {
    const bool tells = reply && !error_of(*reply) && reply->header.method != Method::setack;
    if (tells && state_.unknowns.note(reply->header.name_space, reply->payload) && state_.published)
        services_.unknown_seen();
}

asio::awaitable<void> Session::serve() {
    while (const auto job = jobs_.next()) {
        if (job->command) {
            auto done = co_await execute(*job->command);
            if (done)
                job->result = Result<Message>(Message());
            else
                job->result = Result<Message>(std::move(done).error());
        } else {
            auto request = *job->request;
            auto reply = job->via == model::Transport::none
                             ? ways_.request(std::move(request), Patience::command)
                             : ways_.request_over(job->via, std::move(request), Patience::command);
            job->result = co_await std::move(reply);
            note_unknown(*job->result);
        }
        job->done.notify();
    }
}

asio::awaitable<Result<void>> Session::execute(const model::Command& command) {
    if (!state_.online)
        co_return Error(Errc::unreachable, id_.value() + " is offline: " + state_.availability.detail);
    const auto unit = hub_ ? hub_->find(command.device) : nullptr;
    if (unit && !unit->online())
        co_return Error(Errc::unreachable, command.device.value() + " is offline: no radio contact");
    const auto theirs = unit ? unit->features() : nullptr;  // held: what is read meanwhile may make others
    const FeatureSet& features = theirs ? *theirs : features_;
    auto taken = features.command(command, moment());
    if (!taken) co_return Error(Errc::unsupported, command.entity + " takes no commands");
    if (!taken->action) co_return std::move(taken->action).error();
    auto reply = co_await perform(*std::move(taken->action));
    if (!reply) co_return std::move(reply).error();
    model::Observations observations;
    taken->feature->accepted(command, *reply, moment(), observations);
    const bool changed = taken->feature->take_description_changed();
    if (unit)
        unit->show(std::move(observations), changed, ways_.answered_by());
    else
        show(std::move(observations), changed);
    co_return Result<void>();
}

/// The requests, then a look at what the device made of them: an empty acknowledgement proves nothing. On
/// MQTT the device pushes what has changed; a push that does not come, or says too little, is made up for by
/// asking. Answers the last SETACK's payload.
asio::awaitable<Result<Json>> Session::perform(Action action) {
    if (action.local) co_return Json::object();
    Expectation expectation(services_.context.executor, action);
    expected_ = &expectation;
    auto reply = co_await send(action);
    const bool pushes_do = reply && !action.read_back_always;
    if (pushes_do && ways_.answered_by() == model::Transport::mqtt && !expectation.met)
        co_await wait_signal_until(services_.context.time, expectation.arrived, now() + push_patience);
    expected_ = nullptr;
    if (!reply && reply.error().is(Errc::unreachable)) {
        state_.next_cycle = now();  // it begins with a probe, for which the user need not wait
        co_return std::move(reply).error();
    }
    if (pushes_do && expectation.met) co_return std::move(reply->payload);
    auto outcome = co_await read_back(std::move(action.read_back), reply.has_value());
    if (!reply) co_return std::move(reply).error();
    if (!outcome) co_return std::move(outcome).error();
    co_return std::move(reply->payload);
}

/// All requests of an action in order, up to the first that fails.
asio::awaitable<Result<Message>> Session::send(const Action& action) {
    Request next = action.request;
    for (std::size_t done = 0;; ++done) {
        const std::string name_space = next.name_space;
        auto reply = co_await ask(std::move(next), Patience::command);
        if (!reply) {
            if (!reply.error().is(Errc::unreachable))
                logger.warn("{}: {} failed, reading what it really has: {}", id_.value(), name_space,
                            reply.error().text());
            co_return reply;
        }
        if (action.reply_is_reading && !reply->payload.empty())
            take(name_space, reply->payload, reply->header.timestamp);
        if (done == action.then.size()) co_return reply;
        next = action.then[done];
    }
}

asio::awaitable<Result<void>> Session::read_back(std::vector<Request> requests, bool acknowledged) {
    Result<void> outcome;
    // A device that hangs shall not keep the user waiting twice as long.
    const auto patience = acknowledged ? Patience::command : Patience::brief;
    for (auto& request : requests) {
        if (!state_.online) break;
        read_again_soon(request.name_space);
        auto seen = co_await read_one(std::move(request), patience);
        if (!seen && outcome) outcome = std::move(seen).error();
    }
    co_return outcome;
}

}  // namespace lanbridge::meross
