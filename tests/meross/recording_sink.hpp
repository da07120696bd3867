#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "lanbridge/model/device.hpp"

namespace lanbridge::test {

/// Keeps what an integration reports.
class RecordingSink final : public model::DeviceSink {
public:
    struct Seen {
        model::DeviceDescription description;
        model::DeviceDriver* driver = nullptr;
        model::Availability availability;
        std::map<std::string, model::Value> values;  // "entity" or "entity/part"
        bool read = false;
        int descriptions = 0;
    };

    void describe(model::DeviceDescription description, model::DeviceDriver& driver) override {
        log.push_back("describe");
        auto& device = devices[description.id.value()];
        device.description = std::move(description);
        device.driver = &driver;
        ++device.descriptions;
    }
    void first_read_done(const model::DeviceId& id) override { devices[id.value()].read = true; }
    void observe(const model::DeviceId& id, const model::Observations& observations,
                 model::Transport) override {
        log.push_back("observe");
        for (const auto& o : observations)
            devices[id.value()].values[o.part == "state" ? o.entity : o.entity + '/' + o.part] = o.value;
    }
    void set_availability(const model::DeviceId& id, model::Availability availability) override {
        log.push_back(availability.online ? "online" : "offline");
        devices[id.value()].availability = std::move(availability);
    }
    void set_entity_availability(const model::DeviceId&, std::string_view, bool) override {}
    void withdraw(const model::DeviceId& id) override { devices[id.value()].driver = nullptr; }
    void remove(const model::DeviceId& id) override {
        removed.insert(id.value());
        devices.erase(id.value());
    }
    void set_candidate(const std::string& key, std::optional<model::Candidate> candidate) override {
        if (candidate)
            candidates[key] = *std::move(candidate);
        else
            candidates.erase(key);
    }

    std::map<std::string, Seen> devices;
    std::map<std::string, model::Candidate> candidates;
    std::set<std::string> removed;
    std::vector<std::string> log;
};

/// Memory that is lost with the test.
class VolatileMemory final : public model::Memory {
public:
    std::optional<std::string> recall(const model::DeviceId& device, std::string_view topic) const override {
        const auto it = records.find({device.value(), std::string(topic)});
        return it == records.end() ? std::nullopt : std::optional(it->second);
    }
    void remember(const model::DeviceId& device, std::string_view topic, std::string json) override {
        records[{device.value(), std::string(topic)}] = std::move(json);
    }
    void forget(const model::DeviceId& device) override {
        std::erase_if(records, [&](const auto& record) { return record.first.first == device.value(); });
    }
    std::vector<model::DeviceId> known() const override {
        std::set<std::string> ids;
        for (const auto& record : records) ids.insert(record.first.first);
        std::vector<model::DeviceId> result;
        for (const auto& id : ids) result.emplace_back(id);
        return result;
    }
    std::map<std::pair<std::string, std::string>, std::string> records;
};

}  // namespace lanbridge::test
