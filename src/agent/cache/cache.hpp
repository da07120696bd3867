#pragma once

#include <string>
#include <string_view>

#include "agent/address.hpp"
#include "agent/cache/keys.hpp"
#include "agent/cache/store.hpp"
#include "agent/journal.hpp"
#include "agent/json/message.hpp"
#include "lanbridge/base/async.hpp"
#include "lanbridge/base/context.hpp"
#include "lanbridge/base/tally.hpp"

namespace lanbridge::agent {

/// Lets Bluetooth devices live without the cloud: remembers what it said about them, and says it again when
/// the cloud has nothing but an error. Also shortens the sensors' reporting intervals. The last patch of
/// answers.
///
/// On the loop. What it remembers is written to flash at most once a minute, and at `stop`. Writing blocks
/// the loop for the fsync of a file of some 50 KB: tens of milliseconds, and no thread is worth that.
class Cache final : public AnswerPatch {
public:
    Cache(Context context, Journal& journal, std::string store_path);

    void start();
    bool apply(const Question& question, Message& answer) override;
    /// Writes what is not yet written. Run the loop until `idle()` before destruction.
    void stop();
    bool idle() const noexcept { return tasks_.idle(); }

private:
    /// A method of one app, and what is done to its answers.
    struct Rule {
        Address from;
        std::string_view method;
        bool (Cache::*apply)(const Message& request, Message& answer);
    };
    static const Rule* rule_of(const Question& question) noexcept;

    bool pretend_connected(const Message& request, Message& answer);
    bool query_device(const Message& request, Message& answer);
    bool query_devices(const Message& request, Message& answer);
    bool query_product(const Message& request, Message& answer);
    bool query_home(const Message& request, Message& answer);
    bool accept_event(const Message& request, Message& answer);
    bool keep_alive(const Message& request, Message& answer);

    bool remember_or_recall(Kept kind, std::string_view asked, Message& answer);
    void remember(Kept kind, std::string_view asked, std::string_view value);
    const std::string* recall(Kept kind, std::string_view asked);

    void tell(Tally& tally, std::string_view message);

    asio::awaitable<void> keep_saved();
    void save();

    Context context_;
    Journal& journal_;
    Store store_;
    Nursery tasks_;
    Signal changed_;
    Tally too_long_;
    Tally evicted_;
    Tally unsaved_;
};

}  // namespace lanbridge::agent
