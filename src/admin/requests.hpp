#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>

#include "lanbridge/admin/reply.hpp"
#include "lanbridge/base/async.hpp"
#include "lanbridge/base/context.hpp"
#include "lanbridge/model/outbox.hpp"

namespace lanbridge::admin {

/// The table of requests, and the exchange around each: `request/<name>` in, `response/<name>` out.
class Requests {
public:
    using Duration = TimeSource::Clock::duration;
    /// `prefix` is `<base>/bridge/`.
    Requests(Context context, model::Outbox& outbox, std::string prefix)
        : context_(std::move(context)),
          outbox_(outbox),
          prefix_(std::move(prefix)),
          nursery_(context_.executor) {}

    void add(std::string name, ReplyHandler handler, Duration limit);
    bool on_message(std::string_view topic, std::string_view payload, bool retained);
    std::string filter() const { return prefix_ + "request/#"; }
    void stop() { nursery_.stop(); }
    bool idle() const noexcept { return nursery_.idle(); }
    Json health() const;

private:
    struct Entry {
        ReplyHandler handler;
        Duration limit{};
    };
    /// One request on its way.
    struct Exchange {
        Exchange(std::string n, Json a) : name(std::move(n)), args(std::move(a)) {}
        std::string name;
        Json args;
        std::optional<Json> transaction;
    };
    void refuse_retained(std::string_view topic);
    void accept(std::string name, std::string_view payload);
    asio::awaitable<void> serve(Exchange exchange, const Entry& entry);
    void respond(const Exchange& exchange, const Reply& reply);
    std::string known_names() const;

    Context context_;
    model::Outbox& outbox_;
    std::string prefix_;
    std::map<std::string, Entry, std::less<>> table_;
    std::set<std::string, std::less<>> being_cleared_;
    std::uint64_t served_ = 0;
    std::uint64_t failed_ = 0;
    Nursery nursery_;
};

}  // namespace lanbridge::admin
