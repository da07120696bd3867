#include "lanbridge/meross/account.hpp"

#include <boost/asio/io_context.hpp>
#include <deque>

#include "lanbridge/base/bytes.hpp"
#include "lanbridge/base/crypto.hpp"
#include "meross/account/http_answer.hpp"
#include "meross/account/service.hpp"
#include "support/catch.hpp"
#include "support/run.hpp"
#include "support/vectors.hpp"
#include "support/virtual_time.hpp"

using namespace lanbridge;
using namespace lanbridge::meross;
using namespace lanbridge::test;

namespace {

/// Answers in turn, and keeps what it was asked.
class ScriptedService final : public ServicePoster {
public:
    struct Asked {
        std::string url;
        std::string path;
        std::string authorization;
        Json data;
    };

    asio::awaitable<Result<std::string>> post(ServiceUrl url, std::string path, std::string authorization,
                                              std::string body) override {
        Asked asked;
        asked.url = url.text();
        asked.path = path;
        asked.authorization = authorization;
        const auto form = parse_json(body).value();
        const auto params = from_base64(string_or(form, {"params"}, "")).value();
        asked.data = parse_json(as_text(params)).value();
        log.push_back(std::move(asked));
        if (answers.empty()) co_return Error(Errc::unreachable, "nobody");
        auto next = answers.front();
        answers.pop_front();
        co_return next;
    }
    void say(std::int64_t status, Json data) {
        answers.emplace_back(
            dump_json(Json{{"apiStatus", status}, {"info", "text"}, {"data", std::move(data)}}));
    }
    void let_in(const std::string& domain = {}) {
        say(0, {{"userid", "1234"},
                {"email", "me@example.com"},
                {"key", "account-key"},
                {"token", "t0ken"},
                {"domain", domain}});
    }

    std::deque<Result<std::string>> answers;
    std::vector<Asked> log;
};

struct Desk {
    Result<Account> fetch() {
        return run(io, fetch_account(Context(io.get_executor(), time, random), service, vendor_service("eu"),
                                     login));
    }
    Desk() {
        login.email = "me@example.com";
        login.password = Secret("MyPassword1");
    }
    asio::io_context io;
    VirtualTime time{io};
    SeededRandom random{3};
    ScriptedService service;
    AccountLogin login;
};

std::string all_paths(const ScriptedService& service) {
    std::string paths;
    for (const auto& asked : service.log) paths += asked.path + ' ';
    return paths;
}

}  // namespace

TEST_CASE("requests to the account service are signed as the vectors say", "[meross][account]") {
    const auto& vectors = meross_vectors("cloud_signature");
    for (const auto& vector : vectors) {
        const auto body =
            parse_json(service_body(text(vector, "params_json"), vector.at("timestamp").get<std::int64_t>(),
                                    text(vector, "nonce")))
                .value();
        CHECK(string_or(body, {"params"}, "") == text(vector, "params"));
        CHECK(string_or(body, {"sign"}, "") == text(vector, "sign"));
        CHECK(int_or(body, {"timestamp"}, 0) == vector.at("timestamp").get<std::int64_t>());
    }
}

TEST_CASE("the password leaves the house as a hash only", "[meross][account]") {
    const auto& vectors = meross_vectors("cloud_password");
    for (const auto& vector : vectors) {
        AccountLogin login;
        login.password = Secret(text(vector, "password"));
        const auto data = sign_in_data(login, std::nullopt, "0");
        CHECK(string_or(data, {"password"}, "") == text(vector, "md5_hex"));
        CHECK(!data.contains("mfaCode"));
    }
}

TEST_CASE("sign in, list, sign out", "[meross][account]") {
    Desk desk;
    desk.service.let_in();
    desk.service.say(0,
                     {{{"uuid", "01"}, {"devName", "Kettle"}, {"deviceType", "mss310"}, {"onlineStatus", 1}},
                      {{"uuid", "02"}, {"devName", "Hub"}, {"deviceType", "msh300"}},
                      {{"devName", "nobody"}}});
    desk.service.say(0, {{{"subDeviceId", "ab"}, {"subDeviceType", "mts100"}, {"subDeviceName", "Valve"}}});
    desk.service.say(0, nullptr);
    const auto account = desk.fetch();
    REQUIRE(account);
    CHECK(account->key.reveal() == "account-key");
    CHECK(account->user_id == "1234");
    REQUIRE(account->devices.size() == 2);
    CHECK(account->devices[0].name == "Kettle");
    CHECK(account->devices[0].online);
    REQUIRE(account->devices[1].subdevices.size() == 1);
    CHECK(account->devices[1].subdevices[0].name == "Valve");
    CHECK(account->notes.empty());
    CHECK(all_paths(desk.service) ==
          "/v1/Auth/signIn /v1/Device/devList /v1/Hub/getSubDevices /v1/Profile/Logout ");
    CHECK(desk.service.log[0].authorization.empty());
    CHECK(desk.service.log[1].authorization == "Basic t0ken");
    CHECK(desk.service.log[0].url == "https://iotx-eu.meross.com");
}

TEST_CASE("an account of another region is asked there, once", "[meross][account]") {
    Desk desk;
    desk.service.say(1030, {{"domain", "iotx-us.meross.com"}});
    desk.service.let_in();
    desk.service.say(0, Json::array());
    desk.service.say(0, nullptr);
    REQUIRE(desk.fetch());
    CHECK(desk.service.log[1].url == "https://iotx-us.meross.com");
    CHECK(desk.service.log[3].url == "https://iotx-us.meross.com");

    Desk lost;
    lost.service.say(1030, {{"domain", "iotx-us.meross.com"}});
    lost.service.say(1030, {{"domain", "iotx-ap.meross.com"}});
    const auto refused = lost.fetch();
    REQUIRE(!refused);
    CHECK_THAT(refused.error().text(), ContainsSubstring("another region"));
    CHECK(lost.service.log.size() == 2);
}

TEST_CASE("the password is not carried to strangers", "[meross][account]") {
    for (const char* stranger :
         {"evil.example", "http://iotx-us.meross.com", "meross.com.evil.example", "", "a b", "127.0.0.1:1"}) {
        Desk desk;
        desk.service.say(1030, {{"domain", stranger}});
        const auto refused = desk.fetch();
        CAPTURE(stranger);
        REQUIRE(!refused);
        CHECK(refused.error().is(Errc::wrong_device));
        CHECK(desk.service.log.size() == 1);
    }
}

TEST_CASE("a two-factor code is given at once, or asked for once", "[meross][account]") {
    Desk given;
    given.login.code = Secret("123456");
    given.service.let_in();
    REQUIRE(given.fetch());
    CHECK(string_or(given.service.log[0].data, {"mfaCode"}, "") == "123456");

    Desk asked;
    int questions = 0;
    asked.login.ask_code = [&] {
        ++questions;
        return std::optional(Secret("654321"));
    };
    asked.service.say(1033, nullptr);
    asked.service.say(1032, nullptr);
    const auto refused = asked.fetch();
    REQUIRE(!refused);
    CHECK(refused.error().is(Errc::wrong_key));
    CHECK_THAT(refused.error().text(), ContainsSubstring("code is wrong"));
    CHECK(questions == 1);
    CHECK(string_or(asked.service.log[1].data, {"mfaCode"}, "") == "654321");

    Desk nobody;
    nobody.service.say(1033, nullptr);
    CHECK_THAT(nobody.fetch().error().text(), ContainsSubstring("--mfa"));
}

TEST_CASE("every status of the service has a sentence", "[meross][account]") {
    for (const int status : {1001, 1002, 1003, 1004, 1005, 1006, 1008, 1019, 1022, 1028, 1030, 1032, 1033,
                             1035, 1041, 1042, 1043, 1200, 1301}) {
        ServiceAnswer answer;
        answer.status = status;
        CAPTURE(status);
        CHECK(!service_error(answer).is(Errc::device_error));
        CHECK_THAT(service_error(answer).text(), ContainsSubstring("status " + std::to_string(status)));
    }
    ServiceAnswer unknown;
    unknown.status = 4711;
    unknown.info = "what it says";
    CHECK(service_error(unknown).is(Errc::device_error));
    CHECK_THAT(service_error(unknown).text(), ContainsSubstring("what it says"));
}

TEST_CASE("the key is worth having even when the list does not come", "[meross][account]") {
    Desk desk;
    desk.service.let_in();
    desk.service.say(1028, nullptr);
    const auto account = desk.fetch();
    REQUIRE(account);
    CHECK(account->key.reveal() == "account-key");
    CHECK(account->notes.size() == 2);  // the list, and signing out
}

TEST_CASE("nonsense from the service is an error", "[meross][account]") {
    for (const char* nonsense : {"", "<html>", "{", "[]", "{\"apiStatus\":\"x\"}", "{\"data\":{}}"}) {
        Desk desk;
        desk.service.answers.emplace_back(std::string(nonsense));
        CAPTURE(nonsense);
        CHECK(!desk.fetch());
    }
    Desk keyless;
    keyless.service.say(0, {{"token", "t"}});
    CHECK(keyless.fetch().error().is(Errc::malformed));
    Desk broken;
    broken.service.say(0, {{"token", "t\r\nHost: x"}, {"key", "k"}});
    CHECK(broken.fetch().error().is(Errc::malformed));
}

TEST_CASE("service addresses are https, or on the loopback", "[meross][account]") {
    CHECK(parse_service_url("https://example.com").value() == ServiceUrl(true, "example.com", 443));
    CHECK(parse_service_url("https://example.com:8443/").value() == ServiceUrl(true, "example.com", 8443));
    CHECK(parse_service_url("http://127.0.0.1:80").value() == ServiceUrl(false, "127.0.0.1", 80));
    CHECK(parse_service_url("http://localhost:2002").value().text() == "http://localhost:2002");
    CHECK(!parse_service_url("http://example.com"));
    CHECK(!parse_service_url("example.com"));
    CHECK(!parse_service_url("https://"));
    CHECK(!parse_service_url("ftp://127.0.0.1"));
}

TEST_CASE("answers of web servers are understood in every form", "[meross][account]") {
    const auto whole = [](std::string_view text, bool ended = true) { return parse_web_answer(text, ended); };
    CHECK(whole("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokX").value()->body == "ok");
    CHECK(whole("HTTP/1.1 200 OK\r\n\r\nall of it").value()->body == "all of it");
    CHECK(!whole("HTTP/1.1 200 OK\r\n\r\nall of it", false).value());
    CHECK(!whole("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nok", false).value());
    CHECK(whole("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nok").error().is(Errc::truncated));
    const std::string chunks =
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\n\r\n4\r\nwiki\r\nA;x=y\r\n0123456789\r\n0\r\n\r\n";
    CHECK(whole(chunks, false).value()->body == "wiki0123456789");
    for (std::size_t cut = 20; cut + 3 < chunks.size(); ++cut) {
        CAPTURE(cut);
        const auto part = whole(std::string_view(chunks).substr(0, cut), false);
        CHECK((!part || !*part));
    }
    CHECK(whole("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n").error().is(Errc::malformed));
    CHECK(whole("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\nxx")
              .error()
              .is(Errc::truncated));
    CHECK(whole("HTTP/1.1 500 Oh\r\nContent-Length: 0\r\n\r\n").value()->status == 500);
}
