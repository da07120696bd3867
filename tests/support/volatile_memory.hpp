#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "lanbridge/model/device.hpp"

namespace lanbridge::test {

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
