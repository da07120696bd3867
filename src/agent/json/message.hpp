#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "agent/json/json_text.hpp"
#include "lanbridge/base/error.hpp"

namespace lanbridge::agent {

/// A miIO message: a JSON object whose values keep the text they came with. Scripts search its text for
/// patterns such as `"method":"x"`, so the form is part of the contract: keys sorted by bytes, no white
/// space,
/// `<` `>` `&` escaped, of equal keys the last.
class Message {
public:
    Message() = default;
    /// Errors: those of `compact_json`; `malformed` for JSON that is no object. `null` is an empty message.
    static Result<Message> parse(std::string_view text);

    /// The value's text, "" where there is no such member. It, and what `bare` and `method` return, lives
    /// until the message is changed.
    std::string_view raw(std::string_view key) const noexcept;
    bool has(std::string_view key) const noexcept { return find(key) != nullptr; }
    /// `value` is compact JSON. What it replaces stays in memory until the message goes: to be changed a few
    /// times on its way, not kept and changed for ever. `key` is no part of this message.
    void set(std::string_view key, std::string_view value);
    void erase(std::string_view key);

    /// What stands between the quotes of a text member, escapes not decoded; "" for any other type.
    std::string_view bare(std::string_view key) const noexcept;
    std::string_view method() const noexcept { return bare("method"); }

    std::string text() const;

private:
    std::string_view key_of(const MemberPlace& member) const noexcept {
        return std::string_view(store_).substr(member.key, member.key_size);
    }
    std::string_view value_of(const MemberPlace& member) const noexcept {
        return std::string_view(store_).substr(member.value, member.value_size);
    }
    const MemberPlace* find(std::string_view key) const noexcept;
    std::uint32_t keep(std::string_view text);
    void put_in_order();

    /// One block of memory for all members, since most messages only pass: the text as it came, without white
    /// space, then what was set. Keys are decoded here.
    std::string store_;
    std::vector<MemberPlace> members_;  ///< sorted by key; a message has about four
    bool null_ = false;
};

/// The request that an answer belongs to, with the id that its sender gave it.
struct Question {
    Question(std::int32_t f, Message m) : from(f), message(std::move(m)) {}
    std::int32_t from;
    Message message;
};

/// Changes answers on their way to who asked.
class AnswerPatch {
public:
    virtual ~AnswerPatch() = default;
    /// Says whether it changed the answer; then no further patch sees it.
    virtual bool apply(const Question& question, Message& answer) = 0;
};

}  // namespace lanbridge::agent
