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

}  // namespace lanbridge::test
