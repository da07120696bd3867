#include "app/daemon/traces.hpp"

#include <algorithm>

#include "app/config/values.hpp"
#include "app/daemon/settings.hpp"
#include "lanbridge/base/files.hpp"
#include "lanbridge/base/log.hpp"

namespace lanbridge::app {
namespace {

const log::Logger logger("app");

/// What an answer on MQTT carries: brokers bound a message, ours to 8 MiB. A larger trace is in its file.
constexpr std::size_t largest_text = 4 * 1024 * 1024;

Json info_json(const meross::TraceInfo& info) {
    Json json = Json::object();
    json["id"] = info.id;
    json["device"] = info.device.value();
    json["file"] = info.file;
    json["bytes"] = info.bytes;
    json["rows"] = info.rows;
    json["end"] = info.end.empty() ? Json() : Json(info.end);
    return json;
}

template <class T>
Result<std::optional<T>> measure(const Json& args, const char* name, Result<T> (*parse)(std::string_view),
                                 T unit) {
    const auto* value = find_member(args, {name});
    if (!value || value->is_null()) return std::optional<T>();
    if (value->is_number_unsigned() && value->get<std::uint64_t>() < (1u << 31))
        return std::optional<T>(static_cast<int>(value->get<std::uint64_t>()) * unit);
    if (!value->is_string())
        return Error(Errc::invalid_value, std::string("\"") + name + "\" must be a text or a number");
    auto parsed = parse(value->get_ref<const std::string&>());
    if (!parsed) return std::move(parsed).error().in(std::string("\"") + name + '"');
    return std::optional<T>(*parsed);
}

meross::TraceLimits limits_of(const TraceConfig& config) {
    meross::TraceLimits limits;
    limits.duration = config.duration;
    limits.max_size = config.max_size;
    return limits;
}

bool is(const registry::Device& device, const MerossDeviceConfig& config) {
    const auto& description = device.description();
    if (!config.uuid.empty())
        return device.id().value() == "meross_" + meross::mac_digits_of(meross::Uuid(config.uuid));
    return config.host && description.address == endpoint_of(*config.host).text();
}

}  // namespace

Result<meross::TraceLimits> parse_trace_limits(const Json& args) {
    meross::TraceLimits limits;
    auto duration = measure<std::chrono::milliseconds>(args, "duration", &parse_duration,
                                                       std::chrono::milliseconds(1000));
    if (!duration) return std::move(duration).error();
    auto size = measure<std::uint64_t>(args, "max_size", &parse_size, 1);
    if (!size) return std::move(size).error();
    limits.duration = duration->value_or(limits.duration);
    limits.max_size = size->value_or(limits.max_size);
    return limits;
}

TraceDesk::TraceDesk(Context context, meross::Integration& meross, registry::Registry& registry,
                     admin::Admin& admin, std::string folder)
    : context_(context), meross_(meross), registry_(registry), nursery_(context.executor) {
    meross_.set_trace_folder(std::move(folder));
    meross_.on_trace_ended([this, &admin](const meross::TraceInfo& info) {
        admin.event("trace_finished", info_json(info));
        std::erase_if(ours_, [&](const auto& entry) { return entry.second == info.id; });
    });
    admin.add_request("trace/start",
                      admin::Handler([this](Json args) { return start_trace(std::move(args)); }));
    admin.add_request("trace/stop",
                      admin::Handler([this](Json args) { return stop_trace(std::move(args)); }));
    registry_.add_observer(*this);
}

void TraceDesk::configure(const Config& config) {
    const auto before_change = std::exchange(traced_, {});
    for (const auto& device : config.meross.devices)
        if (device.trace.enabled) traced_.push_back(device);
    if (traced_ != before_change) done_.clear();  // what is wanted anew is done anew
    const auto before = ours_;
    for (const auto& [id, trace] : before) {
        const auto* device = registry_.find(id);
        if (device && wanted(*device)) continue;
        if (auto stopped = meross_.stop_trace(trace, "the configuration does not want it any more"); !stopped)
            logger.debug("{}", stopped.error().text());
    }
    for (const auto& [id, device] : registry_.devices()) consider(*device);
}

void TraceDesk::device_described(const registry::Device& device, const model::DeviceDescription*) {
    consider(device);
}
void TraceDesk::availability_changed(const registry::Device& device) { consider(device); }

const TraceConfig* TraceDesk::wanted(const registry::Device& device) const {
    const auto found = std::ranges::find_if(traced_, [&](const auto& config) { return is(device, config); });
    return found == traced_.end() ? nullptr : &found->trace;
}

/// Once in a life of the daemon, so that limits are limits.
void TraceDesk::consider(const registry::Device& device) {
    if (traced_.empty() || !device.availability().online || ours_.contains(device.id())) return;
    const auto* config = wanted(device);
    if (!config || !done_.insert(device.id()).second) return;
    nursery_.start("trace " + device.id().value(), start_configured(device.id(), limits_of(*config)));
}

/// Later than the registry's call, which comes from within the device's own work.
asio::awaitable<void> TraceDesk::start_configured(model::DeviceId device, meross::TraceLimits limits) {
    auto started = meross_.start_trace(device, limits);
    if (started)
        ours_.emplace(device, started->id);
    else
        logger.warn("{} is not traced: {}", device.value(), started.error().text());
    co_return;
}

Result<model::DeviceId> TraceDesk::device_of(const Json& args) const {
    const auto named = admin::named_device(args);
    if (named.empty())
        return Error(Errc::invalid_value, "name the device: {\"device\": \"<id, uuid or name>\"}");
    const auto* device = registry_.find_any(named);
    if (!device) return Error(Errc::not_found, "no device \"" + named + "\"");
    if (device->description().is_bridge)
        return Error(Errc::unsupported, "the bridge has no exchange to trace");
    return device->id();
}

asio::awaitable<Result<Json>> TraceDesk::start_trace(Json args) {
    auto device = device_of(args);
    if (!device) co_return std::move(device).error();
    auto limits = parse_trace_limits(args);
    if (!limits) co_return std::move(limits).error();
    auto started = meross_.start_trace(*device, *limits);
    if (!started) co_return std::move(started).error();
    co_return info_json(*started);
}

/// By the device, or by the id of the trace, which may have ended already.
asio::awaitable<Result<Json>> TraceDesk::stop_trace(Json args) {
    const auto named = admin::named_device(args);
    if (named.empty())
        co_return Error(Errc::invalid_value,
                        "name the device or the trace: {\"device\": \"<id, uuid or name>\"}");
    const auto* device = registry_.find_any(named);
    auto stopped = meross_.stop_trace(device ? device->id().value() : named, "it was stopped");
    if (!stopped) co_return std::move(stopped).error();
    Json answer = info_json(*stopped);
    if (stopped->bytes <= largest_text) {
        auto text = read_file(stopped->file, largest_text);
        if (!text) co_return std::move(text).error();
        answer["text"] = *std::move(text);
    }
    co_return answer;
}

}  // namespace lanbridge::app
