#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "lanbridge/base/async.hpp"
#include "lanbridge/base/context.hpp"
#include "lanbridge/model/device.hpp"
#include "lanbridge/registry/data_lock.hpp"
#include "lanbridge/registry/records.hpp"

namespace lanbridge::registry {

/// What outlives the process: `devices.json` (mode 0600) in the data directory.
///
/// Reading is from memory. Changes are written two seconds later by a thread of its own, all of them at once;
/// a big file is written less often. The version before stays as `devices.json.1`. A damaged file is renamed
/// to `devices.json.damaged-<time>`, and the version before is used. A disk that cannot be written is
/// reported once and tried again: the daemon goes on from memory.
///
/// On the event loop's thread. Before destruction: `flush`, `stop`, and run the loop until `idle()`.
class Store final : public model::Memory {
public:
    /// Creates the directory where needed, locks and reads it. Errors: `busy` when another process uses it.
    static Result<std::unique_ptr<Store>> open(Context context, std::string directory);
    ~Store() override;

    // model::Memory; devices that were removed are not `known`
    std::optional<std::string> recall(const model::DeviceId& device, std::string_view topic) const override;
    void remember(const model::DeviceId& device, std::string_view topic, std::string json) override;
    void forget(const model::DeviceId& device) override;
    std::vector<model::DeviceId> known() const override;

    /// Forgets everything of a device but that discovery has to leave it alone.
    void mark_removed(const model::DeviceId& device);
    std::vector<model::DeviceId> removed() const;
    /// `discover` was requested: every device may come back.
    void pardon_removed();

    /// Writes what is not yet written. Errors: `timeout`; why the file cannot be written.
    asio::awaitable<Result<void>> flush(TimeSource::Clock::duration limit);
    void stop();
    bool idle() const noexcept { return nursery_.idle(); }

    /// Why the last attempt to write failed; nothing while all is well. For `bridge/health`.
    const std::optional<Error>& trouble() const noexcept { return trouble_; }
    /// The file is being written now.
    bool saving() const noexcept { return saving_; }
    const std::string& directory() const noexcept { return directory_; }
    std::size_t size() const noexcept { return devices_.size(); }

private:
    Store(Context context, std::string directory, std::optional<DataLock> lock);
    void load();
    std::optional<Error> load_from(const std::string& path);
    void set_aside(const Error& why);
    void put(const model::DeviceId& device, DeviceRecordsPtr records);
    void changed();
    asio::awaitable<void> keep_saved();
    asio::awaitable<void> save();
    void start_writer();
    void saved(Result<std::size_t> outcome);

    Context context_;
    std::string directory_;
    std::string path_;
    std::optional<DataLock> lock_;
    TextPool texts_;
    std::map<model::DeviceId, DeviceRecordsPtr> devices_;
    std::uint64_t version_ = 0;          // of what is in memory
    std::uint64_t written_version_ = 0;  // of what is on disk
    std::uint64_t attempts_ = 0;
    bool flushing_ = false;
    bool saving_ = false;
    std::optional<Error> trouble_;
    TimeSource::Clock::time_point not_before_{};
    Signal dirty_;
    Signal hurry_;
    Signal written_;
    Signal settled_;
    std::shared_ptr<Store*> self_;  // cleared on destruction: the writer's answer may come later
    Nursery nursery_;
    std::jthread writer_;  // last: joined first
};

}  // namespace lanbridge::registry
