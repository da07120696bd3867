// Messages as devices send them: whole, cut off, or nonsense.
#include "fuzz.hpp"
#include "lanbridge/meross/protocol/credentials.hpp"
#include "lanbridge/meross/protocol/multiple.hpp"
#include "lanbridge/meross/protocol/namespaces.hpp"
#include "lanbridge/meross/protocol/reply_header.hpp"
#include "lanbridge/meross/protocol/time_rules.hpp"

using namespace lanbridge;
using namespace lanbridge::meross;
using lanbridge::fuzz::require;

namespace {

void check_round_trip(const Message& message) {
    const auto again = parse_message(serialize(message));
    require(again.has_value(), "what was parsed and serialized can be parsed");
    require(again->header.message_id == message.header.message_id, "the message id survives");
    require(again->header.name_space == message.header.name_space, "the namespace survives");
    require(again->header.timestamp == message.header.timestamp, "the timestamp survives");
    require(again->header.sign == message.header.sign, "the signature survives");
    require(again->payload == message.payload, "the payload survives");
}

void use(const Message& message) {
    sender_of(message.header);
    error_of(message);
    signature_valid(message.header, Secret("key"));
    const Request requests[] = {Request("Appliance.Control.Electricity", Method::get, Json::object()),
                                Request("Appliance.System.Runtime", Method::get, Json::object())};
    const auto answers = unpack_multiple(message.payload, requests);
    for (const auto& answer : answers)
        require(!answer.header.name_space.empty(), "inner answers have a namespace");
    require(unanswered(requests, answers).size() <= std::size(requests),
            "no more is missing than was asked for");
    default_get_payload(message.header.name_space, {});
    for (const auto& value : message.payload) {
        device_offset_s(parse_device_time(value), 1'700'000'000);
        broker_from_debug(value);
    }
    ReplyHeader reflecting("fuzz");
    reflecting.accepted(to_json(message.header));
    require(parse_message(reflecting.request(requests[0])).has_value(), "a reflected request is a message");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto input = fuzz::as_input(data, size);
    const auto message = parse_message(input);
    if (message) {
        check_round_trip(*message);
        use(*message);
    }
    const auto recovered = recover_truncated(input);
    require(!(message && recovered), "a whole message is not recovered");
    if (recovered) {
        require(recovered->header.name_space == multiple_namespace, "only a Multiple is recovered");
        use(*recovered);
    }
    return 0;
}
