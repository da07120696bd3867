#pragma once

#include <boost/asio/io_context.hpp>
#include <deque>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "agent/json/object_splitter.hpp"
#include "agent/miio/router.hpp"
#include "lanbridge/base/random.hpp"
#include "support/virtual_time.hpp"

namespace lanbridge::agent::testing {

/// Everything that came out, per destination and in order: "app:4", "cloud", or "mqtt TOPIC".
using Heard = std::map<std::string, std::vector<std::string>>;

/// A router whose apps, cloud and broker are lists of texts. An app bound as N has connection N; further
/// connections are numbered from 1000.
class RouterBench final : public RouterOutlets {
public:
    RouterBench();

    void bind(Connection connection, Address address);
    void serve(Connection connection, const std::string& method);
    void from_cloud(std::string_view bytes);
    /// What came out since the last call.
    Heard take() { return std::exchange(heard_, {}); }

    void to_app(Connection to, std::string_view text) override;
    void to_cloud(std::string_view text) override { heard_["cloud"].emplace_back(text); }
    void publish(std::string_view topic, std::string_view text) override {
        heard_["mqtt " + std::string(topic)].emplace_back(text);
    }
    bool publishes() const override { return true; }

    asio::io_context io;
    test::VirtualTime time{io};
    SeededRandom random{1};
    Journal journal;
    Router router;
    std::vector<std::string> log;

private:
    std::map<Connection, Address> addresses_;
    ObjectSplitter splitter_;
    Heard heard_;
};

/// Compares texts in which the router's own ids stand for what the vectors call 1, 2, 3: each is bound where
/// it is first seen.
class Symbols {
public:
    /// `text` with the ids of marks as they really are; only in answers, for the ids of requests are their
    /// senders'.
    std::string real(const std::string& text) const;
    std::string real_id(std::int64_t id) const;
    /// `actual`, with a real id replaced by the one that `expected` calls it.
    std::string named(const std::string& actual, const std::string& expected);

private:
    std::map<std::int64_t, std::int64_t> real_of_;
};

}  // namespace lanbridge::agent::testing
