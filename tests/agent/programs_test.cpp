#include "agent/programs.hpp"

#include <unistd.h>

#include "host_fixture.hpp"
#include "support/catch.hpp"

using namespace lanbridge;
using lanbridge::test::alive;
using lanbridge::test::HostFixture;

namespace {

constexpr const char* waits = "#!/bin/sh\nwhile :; do sleep 0.1; done\n";

/// A shell script that carries the name of a program; as the real one, it is found by its process name.
std::unique_ptr<net::Process> script(HostFixture& f, const std::string& name, std::string_view text = waits) {
    auto child = f.start({f.write("/bin/" + name, text, 0755)});
    REQUIRE(f.wait_until([&] { return !f.programs.find(name).empty(); }));
    return child;
}

}  // namespace

TEST_CASE("programs are found by executable, process name or first word", "[agent][programs]") {
    HostFixture f;
    CHECK(f.programs.find("mosquitto").empty());

    const auto by_name = script(f, "mosquitto");
    CHECK(f.programs.find("mosquitto") == std::vector{by_name->pid()});

    std::filesystem::copy_file("/bin/sleep", f.root / "bin/zigbee_gw");
    const auto by_executable = f.start({f.paths.at("/bin/zigbee_gw"), "60"});
    CHECK(f.programs.find("zigbee_gw") == std::vector{by_executable->pid()});

    const auto by_word = f.start({"/bin/bash", "-c", "exec -a /usr/bin/silabs_ncp_bt /bin/sleep 60"});
    CHECK(f.wait_until([&] { return f.programs.find("silabs_ncp_bt") == std::vector{by_word->pid()}; }));
    CHECK(f.programs.find("silabs_ncp").empty());
    CHECK(f.programs.find("").empty());
}

TEST_CASE("a name longer than the kernel keeps is found", "[agent][programs]") {
    HostFixture f;
    const auto child = script(f, "Lumi_Z3GatewayHost_MQTT");
    CHECK(f.programs.find("Lumi_Z3GatewayHost_MQTT") == std::vector{child->pid()});
    CHECK(f.programs.find("Lumi_Z3Gateway").empty());
}

TEST_CASE("neither ourselves, nor the dead, nor a stand-in is found", "[agent][programs]") {
    HostFixture f;
    f.show(::getpid());
    CHECK(f.programs.find("agent_host_test").empty());

    const auto stand_in = f.start({"tail", "miio_agent", "-f", "/dev/null"});
    CHECK(f.programs.find("tail").empty());
    CHECK(f.programs.find("miio_agent").empty());

    // its parent is busy and does not reap it
    const auto note = f.paths.at("/tmp/child");
    const auto parent = f.start({"/bin/sh", "-c", "sleep 0 & echo $! > " + note + "; exec sleep 60"});
    int dead = 0;
    REQUIRE(f.wait_until([&] {
        const auto text = f.read("/tmp/child");
        if (text.ends_with('\n')) dead = std::stoi(text);
        return dead > 0 && !alive(dead);
    }));
    f.show(dead);
    REQUIRE(f.wait_until([&] { return f.programs.find("sleep") == std::vector{parent->pid()}; }));
}

TEST_CASE("a program that is asked to end has ended", "[agent][programs]") {
    HostFixture f;
    const auto one = script(f, "miio_agent");
    const auto other = script(f, "mosquitto");
    const auto begun = std::chrono::steady_clock::now();
    f.run(f.programs.end({"miio_agent", "nobody"}));
    CHECK_FALSE(alive(one->pid()));
    CHECK(alive(other->pid()));
    CHECK(std::chrono::steady_clock::now() - begun < 1s);
}

TEST_CASE("a program that does not listen is killed", "[agent][programs]") {
    HostFixture f;
    const auto note = f.paths.at("/tmp/deaf");
    const auto deaf =
        script(f, "miio_agent", "#!/bin/sh\ntrap '' TERM\ntouch " + note + "\nwhile :; do sleep 0.1; done\n");
    REQUIRE(f.wait_until([&] { return std::filesystem::exists(note); }));
    const auto begun = std::chrono::steady_clock::now();
    f.run(f.programs.end({"miio_agent"}));
    CHECK_FALSE(alive(deaf->pid()));
    CHECK(std::chrono::steady_clock::now() - begun > 1s);
}
