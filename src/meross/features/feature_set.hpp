#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "meross/features/feature.hpp"

namespace lanbridge::meross {

/// The features of one device, the one at the wire or one behind it, asked as if they were one.
class FeatureSet {
public:
    FeatureSet() = default;
    explicit FeatureSet(std::vector<FeaturePtr> features) : features_(std::move(features)) {}

    void describe(std::vector<model::EntityDescription>& out) const;
    void polls(std::vector<Poll>& out) const;
    bool reads(std::string_view name_space) const;
    /// True when the description has something new to say.
    bool read(const Reading& reading, model::Observations& out);
    void refused(std::string_view name_space);
    void answered_before(std::string_view name_space);

    /// A feature that knows the command, and what it makes of it.
    struct Taken {
        Taken(Feature& f, Result<Action> a) : feature(&f), action(std::move(a)) {}
        Feature* feature;  ///< lives as long as the set
        Result<Action> action;
    };
    std::optional<Taken> command(const model::Command& command, const Moment& moment) const;

    std::optional<Moment::TimePoint> wakes_at() const;
    /// Calls those whose time has come. True when the description has something new to say.
    bool tick(const Moment& moment, std::vector<Request>& requests, model::Observations& out);
    void show_gates(model::DeviceSink& sink, const model::DeviceId& id) const;

    /// What was kept of them under this device.
    void recall(const model::Memory& store, const model::DeviceId& id, std::int64_t wall_ms);
    void remember(model::Memory& store, const model::DeviceId& id) const;

private:
    std::vector<FeaturePtr> features_;
};

/// Whether they speak of an entity that is not among these.
bool has_news(const model::Observations& observations, const model::EntitySet& entities);

}  // namespace lanbridge::meross
