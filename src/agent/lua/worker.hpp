#pragma once

#include <pthread.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>

#include "agent/lua/interpreter.hpp"
#include "agent/script.hpp"

namespace lanbridge::agent::lua {

/// What the thread tells the loop, in the order in which it happened.
struct Event {
    enum class What : std::uint8_t { loaded, answered, heard, send, publish, lost, ended };
    explicit Event(What w) : what(w) {}
    What what;
    Hook hook = Hook::request;
    bool retain = false;
    bool hook_off = false;  ///< answered, heard: too many errors in a row
    unsigned hooks = 0;     ///< loaded: a bit for each that is usable
    unsigned unusable = 0;  ///< loaded: a bit for each that is no function
    Address to = 0;
    std::string topic;
    std::string text;   ///< what is sent
    std::string error;  ///< of the script; "" where there was none
    Verdict verdict = Verdict::unchanged();
};

/// The thread that a script runs on, with a queue to it and one from it. Everything but `Host` is called on
/// the loop, which never waits for the script but in `wait_loaded` and `end`, for the time given.
class Worker final : public Host, public std::enable_shared_from_this<Worker> {
public:
    // A message of an app has 64 KiB at most and mostly 200 bytes; while a script sleeps for five seconds
    // a busy gateway has about a hundred.
    static constexpr std::size_t most_calls = 256;
    static constexpr std::size_t most_call_bytes = 1024 * 1024;
    /// Of those, what the broker's messages may take: they can be missed, a hook's message should not.
    static constexpr std::size_t most_heard = 128;
    /// What a script sends in one go before the loop takes it; then it waits for the loop.
    static constexpr std::size_t most_sent = 512;
    static constexpr std::size_t most_sent_bytes = 1024 * 1024;
    /// A hook is off after so many errors without a success in between.
    static constexpr unsigned most_errors = 10;

    /// `notify` is called on the thread when there are events, once until they are taken.
    Worker(Limits limits, std::function<void()> notify);
    ~Worker() override = default;

    bool start();
    /// False when the thread is about to end, after `finish`.
    bool load(std::string name, std::string source);
    /// False, and nothing happens, when there is no room.
    bool offer(Call call);
    /// The script goes when what was asked until now is done, then the thread ends.
    void finish();
    std::deque<Event> take();
    bool wait_loaded(std::chrono::milliseconds limit);
    /// Ends the thread, or leaves it behind when it is in a blocking call for longer than `limit`. It speaks
    /// to nobody from now on.
    void end(std::chrono::milliseconds limit);

    void send(Address to, std::string_view text) override;
    void publish(std::string_view topic, std::string_view payload, bool retain) override;

private:
    struct Job {
        enum class What : std::uint8_t { call, load, unload };
        What what = What::call;
        std::string name;
        std::string source;
        Call call;
    };
    static void* entry(void* self);
    void run();
    void carry_out(Job& job);
    void carry_out_call(const Call& call);
    void carry_out_load(Job& job);
    void push(Job job);
    void judge(Event& event, Returned returned);
    void put(Event event);
    void put_when_room(Event event);
    bool wait_for_room(std::size_t size);

    Limits limits_;
    std::atomic<bool> stop_ = false;

    std::mutex mutex_;  ///< of all that follows, up to the thread's own
    std::condition_variable changed_;
    std::function<void()> notify_;
    std::deque<Job> jobs_;
    std::deque<Event> events_;
    std::size_t calls_ = 0;
    std::size_t heard_ = 0;
    std::size_t call_bytes_ = 0;
    std::size_t sent_ = 0;
    std::size_t sent_bytes_ = 0;
    bool notified_ = false;
    bool loaded_ = false;
    bool finishing_ = false;
    bool leaving_ = false;  ///< nothing is taken from the queue any more
    bool ended_ = false;

    pthread_t thread_{};
    bool started_ = false;

    std::unique_ptr<Interpreter> interpreter_;  ///< the thread's own
    std::array<unsigned, hook_count> errors_{};
};

}  // namespace lanbridge::agent::lua
