#include "meross/features/feature_set.hpp"

#include <algorithm>

namespace lanbridge::meross {

void FeatureSet::describe(std::vector<model::EntityDescription>& out) const {
    for (const auto& feature : features_) feature->describe(out);
}

void FeatureSet::polls(std::vector<Poll>& out) const {
    for (const auto& feature : features_) feature->polls(out);
}

bool FeatureSet::reads(std::string_view name_space) const {
    return std::ranges::any_of(features_, [&](const auto& feature) { return feature->reads(name_space); });
}

bool FeatureSet::read(const Reading& reading, model::Observations& out) {
    bool changed = false;
    for (const auto& feature : features_) {
        if (!feature->reads(reading.name_space)) continue;
        feature->read(reading, out);
        changed = feature->take_description_changed() || changed;
    }
    return changed;
}

void FeatureSet::refused(std::string_view name_space) {
    for (const auto& feature : features_) feature->refused(name_space);
}

void FeatureSet::answered_before(std::string_view name_space) {
    for (const auto& feature : features_) feature->answered_before(name_space);
}

std::optional<FeatureSet::Taken> FeatureSet::command(const model::Command& command,
                                                     const Moment& moment) const {
    for (const auto& feature : features_)
        if (auto action = feature->command_at(command, moment)) return Taken(*feature, *std::move(action));
    return std::nullopt;
}

std::optional<Moment::TimePoint> FeatureSet::wakes_at() const {
    std::optional<Moment::TimePoint> first;
    for (const auto& feature : features_) {
        const auto at = feature->wakes_at();
        if (at && (!first || *at < *first)) first = at;
    }
    return first;
}

bool FeatureSet::tick(const Moment& moment, std::vector<Request>& requests, model::Observations& out) {
    bool changed = false;
    for (const auto& feature : features_) {
        const auto at = feature->wakes_at();
        if (!at || *at > moment.now) continue;
        feature->tick(moment, requests, out);
        changed = feature->take_description_changed() || changed;
    }
    return changed;
}

void FeatureSet::show_gates(model::DeviceSink& sink, const model::DeviceId& id) const {
    std::vector<EntityGate> gates;
    for (const auto& feature : features_) feature->gates(gates);
    for (const auto& [entity, open] : gates) sink.set_entity_availability(id, entity, open);
}

void FeatureSet::recall(const model::Memory& store, const model::DeviceId& id, std::int64_t wall_ms) {
    if (const auto text = store.recall(id, "answered"))
        if (const auto answered = parse_json(*text); answered && answered->is_array())
            for (const Json& name_space : *answered)
                if (name_space.is_string()) answered_before(name_space.get_ref<const std::string&>());
    for (const auto& feature : features_) {
        const auto topic = feature->memory_topic();
        const auto text = topic.empty() ? std::nullopt : store.recall(id, topic);
        if (!text) continue;
        if (const auto memory = parse_json(*text)) feature->restore(*memory, wall_ms);
    }
}

void FeatureSet::remember(model::Memory& store, const model::DeviceId& id) const {
    for (const auto& feature : features_)
        if (auto memory = feature->memory()) store.remember(id, feature->memory_topic(), *std::move(memory));
}

bool has_news(const model::Observations& observations, const model::EntitySet& entities) {
    return std::ranges::any_of(observations, [&](const auto& o) { return !entities.find(o.entity); });
}

}  // namespace lanbridge::meross
