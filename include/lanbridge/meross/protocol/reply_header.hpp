#pragma once

#include <string>
#include <string_view>

#include "lanbridge/base/json.hpp"
#include "lanbridge/meross/protocol/multiple.hpp"

namespace lanbridge::meross {

/// The members of a parsed header as they were on the wire; for the calls below.
Json to_json(const Header& header);

/// Talks over HTTP to a bound device whose key is unknown, by reflecting signatures that the device made
/// itself: (messageId, timestamp, sign) of any reply is a valid triple. Old firmware only; the last resort.
/// Facts: docs/protocols/meross.md, "Without a key".
class ReplyHeader {
public:
    explicit ReplyHeader(std::string from, std::string trigger_src = "lanbridge")
        : from_(std::move(from)), trigger_src_(std::move(trigger_src)) {}

    /// The body to send for this request now.
    std::string request(const Request& request) const;
    /// The body to send once more after an ERROR 5001, made from that answer.
    std::string retry(const Request& request, const Json& error_reply_header) const;
    /// A reply was accepted: its header is the base of the next request.
    void accepted(const Json& reply_header) { stored_ = reply_header; }
    /// The transport failed: start over.
    void reset() { stored_ = Json::object(); }

private:
    std::string from_;
    std::string trigger_src_;
    Json stored_ = Json::object();
};

}  // namespace lanbridge::meross
