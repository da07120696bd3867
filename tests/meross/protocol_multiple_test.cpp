#include "lanbridge/meross/protocol/multiple.hpp"

#include "support/catch.hpp"
#include "support/vectors.hpp"

using namespace lanbridge;
using namespace lanbridge::meross;
using namespace lanbridge::test;

namespace {

Request get(std::string_view name) { return Request(name, Method::get, Json::object()); }

std::vector<Request> gets(std::initializer_list<std::string_view> names) {
    std::vector<Request> requests;
    for (auto name : names) requests.push_back(get(name));
    return requests;
}

std::vector<std::string> names_of(std::span<const Message> messages) {
    std::vector<std::string> names;
    for (const auto& message : messages) names.push_back(message.header.name_space);
    return names;
}

using Names = std::vector<std::string>;
using Indices = std::vector<std::size_t>;

}  // namespace

TEST_CASE("inner requests carry id, method and namespace only", "[meross][multiple]") {
    SeededRandom random(1);
    const std::vector<Request> requests{
        Request("Appliance.Control.Electricity", Method::get, Json::parse(R"({"electricity":{}})")),
        Request("Appliance.Control.ToggleX", Method::set,
                Json::parse(R"({"togglex":{"channel":0,"onoff":1}})"))};
    const Json payload = pack_multiple(requests, random);
    REQUIRE(payload.at("multiple").size() == 2);
    const auto& second = payload.at("multiple").at(1);
    CHECK(second.at("header").size() == 3);
    CHECK(second.at("header").at("method") == "SET");
    CHECK(second.at("header").at("namespace") == "Appliance.Control.ToggleX");
    CHECK(second.at("header").at("messageId").get<std::string>().size() == 32);
    CHECK(second.at("header").at("messageId") != payload.at("multiple").at(0).at("header").at("messageId"));
    CHECK(second.at("payload") == requests[1].payload);
}

TEST_CASE("inner answers come in order, a nameless one is named by its place", "[meross][multiple]") {
    const auto requests = gets({"A", "B", "C"});
    const Json payload =
        Json::parse(R"({"multiple":[{"header":{"namespace":"A","method":"GETACK"},"payload":{"a":1}},)"
                    R"({"header":{"namespace":"","method":"ERROR"},"payload":{"error":{"code":5000}}},)"
                    R"({"header":{"namespace":"C","method":"GETACK"}}]})");
    const auto answers = unpack_multiple(payload, requests);
    CHECK(names_of(answers) == Names{"A", "B", "C"});
    CHECK(answers[0].payload.at("a") == 1);
    REQUIRE(error_of(answers[1]));
    CHECK(error_of(answers[1])->code == error_unsupported);
    CHECK(answers[2].payload == Json::object());
}

TEST_CASE("nonsense inside a Multiple gives no answers", "[meross][multiple]") {
    const auto requests = gets({"A"});
    for (const auto* bad : {"{}", R"({"multiple":{}})", R"({"multiple":[]})", R"({"multiple":null})", "[]"})
        CHECK(unpack_multiple(Json::parse(bad), requests).empty());
    CHECK(unpack_multiple(Json::parse(R"({"multiple":[7,null,"x",[],{"header":7}]})"), {}).empty());
}

TEST_CASE("requests without answer are found by their namespace", "[meross][multiple]") {
    const auto requests = gets({"A", "B", "A", "C"});
    const Json two =
        Json::parse(R"({"multiple":[{"header":{"namespace":"A"}},{"header":{"namespace":"C"}}]})");
    CHECK(unanswered(requests, unpack_multiple(two, requests)) == Indices{1, 2});
    const Json four = Json::parse(R"({"multiple":[{"header":{"namespace":"A"}},{"header":{"namespace":"A"}},)"
                                  R"({"header":{"namespace":"C"}},{"header":{"namespace":"B"}}]})");
    CHECK(unanswered(requests, unpack_multiple(four, requests)).empty());
    CHECK(unanswered(requests, {}) == Indices{0, 1, 2, 3});
}

TEST_CASE("a cut-off answer is saved up to its last whole entry", "[meross][multiple]") {
    const auto requests =
        gets({"Appliance.Control.Electricity", "Appliance.Control.ConsumptionX", "Appliance.System.Runtime"});
    for (const auto& vector : meross_vectors("multiple_truncation")) {
        const auto received = text(vector, "received_text");
        const auto outcome = text(vector, "outcome");
        INFO(outcome << " of " << received.size());
        CHECK(received.size() == vector.at("received_chars").get<std::size_t>());
        const auto direct = parse_message(received);
        const auto recovered = recover_truncated(received);
        CHECK(direct.has_value() == (outcome == "complete"));
        CHECK(recovered.has_value() == (outcome == "recovered"));
        if (!direct) CHECK(direct.error().is(Errc::truncated) == (outcome != "failed_error_too_early"));
        std::vector<Message> answers;
        if (direct) answers = unpack_multiple(direct->payload, requests);
        if (recovered) answers = unpack_multiple(recovered->payload, requests);
        const Json expected = plain(vector.at("recovered_namespaces"));
        CHECK(names_of(answers) == (expected.is_null() ? Names{} : expected.get<Names>()));
        Names missing;
        for (auto i : unanswered(requests, answers)) missing.push_back(requests[i].name_space);
        CHECK(missing == plain(vector.at("missing_namespaces")).get<Names>());
        if (vector.at("safe_size").is_null() || outcome == "failed_error_too_early") continue;
        ResponseSizeModel sizes(5);
        sizes.truncated(received.size());
        CHECK(sizes.max() == vector.at("safe_size").get<double>());
    }
}

TEST_CASE("every cut of an answer is refused, recovered or complete, never wrong", "[meross][multiple]") {
    const auto whole = text(meross_vectors("multiple_truncation").at(0), "received_text");
    std::size_t recovered = 0;
    for (std::size_t length = 0; length < whole.size(); ++length) {
        const auto cut = std::string_view(whole).substr(0, length);
        CHECK(parse_message(cut).error().is(Errc::truncated));
        if (const auto message = recover_truncated(cut)) {
            ++recovered;
            CHECK(message->header.name_space == multiple_namespace);
            const auto entries = message->payload.at("multiple").size();
            CHECK((entries == 1 || entries == 2));
        }
    }
    CHECK(recovered > 300);
}

TEST_CASE("only a Multiple can be saved", "[meross][multiple]") {
    CHECK_FALSE(recover_truncated(
        R"({"header":{"namespace":"A","method":"GETACK"},"payload":{"x":[{"header":{}},{"header":{)"));
    CHECK_FALSE(recover_truncated(""));
    CHECK_FALSE(recover_truncated(R"(,{"header":)"));
}

TEST_CASE("the size of answers is learnt", "[meross][multiple]") {
    for (const auto& vector : meross_vectors("packing_tuning")) {
        INFO(text(vector, "name"));
        std::optional<ResponseSizeModel> sizes;
        for (const auto& step : vector.at("steps")) {
            const auto event = text(step, "event");
            INFO(step.dump());
            if (event == "start")
                sizes.emplace(step.at("max_cmd_num").get<int>());
            else if (event == "received_message")
                sizes->received(step.at("chars").get<std::size_t>());
            else if (event == "multiple_without_reply")
                sizes->multiple_unanswered();
            else if (event == "truncated_reply")
                sizes->truncated(step.at("chars").get<std::size_t>());
            else
                FAIL("unknown event");
            CHECK(sizes->min() == step.at("size_min").get<double>());
            CHECK(sizes->max() == step.at("size_max").get<double>());
        }
    }
}
