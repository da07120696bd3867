#include "meross/broker/agent.hpp"

#include "support/catch.hpp"
#include "support/vectors.hpp"

using namespace lanbridge;
using namespace lanbridge::meross;

namespace {

const OrderedJson& vector_of(std::string_view part) {
    for (const auto& row : test::meross_vectors("envelopes"))
        if (test::text(row, "name").find(part) != std::string::npos) return row;
    throw std::runtime_error("no vector " + std::string(part));
}

std::optional<std::string> answer_to(std::string_view part, std::int64_t now_s) {
    const auto& row = vector_of(part);
    const auto message = parse_message(test::text(row, "wire_json")).value();
    return agent_answer(message, sender_of(message.header).value(), Secret(test::text(row, "key")), now_s);
}

std::string wire(std::string_view part) { return test::text(vector_of(part), "wire_json"); }

}  // namespace

TEST_CASE("the broker's agent answers what keeps a device on a private broker", "[meross][agent]") {
    CHECK(answer_to("Bind SET sent", 1700000101) == wire("Bind SETACK"));
    CHECK(answer_to("Clock PUSH sent", 1700000102) == wire("Clock PUSH answered"));
    // the payload's members come in another order
    CHECK(parse_json(answer_to("ConsumptionConfig PUSH sent", 1700000104).value()) ==
          parse_json(wire("ConsumptionConfig PUSH echoed")));
}

TEST_CASE("everything else is state, not a question", "[meross][agent]") {
    CHECK(answer_to("Online PUSH", 1700000101) == std::nullopt);
    CHECK(answer_to("PUSH following the change", 1700000101) == std::nullopt);
    const auto online = parse_message(wire("Online PUSH")).value();
    CHECK_FALSE(is_farewell(online));
    auto gone = online;
    gone.payload["online"]["status"] = 2;
    CHECK(is_farewell(gone));
}
