#include "admin/log_forwarder.hpp"

#include <algorithm>
#include <atomic>
#include <boost/asio/post.hpp>
#include <utility>

#include "lanbridge/base/json.hpp"

namespace lanbridge::admin {
namespace {

constexpr double records_per_second = 20;
constexpr double most_at_once = 100;
constexpr std::size_t queue_capacity = 200;
/// Records on their way from the logging thread to the loop.
constexpr int max_posted = 256;
/// Longer records are cut: a broker is no place for hex dumps.
constexpr std::size_t max_message = 2048;

/// What the client logs about publishing a record must not become a record.
bool would_feed_itself(log::Level level, std::string_view logger) {
    return level < log::Level::warn && (logger == "mqtt" || logger.starts_with("mqtt."));
}

std::string record(log::Level level, const std::string& logger, const std::string& message) {
    OrderedJson json;
    json["level"] = log::level_name(level);
    json["logger"] = logger;
    json["message"] = message;
    return dump_json(json);
}

}  // namespace

struct LogForwarder::Shared {
    LogForwarder* owner = nullptr;  // the loop's thread only
    std::atomic<int> posted{0};
    std::atomic<std::uint64_t> dropped{0};
};

LogForwarder::LogForwarder(Context context, model::Outbox& outbox, std::string topic)
    : context_(context),
      topic_(std::move(topic)),
      trickle_(context, outbox, queue_capacity),
      shared_(std::make_shared<Shared>()),
      tokens_(most_at_once),
      filled_(context_.time.now()) {
    shared_->owner = this;
}

LogForwarder::~LogForwarder() {
    log::set_tap(log::Level::off, nullptr);
    shared_->owner = nullptr;
}

void LogForwarder::set_level(log::Level level) {
    if (level == log::Level::off) return log::set_tap(level, nullptr);
    log::set_tap(level, [shared = shared_, executor = context_.executor](
                            log::Level at, std::string_view logger, std::string_view message) {
        if (would_feed_itself(at, logger)) return;
        if (shared->posted.fetch_add(1) >= max_posted) {
            --shared->posted;
            ++shared->dropped;
            return;
        }
        asio::post(executor, [shared, at, name = std::string(logger),
                              text = std::string(message.substr(0, max_message))] {
            --shared->posted;
            if (shared->owner) shared->owner->forward(at, name, text);
        });
    });
}

bool LogForwarder::spend() {
    const auto now = context_.time.now();
    const std::chrono::duration<double> passed = now - filled_;
    filled_ = now;
    tokens_ = std::min(tokens_ + passed.count() * records_per_second, most_at_once);
    if (tokens_ < 1) return false;
    tokens_ -= 1;
    return true;
}

void LogForwarder::forward(log::Level level, const std::string& logger, const std::string& message) {
    if (!spend()) {
        ++left_out_;
        ++shared_->dropped;
        return;
    }
    if (left_out_ > 0) {
        const auto notice = std::to_string(std::exchange(left_out_, 0)) + " records were left out here";
        trickle_.push(topic_, record(log::Level::warn, "admin", notice));
    }
    trickle_.push(topic_, record(level, logger, message));
}

std::uint64_t LogForwarder::dropped() const noexcept { return shared_->dropped + trickle_.dropped(); }

}  // namespace lanbridge::admin
