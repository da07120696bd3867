#include "meross/features_support.hpp"

#include <cmath>
#include <stdexcept>

namespace lanbridge::test {

Facts facts_of(std::string_view type, std::vector<std::string_view> abilities, std::string_view digest) {
    Json all = json(R"({"system":{"hardware":{"uuid":"2012000000000000000048e1e9a1b2c3"},
        "firmware":{"version":"2.1.17"},
        "time":{"timestamp":1718452800,"timezone":"Europe/Rome",
                "timeRule":[[1711846800,7200,1],[1729990800,3600,0],[1743296400,7200,1]]},
        "online":{"status":1}}})");
    all["system"]["hardware"]["type"] = type;
    all["digest"] = json(digest);
    Json ability = Json::object();
    for (auto name : abilities) ability[full(name)] = Json::object();
    return meross::parse_facts(all, ability).value();
}

model::Observations Bench::feed(std::string_view name, std::string_view payload, std::int64_t device_time,
                                std::int64_t wall_ms) {
    return give(name, json(payload), device_time, wall_ms);
}

model::Observations Bench::give(std::string_view name, const Json& payload, std::int64_t device_time,
                                std::int64_t wall_ms) {
    const std::string name_space = full(name);
    const meross::Reading reading{name_space, payload, device_time, wall_ms, facts_.time, moment_.now};
    model::Observations seen;
    for (auto& feature : features_)
        if (feature->reads(name_space)) feature->read(reading, seen);
    return seen;
}

model::Observations Bench::feed_digest() {
    model::Observations seen;
    for (const auto& part : meross::split_digest(facts_.digest))
        for (auto& feature : features_)
            if (feature->reads(part.name_space))
                feature->read(
                    {part.name_space, part.payload, facts_.time.timestamp, 0, facts_.time, moment_.now},
                    seen);
    return seen;
}

void Bench::refuse(std::string_view name) {
    for (auto& feature : features_) feature->refused(full(name));
}

std::vector<std::string> Bench::keys() const {
    std::vector<model::EntityDescription> entities;
    for (const auto& feature : features_) feature->describe(entities);
    std::vector<std::string> keys;
    for (const auto& entity : entities) keys.push_back(entity.key);
    std::ranges::sort(keys);
    return keys;
}

model::EntityDescription Bench::entity(std::string_view key) const {
    std::vector<model::EntityDescription> entities;
    for (const auto& feature : features_) feature->describe(entities);
    for (auto& entity : entities)
        if (entity.key == key) return entity;
    throw std::runtime_error("no entity " + std::string(key));
}

bool Bench::has(std::string_view key) const {
    const auto all = keys();
    return std::ranges::find(all, key) != all.end();
}

std::optional<meross::Poll> Bench::poll(std::string_view name) const {
    std::vector<meross::Poll> polls;
    for (const auto& feature : features_) feature->polls(polls);
    for (auto& poll : polls)
        if (poll.request.name_space == full(name)) return poll;
    return std::nullopt;
}

Result<meross::Action> Bench::command(std::string_view entity, model::Value value) const {
    return command(entity, "state", std::move(value));
}

Result<meross::Action> Bench::command(std::string_view entity, std::string_view part, model::Value value,
                                      model::PartValues more) const {
    model::Command command(model::DeviceId("meross_48e1e9a1b2c3"), entity, part, std::move(value));
    command.more = std::move(more);
    for (const auto& feature : features_)
        if (auto action = feature->command_at(command, moment_)) return std::move(*action);
    return Error(Errc::not_found, std::string(entity));
}

model::Observations Bench::accept(std::string_view entity, std::string_view part, model::Value value,
                                  std::string_view reply) {
    const model::Command command(model::DeviceId("meross_48e1e9a1b2c3"), entity, part, std::move(value));
    model::Observations seen;
    for (const auto& feature : features_) {
        if (!feature->command_at(command, moment_)) continue;
        feature->accepted(command, json(reply), moment_, seen);
        break;
    }
    return seen;
}

std::optional<std::chrono::milliseconds> Bench::wakes_in() const {
    std::optional<meross::Moment::TimePoint> first;
    for (const auto& feature : features_)
        if (const auto at = feature->wakes_at(); at && (!first || *at < *first)) first = at;
    if (!first) return std::nullopt;
    return std::chrono::duration_cast<std::chrono::milliseconds>(*first - moment_.now);
}

Bench::Ticked Bench::tick() {
    Ticked ticked;
    for (const auto& feature : features_) {
        const auto at = feature->wakes_at();
        if (at && *at <= moment_.now) feature->tick(moment_, ticked.requests, ticked.observations);
    }
    return ticked;
}

model::Value state(const model::Observations& observations, std::string_view entity) {
    return state(observations, entity, "state");
}

model::Value state(const model::Observations& observations, std::string_view entity, std::string_view part) {
    model::Value last;
    for (const auto& seen : observations)
        if (seen.entity == entity && seen.part == part) last = seen.value;
    return last;
}

double number(const model::Observations& observations, std::string_view entity) {
    double scratch = 0;
    const model::Value value = state(observations, entity);
    const double* number = model::as_double(value, scratch);
    return number ? *number : std::nan("");
}

}  // namespace lanbridge::test
