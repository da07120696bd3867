#pragma once

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "lanbridge/base/async.hpp"
#include "lanbridge/base/bytes.hpp"
#include "lanbridge/meross/protocol/cipher.hpp"
#include "lanbridge/net/http_client.hpp"

namespace lanbridge::test {

/// A device in pairing mode in place of the network: answers as told, and keeps what it was asked.
class NewbornDevice final : public net::HttpPoster {
public:
    static constexpr std::string_view uuid = "2101010101010151812048e1e9a1b2c3";

    explicit NewbornDevice(TimeSource& time) : time_(time) {
        answers["Appliance.System.All"] = {
            {"all",
             {{"system",
               {{"hardware",
                 {{"type", "mss310"},
                  {"uuid", uuid},
                  {"macAddress", "48:e1:e9:a1:b2:c3"},
                  {"version", "2.0.0"}}},
                {"firmware", {{"version", "2.1.4"}, {"innerIp", "10.10.10.1"}}},
                {"time", {{"timestamp", 100}, {"timezone", ""}, {"timeRule", Json::array()}}},
                {"online", {{"status", 0}}}}},
              {"digest", Json::object()}}}};
        can("Appliance.System.All");
        can("Appliance.System.Ability");
        can("Appliance.Config.WifiList");
        sees({network("Home", "de:ad:be:ef:00:01", 40), network("Home", "de:ad:be:ef:00:02", 80),
              network("Neighbour", "de:ad:be:ef:00:03", 99)});
    }

    static Json network(std::string_view ssid, std::string_view bssid, int signal) {
        return {{"ssid", to_base64(as_bytes(ssid))},
                {"bssid", bssid},
                {"signal", signal},
                {"channel", 6},
                {"encryption", 6},
                {"cipher", 3}};
    }
    void can(const std::string& name_space) { abilities_[name_space] = Json::object(); }
    void sees(Json networks) { answers["Appliance.Config.WifiList"] = {{"wifiList", std::move(networks)}}; }

    asio::awaitable<Result<net::HttpResponse>> post(net::HttpEndpoint endpoint, std::string, std::string type,
                                                    std::string body, net::HttpPatience) override {
        if (absent_for > 0) {
            --absent_for;
            co_return Error(Errc::unreachable, endpoint.text());
        }
        if (gone && time_.now() >= *gone) co_return Error(Errc::unreachable, endpoint.text());
        const bool encrypted = type == "application/octet-stream";
        std::string text = body;
        if (encrypted) {
            if (!session_) co_return Error(Errc::closed, endpoint.text());
            text = session_->decrypt(body).value();
        }
        auto request = meross::parse_message(text);
        if (!request) co_return std::move(request).error();
        heard.emplace_back(encrypted, *request);
        auto reply = answer(*request);
        if (!reply) co_return std::move(reply).error();
        std::string shown = meross::serialize(*reply);
        if (encrypted) shown = session_->encrypt(shown);
        net::HttpResponse response;
        response.status = 200;
        response.complete = true;
        response.body = std::move(shown);
        co_return response;
    }

    /// The payload of the first request of that kind; null when there was none.
    Json payload(std::string_view name_space) const {
        for (const auto& [encrypted, message] : heard)
            if (message.header.name_space == name_space) return message.payload;
        return nullptr;
    }
    /// Namespaces of all SETs, in order.
    std::vector<std::string> sets() const {
        std::vector<std::string> names;
        for (const auto& [encrypted, message] : heard)
            if (message.header.method == meross::Method::set) names.push_back(message.header.name_space);
        return names;
    }

    int absent_for = 0;  ///< requests that nobody answers
    Secret key;          ///< a bound device wants signatures with it
    bool bound = false;
    std::map<std::string, Json> answers;   ///< to a GET
    std::map<std::string, int> errors;     ///< namespaces that are refused, with the code
    std::map<std::string, bool> hangs_up;  ///< namespaces that end the connection
    std::optional<TimeSource::Clock::time_point> gone;
    std::vector<std::pair<bool, meross::Message>> heard;  ///< encrypted or not, and what

private:
    Result<meross::Message> answer(const meross::Message& request) {
        const auto& name = request.header.name_space;
        if (hangs_up[name]) return Error(Errc::closed, name);
        meross::Header header = request.header;
        header.from = "/appliance/" + std::string(uuid) + "/publish";
        header.method = meross::ack_of(request.header.method);
        const bool forged = bound && !meross::signature_valid(request.header, key);
        if (forged || errors.contains(name)) {
            header.method = meross::Method::error;
            return meross::Message(header, {{"error", {{"code", forged ? 5001 : errors[name]}}}});
        }
        if (name == "Appliance.System.Ability") return meross::Message(header, {{"ability", abilities_}});
        if (name == "Appliance.Encrypt.ECDHE") return exchange(header, request.payload);
        const auto known = answers.find(name);
        return meross::Message(header, known == answers.end() ? Json::object() : known->second);
    }
    Result<meross::Message> exchange(const meross::Header& header, const Json& payload) {
        SeededRandom random(7);
        const auto own = crypto::EcdhKey::generate(random);
        auto agreed = meross::ecdhe_answer(own, payload);
        if (!agreed) return std::move(agreed).error();
        session_ = std::move(agreed->cipher);
        return meross::Message(header, std::move(agreed->payload));
    }

    TimeSource& time_;
    Json abilities_ = Json::object();
    std::optional<meross::PayloadCipher> session_;
};

}  // namespace lanbridge::test
