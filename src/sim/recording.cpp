#include "lanbridge/sim/recording.hpp"

#include <fmt/format.h>

#include <charconv>
#include <chrono>

#include "sim/file.hpp"

namespace lanbridge::sim {

namespace {

using Cells = std::vector<std::string_view>;

/// Longest line that makes sense: one System.All or one hub answer is some 10 kB.
constexpr std::size_t max_cells = 7;

std::string_view take_line(std::string_view& rest) {
    const auto end = rest.find('\n');
    auto line = rest.substr(0, end);
    rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
    if (line.ends_with('\r')) line.remove_suffix(1);
    return line;
}

Cells split(std::string_view line) {
    Cells cells;
    while (cells.size() < max_cells) {
        const auto tab = line.find('\t');
        cells.push_back(line.substr(0, tab));
        if (tab == std::string_view::npos) break;
        line.remove_prefix(tab + 1);
    }
    return cells;
}

bool number(std::string_view text, std::size_t at, std::size_t length, int& out) {
    if (text.size() < at + length) return false;
    const auto* begin = text.data() + at;
    const auto [end, failure] = std::from_chars(begin, begin + length, out);
    return failure == std::errc() && end == begin + length;
}

/// "2024/03/10 - 13:19:07"
Result<std::int64_t> parse_time(std::string_view text) {
    int year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0;
    const bool fits = number(text, 0, 4, year) && number(text, 5, 2, month) && number(text, 8, 2, day) &&
                      number(text, 13, 2, hour) && number(text, 16, 2, minute) && number(text, 19, 2, second);
    const std::chrono::year_month_day date(std::chrono::year(year),
                                           std::chrono::month(static_cast<unsigned>(month)),
                                           std::chrono::day(static_cast<unsigned>(day)));
    if (!fits || !date.ok()) {
        return Error(Errc::malformed,
                     fmt::format("time \"{}\" is not like \"2024/03/10 - 13:19:07\"", text.substr(0, 40)));
    }
    const auto days = std::chrono::sys_days(date).time_since_epoch().count();
    return std::int64_t{days} * 86400 + hour * 3600 + minute * 60 + second;
}

/// Reads the rows of a CSV of one version.
class CsvReader {
public:
    CsvReader(std::string_view text, std::string_view name) : rest_(text) { recording_.name = name; }

    Result<Recording> read() {
        if (rest_.starts_with("\xEF\xBB\xBF")) rest_.remove_prefix(3);
        const auto first = split(std::string_view(rest_).substr(0, rest_.find('\n')));
        if (auto known = recognise(first); !known) return fail(known.error());
        auto header = version_ == 2 ? read_header() : read_initial();
        if (!header) return fail(header.error());
        while (!rest_.empty()) {
            if (auto row = read_row(); !row) return fail(row.error());
        }
        return std::move(recording_);
    }

private:
    Result<void> recognise(const Cells& first) {
        line_ = 1;
        if (first.size() == 5) {
            version_ = 0;
        } else if (first.size() == 6 && first[2] == "auto") {
            version_ = 1;
        } else if (first.size() == 6 && first[2] == "protocol") {
            version_ = 2;
        } else {
            return Error(Errc::malformed,
                         fmt::format("{} columns separated by TAB; a recording has 5 or 6", first.size()));
        }
        line_ = 0;
        return {};
    }

    Result<void> read_initial() {
        for (auto* target : {&recording_.all, &recording_.ability}) {
            auto json = parse_json(cells().back());
            if (!json) return json.error();
            *target = std::move(*json);
        }
        return {};
    }

    Result<void> read_header() {
        cells();  // the names of the columns
        auto json = parse_json(cells().back());
        if (!json) return json.error();
        const auto* all = find_member(*json, {"config", "payload", "all"});
        const auto* ability = find_member(*json, {"config", "payload", "ability"});
        if (all == nullptr || ability == nullptr) {
            return Error(Errc::malformed, "the header has no config.payload.all and config.payload.ability");
        }
        recording_.all = *all;
        recording_.ability = *ability;
        if (const auto* pushes = find_member(*json, {"state", "namespace_pushes"}); pushes != nullptr) {
            if (pushes->is_object()) recording_.pushes = pushes->get<std::map<std::string, Json>>();
        }
        return {};
    }

    Result<void> read_row() {
        auto row = cells();
        if (row.size() == 1 && row[0].empty()) return {};
        const std::size_t shift = version_ == 0 ? 0 : 1;
        if (row.size() != 5 + shift) {
            return Error(Errc::malformed, fmt::format("{} columns where {} belong", row.size(), 5 + shift));
        }
        if (row[1 + shift] == "auto") return {};
        auto time = parse_time(row[0]);
        if (!time) return time.error();
        RecordedRow record;
        record.time = *time;
        record.method = meross::parse_method(row[2 + shift]);
        record.name_space = row[3 + shift];
        const bool sent = record.method == meross::Method::get || record.method == meross::Method::set;
        record.direction =
            (version_ == 0 ? sent : row[1] == "TX") ? Direction::to_device : Direction::from_device;
        auto payload = parse_json(row[4 + shift]);
        if (!payload) return payload.error();
        record.payload = std::move(*payload);
        recording_.rows.push_back(std::move(record));
        return {};
    }

    Cells cells() {
        ++line_;
        return split(take_line(rest_));
    }
    Error fail(const Error& error) const { return error.in(fmt::format("{}:{}", recording_.name, line_)); }

    std::string_view rest_;
    Recording recording_;
    int version_ = 1;
    std::size_t line_ = 0;
};

std::string_view text_of(const Json& cell) {
    const auto* text = cell.get_ptr<const std::string*>();
    return text == nullptr ? std::string_view() : std::string_view(*text);
}

Result<void> read_json_row(const Json& row, Recording& recording) {
    if (!row.is_array() || row.size() != 6) return Error(Errc::malformed, "a row is a list of six cells");
    if (text_of(row[2]) == "auto" || text_of(row[3]) == "LOG") return {};
    auto time = parse_time(text_of(row[0]));
    if (!time) return time.error();
    RecordedRow record;
    record.time = *time;
    record.direction = text_of(row[1]) == "TX" ? Direction::to_device : Direction::from_device;
    record.method = meross::parse_method(text_of(row[3]));
    record.name_space = text_of(row[4]);
    record.payload = row[5];
    if (row[5].is_string()) {
        auto parsed = parse_json(text_of(row[5]));
        if (!parsed) return parsed.error();
        record.payload = std::move(*parsed);
    }
    recording.rows.push_back(std::move(record));
    return {};
}

const Json* first_of(const Json& root, std::initializer_list<std::string_view> a,
                     std::initializer_list<std::string_view> b) {
    const auto* found = find_member(root, a);
    return found != nullptr ? found : find_member(root, b);
}

Result<Recording> read_diagnostics(std::string_view text, std::string_view name) {
    auto document = parse_json(text);
    if (!document) return document.error().in(name);
    const auto* data = find_member(*document, {"data"});
    if (data == nullptr) data = &*document;
    const auto* all = first_of(*data, {"payload", "all"}, {"config", "payload", "all"});
    const auto* ability = first_of(*data, {"payload", "ability"}, {"config", "payload", "ability"});
    if (all == nullptr || ability == nullptr) {
        return Error(Errc::malformed, fmt::format("{}: no payload.all and payload.ability under data", name));
    }
    Recording recording;
    recording.name = name;
    recording.all = *all;
    recording.ability = *ability;
    const auto* pushes = first_of(*data, {"device", "namespace_pushes"}, {"state", "namespace_pushes"});
    if (pushes != nullptr && pushes->is_object())
        recording.pushes = pushes->get<std::map<std::string, Json>>();
    const auto* trace = find_member(*data, {"trace"});
    if (trace == nullptr || !trace->is_array()) return recording;
    for (std::size_t i = 1; i < trace->size(); ++i) {
        auto row = read_json_row((*trace)[i], recording);
        if (!row) return row.error().in(fmt::format("{}: trace[{}]", name, i));
    }
    return recording;
}

}  // namespace

Result<Recording> parse_recording(std::string_view text, std::string_view name) {
    const auto start = text.find_first_not_of(" \t\r\n");
    if (start == std::string_view::npos)
        return Error(Errc::malformed, fmt::format("{}: the file is empty", name));
    auto recording = text[start] == '{' ? read_diagnostics(text, name) : CsvReader(text, name).read();
    if (!recording) return recording;
    if (!recording->all.is_object() || !recording->ability.is_object()) {
        return Error(Errc::malformed, fmt::format("{}: System.All and System.Ability must be objects", name));
    }
    return recording;
}

Result<Recording> read_recording(const std::string& path) {
    auto text = read_file(path);
    if (!text) return std::move(text).error();
    return parse_recording(*text, path);
}

}  // namespace lanbridge::sim
