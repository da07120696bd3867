#include "support/ha_standin.hpp"

#include <algorithm>
#include <charconv>

#include "support/schema.hpp"

namespace lanbridge::test {
namespace {

constexpr std::size_t shared_keys = 7;
constexpr std::array<const char*, shared_keys> inherited{
    "availability", "availability_mode", "availability_topic", "state_topic", "command_topic",
    "qos",          "encoding"};

bool is_number(const std::string& text) {
    double value = 0;
    const auto [at, ec] = std::from_chars(text.data(), text.data() + text.size(), value);
    return ec == std::errc() && at == text.data() + text.size();
}

}  // namespace

bool topic_matches(std::string_view filter, std::string_view topic) {
    for (;;) {
        const auto a = filter.find('/'), b = topic.find('/');
        const auto level = filter.substr(0, a);
        if (level == "#") return true;
        if (level != "+" && level != topic.substr(0, b)) return false;
        if (a == std::string_view::npos || b == std::string_view::npos) return a == b;
        filter.remove_prefix(a + 1);
        topic.remove_prefix(b + 1);
    }
}

bool FakeBroker::publish(model::Publication publication) {
    if (room() == 0) return false;
    accept(publication.topic, publication.payload, publication.retain);
    log.push_back(std::move(publication));
    return true;
}

void FakeBroker::inject(const std::string& topic, const std::string& payload, bool retain) {
    accept(topic, payload, retain);
}

void FakeBroker::accept(const std::string& topic, const std::string& payload, bool retain) {
    if (retain && payload.empty())
        retained.erase(topic);
    else if (retain)
        retained[topic] = payload;
    for (Client* client : {&bridge, &home_assistant}) {
        const bool wants =
            std::ranges::any_of(client->filters, [&](const auto& f) { return topic_matches(f, topic); });
        if (wants && client->deliver) on_the_way_.push_back(Delivery{client, topic, payload, false});
    }
}

void FakeBroker::subscribe(Client& client, const std::string& filter) {
    if (std::ranges::find(client.filters, filter) == client.filters.end()) client.filters.push_back(filter);
    for (const auto& [topic, payload] : retained)
        if (topic_matches(filter, topic)) on_the_way_.push_back(Delivery{&client, topic, payload, true});
}

void FakeBroker::pump() {
    if (keeps_up) acknowledge_all();
    while (!on_the_way_.empty()) {
        const Delivery delivery = std::move(on_the_way_.front());
        on_the_way_.pop_front();
        if (delivery.to->deliver) delivery.to->deliver(delivery.topic, delivery.payload, delivery.retained);
    }
}

std::vector<model::Publication> FakeBroker::published_on(std::string_view topic) const {
    std::vector<model::Publication> found;
    std::ranges::copy_if(log, std::back_inserter(found),
                         [topic](const auto& message) { return message.topic == topic; });
    return found;
}

std::optional<std::string> FakeBroker::retained_on(const std::string& topic) const {
    const auto it = retained.find(topic);
    if (it == retained.end()) return std::nullopt;
    return it->second;
}

FakeHomeAssistant::FakeHomeAssistant(FakeBroker& broker) : broker_(broker) {
    broker_.home_assistant.deliver = [this](std::string_view topic, std::string_view payload, bool retained) {
        receive(topic, payload, retained);
    };
}

void FakeHomeAssistant::start(bool birth) {
    running_ = true;
    broker_.subscribe(broker_.home_assistant, "homeassistant/+/+/config");
    broker_.subscribe(broker_.home_assistant, "homeassistant/+/+/+/config");
    broker_.pump();
    if (birth) broker_.inject("homeassistant/status", "online");
    broker_.pump();
}

void FakeHomeAssistant::stop() {
    running_ = false;
    broker_.home_assistant.filters.clear();
    for (auto& [id, entity] : entities) {
        entity.loaded = false;
        entity.available.clear();
        entity.values.clear();
        entity.state.reset();
    }
}

void FakeHomeAssistant::delete_device(const std::string& config_topic) {
    remove_topic(config_topic);
    broker_.inject(config_topic, "", true);
    broker_.pump();
}

void FakeHomeAssistant::command(const std::string& unique_id, const std::string& payload,
                                std::string_view key) {
    const auto* entity = find(unique_id);
    if (entity && entity->config.contains(key))
        broker_.inject(entity->config[std::string(key)].get<std::string>(), payload);
    broker_.pump();
}

const FakeHomeAssistant::Entity* FakeHomeAssistant::find(const std::string& unique_id) const {
    const auto it = entities.find(unique_id);
    return it != entities.end() ? &it->second : nullptr;
}

bool FakeHomeAssistant::available(const std::string& unique_id) const {
    const auto* entity = find(unique_id);
    return entity && entity->loaded &&
           std::ranges::all_of(entity->available, [](const auto& topic) { return topic.second; });
}

std::string FakeHomeAssistant::state(const std::string& unique_id) const {
    const auto* entity = find(unique_id);
    return entity ? entity->state.value_or("unknown") : "absent";
}

std::size_t FakeHomeAssistant::loaded_count() const {
    return static_cast<std::size_t>(
        std::ranges::count_if(entities, [](const auto& entry) { return entry.second.loaded; }));
}

void FakeHomeAssistant::receive(std::string_view topic_view, std::string_view payload, bool) {
    const std::string topic(topic_view);
    if (!running_) return;
    if (topic.starts_with("homeassistant/") && topic.ends_with("/config")) return config(topic, payload);
    for (auto& [id, entity] : entities) {
        if (!entity.loaded) continue;
        const auto gate = entity.available.find(topic);
        if (gate != entity.available.end() && payload == "online") gate->second = true;
        if (gate != entity.available.end() && payload == "offline") gate->second = false;
        state_message(entity, topic, payload);
    }
}

void FakeHomeAssistant::config(const std::string& topic, std::string_view payload) {
    if (payload.empty()) return remove_topic(topic);
    const auto json = parse_json(payload);
    if (!json) return complaints.push_back(topic + ": no JSON");
    if (json->contains("migrate_discovery")) return unload_topic(topic);
    for (const auto& error : discovery_errors(topic, *json)) complaints.push_back(topic + ": " + error);
    ++documents;
    if (topic.starts_with("homeassistant/device/")) return document(topic, *json);
    const auto first = topic.find('/') + 1;
    const auto last = topic.rfind('/', topic.rfind('/') - 1) + 1;
    Json single = *json;
    single["platform"] = topic.substr(first, topic.find('/', first) - first);
    load(topic, topic.substr(last, topic.rfind('/') - last), std::move(single));
}

void FakeHomeAssistant::document(const std::string& topic, const Json& json) {
    if (!json.contains("components")) return;
    for (const auto& [id, component] : json["components"].items()) {
        if (component.size() == 1) {
            std::erase_if(entities, [&](const auto& entry) {
                return entry.second.config_topic == topic && entry.second.component_id == id;
            });
            continue;
        }
        Json merged = component;
        for (const char* key : inherited)
            if (json.contains(key) && !merged.contains(key)) merged[key] = json[key];
        merged["device"] = json["device"];
        load(topic, id, std::move(merged));
    }
}

void FakeHomeAssistant::load(const std::string& topic, const std::string& component_id, Json config) {
    auto id = config["unique_id"].get<std::string>();
    const auto known = entities.find(id);
    if (known != entities.end() && known->second.loaded && known->second.config_topic != topic)
        return complaints.push_back("conflicting discovery of " + id + " on " + topic);
    if (known != entities.end() && known->second.loaded && known->second.config == config) return;
    Entity& entity = entities[id];
    if (entity.unique_id.empty()) entity.entity_id = config.value("default_entity_id", "");
    entity.unique_id = id;
    entity.platform = config["platform"].get<std::string>();
    entity.config_topic = topic;
    entity.component_id = component_id;
    entity.config = std::move(config);
    entity.loaded = true;
    entity.available.clear();
    std::set<std::string> topics;
    if (entity.config.contains("availability"))
        for (const auto& entry : entity.config["availability"]) {
            entity.available[entry["topic"].get<std::string>()] = false;
            topics.insert(entry["topic"].get<std::string>());
        }
    for (const auto& [key, value] : entity.config.items())
        if (key.ends_with("topic") && !key.ends_with("command_topic") && key != "set_position_topic")
            topics.insert(value.get<std::string>());
    for (const auto& wanted : topics) broker_.subscribe(broker_.home_assistant, wanted);
}

void FakeHomeAssistant::remove_topic(const std::string& topic) {
    std::erase_if(entities, [&](const auto& entry) {
        return entry.second.config_topic == topic && entry.second.loaded;
    });
}

void FakeHomeAssistant::unload_topic(const std::string& topic) {
    for (auto& [id, entity] : entities)
        if (entity.config_topic == topic) entity.loaded = false;
}

void FakeHomeAssistant::state_message(Entity& entity, const std::string& topic, std::string_view payload) {
    bool wanted = false;
    for (const auto& [key, value] : entity.config.items())
        wanted = wanted || (key.ends_with("topic") && !key.ends_with("command_topic") && value == topic);
    if (!wanted || payload.empty()) return;
    entity.values[topic] = std::string(payload);
    if (!entity.config.contains("state_topic") || entity.config["state_topic"] != topic) return;
    std::string text(payload);
    if (entity.config.contains("value_template")) {
        const auto json = parse_json(payload);
        if (!json || !json->contains("value"))
            return complaints.push_back(topic + ": template finds no value");
        text = (*json)["value"].is_null() ? "None" : dump_json((*json)["value"]);
    }
    check_state(entity, text);
    entity.state = text == "None" ? "unknown" : text;
}

void FakeHomeAssistant::check_state(const Entity& entity, const std::string& payload) {
    const auto complain = [&] {
        complaints.push_back(entity.unique_id + ": state \"" + payload + "\" is refused");
    };
    if (payload == "None") return;
    const bool on_off = entity.platform == "switch" || entity.platform == "binary_sensor";
    const std::string on = entity.config.value("payload_on", "ON"),
                      off = entity.config.value("payload_off", "OFF");
    if (on_off && payload != on && payload != off) complain();
    const bool numeric = entity.platform == "number" || entity.config.contains("state_class") ||
                         entity.config.contains("unit_of_measurement");
    if (numeric && !is_number(payload)) complain();
    if (!entity.config.contains("options")) return;
    const auto& options = entity.config["options"];
    if (std::find(options.begin(), options.end(), payload) == options.end()) complain();
}

}  // namespace lanbridge::test
