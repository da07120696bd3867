#include "lanbridge/base/log.hpp"

#include <array>
#include <list>
#include <mutex>

#include "base/log_sink.hpp"

namespace lanbridge::log {
namespace {

constexpr std::array<std::string_view, 6> names{"trace", "debug", "info", "warn", "error", "off"};

/// Everything the loggers share. Only Paho's threads and the disk writer log beside the event loop, rarely:
/// one lock is enough.
struct Shared {
    std::mutex mutex;
    std::list<detail::Channel> channels;  // a list: addresses stay
    Settings settings;
    Level tap_level = Level::off;
    Tap tap;

    static Shared& get() {
        static Shared shared;
        return shared;
    }

    /// The level of the longest configured prefix: "meross.http" is covered by "meross".
    Level level_of(std::string_view name) const {
        for (std::string_view prefix = name;;) {
            if (auto it = settings.levels.find(std::string(prefix)); it != settings.levels.end())
                return it->second;
            const auto dot = prefix.rfind('.');
            if (dot == std::string_view::npos) return settings.level;
            prefix = prefix.substr(0, dot);
        }
    }
};

thread_local bool inside_tap = false;

}  // namespace

std::string_view level_name(Level level) noexcept { return names[static_cast<std::size_t>(level)]; }

bool parse_level(std::string_view name, Level& out) noexcept {
    if (name == "warning") name = "warn";
    for (std::size_t i = 0; i < names.size(); ++i) {
        if (names[i] != name) continue;
        out = static_cast<Level>(i);
        return true;
    }
    return false;
}

void configure(const Settings& settings) {
    auto& shared = Shared::get();
    const std::lock_guard lock(shared.mutex);
    shared.settings = settings;
    open_sink(settings.format);
    for (auto& channel : shared.channels) channel.level = shared.level_of(channel.name);
}

Level global_level() noexcept {
    auto& shared = Shared::get();
    const std::lock_guard lock(shared.mutex);
    return shared.settings.level;
}

void set_tap(Level level, Tap tap) {
    auto& shared = Shared::get();
    const std::lock_guard lock(shared.mutex);
    shared.tap_level = tap ? level : Level::off;
    shared.tap = std::move(tap);
}

namespace detail {

Channel& channel(std::string_view name) {
    auto& shared = Shared::get();
    const std::lock_guard lock(shared.mutex);
    for (auto& channel : shared.channels)
        if (channel.name == name) return channel;
    auto& channel = shared.channels.emplace_back(std::string(name));
    channel.level = shared.level_of(name);
    return channel;
}

void write(Channel& channel, Level level, std::string_view message) {
    auto& shared = Shared::get();
    Tap tap;
    {
        const std::lock_guard lock(shared.mutex);
        write_line(level, channel.name, message);
        if (level >= shared.tap_level && !inside_tap) tap = shared.tap;
    }
    if (!tap) return;
    inside_tap = true;
    tap(level, channel.name, message);
    inside_tap = false;
}

}  // namespace detail
}  // namespace lanbridge::log
