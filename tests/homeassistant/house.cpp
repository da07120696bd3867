#include "homeassistant/house.hpp"

namespace lanbridge::test {

asio::awaitable<Result<void>> FakeDriver::apply(model::Command command) {
    commands.push_back(command);
    if (failure) co_return *failure;
    model::Observations seen;
    seen.emplace_back(command.entity, command.part, command.value);
    for (const auto& [part, value] : command.more) seen.emplace_back(command.entity, part, value);
    registry_.observe(id_, seen, model::Transport::http);
    co_return Result<void>();
}

House::House(homeassistant::Settings settings) {
    broker.bridge.deliver = [this](std::string_view topic, std::string_view payload, bool retained) {
        if (bridge) bridge->incoming(topic, payload, retained, false);
    };
    build(std::move(settings));
}

House::~House() { end_bridge(); }

void House::build(homeassistant::Settings settings) {
    const Context context{io.get_executor(), time, random};
    settings.origin.sw_version = "0.1.0";
    settings.origin.support_url = "https://example.org/lanbridge";
    homeassistant::Hooks hooks;
    hooks.is_known = [this](const model::DeviceId& id) { return known.contains(id.value()); };
    hooks.device_error = [this](const model::DeviceId& id, std::string_view entity, std::string_view,
                                const Error& e) {
        errors.push_back(id.value() + "/" + std::string(entity) + ": " + e.text());
    };
    registry = std::make_unique<registry::Registry>(context);
    bridge = std::make_unique<homeassistant::HomeAssistant>(context, *registry, broker, std::move(settings),
                                                            std::move(hooks));
    time.settle();
}

void House::end_bridge() {
    if (!bridge) return;
    registry->stop();
    bridge->stop();
    time.settle();
    bridge.reset();
    registry.reset();
    drivers.clear();
}

void House::restart_bridge(homeassistant::Settings settings) {
    broker.inject("lanbridge/bridge/state", "offline", true);
    broker.bridge.filters.clear();
    broker.pump();
    end_bridge();
    build(std::move(settings));
}

FakeDriver& House::add(const model::DeviceDescription& description, bool read) {
    drivers.push_back(std::make_unique<FakeDriver>(*registry, description.id));
    registry->describe(description, *drivers.back());
    model::Availability online;
    online.online = true;
    online.reason = model::Reason::ok;
    registry->set_availability(description.id, online);
    if (read) registry->first_read_done(description.id);
    return *drivers.back();
}

void House::connect() {
    broker.up = true;
    for (const auto& filter : bridge->subscriptions()) broker.subscribe(broker.bridge, filter);
    broker.inject("lanbridge/bridge/state", "online", true);
    bridge->link_up();
    broker.pump();
}

void House::disconnect() {
    broker.inject("lanbridge/bridge/state", "offline", true);
    broker.up = false;
    broker.bridge.filters.clear();
    bridge->link_down();
    broker.pump();
}

void House::pass(std::chrono::milliseconds period) {
    constexpr std::chrono::milliseconds step(50);
    for (std::chrono::milliseconds gone(0); gone <= period; gone += step) {
        time.advance(step);
        broker.pump();
        time.settle();
        broker.pump();
    }
}

}  // namespace lanbridge::test
