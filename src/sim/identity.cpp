#include "lanbridge/sim/identity.hpp"

#include <fmt/format.h>

#include "lanbridge/base/crypto.hpp"

namespace lanbridge::sim {

namespace {

Result<int> read_port(const Json& gateway, std::string_view member) {
    // very old tools send it as a text
    const auto text = string_or(gateway, {member}, "");
    auto port = int_or(gateway, {member}, -1);
    if (!text.empty()) port = meross::parse_broker_address("host:" + text).port;
    if (port < 1 || port > 65535) return Error(Errc::malformed, "$.key.gateway.port");
    return static_cast<int>(port);
}

}  // namespace

meross::Uuid made_up_uuid(std::uint64_t number) {
    // the vendor's MAC prefix at the end, as in every real one
    const auto start = crypto::md5_hex(fmt::format("lanbridge simulated device {}", number)).substr(0, 20);
    return meross::Uuid(fmt::format("{}48e1e9{:06x}", start, number & 0xFFFFFF));
}

bool is_real_uuid(std::string_view text) { return text.size() == 32 && meross::parse_uuid(text).has_value(); }

std::string_view via_name(Via via) noexcept { return via == Via::http ? "http" : "mqtt"; }

Result<Binding> parse_binding(const Json& payload) {
    const auto* gateway = find_member(payload, {"key", "gateway"});
    if (gateway == nullptr) return Error(Errc::malformed, "$.key.gateway is missing");
    meross::BrokerAddress broker;
    broker.host = string_or(*gateway, {"host"}, "");
    if (broker.host.empty()) return Error(Errc::malformed, "$.key.gateway.host is missing");
    auto port = read_port(*gateway, "port");
    if (!port) return port.error();
    broker.port = *port;
    auto key = read_string(payload, {"key", "key"});
    if (!key) return key.error();
    const auto number = int_or(payload, {"key", "userId"}, -1);
    auto user = number >= 0 ? std::to_string(number) : string_or(payload, {"key", "userId"}, "");
    Binding binding(std::move(broker), Secret(std::move(*key)), std::move(user));
    if (auto second = read_port(*gateway, "secondPort")) {
        binding.second.host = string_or(*gateway, {"secondHost"}, binding.broker.host);
        binding.second.port = *second;
    }
    return binding;
}

}  // namespace lanbridge::sim
