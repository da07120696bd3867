// What a hub is asked and told because of its subdevices.
#include <algorithm>
#include <array>

#include "meross/features/names.hpp"
#include "meross/features/payload.hpp"
#include "meross/hub/hub.hpp"
#include "meross/hub/list_items.hpp"

namespace lanbridge::meross {
namespace {

/// What Hub.Mts100.All would say, in pieces that the largest hub gives as well.
constexpr std::array pieces_of_all{ns::hub_valve_temperature, ns::hub_valve_mode, ns::hub_togglex,
                                   ns::hub_online};
/// No state of a subdevice: who is mentioned there need not be there.
constexpr std::array no_sign_of_life{ns::hub_online, ns::hub_battery, ns::hub_exception,
                                     ns::hub_subdevice_list, ns::digest_hub};
constexpr std::string_view bind = "Appliance.Hub.Bind";
constexpr std::string_view unbind = "Appliance.Hub.Unbind";
constexpr std::int64_t radio_lost = 5061;
/// A stranger that the digest never lists shall not have it read all the time.
constexpr auto question_spacing = std::chrono::seconds(60);

}  // namespace

void Hub::heard(std::string_view name_space, const Json& payload, Moment::TimePoint now) {
    if (name_space == bind || name_space == unbind) digest_wanted_ = true;
    if (name_space == ns::hub_subdevice_list) return take_subdevice_list(payload);
    if (name_space == ns::hub_exception) return take_exceptions(payload);
    const bool alive = std::ranges::find(no_sign_of_life, name_space) == no_sign_of_life.end();
    for (const auto& [id, item] : subdevice_items(name_space, payload)) {
        SubdeviceUnit* known = unit(id);
        if (!known && !parts_.memory.recall(subdevice_device_id(id), model::removed_topic)) want_digest(now);
        if (!known || !alive || known->online()) continue;
        known->set_status(1, link_);
        polls_changed_ = true;
    }
}

void Hub::want_digest(Moment::TimePoint now) {
    if (now < next_question_) return;
    next_question_ = now + question_spacing;
    digest_wanted_ = true;
}

/// The hub has paired. It may want to hear that somebody has heard.
void Hub::take_subdevice_list(const Json& payload) {
    digest_wanted_ = true;
    const Json* list = find_member(payload, {"subdeviceList"});
    if (!list || !list->is_object()) return;
    for_each_item(*list, "subdevice", [&](const Json& item) {
        if (SubdeviceUnit* known = unit(string_or(item, {"id"}, "")))
            known->set_versions(string_or(item, {"hardware"}, ""), string_or(item, {"firmware"}, ""));
    });
    if (int_or(*list, {"needReply"}, 0) == 0 || !answers_.empty()) return;
    Json reply = payload;
    reply["subdeviceList"]["needReply"] = 0;  // else hub and bridge would answer each other for ever
    answers_.emplace_back(ns::hub_subdevice_list, Method::push, std::move(reply));
}

void Hub::take_exceptions(const Json& payload) {
    for (const auto& [id, item] : subdevice_items(ns::hub_exception, payload)) {
        SubdeviceUnit* known = unit(id);
        if (!known || int_or(*item, {"code"}, 0) != radio_lost) continue;
        known->set_status(2, link_);
        polls_changed_ = true;
    }
}

/// What its features ask; and what it is, where nobody knows.
std::vector<SubdevicePoll> Hub::questions(const SubdeviceUnit& unit) const {
    std::vector<Poll> polls;
    if (unit.features()) unit.features()->polls(polls);
    std::vector<SubdevicePoll> wanted;
    for (auto& poll : polls)
        wanted.emplace_back(poll.request.name_space, std::move(poll.request.payload), unit.online());
    if (!unit.has_type())
        for (const auto name_space : {ns::hub_valve_all, ns::hub_sensor_all})
            wanted.emplace_back(std::string(name_space), item_of(unit.facts().id), unit.online());
    wanted.emplace_back(std::string(ns::hub_version), item_of(unit.facts().id), unit.online());
    // All says the same once more.
    const auto said = [this](std::string_view name) {
        return all_answers_ && (name == ns::hub_valve_temperature || name == ns::hub_valve_mode);
    };
    std::erase_if(wanted,
                  [&](const auto& poll) { return !may_ask(poll.name_space) || said(poll.name_space); });
    return wanted;
}

void Hub::add_pieces(std::vector<SubdevicePoll>& wanted) const {
    std::vector<Json> valves;
    for (const auto& poll : wanted)
        if (poll.name_space == ns::hub_valve_all) valves.push_back(poll.item);
    for (const auto piece : pieces_of_all)
        for (const Json& item : valves)
            if (may_ask(piece)) wanted.emplace_back(std::string(piece), item, true);
}

std::vector<Poll> Hub::polls() const {
    std::vector<SubdevicePoll> wanted;
    for (const auto& unit : units_)
        for (auto& poll : questions(*unit)) wanted.push_back(std::move(poll));
    if (all_silent_) add_pieces(wanted);
    return merge_polls(wanted, limits_);
}

void Hub::ask_for_pieces() {
    for (auto& poll : polls())
        if (std::ranges::find(pieces_of_all, poll.request.name_space) != pieces_of_all.end())
            answers_.push_back(std::move(poll.request));
}

bool Hub::has_errands() const {
    const auto wants = [](const auto& unit) { return unit->reads_wanted; };
    return !answers_.empty() || (published_ && std::ranges::any_of(units_, wants));
}

std::vector<Request> Hub::take_requests() {
    auto requests = std::exchange(answers_, {});
    std::vector<SubdevicePoll> wanted;
    for (const auto& unit : units_) {
        if (!published_ || !std::exchange(unit->reads_wanted, false)) continue;
        for (auto& poll : questions(*unit)) wanted.push_back(std::move(poll));
    }
    if (all_silent_) {
        add_pieces(wanted);
        std::erase_if(wanted, [](const auto& poll) { return poll.name_space == ns::hub_valve_all; });
    }
    for (auto& poll : merge_polls(wanted, limits_)) requests.push_back(std::move(poll.request));
    return requests;
}

}  // namespace lanbridge::meross
