#include <algorithm>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <exception>
#include <utility>

#include "lanbridge/base/async.hpp"
#include "lanbridge/base/log.hpp"
#include "lanbridge/registry/registry.hpp"
#include "registry/lane.hpp"

namespace lanbridge::registry {
namespace {

const log::Logger logger("registry");

/// A backstop: drivers have deadlines of their own, which include their retries and the read-back.
constexpr auto command_limit = std::chrono::seconds(30);

std::string place(const model::Command& command) {
    return command.device.value() + "/" + command.entity +
           (command.part == "state" ? "" : "/" + command.part);
}

Error not_reachable(const Device& device) {
    const auto& availability = device.availability();
    std::string why(model::reason_name(availability.reason));
    if (!availability.detail.empty()) why += ": " + availability.detail;
    return Error(Errc::unreachable, device.description().name + " is offline (" + why + ")");
}

Result<void> check_part(const model::EntityDescription& entity, std::string_view name,
                        const model::Value& value) {
    const auto part = std::ranges::find(entity.parts, name, &model::PartDescription::name);
    if (part == entity.parts.end()) return Error(Errc::not_found, std::string(name) + " does not exist");
    if (!part->commandable) return Error(Errc::unsupported, std::string(name) + " is read-only");
    return check_value(*part, value);
}

/// A driver's exception ends here: raced against a deadline it would only surface with the deadline.
asio::awaitable<Result<void>> guarded(model::DeviceDriver& driver, model::Command command) {
    Error failure;
    try {
        auto outcome = co_await driver.apply(std::move(command));
        co_return outcome;
    } catch (const boost::system::system_error& e) {
        failure = e.code() == asio::error::operation_aborted ? Error(Errc::cancelled) : Error(e.code());
    } catch (const std::exception& e) {
        logger.error("a driver failed: {}", e.what());
        failure = Error(Errc::device_error, e.what());
    }
    co_return failure;
}

}  // namespace

Result<std::size_t> Registry::admit(const model::Command& command) const {
    const Device* device = find(command.device);
    if (!device) return Error(Errc::not_found, "no device " + command.device.value());
    const auto* entity = device->entities().find(command.entity);
    const auto slot = device->entities().slot(command.entity, command.part);
    if (!entity || !slot) return Error(Errc::not_found, place(command) + " does not exist");
    if (auto checked = check_part(*entity, command.part, command.value); !checked)
        return checked.error().in(place(command));
    for (const auto& [part, value] : command.more)
        if (auto checked = check_part(*entity, part, value); !checked)
            return checked.error().in(place(command));
    if (!device->availability().online || !device->driver_) return not_reachable(*device).in(place(command));
    return *slot;
}

asio::awaitable<Result<void>> Registry::command(model::Command command) {
    auto slot = admit(command);
    if (!slot) {
        fail(command, slot.error());
        co_return std::move(slot).error();
    }
    auto& lane = lanes_[command.device];
    const bool starts = !lane;
    if (starts) lane = std::make_shared<Lane>();
    const auto id = command.device;
    const auto job = lane->add(context_.executor, std::move(command), *slot);
    if (starts) {
        auto ended = [this, id, mine = lane](const std::exception_ptr&) {
            const auto it = lanes_.find(id);
            if (it != lanes_.end() && it->second == mine) lanes_.erase(it);
        };
        asio::co_spawn(context_.executor, drain(lane),
                       asio::bind_cancellation_slot(lane->cancel.slot(), std::move(ended)));
    }
    if (!job->result) co_await job->done.async_wait(as_result);
    if (!job->result) co_return Error(Errc::cancelled, id.value());  // the caller was, the command goes on
    co_return *job->result;
}

asio::awaitable<void> Registry::drain(std::shared_ptr<Lane> lane) {
    while (!lane->waiting.empty()) {
        const auto job = lane->waiting.front();
        lane->waiting.pop_front();
        lane->running = job;
        auto outcome = co_await apply(job->command);
        lane->running.reset();
        if (!outcome) fail(job->command, outcome.error());
        job->finish(std::move(outcome));
    }
}

asio::awaitable<Result<void>> Registry::apply(model::Command command) {
    const Device* device = find(command.device);
    if (!device) co_return Error(Errc::not_found, "no device " + command.device.value());
    if (!device->availability().online || !device->driver_)
        co_return not_reachable(*device).in(place(command));
    co_return co_await with_timeout(context_.time, guarded(*device->driver_, std::move(command)),
                                    command_limit);
}

/// Tells everybody who should show the old state again.
void Registry::fail(const model::Command& command, const Error& error) {
    logger.warn("{}: command failed: {}", place(command), error.text());
    const Device* device = find(command.device);
    if (!device) return;
    for (auto* observer : observers_) observer->command_failed(*device, command, error);
}

void Registry::drop_lane(const model::DeviceId& device) {
    const auto it = lanes_.find(device);
    if (it == lanes_.end()) return;
    const auto lane = std::move(it->second);
    lanes_.erase(it);
    for (const auto& job : std::exchange(lane->waiting, {})) {
        const Error gone(Errc::unreachable, place(job->command) + " is being taken out of service");
        fail(job->command, gone);
        job->finish(gone);
    }
    lane->cancel.emit(asio::cancellation_type::terminal);
}

void Registry::stop() {
    while (!lanes_.empty()) drop_lane(model::DeviceId(lanes_.begin()->first));
}

std::size_t Registry::commands_pending() const noexcept {
    std::size_t pending = 0;
    for (const auto& [id, lane] : lanes_) pending += lane->waiting.size() + (lane->running ? 1 : 0);
    return pending;
}

}  // namespace lanbridge::registry
