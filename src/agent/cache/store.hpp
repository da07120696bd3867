#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "agent/json/message.hpp"
#include "lanbridge/base/error.hpp"

namespace lanbridge::agent {

/// What the cache remembers, in openmiio_agent's file: one line of JSON, of which "cache" is ours and
/// everything else is kept. Bounded: what was used least recently goes first, for the file lies on a few MB
/// of flash and memory is short too.
class Store {
public:
    /// A big house has some 200 Bluetooth devices of 50 kinds.
    static constexpr std::size_t most_entries = 512;
    /// A device's record has 300 bytes, a home's list of rooms a few KB.
    static constexpr std::size_t longest_value = 64UL * 1024;
    static constexpr std::size_t most_bytes = 256UL * 1024;  ///< of all values
    static constexpr std::size_t largest_file = 1024UL * 1024;

    explicit Store(std::string path) : path_(std::move(path)) {}

    /// Reads the file; none is an empty one. One that is broken is renamed to `.broken` and the store starts
    /// empty. Errors: what is wrong with it.
    Result<void> load();
    /// Writes the file so that a power cut leaves the old one or the new. Blocks for as long as the flash
    /// takes. Errors: the system's; all is still in memory then, and `dirty`.
    Result<void> save();
    bool dirty() const noexcept { return dirty_; }

    /// What is remembered, or nullptr. Counts as use. Valid until the next `remember`.
    const std::string* find(std::uint32_t key);
    /// False for what is too long to be kept.
    bool remember(std::uint32_t key, std::string_view value);

    std::size_t size() const noexcept { return entries_.size(); }
    std::uint64_t evicted() const noexcept { return evicted_; }
    /// As in the file.
    std::string text() const;

private:
    struct Entry {
        std::string value;
        std::uint64_t used = 0;  ///< a count of uses; those from the file are oldest
    };
    Result<void> read(std::string_view text);
    void shrink();

    std::string path_;
    Message others_;                        ///< top-level members that are not ours
    std::map<std::string, Entry> entries_;  ///< by the key's decimal text, in the file's order
    std::size_t bytes_ = 0;
    std::uint64_t uses_ = 0;
    std::uint64_t evicted_ = 0;
    bool dirty_ = false;
};

}  // namespace lanbridge::agent
