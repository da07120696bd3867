#include "meross/device/poll_schedule.hpp"

#include <algorithm>
#include <array>

namespace lanbridge::meross {
namespace {

constexpr std::array digest_namespaces{
    std::string_view("Appliance.Control.Diffuser.Light"),
    std::string_view("Appliance.Control.Diffuser.Spray"),
    std::string_view("Appliance.Control.Light"),
    std::string_view("Appliance.Control.Spray"),
    std::string_view("Appliance.Control.Thermostat.Mode"),
    std::string_view("Appliance.Control.Thermostat.ModeB"),
    std::string_view("Appliance.Control.Thermostat.SummerMode"),
    std::string_view("Appliance.Control.Thermostat.WindowOpened"),
    std::string_view("Appliance.Control.Toggle"),
    std::string_view("Appliance.Control.ToggleX"),
    std::string_view("Appliance.GarageDoor.State"),
};

static_assert(std::ranges::is_sorted(digest_namespaces));

Strategy strategy_of(std::string_view name_space, bool hub) {
    if (is_digest_namespace(name_space)) return Strategy::default_;
    const Namespace* row = find_namespace(name_space, hub);
    return row && row->strategy != Strategy::none ? row->strategy : Strategy::lazy;
}

}  // namespace

bool is_digest_namespace(std::string_view name_space) noexcept {
    return std::ranges::binary_search(digest_namespaces, name_space);
}

PollSchedule::Entry::Entry(Poll p, bool hub)
    : poll(std::move(p)), strategy(strategy_of(poll.request.name_space, hub)), period_s(0), estimate(300) {
    if (const Namespace* row = find_namespace(poll.request.name_space, hub)) {
        period_s = strategy == Strategy::default_ ? 0 : row->period_s;
        estimate = row->base_size + static_cast<double>(row->item_size) * poll.items;
        relayed = hub && row->hub && period_s > 0 && std::chrono::seconds(period_s) <= heartbeat;
    }
}

PollSchedule::PollSchedule(std::vector<Poll> polls, int max_cmd_num, bool hub)
    : max_cmd_num_(max_cmd_num), hub_(hub) {
    replace(std::move(polls));
}

void PollSchedule::replace(std::vector<Poll> polls) {
    const auto before = std::exchange(entries_, {});
    entries_.reserve(polls.size());
    for (auto& poll : polls) {
        const auto same_namespace = [&](const Entry& e) {
            return e.poll.request.name_space == poll.request.name_space;
        };
        const auto same = [&](const Entry& e) {
            return same_namespace(e) && e.poll.request.payload == poll.request.payload;
        };
        if (std::ranges::any_of(entries_, same)) continue;
        auto known = std::ranges::find_if(before, same);
        if (known == before.end()) known = std::ranges::find_if(before, same_namespace);
        Entry& entry = entries_.emplace_back(std::move(poll), hub_);
        if (known != before.end()) entry.follow(*known);
    }
}

void PollSchedule::shown_by_digest(std::string_view name_space) {
    for (auto& entry : entries_)
        if (entry.poll.request.name_space == name_space) entry.in_digest = true;
}

bool PollSchedule::due(const Entry& entry, TimePoint now, bool all_just_read, bool pushed) const {
    if (entry.given_up) return false;
    if (pushed && (entry.in_digest || (entry.answered && entry.strategy == Strategy::default_))) return false;
    if (entry.in_digest && all_just_read) return false;
    if (entry.strategy == Strategy::once || entry.strategy == Strategy::on_demand) return !entry.answered;
    if (entry.relayed && !pushed) return true;
    return entry.last == TimePoint{} || now >= entry.last + std::chrono::seconds(entry.period_s);
}

std::vector<PollSchedule::Batch> PollSchedule::first_round(TimePoint now, const ResponseSizeModel& sizes) {
    std::vector<Entry*> due;
    for (auto& entry : entries_) {
        entry.silences = 0;
        entry.given_up = false;
        entry.answered = false;
        if (!entry.in_digest) due.push_back(&entry);
    }
    return batches(due, {}, now, sizes);
}

std::vector<PollSchedule::Batch> PollSchedule::cycle(TimePoint now, bool all_just_read, bool pushed,
                                                     const ResponseSizeModel& sizes) {
    std::vector<Entry*> due_now;
    std::vector<Entry*> lazy;
    for (auto& entry : entries_) {
        if (due(entry, now, all_just_read, pushed))
            due_now.push_back(&entry);
        else if (entry.strategy == Strategy::lazy && !entry.given_up && !entry.in_digest)
            lazy.push_back(&entry);
    }
    std::ranges::stable_sort(lazy, {}, &Entry::last);
    return batches(due_now, lazy, now, sizes);
}

std::vector<PollSchedule::Batch> PollSchedule::batches(const std::vector<Entry*>& due,
                                                       const std::vector<Entry*>& lazy, TimePoint now,
                                                       const ResponseSizeModel& sizes) {
    std::vector<Batch> result;
    std::vector<PackItem> due_items;
    std::vector<PackItem> lazy_items;
    for (Entry* entry : due) {
        entry->last = now;
        if (entry->poll.request.method == Method::push)  // a question of its own kind, answered by a push
            result.push_back(Batch(1, entry->poll.request));
        else
            due_items.emplace_back(entry->poll.request, entry->estimate);
    }
    std::vector<Entry*> packable;
    for (Entry* entry : lazy) {
        if (entry->poll.request.method == Method::push) continue;
        packable.push_back(entry);
        lazy_items.emplace_back(entry->poll.request, entry->estimate);
    }
    const auto plan = plan_batches(due_items, lazy_items, max_cmd_num_, sizes);
    for (std::size_t i = 0; i < plan.due_batches.size(); ++i) {
        Batch batch;
        for (auto index : plan.due_batches[i]) batch.push_back(due_items[index].request);
        for (auto index : plan.lazy_in_batch[i]) {
            packable[index]->last = now;
            batch.push_back(lazy_items[index].request);
        }
        result.push_back(std::move(batch));
    }
    return result;
}

std::vector<Request> PollSchedule::requests_of(std::string_view name_space) const {
    std::vector<Request> requests;
    for (const auto& entry : entries_)
        if (entry.poll.request.name_space == name_space) requests.push_back(entry.poll.request);
    return requests;
}

std::vector<std::string> PollSchedule::answered_name_spaces() const {
    std::vector<std::string> names;
    for (const auto& entry : entries_)
        if (entry.answered) names.push_back(entry.poll.request.name_space);
    std::ranges::sort(names);
    names.erase(std::ranges::unique(names).begin(), names.end());
    return names;
}

bool PollSchedule::answered(std::string_view name_space, TimePoint now) {
    bool first = false;
    for (auto& entry : entries_) {
        if (entry.poll.request.name_space != name_space) continue;
        first = first || !entry.answered;
        entry.answered = true;
        entry.given_up = false;
        entry.silences = 0;
        entry.last = now;
    }
    return first;
}

void PollSchedule::unanswered(std::string_view name_space) {
    for (auto& entry : entries_)
        if (entry.poll.request.name_space == name_space && !entry.answered &&
            ++entry.silences >= max_silences)
            entry.given_up = true;
}

void PollSchedule::refused(std::string_view name_space) {
    for (auto& entry : entries_)
        if (entry.poll.request.name_space == name_space) entry.given_up = true;
}

bool PollSchedule::needs_digest() const {
    return std::ranges::any_of(entries_, [](const Entry& e) { return e.in_digest && e.given_up; });
}

}  // namespace lanbridge::meross
