#include "lanbridge/mqtt/topic_filter.hpp"

namespace lanbridge::mqtt {
namespace {

constexpr std::size_t longest = 65535;  // a length of 16 bits on the wire

/// The next level of a topic or filter; `rest` becomes what follows the slash, `more` whether there was one.
std::string_view take_level(std::string_view& rest, bool& more) noexcept {
    const auto slash = rest.find('/');
    const auto level = rest.substr(0, slash);
    more = slash != std::string_view::npos;
    rest = more ? rest.substr(slash + 1) : std::string_view();
    return level;
}

}  // namespace

Result<TopicFilter> TopicFilter::parse(std::string filter) {
    const auto bad = [&](std::string_view why) {
        return Error(Errc::invalid_value, "topic filter '" + filter + "': " + std::string(why));
    };
    if (filter.empty()) return bad("is empty");
    if (filter.size() > longest) return Error(Errc::invalid_value, "topic filter: longer than 65535 bytes");
    if (filter.find('\0') != std::string::npos) return bad("contains NUL");
    std::string_view rest = filter;
    for (bool more = true; more;) {
        const auto level = take_level(rest, more);
        if (level.size() > 1 && level.find_first_of("+#") != level.npos)
            return bad("a wildcard must stand alone between slashes");
        if (level == "#" && more) return bad("'#' must be the last level");
    }
    return TopicFilter(std::move(filter));
}

bool TopicFilter::matches(std::string_view topic) const noexcept {
    if (topic.starts_with('$') && (text_.front() == '+' || text_.front() == '#')) return false;
    std::string_view filter = text_;
    bool more_filter = true;
    bool more_topic = true;
    while (more_filter && more_topic) {
        const auto want = take_level(filter, more_filter);
        if (want == "#") return true;
        const auto have = take_level(topic, more_topic);
        if (want != "+" && want != have) return false;
    }
    return (!more_filter && !more_topic) || (more_filter && filter == "#");
}

bool valid_topic(std::string_view topic) noexcept {
    return !topic.empty() && topic.size() <= longest &&
           topic.find_first_of(std::string_view("+#\0", 3)) == topic.npos;
}

}  // namespace lanbridge::mqtt
