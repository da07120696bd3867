#include <algorithm>

#include "lanbridge/base/time_zone.hpp"
#include "lanbridge/meross/protocol/multiple.hpp"
#include "lanbridge/meross/protocol/time_rules.hpp"
#include "lanbridge/sim/recording.hpp"
#include "sim/payload.hpp"

namespace lanbridge::sim {

namespace {

using meross::Method;

constexpr std::string_view all_namespace = "Appliance.System.All";
constexpr std::string_view ability_namespace = "Appliance.System.Ability";
/// What a device sends by itself and what says nothing about its state.
constexpr std::string_view ignored_set = "Appliance.Config.NtpSite";

/// What a recording tells about one namespace beside its state.
struct Evidence {
    bool asked = false;     ///< in the proper shape
    bool answered = false;  ///< in whatever way
    bool refused = false;   ///< ERROR to the proper shape
};

/// The device's clock, reconstructed from what it said of its own time.
class ClockFinder {
public:
    explicit ClockFinder(const Recording& recording)
        : zone_(meross::parse_device_time(time_of(recording.all))) {
        newest_ = zone_.timestamp;
        for (const auto& row : recording.rows) {
            last_row_ = std::max(last_row_, row.time);
            if (row.direction == Direction::from_device) look_at(row);
        }
    }

    std::int64_t newest() const {
        if (last_row_ == 0) return newest_;
        if (anchor_ != 0) return std::max(newest_, anchor_ + (last_row_ - anchor_row_));
        const auto utc = last_row_ - meross::device_offset_s(zone_, last_row_);
        return std::max(newest_, utc);
    }

private:
    static Json time_of(const Json& all) {
        const auto* time = find_member(all, {"system", "time"});
        return time == nullptr ? Json::object() : *time;
    }

    void look_at(const RecordedRow& row) {
        if (row.name_space == all_namespace) {
            anchor(int_or(row.payload, {"all", "system", "time", "timestamp"}, 0), row.time);
        }
        if (row.name_space != meross::multiple_namespace) return;
        const auto* inner = find_member(row.payload, {"multiple"});
        if (inner == nullptr) return;
        for (const auto* message : items_of(*inner))
            anchor(int_or(*message, {"header", "timestamp"}, 0), row.time);
    }

    void anchor(std::int64_t device, std::int64_t row) {
        newest_ = std::max(newest_, device);
        if (device < anchor_ || device == 0) return;
        anchor_ = device;
        anchor_row_ = row;
    }

    meross::DeviceTime zone_;
    std::int64_t newest_ = 0;
    std::int64_t anchor_ = 0;      ///< the device's clock…
    std::int64_t anchor_row_ = 0;  ///< …and the recorder's at that moment
    std::int64_t last_row_ = 0;
};

/// Walks a recording and notes what the device's state was, first and last.
class Reconstruction {
public:
    Reconstruction(const Recording& recording, Replay replay) : recording_(recording), replay_(replay) {
        blueprint_.name = recording.name;
        blueprint_.all = recording.all;
        blueprint_.ability = recording.ability;
        for (const auto& [name, payload] : recording.pushes) {
            running_[name] = payload;
            blueprint_.push_queries.insert(name);
        }
        hub_ = find_member(recording.all, {"digest", "hub"}) != nullptr;
    }

    Blueprint finish() {
        if (replay_ == Replay::from_start) start_from_first_answers();
        for (const auto& row : recording_.rows) walk(row);
        judge_silence();
        if (replay_ == Replay::at_end) blueprint_.state = running_;
        if (replay_ == Replay::at_end) blueprint_.all = all_;
        blueprint_.clock = ClockFinder(recording_).newest();
        blueprint_.encrypted = blueprint_.supports("Appliance.Encrypt.ECDHE");
        blueprint_.metering = metering();
        blueprint_.master = has_master();
        complete(blueprint_);
        return std::move(blueprint_);
    }

private:
    // At the start the device shows the first thing it ever said of each namespace; where System.All shows
    // the same state, that is older and counts.
    void start_from_first_answers() {
        Reconstruction first(recording_, Replay::at_end);
        first.keep_first_ = true;
        for (const auto& row : recording_.rows) first.walk(row);
        running_ = std::move(first.running_);
        sync_with_digest(recording_.all);
        blueprint_.state = running_;
    }

    void sync_with_digest(const Json& all) {
        for (const auto& row : digest_rows()) {
            const auto* value = digest_value(all, row);
            const auto known = running_.find(row.name_space);
            if (value == nullptr || known == running_.end()) continue;
            const auto key = known->second.find(row.key);
            if (key != known->second.end()) merge_items(*key, *value, "channel", false);
        }
    }

    void walk(const RecordedRow& row) {
        row_ = &row;
        if (row.direction == Direction::to_device) return note_request(row);
        if (row.name_space != meross::multiple_namespace)
            return apply(row.name_space, row.method, row.payload);
        const auto* inner = find_member(row.payload, {"multiple"});
        if (inner == nullptr) return;
        for (const auto* message : items_of(*inner)) {
            const auto* payload = find_member(*message, {"payload"});
            const auto method = meross::parse_method(string_or(*message, {"header", "method"}, ""));
            if (payload != nullptr) apply(string_or(*message, {"header", "namespace"}, ""), method, *payload);
        }
    }

    void note_request(const RecordedRow& row) {
        last_request_proper_ = false;
        const Grammar grammar(row.name_space, hub_);
        if (row.method == Method::get) last_request_proper_ = proper_get(row.payload, grammar);
        if (row.method == Method::push) {
            last_request_proper_ = grammar.shape == meross::GetShape::push_query;
            pending_query_ = row.name_space;
        }
        if (last_request_proper_) evidence_[row.name_space].asked = true;
    }

    void apply(const std::string& name, Method method, const Json& payload) {
        if (name.empty() || name == ability_namespace) return;
        auto& evidence = evidence_[name];
        if (method == Method::error) {
            evidence.refused = evidence.refused || last_request_proper_;
            evidence.answered = evidence.answered || !last_request_proper_;
            return;
        }
        if (method != Method::getack && method != Method::push && method != Method::setack) return;
        if (name == all_namespace) return apply_all(payload);
        evidence.answered = evidence.answered || method != Method::setack;
        if (method == Method::push && pending_query_ == name) blueprint_.push_queries.insert(name);
        if (method == Method::setack && (carries_nothing(payload) || name == ignored_set)) return;
        if (method == Method::getack || !running_.contains(name)) return replace(name, payload, method);
        if (method == Method::setack && name == "Appliance.GarageDoor.State")
            return;  // the state before the motion
        merge(name, payload, method);
    }

    void apply_all(const Json& payload) {
        const auto* inner = find_member(payload, {"all"});
        if (inner == nullptr || keep_first_) return;
        if (all_ == *inner) return;
        const auto before = digest_of(all_);
        const auto now = digest_of(*inner);
        const bool shows_more = before == nullptr || now == nullptr || *before != *now;
        all_ = *inner;
        sync_with_digest(all_);
        if (shows_more) record(std::string(all_namespace), all_, false);
    }

    void replace(const std::string& name, const Json& payload, Method method) {
        const auto known = running_.find(name);
        if (known != running_.end() && (keep_first_ || carries_nothing(payload))) {
            if (!carries_nothing(known->second) || carries_nothing(payload)) return;
        }
        if (known != running_.end() && known->second == payload) return;
        running_[name] = payload;
        record(name, payload, method == Method::push);
    }

    void merge(const std::string& name, const Json& payload, Method method) {
        if (keep_first_ || !payload.is_object()) return;
        const Grammar grammar(name, hub_);
        auto& state = running_[name];
        const auto before = state;
        for (const auto& [member, value] : payload.items()) {
            const auto known = state.find(member);
            if (known == state.end() || !known->is_structured() || !value.is_structured()) {
                state[member] = value;
            } else if (!merge_items(*known, value, grammar.index, true)) {
                *known = value;
            }
        }
        if (state != before) record(name, state, method == Method::push);
    }

    void record(const std::string& name, const Json& payload, bool pushed) {
        if (replay_ != Replay::from_start || recording_.rows.empty()) return;
        const auto offset = std::chrono::seconds(row_->time - recording_.rows.front().time) + replay_hold;
        blueprint_.timeline.emplace_back(offset, name, payload, pushed);
    }

    void judge_silence() {
        for (const auto& [name, evidence] : evidence_) {
            if (name == all_namespace || name == meross::multiple_namespace) continue;
            if (evidence.refused && !evidence.answered) blueprint_.refused.insert(name);
            if (evidence.asked && !evidence.answered && !evidence.refused) blueprint_.silent.insert(name);
        }
    }

    std::optional<Metering> metering() const {
        if (!running_.contains("Appliance.Control.Electricity")) return {};
        Metering metering;
        metering.replayed = true;
        metering.loads_w[0] = 0;
        return metering;
    }

    bool has_master() const {
        const auto* togglex = find_member(recording_.all, {"digest", "togglex"});
        const auto type = string_or(recording_.all, {"system", "hardware", "type"}, "");
        const bool family = type.starts_with("mss") || type.starts_with("mop") || type.starts_with("mfc");
        return family && togglex != nullptr && togglex->is_array() && togglex->size() > 1;
    }

    const Recording& recording_;
    Replay replay_;
    Blueprint blueprint_;
    std::map<std::string, Json, std::less<>> running_;
    std::map<std::string, Evidence> evidence_;
    Json all_ = recording_.all;
    const RecordedRow* row_ = nullptr;
    std::string pending_query_;
    bool last_request_proper_ = false;
    bool keep_first_ = false;
    bool hub_ = false;
};

}  // namespace

Blueprint blueprint_of(const Recording& recording, Replay replay) {
    return Reconstruction(recording, replay).finish();
}

}  // namespace lanbridge::sim
