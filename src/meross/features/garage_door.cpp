#include <algorithm>

#include "meross/features/channels.hpp"
#include "meross/features/door_machine.hpp"
#include "meross/features/features.hpp"
#include "meross/features/garage_config.hpp"
#include "meross/features/names.hpp"
#include "meross/features/payload.hpp"

namespace lanbridge::meross {
namespace {

using TimePoint = Moment::TimePoint;

constexpr auto look_period = std::chrono::seconds(1);
/// An opener of several doors answers for all of them from this firmware on.
constexpr std::string_view answers_for_all = "4.2.8";
/// So many questions without an answer: the doors are only in System.All.
constexpr int deaf_after = 2;
/// A contact that opens within this time of a command has opened because of it, acknowledged or not.
constexpr auto command_lasts = std::chrono::seconds(12);

/// A command to open that may not have been acknowledged yet.
struct Opening {
    Opening(int c, TimePoint u) : channel(c), until(u) {}
    int channel;
    TimePoint until;
};

struct Door {
    explicit Door(int c) : channel(c) {}
    int channel;
    DoorMachine machine;
};

/// The doors of an opener: what its digest lists, and without one what the model has. Channel 0 of an opener
/// with several doors has no meaning.
std::vector<int> doors_of(const Facts& facts) {
    auto doors = digest_channels(facts, "garageDoor").value_or(std::vector<int>());
    if (doors.size() > 1) std::erase(doors, 0);
    if (!doors.empty()) return doors;
    if (facts.type.starts_with("msg2")) return {1, 2, 3};
    return {0};
}

std::string_view word_of(DoorState state) {
    switch (state) {
        case DoorState::closed:
            return "closed";
        case DoorState::opening:
            return "opening";
        case DoorState::open:
            return "open";
        case DoorState::closing:
            return "closing";
        case DoorState::unknown:
            break;
    }
    return {};
}

class GarageDoor final : public Feature {
public:
    GarageDoor(const Facts& facts, const std::vector<int>& doors)
        : config_(facts, doors), one_by_one_(doors.size() > 1 && !facts.firmware_at_least(answers_for_all)) {
        for (const int channel : doors) doors_.emplace_back(channel);
    }

    void describe(std::vector<model::EntityDescription>& out) const override {
        for (const auto& door : doors_) {
            out.push_back(describe_cover(door.channel));
            auto contact = model::make_binary_sensor(key("door", door), "garage_door");
            contact.name = config_.name("contact", door.channel);
            if (doors_.size() == 1) contact.naming = model::Naming::class_name;
            auto timeout = model::make_binary_sensor(key("timeout", door), "problem");
            timeout.name = config_.name("timeout", door.channel);
            timeout.category = model::Category::diagnostic;
            for (auto* entity : {&contact, &timeout}) {
                entity->own_availability = config_.switchable();
                out.push_back(std::move(*entity));
            }
        }
        config_.describe(out);
    }

    void polls(std::vector<Poll>& out) const override {
        if (one_by_one_)
            for (const auto& door : doors_) out.emplace_back(ns::garage_door, ask(door.channel).payload);
        else
            out.emplace_back(ns::garage_door, ask_all().payload, static_cast<int>(doors_.size()));
        config_.polls(out);
    }

    bool reads(std::string_view name_space) const override {
        return name_space == ns::garage_door || GarageConfig::reads(name_space);
    }

    void read(const Reading& reading, model::Observations& out) override {
        config_.read(reading, out);
        if (reading.name_space != ns::garage_door) return;
        unanswered_ = 0;
        take(reading.payload, reading.now, out);
    }

    void refused(std::string_view name_space) override {
        model::Observations ignored;  // shown with the next reading
        config_.refused(name_space, ignored);
    }

    std::optional<Result<Action>> command_at(const model::Command& command,
                                             const Moment& moment) const override {
        const auto door = find(command);
        if (door == doors_.size()) return config_.command(command);
        const auto open = wish_of(command);
        if (!open) return open.error();
        if (*open) opening_ = Opening(doors_[door].channel, moment.now + command_lasts);
        Json object = channel_object(doors_[door].channel);
        object["open"] = *open ? 1 : 0;
        Action action(Request(ns::garage_door, Method::set, payload_of("state", std::move(object))));
        // Neither a push nor a look is waited for: the acknowledgement says whether it moves.
        action.read_back_always = true;
        return action;
    }

    // The door that is told in the acknowledgement is the door before it moves.
    void accepted(const model::Command& command, const Json& reply, const Moment& moment,
                  model::Observations& out) override {
        const auto index = find(command);
        if (index == doors_.size()) {
            config_.accepted(command, out);
            return;
        }
        opening_.reset();
        auto& door = doors_[index];
        const auto open = wish_of(command);
        if (open && starts(door, *open, reply)) begin(door, *open, moment.now);
        publish(door, out);
    }

    std::optional<TimePoint> wakes_at() const override {
        std::optional<TimePoint> first = look_at_;
        for (const auto& door : doors_)
            if (const auto at = door.machine.deadline(); at && (!first || *at < *first)) first = at;
        return first;
    }

    void tick(const Moment& moment, std::vector<Request>& requests, model::Observations& out) override {
        for (auto& door : doors_) {
            door.machine.tick(moment.now);
            publish(door, out);
        }
        if (!look_at_ || *look_at_ > moment.now) return;
        look_at_.reset();
        look(moment, requests);
    }

    void gates(std::vector<EntityGate>& out) const override {
        config_.gates(out);
        if (!config_.switchable()) return;
        for (const auto& door : doors_)
            for (const std::string_view name : {"cover", "door", "timeout"})
                out.emplace_back(key(name, door), config_.enabled(door.channel));
    }

    std::string_view memory_topic() const override { return "garage"; }
    std::optional<std::string> memory() const override { return config_.memory(); }
    void restore(const Json& memory, std::int64_t) override { config_.restore(memory); }

private:
    static std::string key(std::string_view name, const Door& door) {
        return GarageConfig::key(name, door.channel);
    }
    static Request ask(int channel) {
        return Request(ns::garage_door, Method::get, payload_of("state", channel_object(channel)));
    }
    static Request ask_all() {
        return Request(ns::garage_door, Method::get, payload_of("state", Json::object()));
    }

    model::EntityDescription describe_cover(int channel) const {
        model::EntityDescription cover;
        cover.key = GarageConfig::key("cover", channel);
        cover.component = model::Component::cover;
        cover.device_class = "garage";
        if (doors_.size() == 1) cover.naming = model::Naming::main;
        if (doors_.size() > 1) cover.name = "Door " + std::to_string(channel);
        cover.own_availability = config_.switchable();
        model::PartDescription state;
        state.kind = model::ValueKind::option;
        state.commandable = true;
        state.options = {"OPEN", "CLOSE"};
        cover.parts.push_back(std::move(state));
        return cover;
    }

    /// As many as there are doors: none of them.
    std::size_t find(const model::Command& command) const {
        const auto door =
            std::ranges::find_if(doors_, [&](const Door& d) { return command.entity == key("cover", d); });
        return static_cast<std::size_t>(door - doors_.begin());
    }

    void begin(Door& door, bool open, TimePoint now) {
        door.machine.set_durations(config_.opening(door.channel), config_.closing(door.channel));
        door.machine.commanded(open, now);
        look_at_ = now + look_period;
    }

    static Result<bool> wish_of(const model::Command& command) {
        const auto* word = std::get_if<std::string>(&command.value);
        if (word && (*word == "OPEN" || *word == "CLOSE")) return *word == "OPEN";
        return Error(Errc::invalid_value, command.entity + " takes OPEN or CLOSE");
    }

    /// Newer firmware says when it did nothing, as the door is there already; older claims to have moved it.
    static bool starts(const Door& door, bool open, const Json& reply) {
        bool executed = true;
        std::optional<bool> present = door.machine.contact();
        for_each_item(reply, "state", [&](const Json& item) {
            if (int_or(item, {"channel"}, door.channel) != door.channel) return;
            executed = int_or(item, {"execute"}, 1) != 0;
            if (const auto told = flag_of(item, "open")) present = told;
        });
        return executed && present != open;
    }

    void take(const Json& payload, TimePoint now, model::Observations& out) {
        for_each_item(payload, "state", [&](const Json& item) {
            const auto open = flag_of(item, "open");
            const auto door = std::ranges::find(doors_, channel_of(item), &Door::channel);
            if (!open || door == doors_.end()) return;
            const bool ours = opening_ && opening_->channel == door->channel && now < opening_->until;
            if (ours && *open && door->machine.contact() == false && !door->machine.moving())
                begin(*door, true, now);
            door->machine.contact(*open, now);
            if (const auto time = door->machine.take_closing_time())
                config_.closed_in(door->channel, *time, out);
            publish(*door, out);
        });
    }

    /// A device on MQTT tells when a contact changes; before it is called a failure, it is asked.
    void look(const Moment& moment, std::vector<Request>& requests) {
        deaf_ = deaf_ || unanswered_ >= deaf_after;
        const auto before = requests.size();
        for (const auto& door : doors_) {
            if (!door.machine.moving()) continue;
            look_at_ = moment.now + look_period;
            if (moment.pushed && !door.machine.doubtful(moment.now)) continue;
            if (requests.size() > before && (deaf_ || !one_by_one_)) continue;
            if (deaf_)
                requests.emplace_back(ns::system_all, Method::get, Json::object());
            else
                requests.push_back(one_by_one_ ? ask(door.channel) : ask_all());
        }
        if (!deaf_ && requests.size() > before) ++unanswered_;
    }

    void publish(const Door& door, model::Observations& out) const {
        const auto contact = door.machine.contact();
        const auto word = word_of(door.machine.state());
        if (!word.empty()) out.emplace_back(key("cover", door), std::string(word));
        if (!contact) return;
        out.emplace_back(key("door", door), *contact);
        out.emplace_back(key("timeout", door), door.machine.timed_out());
    }

    GarageConfig config_;
    std::vector<Door> doors_;
    bool one_by_one_;
    std::optional<TimePoint> look_at_;
    mutable std::optional<Opening> opening_;
    int unanswered_ = 0;  // questions of ours about a moving door, since the last answer
    bool deaf_ = false;
};

}  // namespace

FeaturePtr make_garage_door(const Facts& facts) {
    if (!facts.has(ns::garage_door)) return nullptr;
    return std::make_unique<GarageDoor>(facts, doors_of(facts));
}

}  // namespace lanbridge::meross
