#include "agent/peers/peer_queue.hpp"

#include "support/catch.hpp"

using lanbridge::agent::PeerQueue;

TEST_CASE("a full queue lets the oldest go", "[agent][peer_queue]") {
    PeerQueue queue;
    for (std::size_t i = 0; i < PeerQueue::most_messages; ++i) CHECK(queue.push(std::to_string(i)) == 0);
    CHECK(queue.push("next") == 1);
    CHECK(queue.front() == "1");
    CHECK(queue.size() == PeerQueue::most_messages);
}

TEST_CASE("bytes count too, and one message can cost several", "[agent][peer_queue]") {
    PeerQueue queue;
    const std::string part(PeerQueue::most_bytes / 4, 'x');
    for (int i = 0; i < 4; ++i) CHECK(queue.push(part) == 0);
    CHECK(queue.bytes() == PeerQueue::most_bytes);
    CHECK(queue.push(part + part) == 2);
    CHECK(queue.size() == 3);
    CHECK(queue.bytes() == PeerQueue::most_bytes);
    CHECK(queue.push(std::string(PeerQueue::most_bytes + 1, 'x')) == 1);
    CHECK(queue.size() == 3);
    CHECK(queue.push(std::string(PeerQueue::most_bytes, 'y')) == 3);
    CHECK(queue.size() == 1);
    CHECK(queue.clear() == 1);
    CHECK(queue.bytes() == 0);
    CHECK(queue.empty());
}

TEST_CASE("a message that is partly out is not dropped for others", "[agent][peer_queue]") {
    PeerQueue queue;
    queue.push("begun");
    queue.wrote(2);
    CHECK(queue.front() == "gun");
    for (std::size_t i = 1; i < PeerQueue::most_messages; ++i) CHECK(queue.push(std::to_string(i)) == 0);
    CHECK(queue.push("next") == 1);
    CHECK(queue.front() == "gun");
    CHECK(queue.push(std::string(PeerQueue::most_bytes, 'x')) == PeerQueue::most_messages);
    CHECK(queue.size() == 1);
    queue.push("after");
    queue.wrote(3);
    CHECK(queue.front() == "after");
}

TEST_CASE("what was begun cannot be resumed on another connection", "[agent][peer_queue]") {
    PeerQueue queue;
    queue.push("first");
    queue.push("second");
    CHECK(queue.drop_begun() == 0);
    queue.wrote(1);
    CHECK(queue.drop_begun() == 1);
    CHECK(queue.front() == "second");
    CHECK(queue.bytes() == 6);
    queue.wrote(6);
    CHECK(queue.empty());
    CHECK(queue.drop_begun() == 0);
}
