#include <algorithm>

#include "agent/cache/cache.hpp"

namespace lanbridge::agent {
namespace {

/// Changes come in groups: after its start the Bluetooth program asks for every device.
constexpr auto settling = std::chrono::seconds(2);
/// Flash memory wears.
constexpr auto writing_pause = std::chrono::seconds(60);

}  // namespace

void Cache::start() {
    const auto loaded = store_.load();
    if (!loaded)
        journal_.warn(Part::store, "[stor] can't read file, starting empty",
                      {{"error", loaded.error().text()}});
    tasks_.start("cache", keep_saved());
}

void Cache::stop() {
    tasks_.stop();
    if (store_.dirty()) save();
}

void Cache::remember(Kept kind, std::string_view asked, std::string_view value) {
    const auto key = key_of(kind, asked);
    if (!key) return;
    const auto evicted = store_.evicted();
    if (!store_.remember(*key, value)) tell(too_long_, "[cach] answer too long to be remembered");
    if (store_.evicted() != evicted) tell(evicted_, "[cach] full, oldest answers forgotten");
    if (store_.dirty()) changed_.notify();
}

const std::string* Cache::recall(Kept kind, std::string_view asked) {
    const auto key = key_of(kind, asked);
    const auto* found = key ? store_.find(*key) : nullptr;
    return found && fits(kind, asked, *found) ? found : nullptr;
}

void Cache::tell(Tally& tally, std::string_view message) {
    const auto count = static_cast<std::int64_t>(tally.note(context_.time.now()));
    if (count > 0) journal_.warn(Part::cache, message, {{"count", count}});
}

asio::awaitable<void> Cache::keep_saved() {
    auto not_before = context_.time.now();
    for (;;) {
        while (!store_.dirty()) {
            const bool signalled = co_await changed_.wait();
            if (!signalled) co_return;
        }
        const auto due = std::max(context_.time.now() + settling, not_before);
        const auto cancelled = co_await context_.time.sleep_until(due);
        if (cancelled) co_return;
        save();
        not_before = context_.time.now() + writing_pause;
    }
}

void Cache::save() {
    const auto written = store_.save();
    if (!written) {
        const auto count = static_cast<std::int64_t>(unsaved_.note(context_.time.now()));
        if (count > 0)
            journal_.warn(Part::store, "[stor] can't write file, will try again",
                          {{"error", written.error().text()}, {"count", count}});
    } else if (unsaved_.total() > 0) {
        unsaved_ = Tally();
        journal_.info(Part::store, "[stor] file is written again");
    }
}

}  // namespace lanbridge::agent
