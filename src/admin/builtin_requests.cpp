#include <memory>
#include <utility>

#include "admin/impl.hpp"

namespace lanbridge::admin {
namespace {

constexpr auto short_limit = std::chrono::seconds(10);
/// Discovery listens for 5 s by default, and sweeps subnets.
constexpr auto discover_limit = std::chrono::minutes(2);
/// Clearing thousands of topics is paced.
constexpr auto clear_limit = std::chrono::minutes(2);
/// The answer, or the confirmation of the button, goes out first.
constexpr auto restart_delay = std::chrono::milliseconds(300);

asio::awaitable<Reply> call(std::shared_ptr<const Handler> handler, Json args) {
    auto result = co_await (*handler)(std::move(args));
    co_return Reply(std::move(result));
}

asio::awaitable<Reply> not_offered() {
    co_return Reply(Error(Errc::unsupported, "this lanbridge does not offer it"));
}

std::string text_of(const Json& args, std::initializer_list<const char*> keys) {
    for (const auto* key : keys)
        if (const Json* member = find_member(args, {key}); member && member->is_string())
            return member->get<std::string>();
    return {};
}

Json device_json(const registry::Device& device) {
    Json json = Json::object();
    json["id"] = device.id().value();
    json["name"] = device.description().name;
    return json;
}

}  // namespace

void Admin::Impl::add_hooked(const std::string& name, Handler handler, TimeSource::Clock::duration limit) {
    auto shared = std::make_shared<const Handler>(std::move(handler));
    requests.add(
        name, [shared](Json args) { return *shared ? call(shared, std::move(args)) : not_offered(); }, limit);
}

void Admin::Impl::add_builtin_requests() {
    using Method = asio::awaitable<Result<Json>> (Impl::*)(Json);
    struct Row {
        const char* name;
        Method method;
    };
    constexpr Row rows[] = {
        {"device/rename", &Impl::rename},   {"device/remove", &Impl::remove},
        {"device/refresh", &Impl::refresh}, {"log_level", &Impl::change_log_level},
        {"restart", &Impl::ask_restart},    {"health", &Impl::tell_health},
    };
    for (const auto& row : rows)
        add_hooked(
            row.name, [this, method = row.method](Json args) { return (this->*method)(std::move(args)); },
            short_limit);
    add_hooked("discover", hooks.discover, discover_limit);
    add_hooked("homeassistant/clear", hooks.clear_homeassistant, clear_limit);
}

Result<const registry::Device*> Admin::Impl::device_of(const Json& args) const {
    const auto named = named_device(args);
    if (named.empty())
        return Error(Errc::invalid_value, "name the device: {\"device\": \"<id, uuid or name>\"}");
    const auto* device = registry.find_any(named);
    if (!device) return Error(Errc::not_found, "no device \"" + named + "\"");
    return device;
}

asio::awaitable<Result<Json>> Admin::Impl::rename(Json args) {
    const auto device = device_of(args);
    if (!device) co_return device.error();
    const auto name = text_of(args, {"name", "to"});
    if (name.empty()) co_return Error(Errc::invalid_value, "give the new name: {\"device\": …, \"name\": …}");
    if ((*device)->description().is_bridge)
        co_return Error(Errc::unsupported, "the bridge is named after its base topic");
    const model::DeviceId id = (*device)->id();
    const auto renamed = registry.rename(id, name);
    if (!renamed) co_return renamed.error();
    co_return device_json(*registry.find(id));
}

asio::awaitable<Result<Json>> Admin::Impl::remove(Json args) {
    const auto device = device_of(args);
    if (!device) co_return device.error();
    if ((*device)->description().is_bridge)
        co_return Error(Errc::unsupported,
                        "the bridge cannot remove itself; homeassistant/clear clears its topics");
    Json answer = device_json(**device);
    const model::DeviceId id = (*device)->id();
    if (hooks.remove_device) {
        const auto removed = hooks.remove_device(id);
        if (!removed) co_return removed.error();
    }
    registry.remove(id);
    memory.forget(id);
    memory.remember(id, model::removed_topic, "true");
    co_return answer;
}

asio::awaitable<Result<Json>> Admin::Impl::refresh(Json args) {
    if (named_device(args).empty()) {
        for (const auto& [id, device] : registry.devices()) {
            const auto refreshed = registry.refresh(id);
            if (!refreshed) co_return refreshed.error();
        }
        co_return Json(nullptr);
    }
    const auto device = device_of(args);
    if (!device) co_return device.error();
    const auto refreshed = registry.refresh((*device)->id());
    if (!refreshed) co_return refreshed.error();
    co_return device_json(**device);
}

asio::awaitable<Result<Json>> Admin::Impl::change_log_level(Json args) {
    const auto name = text_of(args, {"level", "value"});
    if (!name.empty()) {
        log::Level level{};
        if (!log::parse_level(name, level))
            co_return Error(Errc::invalid_value,
                            "\"" + name + "\" is no level; there are trace, debug, info, warn, error, off");
        const auto done = set_level(level);
        if (!done) co_return done.error();
    }
    Json answer = Json::object();
    answer["level"] = log::level_name(log::global_level());
    co_return answer;
}

asio::awaitable<Result<Json>> Admin::Impl::ask_restart(Json) {
    const auto accepted = restart_soon();
    if (!accepted) co_return accepted.error();
    co_return Json(nullptr);
}

asio::awaitable<Result<Json>> Admin::Impl::tell_health(Json) { co_return health(); }

Result<void> Admin::Impl::set_level(log::Level level) {
    if (!hooks.set_log_level) return Error(Errc::unsupported, "this lanbridge has a fixed log level");
    hooks.set_log_level(level);
    bridge.show_log_level();
    return {};
}

Result<void> Admin::Impl::restart_soon() {
    if (!hooks.restart) return Error(Errc::unsupported, "this lanbridge cannot restart itself");
    if (!std::exchange(restarting, true)) nursery.start("restart", restart_after_answer());
    return {};
}

asio::awaitable<void> Admin::Impl::restart_after_answer() {
    const auto cancelled = co_await context.time.sleep(restart_delay);
    if (cancelled) co_return;
    restarting = false;
    hooks.restart();
}

}  // namespace lanbridge::admin
