#pragma once

#include <optional>
#include <string>

#include "app/config/config.hpp"
#include "lanbridge/admin/reply.hpp"
#include "lanbridge/meross/request_once.hpp"
#include "lanbridge/model/device.hpp"

// One signed Meross request, asked for by MQTT (`bridge/request/request`) or on the command line: the same
// fields, the same defaults.
namespace lanbridge::app {

struct MerossRequest {
    MerossRequest() = default;
    std::string target;  ///< host[:port], uuid, id or configured name
    meross::Request request;
    std::optional<Secret> key;
    model::Transport via = model::Transport::none;  ///< none: whatever is best
};

/// `{"target","namespace","method","payload","key","via"}`. Errors: `invalid_value` naming the member.
Result<MerossRequest> parse_meross_request(const Json& args);

/// Fills in what a request does not say: the namespace's own payload for a GET.
Json default_payload(const std::string& name_space, meross::Method method);

/// The configured device of that name, uuid, id or host; nullptr = none.
const MerossDeviceConfig* configured_device(const Config& config, const std::string& target);

/// Where and with which keys: the configured device of that name, uuid or host, else the target as a host.
/// `address` overrides the place. Errors: `not_found` for a name or uuid without an address.
Result<meross::OneShot> one_shot_target(const MerossRequest& request, const Config& config,
                                        const std::string& address);

/// `{"header":…,"payload":…}` without `sign`.
Json message_json(const meross::Message& message);
/// The same, beside the error where the device sent one.
admin::Reply meross_reply(const meross::Message& message);
/// The device's own error in words.
std::optional<Error> device_error(const meross::Message& message);

}  // namespace lanbridge::app
