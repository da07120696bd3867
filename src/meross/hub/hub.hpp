#pragma once

#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "lanbridge/meross/protocol/message.hpp"
#include "meross/hub/listing.hpp"
#include "meross/hub/polls.hpp"
#include "meross/hub/subdevice_unit.hpp"

namespace lanbridge::meross {

/// What stands behind a hub: which subdevices there are, what they say, what is to be asked. What the hub
/// says comes in; what it shall be told goes out as requests, which the hub's session sends.
class Hub final : private SubdeviceClaims::Holder {
public:
    using UnitPtr = std::shared_ptr<SubdeviceUnit>;

    Hub(HubParts parts, model::DeviceId id, Json ability);
    ~Hub() override;
    Hub(const Hub&) = delete;  // claims name it
    Hub& operator=(const Hub&) = delete;

    /// The subdevices of the run before: they have their entities while the hub is away.
    void recall(std::int64_t wall_ms);
    /// Another firmware may have other namespaces.
    void set_ability(Json ability, std::int64_t wall_ms);

    // what the hub says
    /// A push, before it is read: who is heard is there, and who is new shall be looked for.
    void heard(std::string_view name_space, const Json& payload, Moment::TimePoint now);
    /// A reply, a push or the digest.
    void read(const Reading& reading);
    void refused(std::string_view name_space);
    /// No answer; `cut`: one that was longer than the hub can give.
    void unanswered(std::string_view name_space, bool cut);

    // its session
    void came_online(HubLink link);
    void reached_over(model::Transport transport, std::string_view reason);
    void went_offline(std::string detail);
    /// Everything that is known by now becomes a device.
    void publish(std::int64_t wall_ms);
    /// They stay known; nobody drives them.
    void withdraw();
    /// Taken out by its owner. False when it is not behind this hub.
    bool remove(const model::DeviceId& device);
    void remember() const;

    UnitPtr find(const model::DeviceId& device) const;
    const std::vector<UnitPtr>& units() const noexcept { return units_; }
    /// What is to be asked for, and whether that has changed since the last call.
    std::vector<Poll> polls() const;
    bool take_polls_changed() noexcept { return std::exchange(polls_changed_, false); }
    bool take_digest_wanted() noexcept { return std::exchange(digest_wanted_, false); }
    bool has_errands() const;
    /// Answers to the hub, and the first questions about those that have come. `publish` follows.
    std::vector<Request> take_requests();

    std::optional<Moment::TimePoint> wakes_at() const;
    void tick(const Moment& moment, std::vector<Request>& requests);
    model::Transport transport() const noexcept { return link_.transport; }

private:
    SubdeviceClaims::Bond bond(const model::DeviceId& id) const override;
    void lost(const model::DeviceId& id) override;

    SubdeviceUnit* unit(std::string_view id) const;
    SubdeviceUnit* add(const Listed& listed, const Reading& reading);
    void take_digest(const std::vector<Listed>& list, const Reading& reading);
    void miss_absent(const std::vector<Listed>& list);
    void take_item(SubdeviceUnit& unit, const Reading& reading);
    void take_subdevice_list(const Json& payload);
    void take_exceptions(const Json& payload);
    void want_digest(Moment::TimePoint now);
    void build(SubdeviceUnit& unit, SubdeviceFacts facts, std::int64_t wall_ms);
    std::vector<SubdevicePoll> questions(const SubdeviceUnit& unit) const;
    void ask_for_pieces();
    void add_pieces(std::vector<SubdevicePoll>& wanted) const;
    bool may_ask(std::string_view name_space) const { return ability_.contains(name_space); }
    void erase(const model::DeviceId& device);
    void show_availability();

    HubParts parts_;
    model::DeviceId id_;
    Json ability_;  ///< namespace -> parameters
    HubLink link_;
    std::vector<UnitPtr> units_;
    std::set<model::DeviceId> lost_;  ///< to another hub, and still listed here
    std::vector<Request> answers_;
    ListLimits limits_;
    Moment::TimePoint next_question_{};
    bool published_ = false;
    bool polls_changed_ = false;
    bool digest_wanted_ = false;
    bool all_answers_ = false;  ///< Hub.Mts100.All, since it came on line
    bool all_silent_ = false;   ///< what it would say is put together from its pieces
};

/// What was behind a hub that is gone for good is gone with it, unless another hub has it.
void remove_subdevices_of(const model::DeviceId& hub, model::DeviceSink& sink, model::Memory& memory,
                          const SubdeviceClaims& claims);

}  // namespace lanbridge::meross
