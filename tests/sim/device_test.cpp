#include "sim/support.hpp"

#include "lanbridge/base/bytes.hpp"
#include "lanbridge/base/crypto.hpp"

using namespace lanbridge;
using namespace lanbridge::test;
using meross::Method;
using sim::Reply;

namespace {

const Json& envelope(std::string_view name) {
    for (const auto& entry : vectors().at("envelopes")) {
        if (entry.at("name") == name) return entry;
    }
    FAIL("no vector " << name);
    return vectors();
}

std::string wire(std::string_view name) { return envelope(name).at("wire_json").get<std::string>(); }

Json json_of(const Reply& reply) {
    REQUIRE(reply.kind == Reply::Kind::answer);
    return Json::parse(reply.body);
}

/// A signature computed here, not by the code under test.
std::string plain_sign(const Json& header, const std::string& key) {
    return crypto::md5_hex(header.at("messageId").get<std::string>() + key +
                           std::to_string(header.at("timestamp").get<std::int64_t>()));
}

}  // namespace

TEST_CASE("a device answers the published requests and signs with its key", "[sim][device]") {
    Bench bench(builtin("mss310"));
    const auto reply = json_of(bench.device.handle(wire("GET System.All, raw client defaults")));
    const auto& header = reply.at("header");
    CHECK(header.at("messageId") == "0123456789abcdef0123456789abcdef");
    CHECK(header.at("method") == "GETACK");
    CHECK(header.at("namespace") == "Appliance.System.All");
    CHECK(header.at("from") == "/appliance/" + vector_uuid + "/publish");
    CHECK(header.at("sign") == plain_sign(header, vector_key));
    const auto& system = reply.at("payload").at("all").at("system");
    CHECK(system.at("hardware").at("uuid") == vector_uuid);
    CHECK(system.at("hardware").at("macAddress") == "48:e1:e9:a1:b2:c3");
    CHECK(system.at("time").at("timestamp") == 1'700'000'000);

    const auto all = json_of(bench.device.handle(wire("SET ToggleX"), sim::Via::mqtt));
    CHECK(all.at("header").at("method") == "SETACK");
    CHECK(all.at("payload") == Json::object());
}

TEST_CASE("a wrong key is answered with the published error", "[sim][device]") {
    asio::io_context io;
    VirtualTime time(io, 1'700'000'004'250);
    const auto& vector = envelope("ERROR: wrong key");
    sim::MerossDevice device(
        builtin("mss310"),
        sim::Identity(meross::Uuid(vector_uuid), Secret(vector.at("key").get<std::string>())), time);
    auto request = Json::parse(wire("GET System.All, raw client defaults"));
    request["header"]["sign"] = std::string(32, '0');
    const auto reply = json_of(device.handle(request.dump()));
    CHECK(reply == Json::parse(vector.at("wire_json").get<std::string>()));
}

TEST_CASE("the reply header of an unknown key can be reflected", "[sim][device]") {
    const auto& hack = vectors().at("keyhack");
    asio::io_context io;
    VirtualTime time(io, 1'700'000'201'100);
    sim::MerossDevice device(
        builtin("mss310"),
        sim::Identity(meross::Uuid(vector_uuid),
                      Secret(hack.at("device_key_unknown_to_client").get<std::string>())),
        time);
    const auto first = json_of(device.handle(hack.at("steps")[0].at("request_body").get<std::string>()));
    CHECK(first.at("payload").at("error").at("code") == 5001);
    auto second = Json::parse(hack.at("steps")[0].at("request_body").get<std::string>());
    for (const auto* member : {"messageId", "timestamp", "sign"})
        second["header"][member] = first.at("header").at(member);
    const auto answer = json_of(device.handle(second.dump()));
    CHECK(answer.at("header").at("method") == "GETACK");
    // the vector's own second request carries a signature that this key made, so it is accepted as it stands
    CHECK(json_of(device.handle(hack.at("steps")[1].at("request_body").get<std::string>()))
              .at("header")
              .at("method") == "GETACK");
}

TEST_CASE("a Multiple is answered in order and not beyond its limit", "[sim][device]") {
    Bench bench(builtin("mss310"));
    const auto request = Json::parse(wire("Multiple request"));
    const auto reply = json_of(bench.device.handle(wire("Multiple request")));
    CHECK(reply.at("header").at("sign") == plain_sign(reply.at("header"), vector_key));
    const auto& asked = request.at("payload").at("multiple");
    const auto& answered = reply.at("payload").at("multiple");
    REQUIRE(answered.size() == asked.size());
    for (std::size_t i = 0; i < asked.size(); ++i) {
        CHECK(answered[i].at("header").at("namespace") == asked[i].at("header").at("namespace"));
        CHECK(answered[i].at("header").at("messageId") == asked[i].at("header").at("messageId"));
        CHECK(answered[i].at("header").at("method") == "GETACK");
    }
    auto many = Json::array();
    for (int i = 0; i < 7; ++i) many.push_back(asked[2]);
    CHECK(bench.set("Appliance.Control.Multiple", Json({{"multiple", many}})).at("multiple").size() == 5);
    // what is not there cannot close the connection from inside
    many = Json::array({asked[2]});
    many[0]["header"]["namespace"] = "Appliance.Control.Light";
    const auto refused = bench.set("Appliance.Control.Multiple", Json({{"multiple", many}}));
    CHECK(refused.at("multiple")[0].at("payload").at("error").at("code") == 5000);
}

TEST_CASE("an encrypting device takes little in clear", "[sim][device]") {
    Bench bench(builtin("mss110"));
    CHECK(bench.ask("Appliance.System.All", Method::get, {}).kind == Reply::Kind::close);
    CHECK(bench.ask("Appliance.System.Ability", Method::get, Json::object()).kind == Reply::Kind::answer);
    // the AES key is the published one for this uuid, MAC and key
    const auto& entry = *std::ranges::find_if(vectors().at("http_encryption_key"), [](const Json& each) {
        return each.at("name") == "32 hex key";
    });
    const auto key = entry.at("aes_key_text").get<std::string>();
    auto text = bench.request("Appliance.System.All", Method::get, Json::object());
    text.append(16 - text.size() % 16, '\0');
    const std::string iv(16, '0');
    const auto cipher =
        crypto::aes_cbc_encrypt(as_bytes(key), as_bytes(iv), as_bytes(text), crypto::Padding::none);
    REQUIRE(cipher);
    const auto reply = bench.device.handle(to_base64(*cipher));
    REQUIRE(reply.kind == Reply::Kind::answer);
    const auto bytes = from_base64(reply.body);
    REQUIRE(bytes);
    const auto plain = crypto::aes_cbc_decrypt(as_bytes(key), as_bytes(iv), *bytes, crypto::Padding::none);
    REQUIRE(plain);
    auto answer = std::string(as_text(*plain));
    answer.resize(answer.find_last_not_of('\0') + 1);
    CHECK(Json::parse(answer).at("header").at("method") == "GETACK");
    CHECK(bench.device.handle("bm90IGVuY3J5cHRlZA==").kind == Reply::Kind::close);
}

TEST_CASE("what a device does not have closes the connection", "[sim][device]") {
    Bench bench(builtin("mss310"));
    CHECK(bench.ask("Appliance.Control.Light", Method::get, Json::object()).kind == Reply::Kind::close);
    CHECK(bench.device.handle("this is no JSON").kind == Reply::Kind::close);
    CHECK(bench.device.handle("").kind == Reply::Kind::close);
    CHECK(bench.device.handle("{\"header\":{}}").kind != Reply::Kind::silent);
}

TEST_CASE("the shape of a GET matters", "[sim][device]") {
    Bench bench(builtin("mss305"));
    const auto killer = "Appliance.Config.StandbyKiller";
    CHECK(bench.get(killer, Json({{"config", Json::array()}})) == Json({{"config", Json::array()}}));
    const auto all = bench.get(killer, Json::parse(R"({"config":[{"channel":0}]})"));
    CHECK(all.at("config")[0].at("time") == 300);
    CHECK(bench.get(killer, Json::parse(R"({"config":[{"channel":7}]})")).at("config").empty());
    const auto wrong =
        bench.answer(killer, Method::get, Json::parse(R"({"standbyKiller":[]})"), Method::error);
    CHECK(wrong.at("error").at("code") == 5000);
    const auto pushed = bench.answer(killer, Method::push, Json::object(), Method::push);
    CHECK(pushed == all);
    CHECK(bench.get("Appliance.Control.ToggleX", Json::parse(R"({"togglex":[]})")).at("channel") ==
          4294967295);
    CHECK(bench.get("Appliance.System.DNDMode", Json::object()) == Json::parse(R"({"DNDMode":{"mode":0}})"));
}

TEST_CASE("an energy monitor knows the channel that means all", "[sim][device]") {
    Bench bench(builtin("em06"));
    const auto all =
        bench.get("Appliance.Control.ElectricityX", Json::parse(R"({"electricity":{"channel":65535}})"));
    REQUIRE(all.at("electricity").size() == 6);
    CHECK(all.at("electricity")[3].at("power").get<int>() < -500'000);
    CHECK(all.at("electricity")[0].at("voltage").get<int>() > 200'000);
    const auto hours =
        bench.get("Appliance.Control.ConsumptionH", Json::parse(R"({"consumptionH":{"channel":65535}})"));
    REQUIRE(hours.at("consumptionH").size() == 6);
    std::int64_t sum = 0;
    for (const auto& hour : hours.at("consumptionH")[0].at("data"))
        sum += hour.at("value").get<std::int64_t>();
    CHECK(hours.at("consumptionH")[0].at("total") == sum);
    CHECK(sum > 0);
}

TEST_CASE("SET changes the relay, the digest and tells about it", "[sim][device]") {
    Bench bench(builtin("mss310"));
    bench.time.advance(10s);
    CHECK(bench.set("Appliance.Control.ToggleX", Json::parse(R"({"togglex":{"channel":0,"onoff":0}})")) ==
          Json::object());
    CHECK(bench.device.relay() == false);
    const auto all = bench.get("Appliance.System.All", Json::object());
    CHECK(all.at("all").at("digest").at("togglex")[0].at("onoff") == 0);
    CHECK(all.at("all").at("digest").at("togglex")[0].at("lmTime") == 1'700'000'010);
    REQUIRE(bench.pushes.size() == 1);
    CHECK(bench.pushes[0].header.method == Method::push);
    CHECK(bench.pushes[0].payload.at("togglex")[0].at("onoff") == 0);
    CHECK(meross::signature_valid(bench.pushes[0].header, Secret(vector_key)));
    // the same once more changes nothing
    bench.set("Appliance.Control.ToggleX", Json::parse(R"({"togglex":{"channel":0,"onoff":0}})"));
    CHECK(bench.pushes.size() == 1);
    const auto unknown = Json::parse(R"({"togglex":{"channel":3,"onoff":1}})");
    const auto error = bench.answer("Appliance.Control.ToggleX", Method::set, unknown, Method::error);
    CHECK(error.at("error").at("code") == 5000);
    REQUIRE(bench.device.press());
    CHECK(bench.device.relay() == true);
    CHECK(bench.pushes.size() == 2);
    CHECK_FALSE(bench.device.press(9));
}

TEST_CASE("the master of a strip follows its outlets and leads them", "[sim][device]") {
    Bench bench(builtin("mss425f"));
    const auto name = "Appliance.Control.ToggleX";
    bench.set(name, Json::parse(R"({"togglex":[{"channel":1,"onoff":0},{"channel":4,"onoff":0}]})"));
    CHECK(bench.device.relay(0) == false);
    bench.set(name, Json::parse(R"({"togglex":{"channel":0,"onoff":1}})"));
    for (int channel = 0; channel <= 4; ++channel) CHECK(bench.device.relay(channel) == true);
    bench.set(name, Json::parse(R"({"togglex":{"channel":65535,"onoff":0}})"));
    for (int channel = 0; channel <= 4; ++channel) CHECK(bench.device.relay(channel) == false);
    CHECK(bench.pushes.back().payload.at("togglex").size() == 5);
    bench.set(name, Json::parse(R"({"togglex":{"channel":2,"onoff":1}})"));
    CHECK(bench.device.relay(0) == true);
}

TEST_CASE("the first generation speaks Toggle and calls its digest control", "[sim][device]") {
    Bench bench(builtin("mss210"));
    bench.set("Appliance.Control.Toggle", Json::parse(R"({"toggle":{"onoff":1}})"));
    const auto all = bench.get("Appliance.System.All", Json::object()).at("all");
    CHECK_FALSE(all.contains("digest"));
    CHECK(all.at("control").at("toggle").at("onoff") == 1);
    CHECK(bench.pushes.at(0).payload.at("toggle").at("onoff") == 1);
    CHECK(bench.ask("Appliance.Control.Multiple", Method::set, Json::object()).kind == Reply::Kind::close);
}

TEST_CASE("settings change only what they have", "[sim][device]") {
    Bench bench(builtin("mss305"));
    bench.set("Appliance.Config.OverTemp", Json::parse(R"({"overTemp":{"enable":0,"colour":3}})"));
    CHECK(bench.get("Appliance.Config.OverTemp", Json::object()) ==
          Json::parse(R"({"overTemp":{"enable":0,"type":1}})"));
    bench.set("Appliance.System.DNDMode", Json::parse(R"({"DNDMode":{"mode":1}})"));
    CHECK(bench.get("Appliance.System.DNDMode", Json::object()).at("DNDMode").at("mode") == 1);
    const auto killer = "Appliance.Config.StandbyKiller";
    bench.set(killer,
              Json::parse(R"({"config":[{"channel":0,"power":5000,"time":600,"enable":1,"alert":2}]})"));
    CHECK(bench.device.state(killer).at("config")[0].at("power") == 5000);
    const auto wrong = bench.answer(killer, Method::set, Json::parse(R"({"killer":[]})"), Method::error);
    CHECK(wrong.at("error").at("code") == 5000);
}

TEST_CASE("a device without a time zone can be given one", "[sim][device]") {
    Bench bench(builtin("mss310"));
    bench.set("Appliance.System.Time",
              Json::parse(R"({"time":{"timezone":"Asia/Tokyo","timeRule":[[0,32400,0]]}})"));
    const auto time = bench.get("Appliance.System.Time", Json::object()).at("time");
    CHECK(time.at("timezone") == "Asia/Tokyo");
    CHECK(time.at("timeRule") == Json::parse("[[0,32400,0]]"));
    CHECK(
        bench.get("Appliance.System.All", Json::object()).at("all").at("system").at("time").at("timezone") ==
        "Asia/Tokyo");
}

TEST_CASE("an answer that does not fit is cut, on HTTP only", "[sim][device]") {
    auto blueprint = std::make_shared<sim::Blueprint>(*builtin("mss310"));
    blueprint->max_reply = 400;
    Bench bench(blueprint);
    const auto request = bench.request("Appliance.System.All", Method::get, Json::object());
    CHECK(bench.device.handle(request).body.size() == 400);
    CHECK(bench.device.handle(request, sim::Via::mqtt).body.size() > 400);
}
