#include "mqtt/subscriptions.hpp"

#include <algorithm>

namespace lanbridge::mqtt {

Subscriptions::Added Subscriptions::add(TopicFilter filter, int qos, RetainedReplay replay,
                                        MessageHandler handler) {
    auto entry = std::ranges::find(entries_, filter, &Entry::filter);
    const bool fresh = entry == entries_.end();
    if (fresh) entry = entries_.insert(entries_.end(), Entry(std::move(filter)));
    const auto before = entry->wire();
    entry->qos = std::max(entry->qos, qos);
    if (replay != RetainedReplay::none) entry->replay = replay;

    Added added{++last_id_, std::nullopt};
    entry->handlers.push_back(std::make_shared<Handler>(Handler{added.id, std::move(handler)}));
    // A second handler that wants the retained messages has to have them replayed, though the first has seen
    // them.
    const bool replayed_again = replay != RetainedReplay::none;
    if (fresh || replayed_again || entry->wire() != before) added.ask = entry->wire();
    return added;
}

std::optional<std::string> Subscriptions::remove(SubscriptionId id) {
    for (auto entry = entries_.begin(); entry != entries_.end(); ++entry) {
        const auto erased =
            std::erase_if(entry->handlers, [&](const auto& handler) { return handler->id == id; });
        if (erased == 0) continue;
        if (!entry->handlers.empty()) return std::nullopt;
        auto filter = entry->filter.text();
        entries_.erase(entry);
        return filter;
    }
    return std::nullopt;
}

void Subscriptions::dispatch(const Message& message) {
    auto matched = std::move(matched_);
    matched.clear();
    for (const auto& entry : entries_) {
        if (entry.filter.matches(message.topic))
            matched.insert(matched.end(), entry.handlers.begin(), entry.handlers.end());
    }
    for (const auto& handler : matched) handler->call(message);
    matched.clear();
    matched_ = std::move(matched);
}

std::vector<WireSubscription> Subscriptions::all() const {
    std::vector<WireSubscription> out;
    for (const auto& entry : entries_) out.push_back(entry.wire());
    return out;
}

}  // namespace lanbridge::mqtt
