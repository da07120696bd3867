#include "agent/json/json_bytes.hpp"
#include "agent/json/json_text.hpp"

namespace lanbridge::agent {
namespace {

using namespace json_bytes;

/// The character as the sentences show it.
std::string show(char c) {
    if (c == '\'') return R"('\'')";
    if (c == '"') return R"('"')";
    if (c == '\\') return R"('\\')";
    if (c == '\n') return R"('\n')";
    if (c == '\r') return R"('\r')";
    if (c == '\t') return R"('\t')";
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte == 0x7f)
        return std::string("'\\x") + hex_digit(byte >> 4U) + hex_digit(byte) + "'";
    if (byte < 0x80) return std::string("'") + c + "'";
    const std::array<char, 2> latin{static_cast<char>(0xc0U | (byte >> 6U)),
                                    static_cast<char>(0x80U | (byte & 0x3fU))};
    return "'" + std::string(latin.data(), latin.size()) + "'";
}

/// Reads one value by recursive descent, and writes it compactly.
class Compactor {
public:
    Compactor(std::string_view text, std::vector<MemberPlace>* places) : text_(text), places_(places) {
        out_.reserve(text.size());
    }

    Result<std::string> run() {
        if (!value("looking for beginning of value")) return std::move(error_);
        skip_space();
        if (at_ < text_.size()) {
            fail("after top-level value");
            return std::move(error_);
        }
        return std::move(out_);
    }

private:
    bool ended() const noexcept { return at_ >= text_.size(); }

    bool fail(std::string_view context) {
        if (ended())
            error_ = Error(Errc::truncated, "unexpected end of JSON input");
        else
            error_ =
                Error(Errc::malformed, "invalid character " + show(text_[at_]) + " " + std::string(context));
        return false;
    }

    void skip_space() noexcept {
        while (!ended() && is_space(text_[at_])) ++at_;
    }
    /// Copies the next character when it is `c`.
    bool take(char c) {
        if (ended() || text_[at_] != c) return false;
        out_.push_back(c);
        ++at_;
        return true;
    }

    bool value(std::string_view context) {
        skip_space();
        if (ended()) return fail(context);
        switch (text_[at_]) {
            case '{':
                return nested(&Compactor::members);
            case '[':
                return nested(&Compactor::elements);
            case '"':
                return string();
            case 't':
                return literal("true");
            case 'f':
                return literal("false");
            case 'n':
                return literal("null");
            default:
                if (text_[at_] == '-' || is_digit(text_[at_])) return number();
                return fail(context);
        }
    }

    bool nested(bool (Compactor::*inside)()) {
        if (++depth_ > max_depth) {
            error_ = Error(Errc::malformed, "nested deeper than " + std::to_string(max_depth));
            return false;
        }
        const bool sound = (this->*inside)();
        --depth_;
        return sound;
    }

    bool members() {
        take('{');
        skip_space();
        if (take('}')) return true;
        for (;;) {
            skip_space();
            if (ended() || text_[at_] != '"') return fail("looking for beginning of object key string");
            const auto key = out_.size() + 1;
            if (!string()) return false;
            const auto key_size = out_.size() - 1 - key;
            skip_space();
            if (!take(':')) return fail("after object key");
            const auto begin = out_.size();
            if (!value("looking for beginning of value")) return false;
            if (depth_ == 1) note(key, key_size, begin);
            skip_space();
            if (take('}')) return true;
            if (!take(',')) return fail("after object key:value pair");
        }
    }

    /// A member of the outermost object, which ends here.
    void note(std::size_t key, std::size_t key_size, std::size_t begin) {
        const auto narrow = [](std::size_t n) { return static_cast<std::uint32_t>(n); };
        if (places_)
            places_->push_back(
                MemberPlace{narrow(key), narrow(key_size), narrow(begin), narrow(out_.size() - begin)});
    }

    bool elements() {
        take('[');
        skip_space();
        if (take(']')) return true;
        for (;;) {
            if (!value("looking for beginning of value")) return false;
            skip_space();
            if (take(']')) return true;
            if (!take(',')) return fail("after array element");
        }
    }

    bool string() {
        take('"');
        for (;;) {
            const auto begin = at_;
            while (!ended() && !is_special(text_[at_])) ++at_;
            out_.append(text_.substr(begin, at_ - begin));
            if (ended()) return fail({});
            if (take('"')) return true;
            if (!special()) return false;
        }
    }

    bool special() {
        const char c = text_[at_];
        if (c == '\\') return escape();
        if (static_cast<unsigned char>(c) < 0x20) return fail("in string literal");
        if (c == '\xe2') {
            const char last = separator_at(text_.substr(at_));
            if (last == 0) return take(c);
            append_separator(out_, last);
            at_ += 3;
            return true;
        }
        append_escape(out_, static_cast<unsigned char>(c));
        ++at_;
        return true;
    }

    bool escape() {
        take('\\');
        if (ended()) return fail({});
        const char c = text_[at_];
        if (std::string_view("bfnrt\\/\"").find(c) != std::string_view::npos) return take(c);
        if (!take('u')) return fail("in string escape code");
        for (int i = 0; i < 4; ++i) {
            if (ended() || !is_hex(text_[at_])) return fail("in \\u hexadecimal character escape");
            take(text_[at_]);
        }
        return true;
    }

    void digits() {
        const auto begin = at_;
        while (!ended() && is_digit(text_[at_])) ++at_;
        out_.append(text_.substr(begin, at_ - begin));
    }
    bool some_digits(std::string_view context) {
        if (ended() || !is_digit(text_[at_])) return fail(context);
        digits();
        return true;
    }

    bool number() {
        take('-');
        if (!take('0') && !some_digits("in numeric literal")) return false;
        if (take('.') && !some_digits("after decimal point in numeric literal")) return false;
        if (!take('e') && !take('E')) return true;
        if (!take('+')) take('-');
        return some_digits("in exponent of numeric literal");
    }

    bool literal(std::string_view word) {
        for (const char c : word)
            if (!take(c)) return fail("in literal " + std::string(word) + " (expecting " + show(c) + ")");
        return true;
    }

    std::string_view text_;
    std::vector<MemberPlace>* places_;
    std::size_t at_ = 0;
    int depth_ = 0;
    std::string out_;
    Error error_;
};

}  // namespace

Result<std::string> compact_json(std::string_view text) { return Compactor(text, nullptr).run(); }

Result<std::string> compact_json(std::string_view text, std::vector<MemberPlace>& places) {
    return Compactor(text, &places).run();
}

}  // namespace lanbridge::agent
