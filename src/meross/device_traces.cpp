#include "meross/device_traces.hpp"

#include "lanbridge/base/log.hpp"
#include "meross/device/session.hpp"

namespace lanbridge::meross {
namespace {

const log::Logger logger("meross.trace");

}  // namespace

DeviceTraces::DeviceTraces(Context context, Roster& roster, model::Memory& memory)
    : roster_(roster), memory_(memory), traces_(context, hooks()) {}

Traces::Hooks DeviceTraces::hooks() {
    Traces::Hooks hooks;
    hooks.ask = [this](model::DeviceId device, Request request) {
        return ask(std::move(device), std::move(request));
    };
    hooks.ended = [this](const TraceInfo& info) { untap(info); };
    return hooks;
}

asio::awaitable<Result<Message>> DeviceTraces::ask(model::DeviceId device, Request request) {
    const auto session = roster_.find(device);
    if (!session) co_return Error(Errc::not_found, device.value());
    co_return co_await session->request(std::move(request));
}

void DeviceTraces::untap(const TraceInfo& info) {
    if (const auto session = roster_.find(info.device)) session->ways().set_tap(nullptr);
    if (ended_) ended_(info);
}

Json DeviceTraces::remembered(const model::DeviceId& device, const char* what) const {
    const auto text = memory_.recall(device, what);
    if (!text) return Json::object();
    auto json = parse_json(*text);
    if (!json) return Json::object();
    return *std::move(json);
}

/// What is known of the device, and what must not be written.
TraceSubject DeviceTraces::subject_of(const Session& session) const {
    TraceSubject subject;
    subject.device = session.id();
    subject.all = remembered(session.id(), "all");
    subject.ability = remembered(session.id(), "ability");
    subject.secrets.emplace_back(Hidden::key, session.key().reveal());
    subject.secrets.emplace_back(Hidden::name, session.settings().name);
    if (session.settings().endpoint)
        subject.secrets.emplace_back(Hidden::host, session.settings().endpoint->host);
    if (!session.uuid()) return subject;
    subject.secrets.emplace_back(Hidden::device_id, session.uuid()->value());
    subject.secrets.emplace_back(Hidden::mac, mac_of(*session.uuid()));
    subject.secrets.emplace_back(Hidden::mac, mac_digits_of(*session.uuid()));
    return subject;
}

Result<TraceInfo> DeviceTraces::start(const model::DeviceId& device, TraceLimits limits) {
    const auto session = roster_.find(device);
    if (!session) return Error(Errc::not_found, device.value());
    auto trace = traces_.start(subject_of(*session), limits);
    if (!trace) return std::move(trace).error();
    session->ways().set_tap(*trace);
    session->refresh();
    return (*trace)->info();
}

void DeviceTraces::end_orphaned() {
    for (const auto& device : traces_.devices()) {
        const auto session = roster_.find(device);
        if (session && session->ways().tapped()) continue;
        auto ended = traces_.stop(device.value(), "the device was configured anew or removed");
        if (!ended) logger.debug("{}", ended.error().text());
    }
}

}  // namespace lanbridge::meross
