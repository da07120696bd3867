#include "app/config/reader.hpp"

#include <algorithm>
#include <numeric>
#include <set>

namespace lanbridge::app {
namespace {

std::size_t edit_distance(const std::string& a, const std::string& b) {
    std::vector<std::size_t> row(b.size() + 1);
    std::iota(row.begin(), row.end(), std::size_t{0});
    for (std::size_t i = 1; i <= a.size(); ++i) {
        std::size_t diagonal = std::exchange(row[0], i);
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const std::size_t replaced = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
            diagonal = std::exchange(row[j], std::min({row[j] + 1, row[j - 1] + 1, replaced}));
        }
    }
    return row[b.size()];
}

/// Where else in the tree an option of this name stands: "meross.poll_interval".
std::string place_of(const std::string& name, const std::vector<Option>& options, const std::string& prefix) {
    for (const auto& option : options) {
        const std::string path = prefix + option.name;
        if (option.name == name) return path;
        const bool many = option.shape == Option::Shape::section_list;
        if (auto deeper = place_of(name, option.members, path + (many ? "[]." : ".")); !deeper.empty())
            return deeper;
    }
    return {};
}

std::string join(const std::vector<std::string>& names) {
    std::string out;
    for (const auto& name : names) out += (out.empty() ? "" : ", ") + name;
    return out;
}

/// Long enough to recognize what stands in the file, short enough for a line.
constexpr std::size_t max_shown = 60;

}  // namespace

std::string closest(const std::string& word, const std::vector<std::string>& candidates) {
    std::string best;
    // two letters swapped are two edits; of a word of two letters that would leave nothing
    const std::size_t tolerated = word.size() < 3 ? 1 : std::max<std::size_t>(2, word.size() / 3);
    std::size_t best_distance = tolerated + 1;
    for (const auto& candidate : candidates) {
        const auto distance = edit_distance(word, candidate);
        if (distance >= best_distance) continue;
        best_distance = distance;
        best = candidate;
    }
    return best;
}

Reader::Reader(std::string file, std::string folder, Environment environment)
    : file_(std::move(file)), folder_(folder), secrets_(std::move(folder), std::move(environment)) {}

Reader::Step::Step(Reader& reader, const std::string& name, const YAML::Node& node)
    : reader_(reader), path_before_(reader.path_), position_before_(reader.position_) {
    reader_.path_ += (reader_.path_.empty() ? "" : ".") + name;
    reader_.stand_at(node);
}

Reader::Step::Step(Reader& reader, std::size_t index, const YAML::Node& node)
    : reader_(reader), path_before_(reader.path_), position_before_(reader.position_) {
    reader_.path_ += '[' + std::to_string(index) + ']';
    reader_.stand_at(node);
}

void Reader::stand_at(const YAML::Node& node) {
    const auto mark = node.Mark();  // an empty value has none: then its name's position stays
    if (mark.line >= 0) position_ = Position{mark.line + 1, mark.column + 1};
    places_[path_] = position_;
}

Reader::Step::~Step() {
    reader_.path_ = std::move(path_before_);
    reader_.position_ = position_before_;
}

void Reader::add(Problem problem) {
    if (problem.file.empty()) problem.file = file_;
    problems_.push_back(std::move(problem));
}

void Reader::refuse(std::string expected, std::string found, std::string hint) {
    Problem problem;
    problem.line = position_.line;
    problem.column = position_.column;
    problem.path = path_;
    problem.expected = std::move(expected);
    problem.found = std::move(found);
    problem.hint = std::move(hint);
    add(std::move(problem));
}

void Reader::refuse_at(const std::string& path, std::string expected, std::string found, std::string hint) {
    const auto before = std::exchange(path_, path);
    const auto position = position_;
    for (std::string at = path;;) {
        if (const auto place = places_.find(at); place != places_.end()) {
            position_ = place->second;
            break;
        }
        const auto cut = at.find_last_of(".[");
        if (cut == std::string::npos) break;
        at.resize(cut);
    }
    refuse(std::move(expected), std::move(found), std::move(hint));
    path_ = before;
    position_ = position;
}

void Reader::unknown_member(const std::string& name, const std::vector<Option>& members) {
    std::vector<std::string> names;
    for (const auto& option : members) names.push_back(option.name);
    std::string hint = closest(name, names);
    if (hint.empty()) hint = place_of(name, option_tree(), {});
    if (!hint.empty()) hint = "did you mean \"" + hint + "\"?";
    refuse("one of " + join(names), "the unknown name \"" + name + '"', std::move(hint));
}

void Reader::read_members(const YAML::Node& node, const std::vector<Option>& members, void* owner) {
    std::set<std::string> seen;
    for (const auto& entry : node) {
        if (!entry.first.IsScalar()) {
            const Step step(*this, "?", entry.first);
            refuse("a name", describe(entry.first, false));
            continue;
        }
        const std::string& name = entry.first.Scalar();
        const Step step(*this, name, entry.first);
        if (!seen.insert(name).second) {
            refuse("each name once", '"' + name + "\" a second time", "join the two");
            continue;
        }
        const auto option = std::ranges::find(members, name, &Option::name);
        if (option == members.end()) {
            unknown_member(name, members);
            continue;
        }
        stand_at(entry.second);
        option->read(*this, entry.second, owner);
    }
}

std::optional<Scalar> Reader::scalar(const YAML::Node& node, const std::string& expected, bool secret) {
    if (!node.IsScalar()) {
        refuse(expected, describe(node, secret), node.IsNull() ? "leave the line out for the default" : "");
        return std::nullopt;
    }
    Scalar out;
    out.folder = folder_;
    out.text = node.Scalar();
    const std::string& tag = node.Tag();
    // yaml-cpp: "?" for a plain scalar, "!" for a quoted one, "tag:yaml.org,…" for the standard types
    const bool own_tag = tag.size() > 1 && tag.front() == '!';
    if (tag == "!") out.style = Scalar::Style::quoted;
    if (secret && !own_tag && !out.text.empty()) inline_secret = true;
    if (!own_tag) return out;
    auto resolved = secrets_.resolve(tag, out.text);
    if (!resolved) {
        refuse(expected, tag + ' ' + out.text, resolved.error().text());
        return std::nullopt;
    }
    out.text = std::move(*resolved);
    out.style = Scalar::Style::resolved;
    return out;
}

bool Reader::list(const YAML::Node& node, const std::string& expected) {
    if (node.IsSequence()) return true;
    if (!node.IsNull())
        refuse(expected, describe_kind(node), "lists are written [a, b] or in lines with \"- \"");
    return false;
}

bool Reader::section(const YAML::Node& node) {
    if (node.IsMap()) return true;
    if (!node.IsNull()) refuse("a section with names and values", describe_kind(node));
    return false;
}

std::string Reader::shown(const Scalar& scalar, bool secret) {
    if (secret) return "a value that is not shown";
    if (scalar.style == Scalar::Style::resolved) return "what its tag stands for, which is not shown";
    std::string text = scalar.text;
    if (const auto at = text.rfind('@'); at != std::string::npos)
        text.replace(0, at, "***");  // user:password@host
    if (text.size() > max_shown) text.replace(max_shown, std::string::npos, "…");
    return '"' + text + '"';
}

std::string Reader::describe_kind(const YAML::Node& node) {
    return node.IsScalar() ? "a single value" : describe(node, true);
}

std::string Reader::describe(const YAML::Node& node, bool secret) {
    if (node.IsSequence()) return "a list";
    if (node.IsMap()) return "a section";
    if (!node.IsScalar()) return "nothing";
    Scalar scalar;
    scalar.text = node.Scalar();
    return shown(scalar, secret);
}

}  // namespace lanbridge::app
