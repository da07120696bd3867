#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "lanbridge/base/context.hpp"

namespace lanbridge::agent::lua {

/// Says when a file has appeared, changed or gone: at once where the kernel tells, else within five seconds.
/// It watches the folder, for editors put a new file in the old one's place.
class FileWatch : public std::enable_shared_from_this<FileWatch> {
public:
    /// A file that is being written is left alone until it was quiet for so long.
    static constexpr std::chrono::milliseconds quiet{200};
    static constexpr std::chrono::seconds poll_period{5};

    FileWatch(Context context, std::string path, std::function<void()> changed);

    /// Changes from now on.
    void start();
    void stop();

private:
    struct Stamp {
        bool there = false;
        std::uint64_t inode = 0;
        std::int64_t size = 0;
        std::int64_t seconds = 0;
        std::int64_t nanoseconds = 0;
        friend bool operator==(const Stamp&, const Stamp&) = default;
    };
    Stamp stamp() const;
    asio::awaitable<void> run();
    asio::awaitable<void> wait_for_hint();
    bool open();
    bool read_hints();
    bool concerns_us(std::uint32_t mask, const char* name) const;

    Context context_;
    std::string path_;
    std::string folder_;
    std::string name_;
    std::function<void()> changed_;
    Stamp seen_;
    asio::posix::stream_descriptor inotify_;
    asio::cancellation_signal cancel_;
    bool stopped_ = false;
};

}  // namespace lanbridge::agent::lua
