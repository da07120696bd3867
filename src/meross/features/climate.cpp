#include "meross/features/climate.hpp"

#include <utility>
#include <variant>

namespace lanbridge::meross::climate {

model::EntityDescription describe(std::vector<std::string> actions) {
    model::EntityDescription entity;
    entity.key = std::string(key);
    entity.component = model::Component::climate;
    entity.naming = model::Naming::main;
    entity.precision = 1;
    auto doing = choice(action, std::move(actions));
    doing.commandable = false;
    entity.parts.push_back(std::move(doing));
    entity.parts.push_back(measurement(current));
    return entity;
}

model::PartDescription choice(std::string_view name, std::vector<std::string> options) {
    model::PartDescription part;
    part.name = std::string(name);
    part.kind = model::ValueKind::option;
    part.commandable = true;
    part.options = std::move(options);
    return part;
}

model::PartDescription set_point(std::string_view name, model::NumberRange range) {
    model::PartDescription part = measurement(name);
    part.commandable = true;
    part.range = range;
    return part;
}

model::PartDescription measurement(std::string_view name) {
    model::PartDescription part;
    part.name = std::string(name);
    part.kind = model::ValueKind::number;
    return part;
}

std::string_view word_of(const model::Command& command) noexcept {
    const auto* word = std::get_if<std::string>(&command.value);
    return word ? std::string_view(*word) : std::string_view();
}

}  // namespace lanbridge::meross::climate
