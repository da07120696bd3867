#include "homeassistant/commands.hpp"

#include <algorithm>
#include <utility>

#include "homeassistant/light.hpp"
#include "lanbridge/base/log.hpp"
#include "lanbridge/homeassistant/payload.hpp"

namespace lanbridge::homeassistant {
namespace {

const log::Logger logger("homeassistant");

constexpr auto warning_period = 10s;
/// No command is longer; a light's JSON has some hundred bytes.
constexpr std::size_t max_command_bytes = 4096;
/// A device takes one command at a time and the registry lets later ones overtake; more than this is a storm.
constexpr std::size_t max_in_flight_per_device = 16;

/// Counts a command down however its coroutine ends.
class InFlight {
public:
    InFlight(std::unordered_map<model::DeviceId, std::size_t>& counts, model::DeviceId id)
        : counts_(counts), id_(std::move(id)) {}
    InFlight(const InFlight&) = delete;
    InFlight& operator=(const InFlight&) = delete;
    ~InFlight() {
        const auto it = counts_.find(id_);
        if (it != counts_.end() && --it->second == 0) counts_.erase(it);
    }

private:
    std::unordered_map<model::DeviceId, std::size_t>& counts_;
    model::DeviceId id_;
};

/// Home Assistant sends this when a user clears a preset, which no device knows.
bool clears_preset(const model::PartDescription& part, std::string_view payload) {
    const bool none = payload == "none" || payload == "None";
    return none && part.name == "preset_mode" &&
           std::ranges::find(part.options, payload) == part.options.end();
}

}  // namespace

std::optional<std::size_t> WarningLimit::admit(Clock::time_point now) {
    if (last_ && now < *last_ + warning_period) {
        ++kept_back_;
        return std::nullopt;
    }
    last_ = now;
    return std::exchange(kept_back_, 0);
}

Commands::Commands(Context context, registry::Registry& registry, Publisher& publisher, const Topics& topics,
                   const Hooks& hooks, Nursery& nursery)
    : context_(context),
      registry_(registry),
      publisher_(publisher),
      topics_(topics),
      hooks_(hooks),
      nursery_(nursery) {}

bool Commands::incoming(std::string_view topic, std::string_view payload, bool retained, bool duplicate) {
    const auto set = topics_.parse_set(topic);
    if (!set) return false;
    const bool of_admin = set->device == "bridge" && (set->entity == "request" || set->entity == "response");
    if (of_admin) return false;
    if (!deserves_execution(topic, payload, retained, duplicate)) return true;
    if (const auto target = find_target(*set, topic)) handle(*target, payload);
    return true;
}

bool Commands::deserves_execution(std::string_view topic, std::string_view payload, bool retained,
                                  bool duplicate) {
    if (payload.empty() && publisher_.take_own_clear(topic)) return false;
    if (retained) {
        ++refused_;
        logger.warn("{}: a retained command is ignored and cleared; publish commands without the retain flag",
                    topic);
        publisher_.clear(std::string(topic));
        return false;
    }
    if (duplicate) {
        ++refused_;
        logger.info("{}: a command that the broker delivered again is ignored", topic);
        return false;
    }
    if (payload.size() > max_command_bytes) {
        warn_limited("a command of more than 4096 bytes is ignored", topic);
        return false;
    }
    return true;
}

void Commands::warn_limited(std::string_view what, std::string_view topic) {
    ++refused_;
    const auto kept_back = warnings_.admit(context_.time.now());
    if (!kept_back) return;
    if (*kept_back > 0)
        logger.warn("{}: {} (and {} more such messages)", for_log(topic), what, *kept_back);
    else
        logger.warn("{}: {}", for_log(topic), what);
}

std::optional<Commands::Target> Commands::find_target(const SetTopic& set, std::string_view topic) {
    const auto id =
        set.device == "bridge" ? bridge_id(topics_.base()) : model::DeviceId(std::string(set.device));
    const auto* device = registry_.find(id);
    if (!device) {
        warn_limited("a command for a device that does not exist is ignored", topic);
        return std::nullopt;
    }
    const auto* entity = device->entities().find(set.entity);
    if (!entity) {
        warn_limited("a command for an entity that the device does not have is ignored", topic);
        return std::nullopt;
    }
    const auto part = std::ranges::find(entity->parts, set.part, &model::PartDescription::name);
    if (part == entity->parts.end() || !part->commandable) {
        warn_limited("a command for something that cannot be set is ignored", topic);
        return std::nullopt;
    }
    return Target{*device, *entity, *part};
}

void Commands::handle(const Target& target, std::string_view payload) {
    if (clears_preset(target.part, payload)) return;
    if (target.entity.component == model::Component::light && payload.starts_with('{'))
        return handle_light(target, payload);
    auto value = parse_command(target.part, payload);
    if (!value) return refuse(target, payload, value.error());
    start(target, target.part.name, std::move(*value), payload);
}

void Commands::handle_light(const Target& target, std::string_view payload) {
    const auto* state = target.device.value(target.entity.key);
    const bool* on = state ? std::get_if<bool>(&state->value) : nullptr;
    auto values = parse_light_command(target.entity, payload, on && *on);
    if (!values) return refuse(target, payload, values.error());
    if (values->empty()) return;
    // One message is one wish: a device that gets colour and brightness apart flickers.
    auto first = std::move(values->front());
    values->erase(values->begin());
    start(target, first.first, std::move(first.second), payload, *std::move(values));
}

void Commands::refuse(const Target& target, std::string_view payload, const Error& error) {
    ++refused_;
    logger.warn("{}/{}: command {} failed: {}", target.device.id().value(), target.entity.key,
                for_log(payload), error.text());
    publisher_.repeat(target.device, target.entity.key, target.part.name);
    report(target.device.id(), target.entity.key, target.part.name, error);
}

void Commands::report(const model::DeviceId& device, std::string_view entity, std::string_view part,
                      const Error& error) {
    if (hooks_.device_error) hooks_.device_error(device, entity, part, error);
}

void Commands::start(const Target& target, std::string_view part, model::Value value,
                     std::string_view payload, model::PartValues more) {
    auto& count = in_flight_[target.device.id()];
    if (count >= max_in_flight_per_device)
        return refuse(target, payload, Error(Errc::busy, "too many commands at once"));
    ++count;
    ++accepted_;
    model::Command command(target.device.id(), target.entity.key, part, std::move(value));
    command.more = std::move(more);
    nursery_.start("command", execute(std::move(command)));
}

/// Failures reach the log, the state topic and `bridge/event` by way of `registry::Observer::command_failed`.
asio::awaitable<void> Commands::execute(model::Command command) {
    const InFlight counted(in_flight_, command.device);
    const auto place = command.device.value() + "/" + command.entity;
    const auto done = co_await registry_.command(std::move(command));
    if (done) logger.debug("{}: command confirmed", place);
}

}  // namespace lanbridge::homeassistant
