#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "lanbridge/mqtt/client.hpp"
#include "lanbridge/mqtt/topic_filter.hpp"

namespace lanbridge::mqtt {

/// What the broker has to be asked for.
struct WireSubscription {
    std::string filter;
    int qos;
    RetainedReplay replay;
    friend bool operator==(const WireSubscription&, const WireSubscription&) = default;
};

/// Who wants which messages: every filter once, with any number of handlers. A daemon has about ten filters,
/// so a vector is searched faster than any tree.
class Subscriptions {
public:
    struct Added {
        SubscriptionId id;
        std::optional<WireSubscription>
            ask;  ///< the broker, when the filter is new or wants more than before
    };
    Added add(TopicFilter filter, int qos, RetainedReplay replay, MessageHandler handler);
    /// The filter that the broker need not serve any more, if this was its last handler.
    std::optional<std::string> remove(SubscriptionId id);

    /// Handlers may add and remove subscriptions meanwhile.
    void dispatch(const Message& message);
    std::vector<WireSubscription> all() const;

private:
    struct Handler {
        SubscriptionId id;
        MessageHandler call;
    };
    struct Entry {
        explicit Entry(TopicFilter f) : filter(std::move(f)) {}
        TopicFilter filter;
        int qos = 0;
        RetainedReplay replay = RetainedReplay::none;
        std::vector<std::shared_ptr<Handler>> handlers;
        WireSubscription wire() const { return {filter.text(), qos, replay}; }
    };
    std::vector<Entry> entries_;
    std::vector<std::shared_ptr<Handler>> matched_;  // kept for its memory
    SubscriptionId last_id_ = 0;
};

}  // namespace lanbridge::mqtt
