#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lanbridge/base/context.hpp"
#include "lanbridge/model/device.hpp"

namespace lanbridge::registry {

/// A value, and when and over which way it was seen.
struct StoredValue {
    model::Value value;
    std::int64_t observed_ms = 0;  ///< wall clock; 0 = never
    model::Transport via = model::Transport::none;
};

/// One device as everything above the integrations sees it.
class Device {
public:
    explicit Device(model::DeviceDescription description);

    const model::DeviceId& id() const noexcept { return description_.id; }
    const model::DeviceDescription& description() const noexcept { return description_; }
    const model::EntitySet& entities() const noexcept { return *description_.entities; }
    const model::Availability& availability() const noexcept { return availability_; }
    /// The first read has ended: unknown values are known to be unknown.
    bool been_read() const noexcept { return been_read_; }
    const StoredValue& value(std::size_t slot) const noexcept { return values_[slot]; }
    const StoredValue* value(std::string_view entity, std::string_view part = "state") const noexcept;
    bool entity_available(std::size_t entity_index) const noexcept;

private:
    friend class Registry;
    model::DeviceDescription description_;
    model::Availability availability_;
    bool been_read_ = false;
    std::vector<StoredValue> values_;
    std::vector<std::uint32_t> unavailable_entities_;  // indices; nearly always empty
    model::DeviceDriver* driver_ = nullptr;
};

/// Sees what changed, and only that. Called on the event loop, after the registry has changed.
class Observer {
public:
    virtual ~Observer() = default;
    /// A new device (`before` is null), or one whose description changed. Values of parts that exist in both
    /// sets were carried over.
    virtual void device_described(const Device&, const model::DeviceDescription* /*before*/) {}
    virtual void device_read(const Device&) {}
    virtual void value_changed(const Device&, std::size_t /*entity_index*/, std::size_t /*part_index*/) {}
    virtual void availability_changed(const Device&) {}
    virtual void entity_availability_changed(const Device&, std::size_t /*entity_index*/) {}
    /// A command was refused or failed: the old state stands and should be shown again. The command may name
    /// an entity or part that does not exist.
    virtual void command_failed(const Device&, const model::Command&, const Error&) {}
    /// `device/refresh`: everything of this device should be published again.
    virtual void republish(const Device&) {}
    virtual void device_removed(const Device& /*last*/) {}
    virtual void candidates_changed() {}
};

/// The only shared state: devices, entities, values. Integrations report into it, sinks see the differences,
/// commands go the way back. Single-threaded. Observers must not remove devices from within a callback.
class Registry final : public model::DeviceSink {
public:
    explicit Registry(Context context);
    ~Registry() override;

    void add_observer(Observer& observer);
    /// Where names given by `rename` are kept; must outlive the registry.
    void set_memory(model::Memory& memory) noexcept { memory_ = &memory; }

    // model::DeviceSink
    void describe(model::DeviceDescription description, model::DeviceDriver& driver) override;
    void first_read_done(const model::DeviceId& device) override;
    void observe(const model::DeviceId& device, const model::Observations& observations,
                 model::Transport via) override;
    void set_availability(const model::DeviceId& device, model::Availability availability) override;
    void set_entity_availability(const model::DeviceId& device, std::string_view entity,
                                 bool available) override;
    /// Also cancels a command in flight. Its coroutine unwinds at the loop's next turn: the driver has to
    /// live that long.
    void withdraw(const model::DeviceId& device) override;
    void remove(const model::DeviceId& device) override;
    void set_candidate(const std::string& key, std::optional<model::Candidate> candidate) override;

    const Device* find(const model::DeviceId& id) const noexcept;
    const Device* find_any(std::string_view id_name_or_serial) const noexcept;
    /// In order of ids.
    const std::map<model::DeviceId, std::unique_ptr<Device>>& devices() const noexcept { return devices_; }
    const std::map<std::string, model::Candidate>& candidates() const noexcept { return candidates_; }

    /// Checks the command against the description, then hands it to the device's driver, one at a time for
    /// each device, in order. While a command waits, a later one to the same part overtakes it (the last
    /// wins; those overtaken report the result of the last). Every failure is also given to
    /// `Observer::command_failed`, except that of an unknown device. Errors: `not_found`, `unsupported`
    /// (read-only), `invalid_value`, `unreachable`, `timeout`, `cancelled`, what the driver says.
    asio::awaitable<Result<void>> command(model::Command command);

    /// Errors: `not_found`; `invalid_value` for an empty name; `unsupported` when the configuration gives the
    /// name.
    Result<void> rename(const model::DeviceId& device, std::string name);
    /// Reads everything again and publishes it again. Errors: `not_found`.
    Result<void> refresh(const model::DeviceId& device);

    /// Cancels all commands, for shutdown.
    void stop();
    /// Commands that wait or are in flight.
    std::size_t commands_pending() const noexcept;
    /// Observations of entities or parts that no description has.
    std::uint64_t observations_dropped() const noexcept { return dropped_; }

private:
    struct Lane;  // one device's commands
    Device* get(const model::DeviceId& id) noexcept;
    void apply_remembered_name(model::DeviceDescription& description) const;
    void replace_description(Device& device, model::DeviceDescription description);
    bool learn_option(Device& device, const model::Observation& observation);
    void store(Device& device, const model::Observation& observation, std::int64_t now_ms,
               model::Transport via);

    Result<std::size_t> admit(const model::Command& command) const;
    void fail(const model::Command& command, const Error& error);
    void drop_lane(const model::DeviceId& device);
    asio::awaitable<void> drain(std::shared_ptr<Lane> lane);
    asio::awaitable<Result<void>> apply(model::Command command);

    Context context_;
    model::Memory* memory_ = nullptr;
    std::vector<Observer*> observers_;
    model::EntitySetPool sets_;  // those that grew by a learnt option
    std::map<model::DeviceId, std::unique_ptr<Device>> devices_;
    std::map<std::string, model::Candidate> candidates_;
    std::map<model::DeviceId, std::shared_ptr<Lane>> lanes_;
    std::uint64_t dropped_ = 0;
};

/// Refuses what a part does not take: nonsense, out of range, not an option. Nothing is clamped.
/// Errors: `invalid_value` with what was expected.
Result<void> check_value(const model::PartDescription& part, const model::Value& value);
/// Numbers compare by value, whatever their representation.
bool same_value(const model::Value& a, const model::Value& b) noexcept;

}  // namespace lanbridge::registry
