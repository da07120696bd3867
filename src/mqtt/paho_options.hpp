#pragma once

#include <mqtt/connect_options.h>

#include <memory>
#include <mutex>
#include <string>

#include "mqtt/paho_failures.hpp"
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

::mqtt::connect_options make_connect_options(const ClientSettings& settings, const LinkTarget& target,
                                             const std::shared_ptr<TlsComplaint>& complaint);

/// For people.
std::string describe_disconnect(int reason);

}  // namespace lanbridge::mqtt
