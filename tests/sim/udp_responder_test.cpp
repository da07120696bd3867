#include "lanbridge/sim/udp_responder.hpp"

#include "lanbridge/sim/fleet.hpp"
#include "sim/support.hpp"

using namespace lanbridge;
using namespace lanbridge::test;
using asio::ip::udp;

namespace {

constexpr std::string_view everybody = R"({"id":"00112233445566778899aabbccddeeff","devName":"*"})";
constexpr std::string_view meross_only = R"({"id":"49f33d8a2de2f2089ccf45ba8cdd4440","devName":"*"})";

/// Asks, and hears on the port for answers.
struct Asker {
    Asker() : socket(io, udp::endpoint(asio::ip::address_v4::loopback(), 0)) {
        socket.set_option(asio::socket_base::broadcast(true));
        listen();
    }
    void listen() {
        socket.async_receive_from(asio::buffer(room), sender, [this](error_code failure, std::size_t size) {
            if (failure) return;
            heard.push_back(room.substr(0, size));
            senders.push_back(sender.address().to_string());
            listen();
        });
    }
    sim::UdpSettings settings() const {
        sim::UdpSettings out;
        out.port = 0;
        out.answer_port = socket.local_endpoint().port();
        return out;
    }
    void ask(std::string_view text, std::uint16_t port, const char* to = "127.0.0.1") {
        socket.send_to(asio::buffer(text), udp::endpoint(asio::ip::make_address(to), port));
    }
    bool wait_for(std::size_t answers) {
        const auto deadline = std::chrono::steady_clock::now() + 5s;
        while (heard.size() < answers && std::chrono::steady_clock::now() < deadline) io.run_one_for(10ms);
        return heard.size() == answers;
    }

    asio::io_context io;
    SystemTime time;
    SeededRandom random{7};
    Context context{io.get_executor(), time, random};
    udp::socket socket;
    udp::endpoint sender;
    std::string room = std::string(2048, ' ');
    std::vector<std::string> heard, senders;
};

void drain(Asker& asker, sim::Fleet& fleet) {
    fleet.close();
    for (int i = 0; i < 1000 && !fleet.idle(); ++i) {
        asker.io.restart();
        asker.io.poll();
    }
    CHECK(fleet.idle());
}

}  // namespace

TEST_CASE("what is a question on the LAN", "[sim][udp]") {
    CHECK(sim::parse_udp_question(everybody));
    CHECK_FALSE(sim::parse_udp_question("{}"));
    CHECK_FALSE(sim::parse_udp_question(R"({"id":"short","devName":"*"})"));
    CHECK_FALSE(sim::parse_udp_question("no JSON"));
    CHECK_FALSE(sim::parse_udp_question(std::string(5000, '[')));
}

TEST_CASE("devices answer discovery, each from its own address", "[sim][udp]") {
    Asker asker;
    sim::Fleet probe(asker.context);
    REQUIRE(probe.add(builtin("mss310")));
    sim::FleetSettings settings;
    settings.address = asio::ip::make_address_v4("127.2.0.1");
    settings.port = probe[0].server.endpoint().port();
    settings.own_addresses = true;
    sim::Fleet fleet(asker.context, settings);
    REQUIRE(fleet.add(builtin("mss310"), 2));
    REQUIRE(fleet.add(builtin("em06")));
    REQUIRE(fleet.add(builtin("mss310-new")));
    REQUIRE(fleet.answer_discovery(asker.settings()));
    const auto port = fleet.discovery()->port();

    asker.ask(everybody, port, "127.255.255.255");
    REQUIRE(asker.wait_for(3));
    const auto answer = Json::parse(asker.heard[0]);
    CHECK(answer.at("uuid") == fleet[0].device.identity().uuid.value());
    CHECK(answer.at("mac") == fleet[0].device.mac());
    CHECK(answer.at("ip") == "127.2.0.1");
    CHECK(answer.at("port") == settings.port);
    CHECK(answer.at("deviceType") == "mss310");
    for (const auto* member : {"devName", "subType", "devSoftWare", "devHardWare"})
        CHECK(answer.contains(member));
    CHECK(asker.senders == std::vector<std::string>{"127.2.0.1", "127.2.0.2", "127.2.0.3"});

    asker.ask(meross_only, port, "127.255.255.255");
    REQUIRE(asker.wait_for(5));
    asker.ask(everybody, port, "127.2.0.2");
    REQUIRE(asker.wait_for(6));
    CHECK(asker.senders.back() == "127.2.0.2");
    fleet[0].server.pause();
    asker.ask(everybody, port, "127.255.255.255");
    CHECK(asker.wait_for(8));
    drain(asker, fleet);
    drain(asker, probe);
}

TEST_CASE("devices lie, flood and babble on the LAN", "[sim][udp]") {
    Asker asker;
    sim::Fleet fleet(asker.context);
    REQUIRE(fleet.add(builtin("mss310")));
    REQUIRE(fleet.answer_discovery(asker.settings()));
    auto& faults = fleet.discovery()->faults();
    const auto port = fleet.discovery()->port();
    faults.lies = [](Json& answer) { answer["ip"] = "203.0.113.66"; };
    asker.ask(everybody, port);
    REQUIRE(asker.wait_for(1));
    CHECK(Json::parse(asker.heard[0]).at("ip") == "203.0.113.66");
    faults = sim::UdpFaults();
    faults.copies = 50;
    asker.ask(everybody, port);
    REQUIRE(asker.wait_for(51));
    faults = sim::UdpFaults();
    faults.garbage = true;
    asker.ask(everybody, port);
    REQUIRE(asker.wait_for(52));
    CHECK_FALSE(parse_json(asker.heard.back()));
    faults = sim::UdpFaults();
    faults.silent = true;
    asker.ask(everybody, port);
    asker.ask("garbage", port);
    const auto done = std::chrono::steady_clock::now() + 5s;
    while (fleet.discovery()->questions() < 4 && std::chrono::steady_clock::now() < done)
        asker.io.run_one_for(10ms);
    CHECK(fleet.discovery()->questions() == 4);
    CHECK(asker.heard.size() == 52);
    drain(asker, fleet);
}
