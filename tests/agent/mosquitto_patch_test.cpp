#include "agent/broker/mosquitto_patch.hpp"

#include "agent/broker/listening.hpp"
#include "lanbridge/base/bytes.hpp"
#include "support/catch.hpp"
#include "vectors.hpp"

using namespace lanbridge;
using namespace lanbridge::agent;

namespace {

std::string bytes_of(const nlohmann::json& hex) {
    const auto text = hex.get<std::string>();
    std::string out;
    for (std::size_t i = 0; i < text.size(); i += 2)
        out.push_back(static_cast<char>(std::stoi(text.substr(i, 2), nullptr, 16)));
    return out;
}

}  // namespace

TEST_CASE("a known mosquitto is made to listen everywhere", "[agent][broker]") {
    const auto vectors = testing::vectors("agent_mosquitto_patch");
    const auto find = bytes_of(vectors["find_hex"]), replace = bytes_of(vectors["replace_hex"]);
    for (const auto& row : vectors["size_patches"]) {
        const auto size = row["size"].get<std::size_t>();
        const auto offset = std::stoul(row["offset"].get<std::string>(), nullptr, 16);
        std::string program(size, 'x');
        program.replace(1000, find.size(), find);
        program.replace(2000, find.size(), find);
        auto expected = program;
        expected.replace(1000, replace.size(), replace);
        expected[offset] = '\0';
        const auto patched = patched_mosquitto(program);
        REQUIRE(patched);
        CHECK(*patched == expected);
    }
    const auto other = patched_mosquitto("ab" + find + "cd");
    REQUIRE(other);
    CHECK(*other == "ab" + replace + "cd");
}

TEST_CASE("an unknown mosquitto is left alone", "[agent][broker]") {
    const auto none = patched_mosquitto("127.0.0.1 lo");
    REQUIRE_FALSE(none);
    CHECK(none.error().is(Errc::unsupported));
    CHECK(none.error().where == "unsupported mosquitto binary version");
}

TEST_CASE("the kernel's tables tell who reaches a port", "[agent][broker]") {
    const std::string head = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt\n";
    const auto row = [](const char* local, const char* state) {
        return std::string("   0: ") + local + " 00000000:0000 " + state + " 00000000:00000000 00:00000000\n";
    };
    constexpr std::uint16_t port = 1883;  // 075B
    CHECK(reach_of("", "", port) == Reach::nobody);
    CHECK(reach_of(head + row("0100007F:075B", "0A"), "", port) == Reach::loopback);
    CHECK(reach_of(head + row("0100007F:075B", "0A") + row("00000000:075B", "0A"), "", port) ==
          Reach::everybody);
    CHECK(reach_of(head + row("00000000:075C", "0A"), "", port) == Reach::nobody);
    CHECK(reach_of(head + row("00000000:075B", "01"), "", port) == Reach::nobody);
    CHECK(reach_of(head + row("0501A8C0:075B", "0A"), "", port) == Reach::nobody);
    CHECK(reach_of("", head + row("00000000000000000000000000000000:075B", "0A"), port) == Reach::everybody);
    CHECK(reach_of("", head + row("00000000000000000000000001000000:075B", "0A"), port) == Reach::loopback);
    CHECK(reach_of("garbage\n\n: :\n", "::::", port) == Reach::nobody);
}
