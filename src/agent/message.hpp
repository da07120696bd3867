#pragma once

#include <string>
#include <string_view>
#include <vector>

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

    /// The value's text, "" where there is no such member.
    std::string_view raw(std::string_view key) const noexcept;
    bool has(std::string_view key) const noexcept { return find(key) != nullptr; }
    /// `value` is compact JSON.
    void set(std::string_view key, std::string_view value);
    void erase(std::string_view key);

    /// What stands between the quotes of a text member, escapes not decoded; "" for any other type.
    std::string_view bare(std::string_view key) const noexcept;
    std::string_view method() const noexcept { return bare("method"); }

    std::string text() const;

private:
    struct Member {
        std::string key;  ///< decoded
        std::string value;
    };
    const Member* find(std::string_view key) const noexcept;

    std::vector<Member> members_;  ///< sorted by key; a message has about four
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
