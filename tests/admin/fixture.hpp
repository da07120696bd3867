#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "lanbridge/admin/admin.hpp"
#include "lanbridge/base/async.hpp"
#include "support/virtual_time.hpp"
#include "support/volatile_memory.hpp"

namespace lanbridge::admin::test {

/// Keeps what was published.
class Recorder final : public model::Outbox {
public:
    bool publish(model::Publication publication) override {
        if (capacity == 0) return false;
        sent.push_back(std::move(publication));
        return true;
    }
    std::size_t room() const override { return capacity; }

    static bool ends_with(const model::Publication& p, std::string_view suffix) {
        return p.topic.ends_with(suffix);
    }
    std::vector<std::string> all(std::string_view suffix) const {
        std::vector<std::string> payloads;
        for (const auto& p : sent)
            if (ends_with(p, suffix)) payloads.push_back(p.payload);
        return payloads;
    }
    std::size_t count(std::string_view suffix) const { return all(suffix).size(); }
    std::optional<model::Publication> last(std::string_view suffix) const {
        for (auto it = sent.rbegin(); it != sent.rend(); ++it)
            if (ends_with(*it, suffix)) return *it;
        return std::nullopt;
    }
    /// The last payload there, parsed; null when there is none.
    Json json(std::string_view suffix) const {
        const auto publication = last(suffix);
        return publication ? parse_json(publication->payload).value() : Json();
    }

    std::vector<model::Publication> sent;
    std::size_t capacity = 1000;
};

class IdleDriver final : public model::DeviceDriver {
public:
    asio::awaitable<Result<void>> apply(model::Command) override { co_return Result<void>(); }
    void refresh() override { ++refreshes; }
    int refreshes = 0;
};

inline Settings default_settings() {
    Settings settings;
    settings.version = "1.2.3";
    settings.configuration_digest = "abc";
    return settings;
}

struct World {
    explicit World(Settings settings = default_settings())
        : admin(context, std::move(settings), hooks(), registry, memory, outbox) {
        registry.set_memory(memory);
    }
    ~World() {
        admin.stop();
        registry.stop();
        nursery.stop();
        time.settle();
        log::configure({});
    }

    std::map<std::string, Json> unknown;
    Hooks hooks() {
        Hooks hooks;
        hooks.unknown = [this](const model::DeviceId& id) { return unknown[id.value()]; };
        hooks.broker = [] { return parse_json(R"({"url":"mqtt://127.0.0.1"})").value(); };
        hooks.restart = [this] { ++restarts; };
        hooks.set_log_level = [this](log::Level to) {
            level = to;
            log::Settings changed;
            changed.level = to;
            log::configure(changed);
        };
        hooks.remove_device = [this](const model::DeviceId& id) -> Result<void> {
            taken_out.push_back(id.value());
            return {};
        };
        return hooks;
    }
    void start() {
        admin.start();
        admin.on_connected();
        time.settle();
    }
    void plug(const std::string& id, const std::string& name) {
        model::DeviceDescription description;
        description.id = model::DeviceId(id);
        description.name = name;
        description.model_id = "mss310";
        description.sw_version = "6.3.22";
        description.address = "192.168.1.20";
        description.serial_number = "uuid-" + id;
        std::vector<model::EntityDescription> entities;
        entities.push_back(model::make_switch("switch_0"));
        description.entities = std::make_shared<const model::EntitySet>(std::move(entities));
        registry.describe(std::move(description), driver);
    }
    void online(const std::string& id) {
        model::Availability availability;
        availability.online = true;
        availability.reason = model::Reason::ok;
        availability.transport = model::Transport::http;
        registry.set_availability(model::DeviceId(id), availability);
    }
    void command(model::Command command) {
        nursery.start("command", one(std::move(command)));
        time.settle();
    }
    asio::awaitable<void> one(model::Command command) { co_await registry.command(std::move(command)); }
    /// Sends a request and gives the answer.
    Json ask(const std::string& name, const std::string& payload = {}) {
        outbox.sent.clear();
        admin.on_message("lanbridge/bridge/request/" + name, payload, false);
        time.settle();
        return outbox.json("bridge/response/" + name);
    }

    asio::io_context io;
    lanbridge::test::VirtualTime time{io};
    SeededRandom random{1};
    Context context{io.get_executor(), time, random};
    Recorder outbox;
    lanbridge::test::VolatileMemory memory;
    IdleDriver driver;
    int restarts = 0;
    log::Level level = log::Level::info;
    std::vector<std::string> taken_out;
    registry::Registry registry{context};
    Admin admin;
    Nursery nursery{io.get_executor()};
};

}  // namespace lanbridge::admin::test
