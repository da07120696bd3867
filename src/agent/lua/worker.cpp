#include "agent/lua/worker.hpp"

#include <chrono>
#include <utility>

namespace lanbridge::agent::lua {
namespace {

/// Lua nests 200 calls of C functions, and `string.gsub` with a function has a buffer of 8 KiB in its frame:
/// 2 MiB at most, seen. Only touched pages count as memory, which are a few with any sensible script.
constexpr std::size_t stack_size = std::size_t{3} * 1024 * 1024;
/// How long a script waits for a loop that does not take what it sends; longer than any step of the loop.
constexpr std::chrono::seconds patience{2};

constexpr unsigned bit(Hook hook) { return 1U << static_cast<unsigned>(hook); }

/// What the return value means for the message. Text that is no object, and every other value, drops it.
Verdict verdict_of(const Returned& returned) {
    using What = Returned::What;
    if (returned.what == What::nothing || returned.what == What::error) return Verdict::unchanged();
    const auto start = returned.text.find_first_not_of(" \t\r\n");
    if (returned.what != What::text || start == std::string::npos || returned.text[start] != '{')
        return Verdict::dropped();
    auto message = Message::parse(returned.text);
    if (!message) return Verdict::dropped();
    return Verdict(Verdict::What::replaced, std::move(*message));
}

}  // namespace

Worker::Worker(Limits limits, std::function<void()> notify) : limits_(limits), notify_(std::move(notify)) {}

bool Worker::start() {
    pthread_attr_t attributes;
    if (::pthread_attr_init(&attributes) != 0) return false;
    ::pthread_attr_setstacksize(&attributes, stack_size);
    auto* self = new std::shared_ptr<Worker>(shared_from_this());
    started_ = ::pthread_create(&thread_, &attributes, entry, self) == 0;
    ::pthread_attr_destroy(&attributes);
    if (!started_) delete self;
    return started_;
}

void* Worker::entry(void* self) {
    const std::unique_ptr<std::shared_ptr<Worker>> worker(static_cast<std::shared_ptr<Worker>*>(self));
    (*worker)->run();
    return nullptr;
}

/// In the lock. A script that was not loaded yet and is followed by another need not be loaded.
void Worker::push(Job job) {
    if (job.what != Job::What::call && !jobs_.empty() && jobs_.back().what != Job::What::call)
        jobs_.pop_back();
    jobs_.push_back(std::move(job));
    changed_.notify_all();
}

bool Worker::load(std::string name, std::string source) {
    Job job;
    job.what = Job::What::load;
    job.name = std::move(name);
    job.source = std::move(source);
    const std::lock_guard lock(mutex_);
    if (leaving_) return false;
    finishing_ = false;
    push(std::move(job));
    return true;
}

void Worker::finish() {
    Job job;
    job.what = Job::What::unload;
    const std::lock_guard lock(mutex_);
    finishing_ = true;
    push(std::move(job));
}

bool Worker::offer(Call call) {
    const bool hears = call.hook == Hook::listener;
    const std::size_t size = call.size();
    const std::lock_guard lock(mutex_);
    if (leaving_ || calls_ >= most_calls || (hears && heard_ >= most_heard)) return false;
    if (calls_ > 0 && call_bytes_ + size > most_call_bytes) return false;
    ++calls_;
    call_bytes_ += size;
    if (hears) ++heard_;
    Job job;
    job.call = std::move(call);
    push(std::move(job));
    return true;
}

std::deque<Event> Worker::take() {
    const std::lock_guard lock(mutex_);
    notified_ = false;
    sent_ = 0;
    sent_bytes_ = 0;
    changed_.notify_all();
    return std::exchange(events_, {});
}

bool Worker::wait_loaded(std::chrono::milliseconds limit) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, limit, [this] { return loaded_; });
}

void Worker::end(std::chrono::milliseconds limit) {
    if (!started_) return;
    started_ = false;
    stop_ = true;
    std::unique_lock lock(mutex_);
    notify_ = nullptr;
    events_.clear();
    changed_.notify_all();
    const bool ended = changed_.wait_for(lock, limit, [this] { return ended_; });
    lock.unlock();
    if (ended)
        ::pthread_join(thread_, nullptr);
    else
        ::pthread_detach(thread_);
}

void Worker::run() {
    std::unique_lock lock(mutex_);
    while (true) {
        changed_.wait(lock, [this] { return stop_ || finishing_ || !jobs_.empty(); });
        if (stop_ || jobs_.empty()) break;
        Job job = std::move(jobs_.front());
        jobs_.pop_front();
        lock.unlock();
        carry_out(job);
        lock.lock();
    }
    leaving_ = true;
    lock.unlock();
    interpreter_.reset();
    put(Event(Event::What::ended));
    lock.lock();
    ended_ = true;
    changed_.notify_all();
}

void Worker::carry_out(Job& job) {
    switch (job.what) {
        case Job::What::call:
            return carry_out_call(job.call);
        case Job::What::load:
            return carry_out_load(job);
        case Job::What::unload:
            interpreter_.reset();
            return put(Event(Event::What::loaded));
    }
}

void Worker::carry_out_call(const Call& call) {
    const bool hears = call.hook == Hook::listener;
    Event event(hears ? Event::What::heard : Event::What::answered);
    event.hook = call.hook;
    const auto errors = errors_[static_cast<std::size_t>(call.hook)];
    if (interpreter_ && errors < most_errors) judge(event, interpreter_->call(call));
    {
        const std::lock_guard lock(mutex_);
        --calls_;
        call_bytes_ -= call.size();
        if (hears) --heard_;
    }
    if (!hears || !event.error.empty()) put(std::move(event));
}

void Worker::judge(Event& event, Returned returned) {
    auto& errors = errors_[static_cast<std::size_t>(event.hook)];
    if (returned.what == Returned::What::error) {
        event.error = std::move(returned.text);
        event.hook_off = ++errors == most_errors;
        return;
    }
    errors = 0;
    if (event.what == Event::What::answered) event.verdict = verdict_of(returned);
}

void Worker::carry_out_load(Job& job) {
    interpreter_.reset();  // first, so that two scripts never need memory at once
    interpreter_ = std::make_unique<Interpreter>(limits_, *this, stop_);
    errors_.fill(0);
    Event event(Event::What::loaded);
    event.error = interpreter_->load(job.name, std::move(job.source));
    for (const Hook hook : {Hook::request, Hook::response, Hook::listener}) {
        if (interpreter_->has(hook)) event.hooks |= bit(hook);
        if (interpreter_->unusable(hook)) event.unusable |= bit(hook);
    }
    put(std::move(event));
    const std::lock_guard lock(mutex_);
    loaded_ = true;
    changed_.notify_all();
}

void Worker::send(Address to, std::string_view text) {
    Event event(Event::What::send);
    event.to = to;
    event.text = text;
    put_when_room(std::move(event));
}

void Worker::publish(std::string_view topic, std::string_view payload, bool retain) {
    Event event(Event::What::publish);
    event.topic = topic;
    event.text = payload;
    event.retain = retain;
    put_when_room(std::move(event));
}

bool Worker::wait_for_room(std::size_t size) {
    std::unique_lock lock(mutex_);
    const auto room = [this, size] {
        return stop_ || (sent_ < most_sent && (sent_ == 0 || sent_bytes_ + size <= most_sent_bytes));
    };
    if (!changed_.wait_for(lock, patience, room)) return false;
    ++sent_;
    sent_bytes_ += size;
    return true;
}

void Worker::put_when_room(Event event) {
    const bool room = wait_for_room(event.topic.size() + event.text.size());
    put(room ? std::move(event) : Event(Event::What::lost));
}

void Worker::put(Event event) {
    const std::lock_guard lock(mutex_);
    if (!notify_) return;
    events_.push_back(std::move(event));
    if (!std::exchange(notified_, true)) notify_();
}

}  // namespace lanbridge::agent::lua
