#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "lanbridge/base/error.hpp"
#include "lanbridge/base/json.hpp"
#include "lanbridge/base/time.hpp"
#include "lanbridge/meross/protocol/time_rules.hpp"
#include "lanbridge/model/device.hpp"
#include "meross/device/facts.hpp"
#include "meross/features/action.hpp"

namespace lanbridge::meross {

/// Now, on the clocks that features need.
struct Moment {
    using TimePoint = TimeSource::Clock::time_point;
    TimePoint now{};           ///< steady: for durations
    std::int64_t wall_ms = 0;  ///< for what is remembered beyond the process
    bool pushed = false;       ///< the device tells its state on MQTT by itself: it need not be asked
};

/// A payload that arrived, whatever the way: a reply, a push, or a piece of System.All's digest in the shape
/// of the namespace that it stands for.
struct Reading {
    std::string_view name_space;
    const Json& payload;
    std::int64_t device_time;  ///< header timestamp, epoch seconds of the device's clock
    std::int64_t wall_ms;      ///< our clock
    const DeviceTime& zone;    ///< of the device
    Moment::TimePoint now{};   ///< steady
};

/// An entity with `own_availability`, and whether it is available now.
using EntityGate = std::pair<std::string, bool>;

/// Owns some namespaces from end to end: which entities they make, how a payload becomes values, which
/// request a command becomes, what to ask for. Values in, values out: no sockets, no clocks. One feature, one
/// file, one line in `features.cpp`.
class Feature {
public:
    virtual ~Feature() = default;
    /// Appends the entities as far as is known now. May change after a reading or a refusal; a change that
    /// is neither a new entity nor a first answer is announced by `describe_anew`.
    virtual void describe(std::vector<model::EntityDescription>& out) const = 0;
    /// Appends what has to be read: the first time once each, then by the table's strategy.
    virtual void polls(std::vector<Poll>&) const {}
    /// Whether `read` wants this namespace.
    virtual bool reads(std::string_view name_space) const = 0;
    virtual void read(const Reading& reading, model::Observations& out) = 0;
    /// The device answered ERROR 5000 to the right question: it does not have this. May be another's
    /// namespace.
    virtual void refused(std::string_view /*name_space*/) {}
    /// In an earlier run the device answered this namespace: what its answer brings is known to exist.
    virtual void answered_before(std::string_view /*name_space*/) {}

    /// Nothing when the entity is another feature's. Errors: `invalid_value`, `unsupported`.
    virtual std::optional<Result<Action>> command(const model::Command&) const { return std::nullopt; }
    /// The same, and what is really called: for the feature whose request has to name a time.
    virtual std::optional<Result<Action>> command_at(const model::Command& wish, const Moment&) const {
        return command(wish);
    }
    /// The device has acknowledged all requests of this feature's command; `reply` is the payload of the last
    /// SETACK. Here a movement begins, and here is observed what no reading ever shows.
    virtual void accepted(const model::Command&, const Json& /*reply*/, const Moment&, model::Observations&) {
    }

    /// When time alone changes something: the end of a movement, a state that must be asked for each second.
    virtual std::optional<Moment::TimePoint> wakes_at() const { return std::nullopt; }
    /// Called once `wakes_at` has come, never while the device is off line. `requests` are sent in order: a
    /// GET is read like a poll's, a SET like a command's.
    virtual void tick(const Moment&, std::vector<Request>& /*requests*/, model::Observations&) {}

    /// Appends the entities that have an availability of their own; asked after each reading of this feature.
    virtual void gates(std::vector<EntityGate>&) const {}

    /// What must outlive the process, by `memory_topic()`; asked after readings, stored when it changed.
    virtual std::string_view memory_topic() const { return {}; }
    virtual std::optional<std::string> memory() const { return std::nullopt; }
    virtual void restore(const Json& /*memory*/, std::int64_t /*wall_ms*/) {}

    /// Whether `describe` has something new to say; true once.
    bool take_description_changed() noexcept { return std::exchange(description_changed_, false); }

protected:
    /// New limits, options or names: the description is asked for and published again before the values that
    /// were read with it.
    void describe_anew() noexcept { description_changed_ = true; }

private:
    bool description_changed_ = false;
};
using FeaturePtr = std::unique_ptr<Feature>;

/// Every feature that a device with these facts has, in the table's order.
std::vector<FeaturePtr> make_features(const Facts& facts);

}  // namespace lanbridge::meross
