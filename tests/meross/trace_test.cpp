#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "lanbridge/sim/recording.hpp"
#include "meross/trace/traces.hpp"
#include "support/catch.hpp"
#include "support/virtual_time.hpp"

using namespace lanbridge;
using namespace lanbridge::meross;
using namespace lanbridge::test;

namespace {

namespace fs = std::filesystem;

const Json told = Json::parse(
    R"({"system":{"hardware":{"type":"mss310","uuid":"2109270102030405060748e1e9a1b2c3",
    "macAddress":"48:e1:e9:a1:b2:c3"},"firmware":{"version":"2.1.17","innerIp":"192.168.7.23"}},
    "digest":{"togglex":[{"channel":0,"onoff":1}]}})");

class Folder {
public:
    Folder() {
        std::string name = (fs::temp_directory_path() / "lanbridge-trace-XXXXXX").string();
        if (!::mkdtemp(name.data())) throw std::runtime_error("no folder");
        path = name;
    }
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;
    ~Folder() { fs::remove_all(path); }
    fs::path path;
};

struct Bench {
    Bench() {
        hooks.ask = [this](const model::DeviceId&, Request request) { return answer(std::move(request)); };
        hooks.ended = [this](const TraceInfo& info) { ended.push_back(info); };
        traces = std::make_unique<Traces>(context, hooks);
        traces->set_folder((folder.path / "traces").string());
    }
    ~Bench() {
        traces->stop_all("stop");
        time.advance(1s);
        CHECK(traces->idle());
    }
    asio::awaitable<Result<Message>> answer(Request request) {
        asked.push_back(request.name_space);
        if (away) co_return Error(Errc::unreachable, "somewhere");
        co_return Error(Errc::timeout, "somewhere");
    }
    TraceSubject subject(const char* id = "meross_48e1e9a1b2c3") const {
        TraceSubject subject;
        subject.device = model::DeviceId(id);
        subject.all = told;
        subject.ability = Json::parse(R"({"Appliance.System.Runtime":{},"Appliance.Control.ToggleX":{}})");
        subject.secrets = {{Hidden::key, "the key of this device"}};
        return subject;
    }
    static Message message(const char* name, Method method, Json payload) {
        Message message;
        message.header.name_space = name;
        message.header.method = method;
        message.payload = std::move(payload);
        return message;
    }
    static std::string text(const TraceInfo& info) {
        std::ifstream file(info.file);
        std::stringstream out;
        out << file.rdbuf();
        return out.str();
    }

    Folder folder;
    asio::io_context io;
    VirtualTime time{io};
    SeededRandom random{1};
    Context context{io.get_executor(), time, random};
    Traces::Hooks hooks;
    std::unique_ptr<Traces> traces;
    std::vector<TraceInfo> ended;
    std::vector<std::string> asked;
    bool away = false;
};

}  // namespace

TEST_CASE("a trace is a recording that simulated devices understand", "[meross][trace]") {
    Bench b;
    auto trace = b.traces->start(b.subject(), TraceLimits());
    REQUIRE(trace);
    (*trace)->note("going to\tmqtt at 192.168.7.23, by the key of this device");
    Json fresh = told;
    fresh["digest"]["togglex"][0]["onoff"] = 0;
    (*trace)->sent(model::Transport::http,
                   Request("Appliance.System.All", Method::get, Json{{"all", Json::object()}}));
    (*trace)->received(model::Transport::http,
                       b.message("Appliance.System.All", Method::getack, Json{{"all", fresh}}));
    (*trace)->received(model::Transport::mqtt,
                       b.message("Appliance.Control.ToggleX", Method::push,
                                 Json::parse(R"({"togglex":[{"channel":0,"onoff":1}]})")));
    const auto info = b.traces->stop("meross_48e1e9a1b2c3", "enough");
    REQUIRE(info);
    CHECK(b.ended.size() == 1);
    const auto text = b.text(*info);
    INFO(text);
    for (const auto* secret : {"192.168.7.23", "48e1e9a1b2c3", "48:e1:e9", "the key of this device"})
        CHECK(text.find(secret) == std::string::npos);
    CHECK(text.starts_with("time\trxtx\tprotocol\tmethod\tnamespace\tdata\n"));
    CHECK(text.ends_with("\t\tauto\tLOG\tinfo\tend of trace: enough\n"));
    CHECK(text.find('\r') == std::string::npos);
    CHECK(text.find("LOG\tinfo\tgoing to mqtt") != std::string::npos);
    CHECK(text.size() == info->bytes);
    const auto recording = sim::parse_recording(text, "trace");
    REQUIRE(recording);
    CHECK(recording->all.at("digest") == fresh.at("digest"));
    CHECK(recording->ability.size() == 2);
    REQUIRE(recording->rows.size() == 3);
    CHECK(recording->rows[0].direction == sim::Direction::to_device);
    CHECK(recording->rows[2].direction == sim::Direction::from_device);
    CHECK(recording->rows[2].payload.at("togglex").at(0).at("onoff") == 1);
    struct stat status {};
    REQUIRE(::stat(info->file.c_str(), &status) == 0);
    CHECK((status.st_mode & 0777) == 0600);
    CHECK(fs::path(info->file).filename().string().find("_meross_48e1e9a1b2c3.csv") == 19);
}

TEST_CASE("a silent device's trace begins with what it said once", "[meross][trace]") {
    Bench b;
    b.away = true;
    auto trace = b.traces->start(b.subject(), TraceLimits());
    REQUIRE(trace);
    (*trace)->note("does not answer");
    b.time.advance(Trace::header_patience + 1s);
    const auto text = b.text((*trace)->info());
    CHECK(text.find("HEADER") != std::string::npos);
    CHECK(text.find("does not answer") > text.find("HEADER"));
    CHECK(sim::parse_recording(text, "trace"));
    CHECK(b.asked.size() > 1);  // the same again, until it is there
    CHECK(std::set<std::string>(b.asked.begin(), b.asked.end()).size() == 1);
}

TEST_CASE("a trace ends when its time is over", "[meross][trace]") {
    Bench b;
    TraceLimits limits;
    limits.duration = 20s;
    REQUIRE(b.traces->start(b.subject(), limits));
    b.time.advance(19s);
    CHECK(b.ended.empty());
    CHECK(b.asked == std::vector<std::string>{"Appliance.Control.ToggleX", "Appliance.System.Runtime"});
    b.time.advance(2s);
    REQUIRE(b.ended.size() == 1);
    CHECK(b.ended[0].end == "its time of 20 s is over");
    const auto later = b.traces->stop(b.ended[0].id, "late");
    REQUIRE(later);
    CHECK(later->end == b.ended[0].end);
    CHECK(b.traces->start(b.subject(), limits));
}

TEST_CASE("a trace ends when its file is full, and never exceeds it", "[meross][trace]") {
    Bench b;
    TraceLimits limits;
    limits.max_size = 4096;
    auto trace = b.traces->start(b.subject(), limits);
    REQUIRE(trace);
    for (int i = 0; i < 200; ++i)
        (*trace)->received(model::Transport::http, b.message("Appliance.System.Runtime", Method::getack,
                                                             Json::parse(R"({"runtime":{"signal":77}})")));
    b.time.advance(1s);
    REQUIRE(b.ended.size() == 1);
    CHECK_THAT(b.ended[0].end, ContainsSubstring("4096"));
    CHECK(b.ended[0].bytes <= 4096);
    CHECK(fs::file_size(b.ended[0].file) == b.ended[0].bytes);
    CHECK(sim::parse_recording(b.text(b.ended[0]), "trace"));
    CHECK_FALSE(b.traces->running(b.subject().device));
}

TEST_CASE("a disk without room ends the trace and nothing else", "[meross][trace]") {
    Bench b;
    auto trace = b.traces->start(b.subject(), TraceLimits());
    REQUIRE(trace);
    b.time.advance(6s);
    (*trace)->end("gone");
    (*trace)->note("nobody hears this");
    b.time.advance(1s);
    CHECK(b.ended.size() == 1);

    b.traces->set_folder("/proc/no-such-place/traces");
    const auto refused = b.traces->start(b.subject(), TraceLimits());
    REQUIRE_FALSE(refused);
    CHECK_THAT(refused.error().text(), ContainsSubstring("/proc/no-such-place/traces"));
    b.traces->set_folder("");
    CHECK(b.traces->start(b.subject(), TraceLimits()).error().is(Errc::unsupported));
}

TEST_CASE("one trace for a device, and a few at a time", "[meross][trace]") {
    Bench b;
    REQUIRE(b.traces->start(b.subject(), TraceLimits()));
    CHECK(b.traces->start(b.subject(), TraceLimits()).error().is(Errc::busy));
    for (std::size_t i = 1; i < Traces::max_running; ++i)
        REQUIRE(b.traces->start(b.subject(("d" + std::to_string(i)).c_str()), TraceLimits()));
    CHECK(b.traces->start(b.subject("one too many"), TraceLimits()).error().is(Errc::busy));
    CHECK(b.traces->stop("nobody", "x").error().is(Errc::not_found));
    TraceLimits wrong;
    wrong.duration = 0s;
    CHECK(b.traces->start(b.subject(), wrong).error().is(Errc::invalid_value));
    wrong = TraceLimits();
    wrong.max_size = 10;
    CHECK(b.traces->start(b.subject(), wrong).error().is(Errc::invalid_value));
}
