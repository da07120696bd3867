#include "agent/json/object_splitter.hpp"

namespace lanbridge::agent {

/// True when `c` ends an object.
bool ObjectSplitter::step(char c) noexcept {
    if (in_string_) {
        if (escaped_)
            escaped_ = false;
        else if (c == '\\')
            escaped_ = true;
        else if (c == '"')
            in_string_ = false;
        return false;
    }
    if (c == '"') in_string_ = true;
    if (c == '{' || c == '[') ++depth_;
    if (c == '}' || c == ']') return --depth_ == 0;
    return false;
}

void ObjectSplitter::feed(std::string_view bytes, const Visit& visit) {
    std::size_t begin = 0;  // of the object that is under way, within `bytes`
    for (std::size_t at = 0; at < bytes.size(); ++at) {
        if (depth_ == 0) {
            if (bytes[at] != '{') continue;
            begin = at;
        }
        if (step(bytes[at])) {
            const auto piece = bytes.substr(begin, at + 1 - begin);
            if (dropping_ || kept_.size() + piece.size() > longest)
                ++too_long_;
            else if (kept_.empty())
                visit(piece);
            else
                visit(kept_.append(piece));
            reset();
        }
    }
    if (depth_ == 0 || dropping_) return;
    const auto rest = bytes.substr(begin);
    if (kept_.size() + rest.size() > longest) {
        dropping_ = true;
        kept_ = {};
        return;
    }
    kept_.append(rest);
}

void ObjectSplitter::reset() {
    kept_.clear();
    depth_ = 0;
    in_string_ = false;
    escaped_ = false;
    dropping_ = false;
}

}  // namespace lanbridge::agent
