#pragma once

#include <stdexcept>
#include <string>
#include <vector>

#include "lanbridge/base/async.hpp"
#include "lanbridge/registry/registry.hpp"
#include "support/virtual_time.hpp"

namespace lanbridge::registry::test {

/// Answers commands when told to, or at once.
class FakeDriver final : public model::DeviceDriver {
public:
    explicit FakeDriver(Context context) : context_(context) {}

    asio::awaitable<Result<void>> apply(model::Command command) override {
        if (throws) throw std::runtime_error("a bug");
        applied.push_back(command.entity + "=" + show(command.value));
        ++inside;
        most_inside = std::max(most_inside, inside);
        const auto slept = co_await context_.time.sleep(takes);
        --inside;
        if (slept) co_return Error(Errc::cancelled);
        co_return outcome;
    }
    void refresh() override { ++refreshes; }

    static std::string show(const model::Value& value) {
        double scratch = 0;
        if (const auto* number = model::as_double(value, scratch))
            return std::to_string(static_cast<int>(*number));
        if (const auto* on = std::get_if<bool>(&value)) return *on ? "on" : "off";
        if (const auto* text = std::get_if<std::string>(&value)) return *text;
        return "?";
    }

    std::vector<std::string> applied;
    Result<void> outcome{};
    TimeSource::Clock::duration takes = std::chrono::seconds(1);
    bool throws = false;
    int inside = 0;
    int most_inside = 0;
    int refreshes = 0;

private:
    Context context_;
};

/// Writes down what it is told.
class Witness final : public Observer {
public:
    void device_described(const Device& device, const model::DeviceDescription* before) override {
        events.push_back((before ? "changed " : "new ") + device.id().value());
    }
    void device_read(const Device& device) override { events.push_back("read " + device.id().value()); }
    void value_changed(const Device& device, std::size_t entity, std::size_t part) override {
        const auto& description = device.entities().entities()[entity];
        const auto slot = device.entities().first_slot(entity) + part;
        events.push_back(description.key + "/" + description.parts[part].name + "=" +
                         FakeDriver::show(device.value(slot).value));
    }
    void availability_changed(const Device& device) override {
        events.push_back(std::string(device.availability().online ? "online " : "offline ") +
                         std::string(model::reason_name(device.availability().reason)));
    }
    void entity_availability_changed(const Device& device, std::size_t entity) override {
        events.push_back(device.entities().entities()[entity].key +
                         (device.entity_available(entity) ? " available" : " unavailable"));
    }
    void command_failed(const Device&, const model::Command& command, const Error& error) override {
        events.push_back("failed " + command.entity + ": " + error.code.message());
        failures.push_back(error);
    }
    void republish(const Device& device) override { events.push_back("republish " + device.id().value()); }
    void device_removed(const Device& last) override { events.push_back("removed " + last.id().value()); }
    void candidates_changed() override { events.emplace_back("candidates"); }

    std::vector<std::string> take() { return std::exchange(events, {}); }
    std::vector<std::string> events;
    std::vector<Error> failures;
};

class MapMemory final : public model::Memory {
public:
    std::optional<std::string> recall(const model::DeviceId& device, std::string_view topic) const override {
        const auto it = records.find({device, std::string(topic)});
        return it == records.end() ? std::nullopt : std::optional(it->second);
    }
    void remember(const model::DeviceId& device, std::string_view topic, std::string json) override {
        records[{device, std::string(topic)}] = std::move(json);
    }
    void forget(const model::DeviceId& device) override {
        std::erase_if(records, [&](const auto& entry) { return entry.first.first == device; });
    }
    std::vector<model::DeviceId> known() const override { return {}; }
    std::map<std::pair<model::DeviceId, std::string>, std::string> records;
};

struct World {
    World() { registry.add_observer(witness); }
    ~World() {
        registry.stop();
        time.settle();
    }
    asio::io_context io;
    lanbridge::test::VirtualTime time{io};
    SeededRandom random{1};
    Context context{io.get_executor(), time, random};
    FakeDriver driver{context};
    Registry registry{context};
    Witness witness;

    void plug(const std::string& id, std::vector<model::EntityDescription> entities) {
        model::DeviceDescription description;
        description.id = model::DeviceId(id);
        description.name = "Plug";
        description.serial_number = "2102";
        description.entities = std::make_shared<const model::EntitySet>(std::move(entities));
        registry.describe(std::move(description), driver);
    }
    void online(const std::string& id) {
        model::Availability availability;
        availability.online = true;
        availability.reason = model::Reason::ok;
        registry.set_availability(model::DeviceId(id), availability);
    }
    void observe(const std::string& id, model::Observation observation) {
        registry.observe(model::DeviceId(id), {std::move(observation)}, model::Transport::http);
    }
};

}  // namespace lanbridge::registry::test
