#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "admin/bridge_device.hpp"
#include "admin/log_forwarder.hpp"
#include "admin/process.hpp"
#include "admin/requests.hpp"
#include "admin/trickle.hpp"
#include "lanbridge/admin/admin.hpp"

namespace lanbridge::admin {

struct Admin::Impl final : registry::Observer {
    Impl(Context c, Settings s, Hooks h, registry::Registry& r, model::Memory& m, model::Outbox& o);

    // registry::Observer
    void device_described(const registry::Device& device, const model::DeviceDescription* before) override;
    void availability_changed(const registry::Device& device) override;
    void command_failed(const registry::Device& device, const model::Command& command,
                        const Error& error) override;
    void device_removed(const registry::Device& last) override;
    void candidates_changed() override { list_changed(); }

    // impl.cpp: what is published
    void list_changed();
    void event(std::string_view type, Json data);
    bool publish_info();
    bool publish_state(std::string_view state);
    asio::awaitable<void> keep_list();
    asio::awaitable<bool> publish_list();
    asio::awaitable<void> report_health();
    Json health();

    // builtin_requests.cpp
    void add_builtin_requests();
    void add_hooked(const std::string& name, Handler handler, TimeSource::Clock::duration limit);
    Result<const registry::Device*> device_of(const Json& args) const;
    asio::awaitable<Result<Json>> rename(Json args);
    asio::awaitable<Result<Json>> remove(Json args);
    asio::awaitable<Result<Json>> refresh(Json args);
    asio::awaitable<Result<Json>> change_log_level(Json args);
    asio::awaitable<Result<Json>> ask_restart(Json args);
    asio::awaitable<Result<Json>> tell_health(Json args);
    Result<void> set_level(log::Level level);
    Result<void> restart_soon();
    asio::awaitable<void> restart_after_answer();

    Context context;
    Settings settings;
    Hooks hooks;
    registry::Registry& registry;
    model::Memory& memory;
    model::Outbox& outbox;
    std::string prefix;
    std::int64_t started_wall_s;
    TimeSource::Clock::time_point started;
    BridgeDevice bridge;
    Requests requests;
    Trickle events;
    LogForwarder logging;
    std::map<std::string, std::function<Json()>> health_sections;
    std::set<model::DeviceId> online;
    std::string last_info;
    std::size_t last_list = 0;  // hash: the text of thousands of devices is not kept
    bool list_dirty = false;
    bool list_forced = false;  // the broker may have forgotten it
    bool restarting = false;
    ProcessUse last_use;
    double cpu_percent = 0;
    Signal list_signal;
    Nursery nursery;
};

}  // namespace lanbridge::admin
