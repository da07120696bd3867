#include "admin/bridge_device.hpp"

#include <cctype>
#include <utility>

#include "lanbridge/admin/admin.hpp"

namespace lanbridge::admin {
namespace {

using model::Category;

std::vector<model::EntityDescription> entities() {
    auto connection = model::make_binary_sensor("connection", "connectivity");
    connection.category = Category::diagnostic;

    auto version = model::make_sensor("version", "", "", "");
    version.category = Category::diagnostic;
    version.parts.front().kind = model::ValueKind::text;

    auto restart = model::make_button("restart");
    restart.device_class = "restart";
    restart.category = Category::config;

    auto level = model::make_select("log_level", {"trace", "debug", "info", "warn", "error"});
    level.category = Category::config;

    auto online = model::make_sensor("devices_online", "", "", "measurement");
    online.category = Category::diagnostic;
    online.precision = 0;

    return {connection, version, restart, level, online};
}

std::string display_name(const std::string& base_topic) {
    return base_topic == "lanbridge" ? "lanbridge" : "lanbridge (" + base_topic + ")";
}

}  // namespace

std::string bridge_device_id(std::string_view base_topic) {
    std::string id = "bridge_";
    for (const char c : base_topic)
        id += std::isalnum(static_cast<unsigned char>(c)) || c == '_' || c == '-' ? c : '_';
    return id;
}

BridgeDevice::BridgeDevice(registry::Registry& registry, std::string base_topic, std::string version,
                           SetLevel set_level, Restart restart)
    : registry_(registry),
      id_(bridge_device_id(base_topic)),
      base_topic_(std::move(base_topic)),
      version_(std::move(version)),
      set_level_(std::move(set_level)),
      restart_(std::move(restart)) {}

void BridgeDevice::enter() {
    model::DeviceDescription description;
    description.id = id_;
    description.name = display_name(base_topic_);
    description.manufacturer = "lanbridge";
    description.model = "Bridge";
    description.sw_version = version_;
    description.is_bridge = true;
    description.entities = std::make_shared<const model::EntitySet>(entities());
    registry_.describe(std::move(description), *this);
    refresh();
    registry_.first_read_done(id_);
    model::Availability availability;
    availability.online = true;
    availability.reason = model::Reason::ok;
    availability.transport = model::Transport::local;
    registry_.set_availability(id_, std::move(availability));
}

void BridgeDevice::refresh() {
    model::Observations seen;
    seen.emplace_back("connection", true);
    seen.emplace_back("version", version_);
    registry_.observe(id_, seen, model::Transport::local);
    show_log_level();
}

void BridgeDevice::show_log_level() {
    const auto level = log::global_level();
    model::Observations seen;
    seen.emplace_back("log_level", level == log::Level::off
                                       ? model::Value()
                                       : model::Value(std::string(log::level_name(level))));
    registry_.observe(id_, seen, model::Transport::local);
}

void BridgeDevice::show_devices_online(std::size_t number) {
    model::Observations seen;
    seen.emplace_back("devices_online", static_cast<std::int64_t>(number));
    registry_.observe(id_, seen, model::Transport::local);
}

asio::awaitable<Result<void>> BridgeDevice::apply(model::Command command) {
    if (command.entity == "restart") co_return restart_();
    log::Level level{};
    const auto* name = std::get_if<std::string>(&command.value);
    if (command.entity != "log_level" || !name || !log::parse_level(*name, level))
        co_return Error(Errc::unsupported, command.entity);
    co_return set_level_(level);
}

}  // namespace lanbridge::admin
