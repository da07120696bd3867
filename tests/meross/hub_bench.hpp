#pragma once

#include <algorithm>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "meross/features_support.hpp"
#include "meross/hub/hub.hpp"
#include "recording_sink.hpp"
#include "support/volatile_memory.hpp"

// Hubs without sessions, fed by hand.
namespace lanbridge::test {

class IdleDriver final : public model::DeviceDriver {
public:
    asio::awaitable<Result<void>> apply(model::Command) override { co_return Result<void>(); }
    void refresh() override {}
};

// What a hub lists.
inline const std::string valve =
    R"({"id":"0300000A","status":1,"scheduleBMode":6,"onoff":1,"lastActiveTime":1681997688,
    "mts150":{"mode":1,"currentSet":150,"updateTemp":225,"motorCurLocation":0}})";
inline const std::string door = R"({"id":"160000000001","status":1,"onoff":0,"lastActiveTime":1681996722,
    "doorWindow":{"status":0,"lmTime":1681983460}})";

inline std::string list(std::initializer_list<std::string> items) {
    std::string text = "[";
    for (const auto& item : items) text += (text.size() > 1 ? "," : "") + item;
    return text + "]";
}

inline std::string numbered_valve(int number, int status = 1) {
    const std::string digits = std::to_string(100 + number);
    return R"({"id":"01000)" + digits + R"(","status":)" + std::to_string(status) +
           R"(,"onoff":1,"lastActiveTime":1706113485,"mts100v3":{"mode":3}})";
}

inline std::string many_valves(int count) {
    std::string text = "[";
    for (int i = 0; i < count; ++i) text += (i > 0 ? "," : "") + numbered_valve(i);
    return text + "]";
}

inline bool asks(const std::vector<meross::Request>& requests, std::string_view name_space) {
    return std::ranges::find(requests, name_space, &meross::Request::name_space) != requests.end();
}

inline std::vector<std::string_view> hub_abilities() {
    return {"Hub.Online",        "Hub.ToggleX",           "Hub.SubdeviceList",    "Hub.Exception",
            "Hub.Battery",       "Hub.Mts100.All",        "Hub.Mts100.Mode",      "Hub.Mts100.Temperature",
            "Hub.Mts100.Adjust", "Hub.Mts100.ScheduleB",  "Hub.Sensor.All",       "Hub.Sensor.Adjust",
            "Hub.Sensor.Smoke",  "Hub.Sensor.DoorWindow", "Hub.Sensor.WaterLeak", "Hub.SubDevice.Version"};
}

/// What all hubs of a house share.
struct HubHouse {
    RecordingSink sink;
    VolatileMemory memory;
    model::EntitySetPool sets;
    meross::SubdeviceClaims claims;
};

class HubBench {
public:
    explicit HubBench(HubHouse& house, std::string id = "meross_hub")
        : house_(house),
          id_(std::move(id)),
          ability_(facts_of("msh300", hub_abilities()).ability),
          hub_(std::make_unique<meross::Hub>(
              meross::HubParts{house.sink, house.memory, house.sets, driver_, house.claims},
              model::DeviceId(id_), ability_)) {
        hub_->recall(0);
    }
    meross::Hub& operator*() { return *hub_; }
    meross::Hub* operator->() { return hub_.get(); }
    model::DeviceDriver& driver() { return driver_; }

    /// On line, with this list, and read for the first time.
    void start(std::string_view subdevices) {
        hub_->came_online(meross::HubLink(model::Transport::http, "preferred"));
        digest(subdevices);
        hub_->publish(0);
    }
    void digest(std::string_view subdevices) {
        read("Digest.Hub",
             R"({"hub":{"hubId":-381895630,"mode":0,"subdevice":)" + std::string(subdevices) + "}}");
    }
    void read(std::string_view name, std::string_view payload) {
        const Json data = json(payload);
        const std::string name_space = full(name);
        hub_->read(meross::Reading{name_space, data, 0, 0, zone_, now_});
    }
    void push(std::string_view name, std::string_view payload) {
        hub_->heard(full(name), json(payload), now_);
        read(name, payload);
    }
    void pass(std::chrono::seconds time) { now_ += time; }

    /// The payloads of the polls of this namespace.
    std::vector<Json> polls(std::string_view name) const {
        std::vector<Json> payloads;
        for (const auto& poll : hub_->polls())
            if (poll.request.name_space == full(name)) payloads.push_back(poll.request.payload);
        return payloads;
    }
    RecordingSink::Seen& seen(const std::string& id) { return house_.sink.devices.at("meross_" + id); }
    bool has(const std::string& id) const { return house_.sink.devices.contains("meross_" + id); }

private:
    HubHouse& house_;
    std::string id_;
    Json ability_;
    IdleDriver driver_;
    meross::DeviceTime zone_;
    meross::Moment::TimePoint now_{std::chrono::hours(1)};
    std::unique_ptr<meross::Hub> hub_;
};

}  // namespace lanbridge::test
