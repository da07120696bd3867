#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lanbridge/base/error.hpp"
#include "lanbridge/base/json.hpp"
#include "lanbridge/meross/protocol/multiple.hpp"
#include "lanbridge/meross/protocol/time_rules.hpp"
#include "lanbridge/model/device.hpp"
#include "meross/device/facts.hpp"

namespace lanbridge::meross {

/// A payload that arrived, whatever the way: a reply, a push, or a piece of System.All's digest in the shape
/// of the namespace that it stands for.
struct Reading {
    std::string_view name_space;
    const Json& payload;
    std::int64_t device_time;  ///< header timestamp, epoch seconds of the device's clock
    std::int64_t wall_ms;      ///< our clock
    const DeviceTime& zone;    ///< of the device
};

/// Something to be asked for; strategy and period come from the namespace table.
struct Poll {
    Poll(std::string_view ns, Json p, int i = 1) : request(ns, Method::get, std::move(p)), items(i) {}
    Request request;
    int items;  ///< channels or list items expected in the answer
};

/// One request that a command becomes, and how its effect is confirmed.
struct Action {
    explicit Action(Request r) : request(std::move(r)) {}
    Request request;
    std::vector<Request> read_back;  ///< asked afterwards where no push confirms
    bool reply_is_reading = false;   ///< a SETACK that carries an object is the new state
    bool read_back_always = false;   ///< a push does not tell all that changed: ask in any case
};

/// Owns some namespaces from end to end: which entities they make, how a payload becomes values, which
/// request a command becomes, what to ask for. Values in, values out: no sockets, no clocks. One feature, one
/// file, one line in `features.cpp`.
class Feature {
public:
    virtual ~Feature() = default;
    /// Appends the entities as far as is known now. May change after a reading or a refusal.
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
    /// What must outlive the process, by `memory_topic()`; asked after readings, stored when it changed.
    virtual std::string_view memory_topic() const { return {}; }
    virtual std::optional<std::string> memory() const { return std::nullopt; }
    virtual void restore(const Json& /*memory*/, std::int64_t /*wall_ms*/) {}
};
using FeaturePtr = std::unique_ptr<Feature>;

/// Every feature that a device with these facts has, in the table's order.
std::vector<FeaturePtr> make_features(const Facts& facts);

}  // namespace lanbridge::meross
