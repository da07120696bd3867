#pragma once

#include <stdexcept>

#include "meross/features_support.hpp"

namespace lanbridge::test {

inline model::Value text(std::string_view words) { return std::string(words); }
inline model::Value whole(std::int64_t value) { return value; }

/// The payloads that a command sends, in order.
inline std::vector<Json> sent(const Bench& bench, std::string_view entity, std::string_view part,
                              model::Value value, model::PartValues more = {}) {
    const auto action = bench.command(entity, part, std::move(value), std::move(more)).value();
    std::vector<Json> payloads{action.request.payload};
    for (const auto& request : action.then) payloads.push_back(request.payload);
    return payloads;
}
inline std::vector<Json> sent(const Bench& bench, std::string_view entity, model::Value value) {
    return sent(bench, entity, "state", std::move(value));
}
inline std::vector<Json> one(std::string_view payload) { return {json(payload)}; }

inline const model::PartDescription& part_of(const model::EntityDescription& entity, std::string_view name) {
    const auto it = std::ranges::find(entity.parts, name, &model::PartDescription::name);
    if (it == entity.parts.end()) throw std::runtime_error("no part " + std::string(name));
    return *it;
}

}  // namespace lanbridge::test
