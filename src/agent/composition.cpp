#include "agent/composition.hpp"

namespace lanbridge::agent {
namespace {

/// The version whose behaviour this is: integrations look at it in the report.
constexpr std::string_view banner =
    "openmiio_agent version 1.2.1 linux/"
#if defined(__mips__)
    "mipsle";
#elif defined(__arm__)
    "arm";
#elif defined(__aarch64__)
    "arm64";
#elif defined(__x86_64__)
    "amd64";
#else
    "unknown";
#endif

}  // namespace

Agent::Agent(Context context, Settings settings, const std::string& program)
    : context_(context),
      settings_(std::move(settings)),
      program_(program),
      journal_(context.time, settings_.levels),
      gateway_(detect_gateway(settings_.paths)),
      report_(gateway_, settings_.paths, context.time.now()),
      programs_(context, settings_.paths),
      tasks_(context.executor) {}

void Agent::start() {
    if (settings_.mqtt) make_link();
    introduce();
    start_script();
    if (settings_.miio) start_miio();
    start_zigbee();
    if (settings_.mqtt) start_mqtt();
    if (settings_.central) start_central();
}

void Agent::introduce() {
    journal_.info(
        Part::main, banner,
        {Field("by", "lanbridge"), Field("model", gateway_.model), Field("firmware", gateway_.firmware)});
    for (const auto& mistake : settings_.mistakes) journal_.warn(Part::main, mistake);
}

void Agent::make_link() {
    MqttLink::Events events;
    events.command = [this](std::string_view payload) {
        if (hub_) hub_->command(payload);
    };
    events.heard = [this](std::string_view topic, std::string_view payload) {
        script_->heard(std::string(topic), std::string(payload));
    };
    events.report = [this] { return report_.text(context_.time.now()); };
    events.connected = [this] { broker_->check(); };
    link_.emplace(context_, journal_, settings_, std::move(events));
}

void Agent::start_script() {
    ScriptOutlets outlets;
    outlets.send = [this](Address to, const std::string& text) {
        if (hub_) hub_->send(to, text);
    };
    outlets.publish = [this](const std::string& topic, const std::string& payload, bool retain) {
        publish(topic, payload, retain);
    };
    outlets.changed = [this] { subscribe(); };
    ScriptSettings script;
    script.path = program_ + ".lua";
    script.budget = settings_.lua_budget;
    script_.emplace(context_, journal_, std::move(script), std::move(outlets));
    hooks_.emplace(*script_);
    script_->start();
}

void Agent::start_miio() {
    MiioHub::Publish to_mqtt;
    if (link_)
        to_mqtt = [this](std::string_view topic, std::string_view payload) { publish(topic, payload); };
    hub_.emplace(context_, journal_, settings_, programs_, report_.miio.emplace(), std::move(to_mqtt));
    hub_->set_hooks(&*hooks_);
    if (settings_.cache) {
        cache_.emplace(context_, journal_, program_ + ".json");
        cache_->start();
        hub_->add_patch(*cache_);
    }
    hub_->start();
}

void Agent::start_zigbee() {
    if (!settings_.z3 && settings_.zigbee_tcp.empty()) return;
    zigbee_.emplace(
        context_, journal_, settings_, gateway_, report_.zigbee, programs_,
        [this](const std::string& topic, const std::string& payload) { publish(topic, payload); });
    zigbee_->start();
}

void Agent::start_mqtt() {
    broker_.emplace(context_, journal_, settings_, gateway_, programs_);
    subscribe();
    tasks_.start("open broker", open_broker());
}

/// The broker is restarted where it has to be; connecting before that would only be cut off.
asio::awaitable<void> Agent::open_broker() {
    co_await broker_->start();
    link_->start();
}

void Agent::start_central() {
    const auto end = [this](std::vector<std::string> names) { return programs_.end(std::move(names)); };
    central_.emplace(context_, journal_, settings_.paths, end,
                     [this](std::string_view topic, std::string_view payload) { publish(topic, payload); });
    central_->start();
}

void Agent::subscribe() {
    if (link_) link_->want(settings_.miio, script_ && script_->has_listener());
}

void Agent::publish(std::string_view topic, std::string_view payload, bool retain) {
    if (link_) link_->publish(topic, payload, retain);
}

asio::awaitable<void> Agent::stop() {
    tasks_.stop();
    if (central_) central_->stop();
    if (hub_) hub_->stop();
    if (cache_) cache_->stop();
    script_->stop();
    if (zigbee_) co_await zigbee_->stop();
    if (link_) co_await link_->stop();
    if (broker_) co_await broker_->stop();
}

bool Agent::idle() const noexcept {
    return tasks_.idle() && (!hub_ || hub_->idle()) && (!cache_ || cache_->idle()) &&
           (!central_ || central_->idle()) && (!link_ || link_->idle());
}

}  // namespace lanbridge::agent
