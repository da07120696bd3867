#pragma once

#include <yaml-cpp/yaml.h>

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "app/config/environment.hpp"
#include "app/config/option.hpp"
#include "app/config/problem.hpp"
#include "app/config/secret_source.hpp"

namespace lanbridge::app {

/// Walks a YAML document along the option tree, collects every problem and remembers where each value stood.
class Reader {
public:
    struct Position {
        int line = 0;
        int column = 0;
    };

    Reader(std::string file, std::string folder, Environment environment);

    /// The members of a section: known names are read, unknown and repeated ones reported.
    void read_members(const YAML::Node& section, const std::vector<Option>& members, void* owner);
    /// The text of a scalar with its tag resolved; nothing (and a problem) where something else stands.
    std::optional<Scalar> scalar(const YAML::Node& node, const std::string& expected, bool secret);
    /// True for a list; reports anything else but nothing at all, which counts as an empty one.
    bool list(const YAML::Node& node, const std::string& expected);
    bool section(const YAML::Node& node);

    template <class T>
    std::optional<T> value(const YAML::Node& node, const Format<T>& format) {
        auto found = scalar(node, format.expected, format.secret);
        if (!found) return std::nullopt;
        auto parsed = format.parse(*found);
        if (parsed) return std::move(*parsed);
        refuse(format.expected, shown(*found, format.secret), parsed.error().where);
        return std::nullopt;
    }

    /// Steps down to a member or item for as long as it lives.
    class Step {
    public:
        Step(Reader& reader, const std::string& name, const YAML::Node& node);
        Step(Reader& reader, std::size_t index, const YAML::Node& node);
        Step(const Step&) = delete;
        Step& operator=(const Step&) = delete;
        ~Step();

    private:
        Reader& reader_;
        std::string path_before_;
        Position position_before_;
    };

    /// The present place is that of `node`, until the step that led here ends.
    void stand_at(const YAML::Node& node);
    /// A problem at the present place.
    void refuse(std::string expected, std::string found, std::string hint = {});
    /// A problem at `path`, or at the nearest section above it that the file has.
    void refuse_at(const std::string& path, std::string expected, std::string found, std::string hint = {});
    void add(Problem problem);

    bool has(const std::string& path) const { return places_.contains(path); }
    const std::string& path() const noexcept { return path_; }
    const std::map<std::string, Position>& places() const noexcept { return places_; }
    std::vector<Problem>& problems() noexcept { return problems_; }
    SecretSource& secrets() noexcept { return secrets_; }
    /// A secret stands in the file itself rather than behind a tag.
    bool inline_secret = false;

    static std::string shown(const Scalar& scalar, bool secret);
    static std::string describe(const YAML::Node& node, bool secret);
    /// The same where several values belong: a single one is not shown, it may be a secret in the wrong
    /// place.
    static std::string describe_kind(const YAML::Node& node);

private:
    friend class Step;
    void unknown_member(const std::string& name, const std::vector<Option>& members);

    std::string file_;
    std::string folder_;
    SecretSource secrets_;
    std::string path_;
    Position position_;
    std::map<std::string, Position> places_;
    std::vector<Problem> problems_;
};

/// The candidate that a mistyped word most probably means, or "".
std::string closest(const std::string& word, const std::vector<std::string>& candidates);

}  // namespace lanbridge::app
