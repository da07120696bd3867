#include "lanbridge/net/interfaces.hpp"
#include "lanbridge/net/packet_socket.hpp"
#include "lanbridge/net/subnet.hpp"
#include "lanbridge/net/udp_endpoint.hpp"
#include "support/catch.hpp"
#include "support/run.hpp"

using namespace lanbridge;
using namespace lanbridge::net;

namespace {

const auto loopback = asio::ip::address_v4::loopback();

asio::awaitable<Result<std::string>> next_datagram(UdpEndpoint& endpoint) {
    std::array<char, 64> buffer{};
    const std::span<char> room(buffer);
    auto arrival = co_await endpoint.receive(room);
    if (!arrival) co_return std::move(arrival).error();
    co_return std::string(buffer.data(), arrival->size);
}

}  // namespace

TEST_CASE("a subnet counts its hosts", "[net]") {
    const auto subnet = [](const char* address, int prefix) {
        return Subnet(asio::ip::make_address_v4(address), prefix);
    };
    const auto home = subnet("192.168.1.77", 24);
    CHECK(home.text() == "192.168.1.0/24");
    CHECK(home.hosts() == 254);
    CHECK(home.host(0).to_string() == "192.168.1.1");
    CHECK(home.host(253).to_string() == "192.168.1.254");
    CHECK(home.contains(asio::ip::make_address_v4("192.168.1.255")));
    CHECK_FALSE(home.contains(asio::ip::make_address_v4("192.168.2.0")));
    CHECK(subnet("10.0.0.1", 32).hosts() == 1);
    CHECK(subnet("10.0.0.1", 32).host(0).to_string() == "10.0.0.1");
    CHECK(subnet("10.0.0.1", 31).hosts() == 2);
    CHECK(subnet("10.0.0.1", 30).hosts() == 2);
    CHECK(subnet("10.0.0.1", 0).hosts() == 0xfffffffe);
}

TEST_CASE("datagrams go out and come in on a shared port", "[net]") {
    asio::io_context io;
    UdpEndpoint first(io.get_executor());
    REQUIRE(first.open(0));
    UdpEndpoint sender(io.get_executor());
    REQUIRE(sender.open(0));
    CHECK(sender.is_open());
    CHECK_FALSE(sender.send(asio::ip::address_v4::any(), 0, "nowhere"));
    asio::ip::udp::socket taken(io, asio::ip::udp::endpoint(asio::ip::address_v4::any(), 0));
    const auto port = taken.local_endpoint().port();
    const auto refused = first.open(port);
    REQUIRE_FALSE(refused);
    CHECK_THAT(refused.error().text(), test::ContainsSubstring(std::to_string(port)));
    CHECK_FALSE(first.is_open());
    taken.close();
    REQUIRE(first.open(port));
    REQUIRE(UdpEndpoint(io.get_executor()).open(port));
    REQUIRE(sender.send(loopback, port, "hello"));
    CHECK(test::run(io, next_datagram(first)).value() == "hello");
}

TEST_CASE("this machine's addresses include the loopback's", "[net]") {
    bool found = false;
    for (const auto& own : interface_addresses()) found = found || own.address == loopback;
    CHECK(found);
}

TEST_CASE("a packet socket hears datagrams to its port alone, or says that it may not", "[net]") {
    asio::io_context io;
    PacketSocket socket(io.get_executor());
    UdpEndpoint sender(io.get_executor());
    REQUIRE(sender.open(0));
    asio::ip::udp::socket server(io, asio::ip::udp::endpoint(loopback, 0));
    const auto port = server.local_endpoint().port();
    const auto opened = socket.open(port);
    if (!opened) {
        WARN("no packet sockets here: " << opened.error().text());
        CHECK((opened.error().code == boost::system::errc::operation_not_permitted ||
               opened.error().code == boost::system::errc::address_family_not_supported));
        return;
    }
    REQUIRE(sender.send(loopback, static_cast<std::uint16_t>(port + 1), "another"));
    REQUIRE(sender.send(loopback, port, "the one"));
    std::array<std::uint8_t, 256> buffer{};
    const std::span<std::uint8_t> room(buffer);
    const auto size = test::run(io, socket.receive(room));
    REQUIRE(size);
    REQUIRE(*size == 20 + 8 + 7);
    CHECK(std::string(buffer.begin() + 28, buffer.begin() + 35) == "the one");
}

TEST_CASE("outside addresses are all but loopback's", "[net]") {
    const auto outside = outside_addresses();
    for (const auto& address : outside) CHECK_FALSE(address.is_loopback());
    for (const auto& own : interface_addresses()) {
        if (own.interface == "lo") continue;
        CHECK(std::find(outside.begin(), outside.end(), asio::ip::address(own.address)) != outside.end());
    }
}
