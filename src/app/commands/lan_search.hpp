#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "app/commands/discover.hpp"
#include "app/commands/mqtt_ear.hpp"
#include "app/config/config.hpp"
#include "lanbridge/base/async.hpp"
#include "lanbridge/meross/discovery.hpp"
#include "lanbridge/net/http_client.hpp"

namespace lanbridge::app {

/// A device as `lanbridge discover` shows it.
struct FoundDevice {
    FoundDevice() = default;
    std::string kind;  ///< "meross"
    std::string address, model, firmware, uuid, mac, name;
    std::vector<std::string> found_by;
    std::string key;       ///< what is known of its key, in words
    std::string key_from;  ///< where in the configuration the fitting one is
    std::string error;
};

/// Looks for Meross devices by every way that the configuration leaves open, and asks each who it is.
class LanSearch {
public:
    LanSearch(Context context, const Config& config, const DiscoverOptions& options);
    LanSearch(const LanSearch&) = delete;
    LanSearch& operator=(const LanSearch&) = delete;

    /// Takes as long as the options say, then waits a little for devices that are still being asked.
    asio::awaitable<void> run();
    /// Brings `run` to its end with what has been found.
    void hurry();

    std::vector<FoundDevice> found() const;
    /// A sentence for each way that was not open, and for what was odd.
    const std::vector<std::string>& remarks() const noexcept { return remarks_; }
    /// No way was open at all.
    bool blind() const noexcept { return blind_; }

private:
    struct Find {
        Find() = default;
        std::vector<std::string> by;
        meross::Sighting hint;  ///< the one that says most
        meross::Found found;
        bool examined = false;
    };
    struct Heard {
        Heard() = default;
        std::optional<std::size_t> key;  ///< that its messages are signed with
    };
    struct KnownKey {
        KnownKey(Secret s, std::string f) : secret(std::move(s)), from(std::move(f)) {}
        Secret secret;
        std::string from;
    };
    void collect_keys(const MerossConfig& config);
    meross::FinderSettings finder_settings() const;
    void sighted(const meross::Sighting& sighting);
    void heard(const meross::Uuid& uuid, const meross::Header& header);
    asio::awaitable<void> examine(std::string place, meross::Sighting sighting);
    asio::awaitable<void> scan();
    asio::awaitable<void> wait(bool (LanSearch::*over)() const, TimeSource::Clock::time_point deadline);
    bool scanned() const { return scanned_; }
    bool all_examined() const;
    asio::awaitable<void> wind_down();
    void remark();
    FoundDevice show(const std::string& place, const Find& find) const;
    FoundDevice show(const meross::Uuid& uuid, const Heard& heard) const;

    Context context_;
    Config config_;
    DiscoverOptions options_;
    net::HttpClient http_;
    meross::Finder finder_;
    std::optional<MqttEar> ear_;
    Nursery nursery_;
    Gate asking_;
    Signal changed_;
    std::vector<KnownKey> keys_;
    std::map<std::string, Find> finds_;  ///< by place
    std::map<meross::Uuid, Heard> heard_;
    std::vector<std::string> remarks_;
    bool scanned_ = false;
    bool hurried_ = false;
    bool blind_ = false;
};

}  // namespace lanbridge::app
