#include "agent/cache/store.hpp"

#include <algorithm>
#include <cstdio>
#include <utility>

#include "agent/json/json_text.hpp"
#include "lanbridge/base/files.hpp"

namespace lanbridge::agent {
namespace {

constexpr std::string_view ours = "cache";
/// As openmiio_agent's. The file holds keys of Bluetooth devices, but who can log in to a gateway is root.
constexpr unsigned file_mode = 0644;

}  // namespace

Result<void> Store::load() {
    auto text = read_file(path_, largest_file);
    if (!text && text.error().is(Errc::not_found)) return {};
    auto outcome = text ? read(*text) : Result<void>(std::move(text).error());
    if (outcome) return outcome;
    entries_.clear();
    others_ = Message();
    bytes_ = 0;
    // Not to be overwritten: something in it may be worth having. Where this fails, writing will too.
    std::rename(path_.c_str(), (path_ + ".broken").c_str());
    return outcome;
}

Result<void> Store::read(std::string_view text) {
    auto whole = Message::parse(text);
    if (!whole) return std::move(whole).error().in(path_);
    const auto kind = kind_of(whole->raw(ours));
    if (kind != JsonKind::object && kind != JsonKind::null)
        return Error(Errc::malformed, path_ + ": \"cache\" is no object");
    for_each_member(whole->raw(ours), [&](std::string_view key, std::string_view value) {
        if (value.size() > longest_value) return;
        auto& entry = entries_[std::string(key)];
        bytes_ += value.size() - entry.value.size();
        entry.value = value;
    });
    others_ = std::move(*whole);
    others_.erase(ours);
    shrink();
    return {};
}

Result<void> Store::save() {
    auto written = write_file_atomically(path_, text(), file_mode);
    if (written) dirty_ = false;
    return written;
}

const std::string* Store::find(std::uint32_t key) {
    const auto found = entries_.find(std::to_string(key));
    if (found == entries_.end()) return nullptr;
    found->second.used = ++uses_;
    return &found->second.value;
}

bool Store::remember(std::uint32_t key, std::string_view value) {
    if (value.size() > longest_value) return false;
    auto& entry = entries_[std::to_string(key)];
    entry.used = ++uses_;
    if (entry.value == value) return true;
    bytes_ += value.size() - entry.value.size();
    entry.value = value;
    dirty_ = true;
    shrink();
    return true;
}

void Store::shrink() {
    while (entries_.size() > most_entries || bytes_ > most_bytes) {
        const auto oldest =
            std::min_element(entries_.begin(), entries_.end(),
                             [](const auto& a, const auto& b) { return a.second.used < b.second.used; });
        bytes_ -= oldest->second.value.size();
        entries_.erase(oldest);
        ++evicted_;
    }
}

std::string Store::text() const {
    std::string mine = "{";
    mine.reserve(bytes_ + entries_.size() * 14 + 2);
    for (const auto& [key, entry] : entries_) {
        if (mine.size() > 1) mine.push_back(',');
        mine.append("\"").append(key).append("\":").append(entry.value);
    }
    mine.push_back('}');
    Message whole = others_;
    whole.set(ours, mine);
    return whole.text();
}

}  // namespace lanbridge::agent
