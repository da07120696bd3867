#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "lanbridge/model/device.hpp"
#include "meross/features/feature_set.hpp"
#include "meross/hub/claims.hpp"
#include "meross/hub/subdevice.hpp"

namespace lanbridge::meross {

/// What a hub and its subdevices are given.
struct HubParts {
    model::DeviceSink& sink;
    model::Memory& memory;
    model::EntitySetPool& entity_sets;
    model::DeviceDriver& driver;  ///< of hub and subdevices alike
    SubdeviceClaims& claims;
    DeviceOptions options{};  ///< of the hub, for those behind it
};

/// How a hub is reached, which is how its subdevices are.
struct HubLink {
    HubLink() = default;
    HubLink(model::Transport t, std::string_view why) : online(true), transport(t), reason(why) {}
    bool online = false;
    model::Transport transport = model::Transport::none;
    std::string_view reason;  ///< why this one; a literal
    std::string detail;       ///< why it is off line
};

/// One subdevice: its features, and what of it is shown. A device of its own, reached through its hub.
class SubdeviceUnit {
public:
    SubdeviceUnit(const HubParts& parts, model::DeviceId hub, SubdeviceFacts facts);
    SubdeviceUnit(const SubdeviceUnit&) = delete;  // features are told by their address
    SubdeviceUnit& operator=(const SubdeviceUnit&) = delete;

    /// Without the hub's abilities, which are the same for all.
    const SubdeviceFacts& facts() const noexcept { return facts_; }
    const model::DeviceId& device() const noexcept { return device_; }
    /// Held by whoever waits for a command of it: another type makes other features.
    const std::shared_ptr<FeatureSet>& features() const noexcept { return features_; }
    bool online() const noexcept { return status_ == 1; }
    bool has_type() const noexcept { return features_ != nullptr; }
    bool published() const noexcept { return published_; }
    bool same_as(const SubdeviceFacts& facts) const {
        return facts.type == facts_.type && facts.has_onoff == facts_.has_onoff &&
               facts.options == facts_.options;
    }
    /// Makes its features, anew where it had some. Without a type it gets what every subdevice has.
    void build(SubdeviceFacts facts, std::int64_t wall_ms);
    void set_status(int status, const HubLink& link);
    /// Of the device record. "" = not told.
    void set_versions(std::string hardware, std::string firmware);
    const std::string& hardware() const noexcept { return hardware_; }
    const std::string& firmware() const noexcept { return firmware_; }

    void read(const Reading& reading, model::Transport via);
    void refused(std::string_view name_space);
    /// Values that time or a command has brought.
    void show(model::Observations observations, bool described_anew, model::Transport via);
    /// Makes it a device, with what is known of it by now.
    void publish(const HubLink& link);
    /// In an earlier run it was one: it has its entities while its hub is away.
    void describe();
    void show_availability(const HubLink& link);
    /// Its hub is away, or it is not read yet: values wait for `publish`.
    void unpublish() noexcept { published_ = false; }
    void withdraw();
    /// Gone for good.
    void remove();

    // for its hub
    int missing = 0;            ///< how many complete digests in a row did not list it
    bool listed_here = false;   ///< in this run, not only remembered
    bool reads_wanted = false;  ///< everything of it, once

private:
    model::DeviceDescription description() const;
    void describe_again();

    const HubParts& parts_;
    model::DeviceId hub_;
    model::DeviceId device_;
    SubdeviceFacts facts_;
    std::string hardware_;
    std::string firmware_;
    std::shared_ptr<FeatureSet> features_;
    model::EntitySetPtr entities_;  ///< as last described
    model::Observations early_;     ///< seen before it was published
    std::vector<std::string> answered_;
    int status_ = -1;
    bool described_ = false;
    bool published_ = false;
};

}  // namespace lanbridge::meross
