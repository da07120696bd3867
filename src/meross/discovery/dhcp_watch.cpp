#include "meross/discovery/dhcp_watch.hpp"

#include <algorithm>

#include "meross/discovery/dhcp_message.hpp"
#include "meross/discovery/hardware_address.hpp"
#include "meross/discovery/udp_answer.hpp"

namespace lanbridge::meross {
namespace {

/// After a DISCOVER the server has yet to decide; a REQUEST names what it has decided.
bool settles_address(DhcpMessage::Type type) {
    return type == DhcpMessage::Type::request || type == DhcpMessage::Type::ack ||
           type == DhcpMessage::Type::inform;
}

}  // namespace

DhcpWatch::Verdict DhcpWatch::datagram(ByteSpan bytes, Clock::time_point now) {
    const auto message = parse_dhcp_datagram(bytes);
    if (!message) return Verdict::malformed;
    if (!is_vendor_mac(message->mac) && !(known_ && known_(message->mac))) return Verdict::not_ours;
    if (!settles_address(message->type)) return Verdict::not_ours;
    if (!message->address || !is_host_address(*message->address)) return Verdict::malformed;
    if (const auto client = waiting_.find(message->mac); client != waiting_.end()) {
        // The first message sets the time, or repetitions would put it off for ever.
        client->second.address = message->address->to_string();
        return Verdict::waiting;
    }
    if (waiting_.size() >= most_waiting) return Verdict::too_many;
    waiting_.emplace(message->mac, Client{message->address->to_string(), now + settling});
    return Verdict::waiting;
}

std::optional<DhcpWatch::Clock::time_point> DhcpWatch::next() const {
    const auto first = std::ranges::min_element(
        waiting_, {}, [](const auto& entry) -> const Clock::time_point& { return entry.second.when; });
    if (first == waiting_.end()) return std::nullopt;
    return first->second.when;
}

std::vector<Sighting> DhcpWatch::due(Clock::time_point now) {
    std::vector<Sighting> out;
    for (auto it = waiting_.begin(); it != waiting_.end();) {
        if (it->second.when > now) {
            ++it;
            continue;
        }
        Sighting sighting(FoundBy::dhcp);
        sighting.mac = it->first;
        sighting.endpoint = net::HttpEndpoint(it->second.address, http_port_);
        out.push_back(std::move(sighting));
        it = waiting_.erase(it);
    }
    return out;
}

}  // namespace lanbridge::meross
