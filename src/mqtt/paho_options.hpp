#pragma once

#include <mqtt/connect_options.h>

#include <memory>
#include <mutex>
#include <string>

#include "mqtt/paho_link.hpp"

namespace lanbridge::mqtt {

/// What OpenSSL complains of arrives line by line on Paho's thread; the last line is kept for the error's
/// text.
class TlsComplaint {
public:
    void set(const std::string& line) {
        const std::lock_guard lock(mutex_);
        if (!line.empty()) line_ = line.substr(0, line.find('\n'));
    }
    std::string take() {
        const std::lock_guard lock(mutex_);
        return std::exchange(line_, {});
    }

private:
    std::mutex mutex_;
    std::string line_;
};

/// What a broker that accepts the connection and says nothing may cost before the next one is tried.
inline constexpr std::chrono::seconds connect_timeout{5};

::mqtt::connect_options make_connect_options(const ClientSettings& settings, const LinkTarget& target,
                                             const std::shared_ptr<TlsComplaint>& complaint);

/// What Paho's code for a failed connect means. `text` is Paho's own, which alone tells the cases of code -1
/// apart.
ConnectFailure classify_failure(int code, const std::string& text);
/// For people.
std::string describe_failure(int code, const std::string& text);
std::string describe_disconnect(int reason);

}  // namespace lanbridge::mqtt
