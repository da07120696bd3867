#include "app/daemon/meross_link.hpp"

#include <algorithm>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/host_name.hpp>

#include "lanbridge/net/interfaces.hpp"

namespace lanbridge::app {
namespace {

std::string lower(std::string text) {
    std::ranges::transform(text, text.begin(),
                           [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return text;
}

bool is_this_machine(const std::string& host) {
    error_code ec;
    const auto address = asio::ip::make_address(host, ec);
    return ec ? host == "localhost" : address.is_loopback() || address.is_unspecified();
}

}  // namespace

void MerossLink::learn_names(const std::string& broker) {
    learnt_for_ = broker;
    names_.clear();
    const auto url = mqtt::parse_broker_url(broker);
    const auto host = url ? lower(url->host) : std::string();
    names_.insert(host);
    if (!is_this_machine(host)) return;
    names_.insert("127.0.0.1");
    for (const auto& interface : net::interface_addresses()) names_.insert(interface.address.to_string());
    error_code ec;
    const auto own = lower(asio::ip::host_name(ec));
    if (ec || own.empty()) return;
    names_.insert(own);
    names_.insert(own + ".local");
}

bool MerossLink::leads_to(const meross::BrokerAddress& address) {
    const auto broker = client_.statistics().broker;
    if (broker != learnt_for_) learn_names(broker);
    return !address.host.empty() && names_.contains(lower(address.host));
}

}  // namespace lanbridge::app
