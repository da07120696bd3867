#pragma once

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "lanbridge/base/random.hpp"
#include "lanbridge/meross/protocol/message.hpp"
#include "lanbridge/sim/description.hpp"
#include "lanbridge/sim/device.hpp"
#include "support/catch.hpp"
#include "support/virtual_time.hpp"

namespace lanbridge::test {

inline const std::string vector_uuid = "0102030405060708090048e1e9a1b2c3";
inline const std::string vector_key = "5d41402abc4b2a76b9719d911017c592";

inline std::string read_text(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    return std::string(std::istreambuf_iterator<char>(file), {});
}

inline const Json& vectors() {
    static const Json all = Json::parse(read_text(std::string(LANBRIDGE_TEST_DATA) + "/meross-vectors.json"));
    return all;
}

/// Where the recordings are; they are no part of the project.
inline std::string traces_folder() {
    if (const char* folder = std::getenv("LANBRIDGE_TRACES")) return folder;
    return std::string(LANBRIDGE_SOURCE_DIR) + "/../shared/traces/meross";
}

/// A device with the clock in the test's hand.
class Bench {
public:
    explicit Bench(sim::SharedBlueprint blueprint, std::int64_t start_ms = 1'700'000'000'000)
        : time(io, start_ms),
          device(std::move(blueprint), sim::Identity(meross::Uuid(vector_uuid), Secret(vector_key)), time) {
        device.on_push([this](const meross::Message& message) { pushes.push_back(message); });
    }

    std::string request(std::string_view name, meross::Method method, const Json& payload,
                        const std::string& key = vector_key) {
        const auto origin = meross::Origin{"test", "test", device.clock_s()};
        auto header = meross::make_request_header(name, method, Secret(key), origin, random);
        return meross::serialize(header, payload);
    }
    sim::Reply ask(std::string_view name, meross::Method method, const Json& payload) {
        return device.handle(request(name, method, payload));
    }
    /// The reply's payload; fails the test without an answer.
    Json get(std::string_view name, const Json& payload) {
        return answer(name, meross::Method::get, payload, meross::Method::getack);
    }
    Json set(std::string_view name, const Json& payload) {
        return answer(name, meross::Method::set, payload, meross::Method::setack);
    }
    Json answer(std::string_view name, meross::Method method, const Json& payload, meross::Method expected) {
        const auto reply = ask(name, method, payload);
        REQUIRE(reply.kind == sim::Reply::Kind::answer);
        auto message = meross::parse_message(reply.body);
        INFO(reply.body);
        REQUIRE(message);
        CHECK(message->header.method == expected);
        CHECK(meross::signature_valid(message->header, Secret(vector_key)));
        return message->payload;
    }

    asio::io_context io;
    VirtualTime time;
    SeededRandom random{1};
    sim::MerossDevice device;
    std::vector<meross::Message> pushes;
};

inline sim::SharedBlueprint builtin(std::string_view name) {
    auto blueprint = sim::builtin_blueprint(name);
    if (!blueprint) FAIL(blueprint.error().text());
    return *blueprint;
}

}  // namespace lanbridge::test
