#include "homeassistant/house.hpp"

namespace lanbridge::test {
namespace {

using model::Component;
using model::EntityDescription;
using model::PartDescription;
using model::ValueKind;

model::EntitySetPtr set_of(std::vector<EntityDescription> entities) {
    return std::make_shared<const model::EntitySet>(std::move(entities));
}

PartDescription part(std::string name, ValueKind kind, bool commandable) {
    PartDescription out;
    out.name = std::move(name);
    out.kind = kind;
    out.commandable = commandable;
    return out;
}

PartDescription choice(std::string name, std::vector<std::string> options, bool commandable) {
    auto out = part(std::move(name), ValueKind::option, commandable);
    out.options = std::move(options);
    return out;
}

PartDescription quantity(std::string name, double min, double max, double step, bool commandable = true) {
    auto out = part(std::move(name), ValueKind::number, commandable);
    out.range = model::NumberRange{min, max, step};
    return out;
}

EntityDescription entity(std::string key, Component component, std::vector<PartDescription> parts) {
    EntityDescription out;
    out.name = model::sentence_case(key);
    out.key = std::move(key);
    out.component = component;
    out.parts = std::move(parts);
    return out;
}

EntityDescription climate() {
    return entity(
        "climate", Component::climate,
        {choice("mode", {"off", "heat", "cool"}, true), choice("preset_mode", {"eco", "boost"}, true),
         choice("fan_mode", {"low", "high"}, true), quantity("temperature", 5, 35, 0.5),
         quantity("temperature_low", 5, 35, 0.5), quantity("temperature_high", 5, 35, 0.5),
         choice("action", {"off", "idle", "heating"}, false),
         quantity("current_temperature", -20, 60, 0.1, false),
         quantity("current_humidity", 0, 100, 0.1, false)});
}

EntityDescription mconsume() {
    auto out = model::make_sensor("mconsume_1", "energy", "Wh", "total");
    out.parts.front().kind = ValueKind::total;
    return out;
}

EntityDescription garage() {
    auto out = entity("garage", Component::cover, {choice("state", {"OPEN", "CLOSE"}, true)});
    out.device_class = "garage";
    out.own_availability = true;
    return out;
}

EntityDescription transport() {
    auto out = model::make_enum_sensor("transport", {"http", "mqtt"});
    out.category = model::Category::diagnostic;
    out.parts.push_back(part("attributes", ValueKind::attributes, false));
    return out;
}

EntityDescription event() {
    auto out = entity("button_event", Component::event, {choice("state", {"single", "double"}, false)});
    out.device_class = "button";
    return out;
}

EntityDescription firmware() {
    auto install = part("install", ValueKind::press, true);
    install.readable = false;
    auto out = entity(
        "firmware", Component::update,
        {part("state", ValueKind::text, false), part("latest_version", ValueKind::text, false), install});
    out.device_class = "firmware";
    return out;
}

EntityDescription light() {
    return entity(
        "light", Component::light,
        {part("state", ValueKind::on_off, true), quantity("brightness", 1, 100, 1),
         quantity("color_temp", 2700, 6500, 1), part("rgb", ValueKind::text, true),
         choice("color_mode", {"color_temp", "rgb"}, false), choice("effect", {"none", "rainbow"}, true)});
}

}  // namespace

model::DeviceDescription metering_plug(const std::string& id, const std::string& name) {
    auto relay = model::make_switch("switch_0");
    relay.naming = model::Naming::main;
    relay.device_class = "outlet";
    auto power = model::make_sensor("power", "power", "W", "measurement");
    power.precision = 1;
    auto led = model::make_switch("led");
    led.name = "Status LED";
    led.category = model::Category::config;
    auto signal = model::make_sensor("signal", "", "%", "measurement");
    signal.category = model::Category::diagnostic;
    signal.icon = "mdi:wifi";
    model::DeviceDescription out;
    out.id = model::DeviceId(id);
    out.name = name;
    out.manufacturer = "Meross";
    out.model = "Smart Plug";
    out.model_id = "mss315";
    out.serial_number = "2209121234567890";
    out.sw_version = "9.3.26";
    out.hw_version = "9.0.0";
    out.mac = "48:e1:e9:aa:bb:cc";
    out.address = "192.0.2.10";
    out.entities =
        set_of({relay, power, model::make_sensor("voltage", "voltage", "V", "measurement"),
                model::make_sensor("current", "current", "A", "measurement"),
                model::make_sensor("energy", "energy", "Wh", "total_increasing"), led, signal, transport()});
    return out;
}

model::DeviceDescription bridge_device() {
    auto restart = model::make_button("restart");
    restart.device_class = "restart";
    auto version = entity("version", Component::sensor, {part("state", ValueKind::text, false)});
    version.category = model::Category::diagnostic;
    model::DeviceDescription out;
    out.id = homeassistant::bridge_id("lanbridge");
    out.name = "lanbridge";
    out.is_bridge = true;
    out.entities = set_of({model::make_binary_sensor("connection", "connectivity"), version, restart,
                           model::make_select("log_level", {"info", "debug"}),
                           model::make_sensor("devices_online", "", "", "")});
    return out;
}

model::DeviceDescription everything() {
    auto temperature = model::make_sensor("temperature_1", "temperature", "°C", "measurement");
    auto other = model::make_sensor("temperature_2", "temperature", "°C", "measurement");
    auto cover = entity("cover_0", Component::cover,
                        {choice("state", {"OPEN", "CLOSE", "STOP"}, true), quantity("position", 0, 100, 1)});
    cover.device_class = "shutter";
    auto fan = entity("fan", Component::fan,
                      {part("state", ValueKind::on_off, true), quantity("percentage", 1, 4, 1)});
    auto hidden = model::make_sensor("rssi", "signal_strength", "dBm", "measurement");
    hidden.enabled_by_default = false;
    hidden.category = model::Category::diagnostic;
    model::DeviceDescription out;
    out.id = model::DeviceId("meross_000000000001");
    out.name = "Büro's \"Alles\"";
    out.manufacturer = "Meross";
    out.entities =
        set_of({climate(), cover, garage(), fan, light(), event(), firmware(), mconsume(), transport(),
                hidden, temperature, other, model::make_number("standby_power", {0, 100, 0.1}, "W"),
                model::make_select("song", {"one", "two"}), model::make_button("refresh"),
                entity("monday", Component::text, {part("state", ValueKind::text, true)}),
                model::make_binary_sensor("window", "window"), model::make_switch("child_lock")});
    return out;
}

model::DeviceDescription subdevice() {
    model::DeviceDescription out;
    out.id = model::DeviceId("meross_0300abcdef01");
    out.name = "Thermometer";
    out.via = metering_plug().id;
    out.entities = set_of({model::make_sensor("temperature", "temperature", "°C", "measurement"),
                           model::make_sensor("humidity", "humidity", "%", "measurement"),
                           model::make_sensor("battery", "battery", "%", "measurement")});
    return out;
}

std::vector<model::DeviceDescription> all_fixtures() {
    return std::vector<model::DeviceDescription>{bridge_device(), metering_plug(), everything(), subdevice()};
}

}  // namespace lanbridge::test
