#pragma once

#include <boost/asio/awaitable.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lanbridge/base/error.hpp"
#include "lanbridge/base/time.hpp"
#include "lanbridge/model/command.hpp"
#include "lanbridge/model/entity.hpp"
#include "lanbridge/model/ids.hpp"
#include "lanbridge/model/value.hpp"

namespace lanbridge::model {

/// Over which way a device is reached or was last heard.
enum class Transport : std::uint8_t { none, http, mqtt, udp, local };
std::string_view transport_name(Transport transport) noexcept;

/// Why a device is available, or is not.
enum class Reason : std::uint8_t {
    ok,
    starting,  ///< not tried yet
    unreachable,
    wrong_key,
    wrong_device,
    encrypted_without_key,
    protocol_error,
    hub_offline,
};
std::string_view reason_name(Reason reason) noexcept;

struct Availability {
    bool online = false;
    Reason reason = Reason::starting;
    std::string detail;  ///< a sentence for people: what, where, what to do
    Transport transport = Transport::none;
    std::string_view transport_reason;  ///< why this one, in a few words; a literal. "" = there is only one
    friend bool operator==(const Availability&, const Availability&) = default;
};

/// What a device is. Published as a Home Assistant device and in `bridge/devices`.
struct DeviceDescription {
    DeviceId id;
    std::string name;
    bool name_is_configured = false;  ///< a name from the configuration wins over renaming
    std::string manufacturer;
    std::string model;     ///< as people say it: "Smart Plug"
    std::string model_id;  ///< as the vendor says it: "mss310"
    std::string serial_number;
    std::string sw_version;
    std::string hw_version;
    std::string mac;         ///< lower case with colons; "" for devices without a network address
    std::string address;     ///< host[:port]; "" = none
    DeviceId via;            ///< the hub it stands behind; empty = the bridge
    bool is_bridge = false;  ///< lanbridge itself: its topics are below `<base>/bridge`
    EntitySetPtr entities;
    friend bool operator==(const DeviceDescription&, const DeviceDescription&) = default;
};

/// The one interface of an integration: what the registry hands commands to.
class DeviceDriver {
public:
    virtual ~DeviceDriver() = default;
    /// Executes and confirms: when it returns success, what the device then reported has been observed.
    /// Fails fast with `unreachable` for a device that is offline; never replays later.
    virtual boost::asio::awaitable<Result<void>> apply(Command command) = 0;
    /// Asks for everything to be read again soon.
    virtual void refresh() = 0;
};

/// A device that was found but cannot be used yet: listed with what is missing.
struct Candidate {
    std::string name;
    std::string model;
    std::string address;
    Transport transport = Transport::none;
    Reason reason = Reason::starting;
    std::string detail;
    friend bool operator==(const Candidate&, const Candidate&) = default;
};

/// Where integrations report to; the registry implements it. All calls on the event loop's thread.
class DeviceSink {
public:
    virtual ~DeviceSink() = default;
    /// A new device or a changed description. `driver` must outlive the device's stay (`withdraw`).
    virtual void describe(DeviceDescription description, DeviceDriver& driver) = 0;
    /// The device's first read has ended: from now on every readable part is known, or known to be unknown.
    virtual void first_read_done(const DeviceId& device) = 0;
    virtual void observe(const DeviceId& device, const Observations& observations, Transport via) = 0;
    virtual void set_availability(const DeviceId& device, Availability availability) = 0;
    /// For entities with an availability of their own.
    virtual void set_entity_availability(const DeviceId& device, std::string_view entity, bool available) = 0;
    /// The driver goes away, the device stays known (configuration reload, shutdown).
    virtual void withdraw(const DeviceId& device) = 0;
    /// The device is gone for good: its topics are cleared.
    virtual void remove(const DeviceId& device) = 0;
    /// Sets or, with nothing, drops an entry of the list of unusable finds. `key` is the finder's own.
    virtual void set_candidate(const std::string& key, std::optional<Candidate> candidate) = 0;
};

/// Topics of `Memory` that more than one layer reads.
inline constexpr std::string_view name_topic = "name";        ///< a JSON string: the name a user gave
inline constexpr std::string_view removed_topic = "removed";  ///< `true`: discovery leaves the device alone

/// What must outlive the process, by device and topic; each record one JSON text.
class Memory {
public:
    virtual ~Memory() = default;
    virtual std::optional<std::string> recall(const DeviceId& device, std::string_view topic) const = 0;
    /// Cheap to call with an unchanged record; written to disk soon after, off the event loop.
    virtual void remember(const DeviceId& device, std::string_view topic, std::string json) = 0;
    virtual void forget(const DeviceId& device) = 0;
    virtual std::vector<DeviceId> known() const = 0;
};

}  // namespace lanbridge::model
