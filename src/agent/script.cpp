#include "agent/script.hpp"

#include <array>
#include <boost/asio/post.hpp>
#include <deque>
#include <map>

#include "agent/lua/file_watch.hpp"
#include "agent/lua/worker.hpp"
#include "lanbridge/base/files.hpp"
#include "lanbridge/base/tally.hpp"

namespace lanbridge::agent {
namespace {

using lua::Call;
using lua::Event;
using lua::Hook;
using lua::hook_name;

/// Published scripts have up to 100 lines.
constexpr std::size_t longest_script = std::size_t{1024} * 1024;
constexpr auto load_limit = 5s;
/// Where errors are counted apart; scripts are small.
constexpr std::size_t most_places = 16;
constexpr auto stop_limit = 1s;

constexpr std::array all_hooks{Hook::request, Hook::response, Hook::listener};
constexpr unsigned bit(Hook hook) { return 1U << static_cast<unsigned>(hook); }

std::string base_name(const std::string& path) { return path.substr(path.rfind('/') + 1); }

}  // namespace

class Script::Impl : public std::enable_shared_from_this<Impl> {
public:
    Impl(Context context, Journal& journal, ScriptSettings settings, ScriptOutlets outlets)
        : context_(context),
          journal_(journal),
          settings_(std::move(settings)),
          outlets_(std::move(outlets)) {}

    void start();
    void stop();
    bool has(Hook hook) const noexcept { return (hooks_ & bit(hook)) != 0; }
    void ask(Call call, Done done);
    void heard(std::string topic, std::string payload);

private:
    void reload();
    void unload();
    bool launch();
    void drain();
    void apply(Event& event);
    void on_loaded(const Event& event);
    void on_error(const Event& event);
    Tally& errors_of(const std::string& hook, std::string_view error);
    void on_answer(Event& event);
    void on_ended();
    void set_hooks(unsigned hooks);
    void on_full(Tally& tally, std::string_view what);
    void trace(std::string_view text, std::string_view what) {
        if (!journal_.enabled(Part::lua, Severity::trace)) return;
        journal_.trace(Part::lua, "[lua]  " + std::string(text) + " " + std::string(what));
    }

    Context context_;
    Journal& journal_;
    ScriptSettings settings_;
    ScriptOutlets outlets_;
    std::shared_ptr<lua::FileWatch> watch_;
    std::shared_ptr<lua::Worker> worker_;               ///< while there is a script
    unsigned hooks_ = 0;                                ///< a bit for each
    std::deque<Event> events_;                          ///< taken from the worker, to be applied
    std::deque<Done> waiting_;                          ///< owed verdicts, as many as the worker has calls
    std::map<std::string, Tally, std::less<>> errors_;  ///< by hook and place in the script
    Tally passed_by_;
    Tally unheard_;
    Tally lost_;
    bool draining_ = false;
    bool stopped_ = false;
};

void Script::Impl::start() {
    watch_ = std::make_shared<lua::FileWatch>(context_, settings_.path, [weak = weak_from_this()] {
        if (auto self = weak.lock()) self->reload();
    });
    watch_->start();
    reload();
    if (!worker_) return;
    if (!worker_->wait_loaded(load_limit))
        journal_.warn(Part::lua, "[lua] the script takes long to load; the agent goes on without it");
    // Which hooks there are is known now; what the script sent while it was loaded goes out from the loop.
    events_ = worker_->take();
    for (auto& event : events_)
        if (event.what == Event::What::loaded) hooks_ = event.hooks;
    asio::post(context_.executor, [weak = weak_from_this()] {
        if (auto self = weak.lock()) self->drain();
    });
}

void Script::Impl::stop() {
    if (std::exchange(stopped_, true)) return;
    hooks_ = 0;
    if (watch_) watch_->stop();
    if (worker_) worker_->end(stop_limit);
    worker_.reset();
    events_.clear();
    for (auto owed = std::exchange(waiting_, {}); auto& done : owed) done(Verdict::unchanged());
}

/// The file has appeared, changed or gone.
void Script::Impl::reload() {
    if (stopped_) return;
    auto source = read_file(settings_.path, longest_script);
    if (!source) {
        if (!source.error().is(Errc::not_found))
            journal_.warn(Part::lua, "[lua] can't read the script", {{"error", source.error().text()}});
        return unload();
    }
    const std::string name = base_name(settings_.path);
    if (worker_ && worker_->load(name, *source)) return;
    if (worker_) drain();
    on_ended();
    if (launch()) worker_->load(name, std::move(*source));
}

void Script::Impl::unload() {
    if (worker_) worker_->finish();
}

bool Script::Impl::launch() {
    auto notify = [weak = weak_from_this(), executor = context_.executor] {
        asio::post(executor, [weak] {
            if (auto self = weak.lock()) self->drain();
        });
    };
    lua::Limits limits;
    limits.budget = settings_.budget;
    worker_ = std::make_shared<lua::Worker>(limits, std::move(notify));
    if (worker_->start()) return true;
    worker_.reset();
    journal_.error(Part::lua, "[lua] no thread for the script");
    return false;
}

void Script::Impl::ask(Call call, Done done) {
    const bool response = call.hook == Hook::response;
    trace(call.texts[response ? 2 : 1], hook_name(call.hook));
    const Hook hook = call.hook;
    if (!has(hook) || !worker_) return done(Verdict::unchanged());
    if (worker_->offer(std::move(call))) return waiting_.push_back(std::move(done));
    on_full(passed_by_, "[lua] script is busy, messages pass it by");
    done(Verdict::unchanged());
}

/// At trace level each log line about a message would become a message, without an end.
void Script::Impl::heard(std::string topic, std::string payload) {
    if (!has(Hook::listener) || !worker_) return;
    if (topic == "openmiio/log" &&
        (journal_.enabled(Part::mqtt, Severity::trace) || journal_.enabled(Part::lua, Severity::trace)))
        return;
    Call call;
    call.hook = Hook::listener;
    call.texts[0] = std::move(topic);
    call.texts[1] = std::move(payload);
    if (!worker_->offer(std::move(call)))
        on_full(unheard_, "[lua] script is busy, it misses messages of the broker");
}

void Script::Impl::on_full(Tally& tally, std::string_view what) {
    if (const auto count = tally.note(context_.time.now()))
        journal_.warn(Part::lua, what, {{"count", static_cast<std::int64_t>(count)}});
}

void Script::Impl::drain() {
    if (!worker_ || stopped_) return;
    for (auto& event : worker_->take()) events_.push_back(std::move(event));
    if (draining_) return;
    draining_ = true;
    while (!events_.empty()) {
        Event event = std::move(events_.front());
        events_.pop_front();
        apply(event);
    }
    draining_ = false;
}

void Script::Impl::apply(Event& event) {
    switch (event.what) {
        case Event::What::loaded:
            return on_loaded(event);
        case Event::What::answered:
            return on_answer(event);
        case Event::What::heard:
            return on_error(event);
        case Event::What::publish:
            return outlets_.publish(std::move(event.topic), std::move(event.text), event.retain);
        case Event::What::send:
            trace(event.text, "miio_send");
            return outlets_.send(event.to, std::move(event.text));
        case Event::What::lost:
            return on_full(lost_, "[lua] script sends faster than the agent, messages lost");
        case Event::What::ended:
            return on_ended();
    }
}

void Script::Impl::on_loaded(const Event& event) {
    errors_.clear();
    if (!event.error.empty()) journal_.warn(Part::lua, "[lua] " + event.error);
    for (const Hook hook : all_hooks)
        if ((event.unusable & bit(hook)) != 0)
            journal_.warn(Part::lua,
                          std::string("[lua] ") + hook_name(hook) + " is no function and not called");
    set_hooks(event.hooks);
}

void Script::Impl::set_hooks(unsigned hooks) {
    hooks_ = hooks;
    if (outlets_.changed) outlets_.changed();
}

void Script::Impl::on_answer(Event& event) {
    if (!event.error.empty()) on_error(event);
    if (waiting_.empty()) return;  // stopped by what was called before
    const Done done = std::move(waiting_.front());
    waiting_.pop_front();
    done(std::move(event.verdict));
}

/// Errors of one place are counted together: "openmiio_agent.lua:3: …". A script has few, and the rest of
/// them share a count.
Tally& Script::Impl::errors_of(const std::string& hook, std::string_view error) {
    auto place = hook + " " + std::string(error.substr(0, error.find(": ")));
    if (errors_.size() >= most_places && !errors_.contains(place)) place = hook;
    return errors_[std::move(place)];
}

void Script::Impl::on_error(const Event& event) {
    const std::string hook = hook_name(event.hook);
    if (const auto count = errors_of(hook, event.error).note(context_.time.now()))
        journal_.warn(Part::lua, "[lua] " + hook + ": " + event.error,
                      {{"count", static_cast<std::int64_t>(count)}});
    if (!event.hook_off) return;
    journal_.error(Part::lua, "[lua] " + hook + " failed " + std::to_string(lua::Worker::most_errors) +
                                  " times in a row and is off until the script changes: " + event.error);
    set_hooks(hooks_ & ~bit(event.hook));
}

void Script::Impl::on_ended() {
    if (worker_) worker_->end(stop_limit);
    worker_.reset();
}

Script::Script(Context context, Journal& journal, ScriptSettings settings, ScriptOutlets outlets)
    : impl_(std::make_shared<Impl>(context, journal, std::move(settings), std::move(outlets))) {}
Script::~Script() { impl_->stop(); }
void Script::start() { impl_->start(); }
void Script::stop() { impl_->stop(); }
bool Script::has_request() const noexcept { return impl_->has(Hook::request); }
bool Script::has_response() const noexcept { return impl_->has(Hook::response); }
bool Script::has_listener() const noexcept { return impl_->has(Hook::listener); }

void Script::request(Address from, std::string method, std::string request, Done done) {
    Call call;
    call.who = from;
    call.texts = {std::move(method), std::move(request), {}};
    impl_->ask(std::move(call), std::move(done));
}

void Script::response(Address to, std::string method, std::string request, std::string response, Done done) {
    Call call;
    call.hook = Hook::response;
    call.who = to;
    call.texts = {std::move(method), std::move(request), std::move(response)};
    impl_->ask(std::move(call), std::move(done));
}

void Script::heard(std::string topic, std::string payload) {
    impl_->heard(std::move(topic), std::move(payload));
}

}  // namespace lanbridge::agent
