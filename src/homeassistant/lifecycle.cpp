#include "homeassistant/lifecycle.hpp"

#include <algorithm>
#include <utility>

#include "lanbridge/base/log.hpp"

namespace lanbridge::homeassistant {
namespace {

const log::Logger logger("homeassistant");

/// Brokers replay retained messages right after the subscription.
constexpr auto collection_period = 5s;
/// Twice the largest installation, in its most talkative form (one config for each entity).
constexpr std::size_t max_collected = 500'000;
/// Several bridges on one broker should not answer a birth in step.
constexpr auto birth_shortest = 1s;
constexpr auto birth_spread = 4s;

}  // namespace

Lifecycle::Lifecycle(registry::Registry& registry, Publisher& publisher, const Settings& settings,
                     const Topics& topics, const Hooks& hooks, Agenda& agenda)
    : registry_(registry),
      publisher_(publisher),
      settings_(settings),
      topics_(topics),
      hooks_(hooks),
      agenda_(agenda) {}

void Lifecycle::link_up() {
    if (!settings_.enabled || std::exchange(swept_, true)) return;
    collecting_ = true;
    agenda_.after(collection_period, [this] { sweep(); });
}

bool Lifecycle::incoming(std::string_view topic, std::string_view payload, bool retained) {
    if (topic == settings_.status_topic) {
        status(payload, retained);
        return true;
    }
    const auto config = topics_.parse_config(topic);
    if (!config) return false;
    if (!settings_.enabled) return true;
    if (payload.empty())
        config_cleared(topic, *config);
    else if (retained && collecting_)
        collect(topic, *config, payload);
    // What is not retained has just been published: by us, or by another bridge.
    return true;
}

/// A retained birth tells nothing new: everything is published at connect anyway.
void Lifecycle::status(std::string_view payload, bool retained) {
    if (payload != "online" || retained || std::exchange(birth_scheduled_, true)) return;
    logger.info("Home Assistant has started; publishing states again");
    agenda_.after(birth_shortest + agenda_.random_up_to(birth_spread), [this] {
        birth_scheduled_ = false;
        publisher_.birth();
    });
}

void Lifecycle::config_cleared(std::string_view topic, const ConfigTopic& config) {
    if (publisher_.take_own_clear(topic)) return;
    if (settings_.discovery == DiscoveryForm::device) {
        const model::DeviceId id{std::string(config.object)};
        if (config.component == "device" && config.node == document_node) publisher_.config_deleted(id, {});
    } else if (config.component != "device" && !config.node.empty()) {
        publisher_.config_deleted(model::DeviceId(std::string(config.node)), config.object);
    }
}

void Lifecycle::collect(std::string_view topic, const ConfigTopic& config, std::string_view payload) {
    if (collected_count_ >= max_collected) return;
    auto own = read_own_config(topics_, topic, config, payload);
    if (!own) return;
    const auto level = config.component == "device" || config.node.empty() ? config.object : config.node;
    const model::DeviceId id{std::string(level)};
    if (!is_present_form(id, *own)) publisher_.move_from(id, own->topic);
    collected_[id].push_back(std::move(*own));
    ++collected_count_;
}

bool Lifecycle::is_known(const model::DeviceId& id) const {
    return registry_.find(id) || id == bridge_id(topics_.base()) || (hooks_.is_known && hooks_.is_known(id));
}

bool Lifecycle::is_present_form(const model::DeviceId& id, const RetainedConfig& config) const {
    if (settings_.discovery == DiscoveryForm::device) return config.topic == topics_.document(id);
    const auto parsed = topics_.parse_config(config.topic);
    return parsed && parsed->component != "device" && parsed->node == id.value();
}

void Lifecycle::sweep() {
    collecting_ = false;
    for (auto& [id, configs] : collected_) {
        if (is_known(id))
            sweep_known(id, configs);
        else
            clear_orphan(id, configs);
    }
    collected_.clear();
    publisher_.drain();
}

void Lifecycle::sweep_known(const model::DeviceId& id, std::vector<RetainedConfig>& configs) {
    std::vector<StaleComponent> stale;
    const auto* device = registry_.find(id);
    for (auto& config : configs) {
        if (!is_present_form(id, config)) continue;  // the publisher knows of it
        for (auto& component : config.components) {
            const auto* entity = device ? device->entities().find(component.key) : nullptr;
            if (entity && platform_name(entity->component) == component.platform) continue;
            stale.push_back(std::move(component));
        }
    }
    // It was online when we stopped, and has not answered since.
    if (!device && id != bridge_id(topics_.base())) publisher_.say_offline(id);
    if (!stale.empty()) publisher_.judge_later(id, std::move(stale));
}

void Lifecycle::clear_orphan(const model::DeviceId& id, std::vector<RetainedConfig>& configs) {
    publisher_.forget_foretold(id);
    const bool ours =
        std::ranges::any_of(configs, [](const auto& config) { return !config.migration_marker; });
    if (!ours) return;  // somebody else's migration
    logger.info("clearing the retained topics of {}, which is neither configured nor known", id.value());
    for (auto& config : configs) {
        publisher_.clear(std::move(config.topic));
        for (auto& topic : config.shared_topics) publisher_.clear(std::move(topic));
        for (auto& component : config.components)
            for (auto& topic : component.topics) publisher_.clear(std::move(topic));
    }
}

}  // namespace lanbridge::homeassistant
