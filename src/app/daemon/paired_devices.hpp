#pragma once

#include <optional>
#include <string>
#include <vector>

#include "app/config/config.hpp"
#include "lanbridge/base/json.hpp"
#include "lanbridge/meross/pairing.hpp"
#include "lanbridge/model/device.hpp"
#include "lanbridge/mqtt/embedded_broker.hpp"

// Devices that are bound to the embedded broker: what is remembered of them, and what the broker has to know.
namespace lanbridge::app {

/// The account of a device, as it stands in the memory under `account`.
struct PairedDevice {
    PairedDevice() = default;
    meross::Uuid uuid;
    std::string mac;  ///< lower case with colons
    Secret key;
    std::string user_id = "0";
    std::string broker_host;  ///< the name by which the device knows the broker

    model::DeviceId id() const;
    friend bool operator==(const PairedDevice&, const PairedDevice&) = default;
};

/// From `{"uuid","mac","key","user_id"}`. Errors: `invalid_value` naming the member.
Result<PairedDevice> parse_paired_device(const Json& json);

/// The account, and with `key_too` the key with which the device is spoken to from now on.
void remember_paired(model::Memory& memory, const PairedDevice& device, bool key_too);
/// Only the key, of a device that has an account.
void remember_new_key(model::Memory& memory, const PairedDevice& device);
/// Back to the account of before, or to none.
void forget_account(model::Memory& memory, const model::DeviceId& id,
                    const std::optional<PairedDevice>& before);
bool has_own_key(const model::Memory& memory, const PairedDevice& device);
std::optional<PairedDevice> recall_paired(const model::Memory& memory, const model::DeviceId& id);
std::vector<PairedDevice> paired_devices(const model::Memory& memory);

/// Where devices reach the embedded broker: `embedded_broker.devices_listen`, else all addresses and port
/// 8883.
mqtt::BrokerListener device_listener(const Config& config);

/// Accounts of all paired devices, and the listener for them where there are any or it is configured.
void add_paired_devices(mqtt::EmbeddedBrokerSettings& settings, const Config& config,
                        const model::Memory& memory);

}  // namespace lanbridge::app
