#include "meross/device/transport_entity.hpp"

namespace lanbridge::meross {
namespace {

constexpr std::string_view key = "transport";
constexpr std::string_view attributes = "attributes";

}  // namespace

model::EntityDescription transport_entity() {
    auto entity = model::make_enum_sensor(std::string(key), {"http", "mqtt"});
    entity.category = model::Category::diagnostic;
    entity.icon = "mdi:transit-connection-variant";
    model::PartDescription more;
    more.name = attributes;
    more.kind = model::ValueKind::attributes;
    entity.parts.push_back(std::move(more));
    return entity;
}

void observe_transport(model::Transport transport, std::string_view reason, const std::string& address,
                       model::Observations& out) {
    model::Value state;
    if (transport != model::Transport::none) state = std::string(model::transport_name(transport));
    out.emplace_back(key, std::move(state));
    model::Attributes about;
    about.emplace_back("reason", std::string(reason));
    about.emplace_back("address", address.empty() ? model::Scalar() : model::Scalar(address));
    out.emplace_back(key, attributes, std::move(about));
}

}  // namespace lanbridge::meross
