#pragma once

#include "lanbridge/meross/pairing.hpp"
#include "meross/device/identify.hpp"
#include "meross/pairing/wifi.hpp"
#include "meross/transport/http_transport.hpp"

namespace lanbridge::meross {

/// The conversation with one device from the first question to its new broker. Outlives its coroutines.
class PairingFlow {
public:
    PairingFlow(Context context, net::HttpPoster& http, PairingPlan plan, PairingHooks hooks);
    boost::asio::awaitable<Result<Paired>> run();

private:
    boost::asio::awaitable<Result<Facts>> reach();
    boost::asio::awaitable<Result<void>> prepare_broker();
    boost::asio::awaitable<Result<void>> test_broker();
    boost::asio::awaitable<Result<void>> start_encryption();
    boost::asio::awaitable<Result<void>> find_network();
    boost::asio::awaitable<Result<void>> set_time();
    boost::asio::awaitable<Result<void>> set_key();
    boost::asio::awaitable<Result<void>> set_wifi();
    boost::asio::awaitable<Result<bool>> wait_for_device();
    boost::asio::awaitable<std::string> what_happened();
    /// Changes something on the device; a dry run shows it instead.
    boost::asio::awaitable<Result<Message>> change(Request request);

    void say(std::string_view what, std::string detail) const {
        hooks_.step(PairingStep(what, std::move(detail)));
    }
    void introduce(const Facts& facts);
    KeyRing keys() const;

    Context context_;
    PairingPlan plan_;
    PairingHooks hooks_;
    HttpTransport transport_;
    Facts facts_;
    std::optional<PairingDevice> device_;
    std::optional<PairingBroker> broker_;
    WifiNetwork network_;
};

}  // namespace lanbridge::meross
