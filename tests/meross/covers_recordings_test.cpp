#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <sstream>

#include "meross/features_support.hpp"
#include "meross/recordings_folder.hpp"
#include "support/catch.hpp"

using namespace lanbridge;
using namespace lanbridge::test;
using model::Value;

namespace {

bool absent() {
    if (std::filesystem::exists(recordings() / "mrs100.json.txt")) return false;
    std::cerr << "no recordings in " << recordings() << ": set LANBRIDGE_TRACES\n";
    std::exit(77);
}

struct Row {
    std::chrono::seconds time{};
    std::string protocol;
    std::string method;
    std::string name;  // without the leading "Appliance."
    Json data;
};

/// "2021/09/11 - 15:50:47": seconds of the day; no recording runs into the next.
std::chrono::seconds time_of(const std::string& text) {
    const auto number = [&](std::size_t at) { return std::chrono::seconds(std::stoi(text.substr(at, 2))); };
    return number(13) * 3600 + number(16) * 60 + number(19);
}

Row row_of(const std::vector<std::string>& cells, Json data) {
    Row row;
    row.time = time_of(cells[0]);
    row.protocol = cells[cells.size() - 3];
    row.method = cells[cells.size() - 2];
    row.name = cells.back().starts_with("Appliance.") ? cells.back().substr(10) : cells.back();
    row.data = std::move(data);
    return row;
}

std::vector<Row> load(const std::string& file) {
    std::ifstream stream(recordings() / file);
    std::vector<Row> rows;
    if (file.ends_with(".csv")) {
        for (std::string line; std::getline(stream, line);) {
            std::vector<std::string> cells;
            std::istringstream rest(line);
            for (std::string cell; std::getline(rest, cell, '\t');) cells.push_back(cell);
            const auto data =
                cells.size() < 5 ? Result<Json>(Error(Errc::malformed)) : parse_json(cells.back());
            if (!data || !data->is_object()) continue;
            cells.pop_back();
            rows.push_back(row_of(cells, *data));
        }
        return rows;
    }
    std::stringstream text;
    text << stream.rdbuf();
    const Json document = json(text.str());
    for (const Json& item : document.at("data").at("trace")) {
        if (!item.back().is_object()) continue;
        std::vector<std::string> cells;
        for (std::size_t i = 0; i + 1 < item.size(); ++i) cells.push_back(item[i].get<std::string>());
        rows.push_back(row_of(cells, item.back()));
    }
    return rows;
}

/// A user's command as it stands in a SET of a door or shutter.
Value wish_of(const Json& set) {
    if (const Json* state = find_member(set, {"state"}))
        return std::string(int_or(*state, {"open"}, 0) != 0 ? "OPEN" : "CLOSE");
    const auto position = int_or(set, {"position", "position"}, -1);
    return std::string(position == -1 ? "STOP" : position == 0 ? "CLOSE" : "OPEN");
}

/// The recording lived through again, with its commands, on its own times.
struct Replay {
    /// `early`: a namespace that is read before everything else, as a bridge does.
    explicit Replay(const std::string& file, std::string_view early = "") : rows(load(file)), bench(facts()) {
        note(bench.feed_digest());
        for (const auto& row : rows)
            if (row.name == early && row.method == "GETACK") note(bench.give(row.name, row.data));
        std::chrono::seconds time = rows[0].time;
        Json set;
        for (const auto& row : rows) {
            bench.pass(row.time - time);
            time = row.time;
            note(bench.tick().observations);
            const bool command = row.name == "RollerShutter.Position" || row.name == "GarageDoor.State";
            if (row.method == "SET" && command) set = row.data;
            if (row.method == "SETACK" && command)
                note(bench.accept("cover_0", "state", wish_of(set), dump_json(row.data)));
            if (row.protocol != "auto" && row.method == "GETACK") answered(row);
        }
    }
    /// A session hands System.All's digest on piece by piece.
    void answered(const Row& row) {
        if (row.name != "System.All") return note(bench.give(row.name, row.data));
        const Json* digest = find_member(row.data, {"all", "digest"});
        if (!digest) return;
        for (const auto& part : meross::split_digest(*digest))
            note(bench.give(part.name_space.substr(10), part.payload));
    }
    Facts facts() const { return meross::parse_facts(rows.at(0).data, rows.at(1).data).value(); }
    void note(const model::Observations& observations) {
        for (const auto& one : observations) {
            if (state(first, one.entity, one.part) == Value()) first.push_back(one);
            auto& past = history[one.entity + '/' + one.part];
            if (past.empty() || past.back() != one.value) past.push_back(one.value);
        }
    }
    Value last(const std::string& part) const {
        const auto it = history.find(part);
        return it == history.end() ? Value() : it->second.back();
    }
    bool saw(const std::string& part, const Value& value) const {
        const auto it = history.find(part);
        return it != history.end() && std::ranges::find(it->second, value) != it->second.end();
    }
    std::vector<Row> rows;
    Bench bench;
    model::Observations first;
    std::map<std::string, std::vector<Value>> history;
};

Value word(const char* text) { return std::string(text); }
Value whole(int number) { return std::int64_t{number}; }

}  // namespace

TEST_CASE("the recorded shutter 7.6.10 shows what it showed", "[meross][recordings]") {
    if (absent()) return;
    const Replay shutter("mrs100.json.txt");
    CHECK(shutter.bench.keys() == std::vector<std::string>{"calibrate", "calibration_status", "cover_0",
                                                           "led", "signal", "signal_close", "signal_open",
                                                           "stopped_by"});
    CHECK(state(shutter.first, "cover_0", "position") == whole(0));
    CHECK(state(shutter.first, "cover_0") == word("closed"));
    CHECK_THAT(number(shutter.first, "signal_open"), WithinAbs(28.2, 1e-9));
    CHECK_THAT(number(shutter.first, "signal_close"), WithinAbs(26.1, 1e-9));
    CHECK(state(shutter.first, "led") == Value(false));
    for (const char* seen : {"opening", "closing", "open", "closed"})
        CHECK(shutter.saw("cover_0/state", word(seen)));
    // the last movement was stopped two seconds into closing
    CHECK(shutter.last("cover_0/position") == whole(95));
    CHECK(shutter.last("cover_0/state") == word("open"));
    CHECK(shutter.last("stopped_by/state") == word("user"));
}

TEST_CASE("the recorded shutter 2.1.2 is where its movements have brought it", "[meross][recordings]") {
    if (absent()) return;
    const Replay shutter("mrs100-old.csv", "RollerShutter.Config");
    CHECK(shutter.bench.keys() ==
          std::vector<std::string>{"cover_0", "led", "signal", "signal_close", "signal_open"});
    CHECK(state(shutter.first, "cover_0", "position") == whole(0));
    CHECK(number(shutter.first, "signal_open") == 50);
    CHECK(number(shutter.first, "signal_close") == 50);
    // 11 s of opening, then stopped: the device says 0
    const auto& positions = shutter.history.at("cover_0/position");
    CHECK(std::ranges::max_element(positions.begin(), positions.begin() + 14, {}, [](const Value& value) {
              return std::get<std::int64_t>(value);
          }) != positions.begin());
    CHECK(shutter.saw("cover_0/position", whole(22)));
    const auto& states = shutter.history.at("cover_0/state");
    REQUIRE(states.size() >= 5);
    CHECK(std::vector<Value>(states.begin(), states.begin() + 5) ==
          std::vector<Value>{word("closed"), word("opening"), word("open"), word("closing"), word("closed")});
}

TEST_CASE("the recorded door 4.2.1 closes in 32 s", "[meross][recordings]") {
    if (absent()) return;
    const Replay door("msg100.csv");
    CHECK(door.bench.keys().size() == 9);
    CHECK(state(door.first, "cover_0") == word("open"));
    CHECK(state(door.first, "buzzer_0") == Value(false));
    CHECK(number(door.first, "open_duration_0") == 30);
    CHECK(number(door.first, "close_duration_0") == 30);
    CHECK(number(door.first, "signal_duration") == 1);
    CHECK(door.history.at("cover_0/state") ==
          std::vector<Value>{word("open"), word("closing"), word("closed")});
    CHECK_FALSE(door.saw("timeout_0/state", true));
}

TEST_CASE("the recorded doors 4.2.8 show what they showed", "[meross][recordings]") {
    if (absent()) return;
    const Replay doors("msg200.json.txt");
    CHECK(doors.bench.keys().size() == 29);
    CHECK(state(doors.first, "cover_1") == word("closed"));
    CHECK(state(doors.first, "cover_2") == word("closed"));
    CHECK(state(doors.first, "enable_1") == Value(true));
    CHECK(state(doors.first, "enable_3") == Value(false));
    for (const char* entity : {"open_duration_1", "close_duration_2", "open_duration_3"})
        CHECK(number(doors.first, entity) == 15);
    CHECK(number(doors.first, "signal_open_1") == 3);
    CHECK(number(doors.first, "signal_close_2") == 2);
    CHECK_FALSE(doors.bench.has("cover_0"));
    CHECK_FALSE(doors.bench.has("switch_0"));
}
