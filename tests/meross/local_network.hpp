#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "lanbridge/base/async.hpp"
#include "lanbridge/net/http_client.hpp"
#include "lanbridge/sim/description.hpp"
#include "lanbridge/sim/device.hpp"

namespace lanbridge::test {

/// Simulated devices in place of the network: no sockets, no real time.
class LocalNetwork final : public net::HttpPoster {
public:
    explicit LocalNetwork(TimeSource& time) : time_(time) {}

    sim::MerossDevice& plug_in(const std::string& host, std::string_view description, Secret key,
                               std::uint64_t number = 1) {
        return plug_in(host, sim::builtin_blueprint(description).value(), std::move(key), number);
    }
    sim::MerossDevice& plug_in(const std::string& host, sim::SharedBlueprint blueprint, Secret key,
                               std::uint64_t number = 1) {
        auto device = std::make_unique<sim::MerossDevice>(
            std::move(blueprint), sim::Identity(sim::made_up_uuid(number), std::move(key)), time_);
        auto& place = devices_[host];
        place = std::move(device);
        return *place;
    }
    void unplug(const std::string& host) { off_[host] = true; }
    void plug_back(const std::string& host) { off_[host] = false; }
    /// Sees every request's text; what it returns, if anything, is what happens instead.
    using Interference = std::function<std::optional<Result<net::HttpResponse>>(const std::string& host,
                                                                                const std::string& body)>;
    void interfere(Interference with) { interference_ = std::move(with); }
    sim::MerossDevice& at(const std::string& host) { return *devices_.at(host); }
    void swap(const std::string& a, const std::string& b) { std::swap(devices_.at(a), devices_.at(b)); }

    asio::awaitable<Result<net::HttpResponse>> post(net::HttpEndpoint endpoint, std::string, std::string,
                                                    std::string body, net::HttpPatience patience) override {
        bodies.push_back(body);
        ++requests[endpoint.host];
        if (interference_) {
            if (auto instead = interference_(endpoint.host, body)) co_return *std::move(instead);
        }
        const auto device = devices_.find(endpoint.host);
        if (device == devices_.end() || off_[endpoint.host])
            co_return Error(Errc::unreachable, endpoint.text());
        auto reply = device->second->handle(body);
        if (reply.kind == sim::Reply::Kind::close) co_return Error(Errc::closed, endpoint.text());
        if (reply.kind == sim::Reply::Kind::silent) {
            co_await time_.sleep(patience.total);
            co_return Error(Errc::timeout, endpoint.text());
        }
        net::HttpResponse response;
        response.status = 200;
        response.complete = true;
        response.body = std::move(reply.body);
        co_return response;
    }

    /// How many requests of this kind were sent.
    std::size_t count(std::string_view text) const {
        std::size_t found = 0;
        for (const auto& body : bodies) found += body.find(text) != std::string::npos;
        return found;
    }

    std::vector<std::string> bodies;
    std::map<std::string, int> requests;

private:
    TimeSource& time_;
    std::map<std::string, std::unique_ptr<sim::MerossDevice>> devices_;
    std::map<std::string, bool> off_;
    Interference interference_;
};

}  // namespace lanbridge::test
