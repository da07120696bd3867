#include <signal.h>

#include <boost/asio/dispatch.hpp>

#include "lanbridge/base/async.hpp"
#include "lanbridge/base/backoff.hpp"
#include "lanbridge/base/log.hpp"
#include "lanbridge/net/process.hpp"

namespace lanbridge::net {
namespace {

const log::Logger logger("net.process");

/// A child that ran this long had started properly: the next failure begins with the shortest wait again.
constexpr auto stable_after = 30s;

}  // namespace

class SupervisedProcess::Impl : public std::enable_shared_from_this<Impl> {
public:
    Impl(Context context, SupervisedSettings settings)
        : context_(context),
          settings_(std::move(settings)),
          backoff_(settings_.first_wait, settings_.longest_wait) {}

    Result<void> start() {
        if (auto started = launch(); !started) return started;
        auto self = shared_from_this();
        // The handler holds `self`: the coroutine's frame is gone before it is called.
        asio::co_spawn(
            context_.executor, watch(),
            asio::bind_cancellation_slot(
                cancel_.slot(), [self](const std::exception_ptr& failure) { self->on_watch_end(failure); }));
        return {};
    }

    asio::awaitable<void> stop(TimeSource::Clock::duration grace) {
        stopping_ = true;
        const auto child = child_;
        if (child) co_await child->stop(grace);
        abandon();
    }

    void abandon() {
        stopping_ = true;
        if (child_) child_->signal(SIGKILL);  // the watching coroutine may hold it a moment longer
        child_.reset();
        cancel();
    }

    void signal(int number) {
        if (child_) child_->signal(number);
    }
    int pid() const noexcept { return child_ && child_->running() ? child_->pid() : 0; }
    std::uint64_t restarts() const noexcept { return restarts_; }

private:
    /// Within the loop, and holding `self`: Asio posts a pointer into the signal when it is emitted
    /// elsewhere.
    void cancel() {
        if (std::exchange(cancelled_, true)) return;
        asio::dispatch(context_.executor, [self = shared_from_this()] {
            self->cancel_.emit(asio::cancellation_type::terminal);
        });
    }

    Result<void> launch() {
        auto child = Process::start(context_, settings_.argv, settings_.on_line);
        if (!child) return std::move(child).error();
        child_ = std::move(*child);
        started_ = context_.time.now();
        logger.debug("{} runs as process {}", settings_.name, child_->pid());
        return {};
    }

    asio::awaitable<void> watch() {
        const auto self = shared_from_this();
        while (!stopping_) {
            co_await await_child();
            if (stopping_) co_return;
            if (context_.time.now() - started_ >= stable_after) backoff_.reset();
            const auto pause = backoff_.next(context_.random);
            logger.debug("{} is started again in {} ms", settings_.name, pause.count());
            const auto cancelled = co_await context_.time.sleep(pause);
            if (cancelled) co_return;
            if (!stopping_) relaunch();
        }
    }

    asio::awaitable<void> await_child() {
        const auto child = child_;
        if (!child) co_return;  // could not be started
        auto end = co_await child->wait();
        if (stopping_ || end.has_error()) co_return;
        say(settings_.name + " ended (" + end->text() + "), it is started again");
    }

    void relaunch() {
        ++restarts_;
        child_.reset();
        if (auto started = launch(); !started)
            return say(settings_.name + " cannot be started: " + started.error().text());
    }

    /// Once per change: a child that fails the same way again and again is one line, until it has run for a
    /// while.
    void say(std::string what) {
        const bool stable = child_ && context_.time.now() - started_ >= stable_after;
        if (what == said_ && !stable) return;
        logger.warn("{}", what);
        said_ = std::move(what);
    }

    void on_watch_end(const std::exception_ptr& failure) const {
        if (!failure || stopping_) return;
        try {
            std::rethrow_exception(failure);
        } catch (const std::exception& e) {
            logger.error("{} is no longer supervised: {}", settings_.name, e.what());
        }
    }

    Context context_;
    SupervisedSettings settings_;
    Backoff backoff_;
    std::shared_ptr<Process> child_;
    TimeSource::Clock::time_point started_{};
    asio::cancellation_signal cancel_;
    std::string said_;
    std::uint64_t restarts_ = 0;
    bool stopping_ = false;
    bool cancelled_ = false;
};

SupervisedProcess::SupervisedProcess(Context context, SupervisedSettings settings)
    : impl_(std::make_shared<Impl>(context, std::move(settings))) {}
SupervisedProcess::~SupervisedProcess() { impl_->abandon(); }
Result<void> SupervisedProcess::start() { return impl_->start(); }
void SupervisedProcess::signal(int number) { impl_->signal(number); }
int SupervisedProcess::pid() const noexcept { return impl_->pid(); }
std::uint64_t SupervisedProcess::restarts() const noexcept { return impl_->restarts(); }

asio::awaitable<void> SupervisedProcess::stop(TimeSource::Clock::duration grace) {
    const auto impl = impl_;
    co_await impl->stop(grace);
}

}  // namespace lanbridge::net
