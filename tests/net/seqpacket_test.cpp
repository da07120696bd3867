#include "lanbridge/net/seqpacket.hpp"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include <array>
#include <filesystem>
#include <fstream>

#include "support/catch.hpp"
#include "support/run.hpp"

using namespace lanbridge;
using namespace lanbridge::net;

namespace {

struct Ground {
    Ground() {
        std::string pattern = (std::filesystem::temp_directory_path() / "lanbridge-net-XXXXXX").string();
        REQUIRE(::mkdtemp(pattern.data()));
        folder = pattern;
    }
    ~Ground() { std::filesystem::remove_all(folder); }
    std::filesystem::path folder;
    asio::io_context io;
    std::string path() const { return (folder / "socket").string(); }
    SeqPacketSocket connect() { return connect_seqpacket(io.get_executor(), path()).value(); }
};

/// Both ends of a connection.
struct Pair : Ground {
    Pair() : listener(io.get_executor()), here(io), there(io) {
        REQUIRE(listener.open(path()));
        here = connect();
        there = listener.accept_now().value();
    }
    SeqPacketListener listener;
    SeqPacketSocket here;
    SeqPacketSocket there;
    std::array<char, 100> room{};
};

}  // namespace

TEST_CASE("datagrams arrive whole, one by one", "[net][seqpacket]") {
    Pair pair;
    CHECK(receive_now(pair.there, pair.room).what == Received::nothing);
    CHECK(send_now(pair.here, "first") == Sent::yes);
    CHECK(send_now(pair.here, "second") == Sent::yes);
    const auto first = receive_now(pair.there, pair.room);
    CHECK(first.what == Received::datagram);
    CHECK(std::string_view(pair.room.data(), first.size) == "first");
    CHECK(receive_now(pair.there, pair.room).size == 6);
    CHECK(receive_now(pair.there, pair.room).what == Received::nothing);
}

TEST_CASE("a datagram that does not fit is told of, with its length", "[net][seqpacket]") {
    Pair pair;
    CHECK(send_now(pair.here, std::string(101, 'x')) == Sent::yes);
    CHECK(send_now(pair.here, std::string(100, 'y')) == Sent::yes);
    const auto cut = receive_now(pair.there, pair.room);
    CHECK(cut.what == Received::too_long);
    CHECK(cut.size == 101);
    CHECK(receive_now(pair.there, pair.room).what == Received::datagram);
    CHECK(send_now(pair.here, std::string(5'000'000, 'x')) == Sent::too_long);
    CHECK(send_now(pair.here, "still there") == Sent::yes);
}

TEST_CASE("the end comes after what was sent, and stays", "[net][seqpacket]") {
    Pair pair;
    send_now(pair.here, "last");
    pair.here.close();
    CHECK(receive_now(pair.there, pair.room).what == Received::datagram);
    CHECK(receive_now(pair.there, pair.room).what == Received::end);
    CHECK(receive_now(pair.there, pair.room).what == Received::end);
    CHECK(send_now(pair.there, "anybody?") == Sent::ended);  // and no SIGPIPE
}

TEST_CASE("a peer that does not read fills its buffer, then takes nothing", "[net][seqpacket]") {
    Pair pair;
    int sent = 0;
    while (sent < 100'000 && send_now(pair.here, "xx") == Sent::yes) ++sent;
    CHECK(sent > 10);
    CHECK(sent < 100'000);
    CHECK(send_now(pair.here, "xx") == Sent::not_now);
    bool writable = false;
    pair.here.async_wait(SeqPacketSocket::wait_write, [&](const error_code& ec) { writable = !ec; });
    pair.io.poll();
    CHECK_FALSE(writable);
    while (receive_now(pair.there, pair.room).what == Received::datagram) {
    }
    pair.io.restart();
    pair.io.run_for(std::chrono::seconds(2));
    CHECK(writable);
    CHECK(send_now(pair.here, "xx") == Sent::yes);
}

TEST_CASE("why a connection cannot be made", "[net][seqpacket]") {
    Ground ground;
    const auto executor = ground.io.get_executor();
    CHECK(connect_seqpacket(executor, ground.path()).error().is(Errc::not_found));
    const auto long_path = (ground.folder / std::string(120, 'x')).string();
    CHECK(connect_seqpacket(executor, long_path).error().is(Errc::invalid_value));
    CHECK(connect_seqpacket(executor, "").error().is(Errc::invalid_value));
    SeqPacketListener listener(executor);
    CHECK(listener.open(long_path).error().is(Errc::invalid_value));
    CHECK_FALSE(listener.open((ground.folder / "no" / "folder").string()));
    CHECK_FALSE(listener.is_open());
    REQUIRE(listener.open(ground.path()));
    const auto stale = (ground.folder / "stale").string();
    REQUIRE(::link(ground.path().c_str(), stale.c_str()) == 0);
    listener.close();
    CHECK(connect_seqpacket(executor, stale).error().is(Errc::unreachable));
    CHECK_THAT(connect_seqpacket(executor, stale).error().text(), test::ContainsSubstring(stale));
}

TEST_CASE("a full backlog is no reason to wait", "[net][seqpacket]") {
    Ground ground;
    SeqPacketListener listener(ground.io.get_executor());
    REQUIRE(listener.open(ground.path()));
    std::vector<SeqPacketSocket> sockets;
    for (int i = 0; i < 1000; ++i) {
        auto socket = connect_seqpacket(ground.io.get_executor(), ground.path());
        if (socket) {
            sockets.push_back(std::move(*socket));
            continue;
        }
        CHECK(socket.error().is(Errc::busy));
        break;
    }
    CHECK(sockets.size() < 1000);
}

TEST_CASE("a listener takes the place of what is at its path, and leaves no trace", "[net][seqpacket]") {
    Ground ground;
    std::ofstream(ground.path()) << "stale";
    SeqPacketListener listener(ground.io.get_executor());
    REQUIRE(listener.open(ground.path()));
    CHECK(listener.owns_file());
    CHECK(listener.accept_now().error().is(Errc::not_found));
    SECTION("its own file goes") {
        listener.close();
        CHECK_FALSE(std::filesystem::exists(ground.path()));
        CHECK_FALSE(listener.owns_file());
    }
    SECTION("another's stays") {
        SeqPacketListener other(ground.io.get_executor());
        REQUIRE(other.open(ground.path()));
        CHECK_FALSE(listener.owns_file());
        listener.close();
        CHECK(other.owns_file());
        const auto socket = ground.connect();
        CHECK(other.accept_now());
    }
    SECTION("it can be opened again") {
        REQUIRE(listener.open(ground.path()));
        const auto socket = ground.connect();
        CHECK(listener.accept_now());
    }
}

TEST_CASE("children do not inherit the sockets", "[net][seqpacket]") {
    Pair pair;
    for (auto* socket : {&pair.here, &pair.there})
        CHECK((::fcntl(socket->native_handle(), F_GETFD) & FD_CLOEXEC) != 0);
}

TEST_CASE("a listener wakes for a connection, and when it is closed", "[net][seqpacket]") {
    Ground ground;
    SeqPacketListener listener(ground.io.get_executor());
    REQUIRE(listener.open(ground.path()));
    const auto socket = ground.connect();
    CHECK_FALSE(test::run(ground.io, listener.ready()));
    CHECK(listener.accept_now());
    asio::post(ground.io, [&] { listener.close(); });
    CHECK(test::run(ground.io, listener.ready()));
}
