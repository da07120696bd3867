#include <algorithm>
#include <boost/asio/execution/outstanding_work.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/prefer.hpp>
#include <exception>
#include <system_error>
#include <utility>

#include "lanbridge/base/files.hpp"
#include "lanbridge/base/log.hpp"
#include "lanbridge/registry/store.hpp"

namespace lanbridge::registry {
namespace {

const log::Logger logger("registry.store");

/// Changes come in groups: when a device is read, when many are found.
constexpr auto write_delay = std::chrono::seconds(2);
/// Flash memory wears: on average no more than this is written for small changes, however big the file is.
constexpr std::size_t bytes_per_second = 100 * 1024;
constexpr auto longest_pause = std::chrono::minutes(5);
constexpr auto retry_pause = std::chrono::seconds(30);
/// A disk that takes longer has a problem that a person should know of.
constexpr auto slow_disk = std::chrono::seconds(30);

Result<std::size_t> write_snapshot(const std::string& path, const Snapshot& snapshot) {
    try {
        const auto text = encode_records(snapshot);
        auto written = write_file_atomically(path, text, 0600, path + ".1");
        if (!written) return std::move(written).error();
        return text.size();
    } catch (const std::exception& e) {  // out of memory, most likely
        return Error(Errc::io, path + ": " + e.what());
    }
}

}  // namespace

void Store::changed() {
    ++version_;
    dirty_.notify();
}

asio::awaitable<void> Store::keep_saved() {
    for (;;) {
        while (version_ == written_version_) {
            const bool signalled = co_await dirty_.wait();
            if (!signalled) co_return;
        }
        const auto due = std::max(context_.time.now() + write_delay, not_before_);
        if (!flushing_) co_await wait_signal_until(context_.time, hurry_, due);
        const auto state = co_await asio::this_coro::cancellation_state;
        if (state.cancelled() != asio::cancellation_type::none) co_return;
        co_await save();
        flushing_ = false;
        settled_.notify();
    }
}

void Store::start_writer() {
    Snapshot snapshot;
    snapshot.reserve(devices_.size());
    for (const auto& [id, records] : devices_) snapshot.push_back(records);
    auto reply_to = asio::prefer(context_.executor, asio::execution::outstanding_work.tracked);
    auto work = [path = path_, self = self_, records = std::move(snapshot), reply_to]() mutable {
        auto outcome = write_snapshot(path, records);
        asio::post(reply_to, [self, outcome = std::move(outcome), records = std::move(records)]() mutable {
            if (*self) (*self)->saved(std::move(outcome));
        });
    };
    saving_ = true;
    try {
        writer_ = std::jthread(std::move(work));
    } catch (const std::system_error& e) {
        saved(Error(Errc::io, path_ + ": no thread to write it: " + e.what()));
    }
}

/// Hands the records to a thread and waits for its answer: never two writers at once.
asio::awaitable<void> Store::save() {
    const auto version = version_;
    const auto attempts = attempts_;
    start_writer();
    while (attempts_ == attempts) {
        const auto patience = context_.time.now() + slow_disk;
        const bool answered = co_await wait_signal_until(context_.time, written_, patience);
        const auto state = co_await asio::this_coro::cancellation_state;
        if (state.cancelled() != asio::cancellation_type::none) co_return;
        if (!answered) logger.warn("{}: the disk has not taken the file for 30 s", path_);
    }
    if (!trouble_) written_version_ = version;
}

void Store::saved(Result<std::size_t> outcome) {
    ++attempts_;
    saving_ = false;
    const auto now = context_.time.now();
    if (outcome) {
        if (trouble_) logger.info("{} can be written again", path_);
        trouble_.reset();
        const auto pause = std::chrono::seconds(*outcome / bytes_per_second);
        not_before_ = now + std::min<std::chrono::seconds>(pause, longest_pause);
    } else {
        if (!trouble_)
            logger.error(
                "{}; what was learnt is kept in memory and tried again every 30 s: free some space or make "
                "{} "
                "writable",
                outcome.error().text(), directory_);
        trouble_ = std::move(outcome).error();
        not_before_ = now + retry_pause;
    }
    written_.notify();
}

asio::awaitable<Result<void>> Store::flush(TimeSource::Clock::duration limit) {
    const auto until = context_.time.now() + limit;
    const auto wanted = version_;
    const auto attempts = attempts_;
    while (written_version_ < wanted) {
        if (trouble_ && attempts_ > attempts) co_return *trouble_;
        if (context_.time.now() >= until) co_return Error(Errc::timeout, path_);
        flushing_ = true;
        hurry_.notify();
        co_await wait_signal_until(context_.time, settled_, until);
        const auto state = co_await asio::this_coro::cancellation_state;
        if (state.cancelled() != asio::cancellation_type::none) co_return Error(Errc::cancelled, path_);
    }
    co_return Result<void>();
}

void Store::stop() { nursery_.stop(); }

}  // namespace lanbridge::registry
