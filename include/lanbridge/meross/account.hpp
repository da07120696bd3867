#pragma once

#include <boost/asio/awaitable.hpp>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "lanbridge/base/context.hpp"
#include "lanbridge/base/error.hpp"
#include "lanbridge/base/json.hpp"
#include "lanbridge/base/secret.hpp"

// The vendor's account service: asked once for the key that devices were bound with. The only part of
// lanbridge that leaves the LAN. Facts: docs/protocols/meross.md, "Account service".
namespace lanbridge::meross {

/// `https://host[:port]`; plain `http` on the loopback only, for tests.
struct ServiceUrl {
    ServiceUrl() = default;
    ServiceUrl(bool t, std::string h, std::uint16_t p) : tls(t), host(std::move(h)), port(p) {}
    bool tls = true;
    std::string host;
    std::uint16_t port = 443;
    std::string text() const;
    friend bool operator==(const ServiceUrl&, const ServiceUrl&) = default;
};
/// Errors: `invalid_value`.
Result<ServiceUrl> parse_service_url(std::string_view text);
/// The vendor's own, for `eu`, `us` or `ap`.
ServiceUrl vendor_service(std::string_view region);

/// One POST of JSON; tests put a stand-in in its place.
class ServicePoster {
public:
    virtual ~ServicePoster() = default;
    /// The answer's body. Errors: `unreachable`, `timeout`, `closed`, `truncated`, `too_large`, `malformed`
    /// (no HTTP), `device_error` (a status other than 200), `wrong_device` (a certificate that is not
    /// trusted).
    virtual boost::asio::awaitable<Result<std::string>> post(ServiceUrl url, std::string path,
                                                             std::string authorization, std::string body) = 0;
};

/// HTTP/1.1 over TLS with the system's certificate authorities; one connection per request.
class HttpsPoster final : public ServicePoster {
public:
    /// From the name look-up to the end of the answer.
    static constexpr auto patience = std::chrono::seconds(10);
    /// A list of hundreds of devices stays far below.
    static constexpr std::size_t max_answer = 4 * 1024 * 1024;

    explicit HttpsPoster(Context context) : context_(std::move(context)) {}
    boost::asio::awaitable<Result<std::string>> post(ServiceUrl url, std::string path,
                                                     std::string authorization, std::string body) override;

private:
    Context context_;
};

/// With what to sign in.
struct AccountLogin {
    AccountLogin() = default;
    std::string email;
    Secret password;
    std::string region = "eu";   ///< eu, us or ap
    std::optional<Secret> code;  ///< of two-factor authentication
    /// Asked when the account wants a code and none was given; nothing = there is nobody to ask.
    std::function<std::optional<Secret>()> ask_code;
    bool subdevices = true;  ///< the names of what is behind hubs as well
};

struct AccountSubdevice {
    std::string id;
    std::string type;
    std::string name;
};
struct AccountDevice {
    std::string uuid;
    std::string name;
    std::string type;  ///< "mss310"
    std::string hardware;
    std::string firmware;
    bool online = false;
    std::vector<AccountSubdevice> subdevices;
};

/// What the service tells.
struct Account {
    Account() = default;
    std::string email;
    std::string user_id;
    Secret key;  ///< of every device that is bound to the account
    std::vector<AccountDevice> devices;
    std::vector<std::string> notes;  ///< what was left out, for people
};

/// Signs in, lists the devices, signs out. Follows one answer that names another region. Errors, each with
/// what to do: `wrong_key` (login or code refused), `busy` (try later), `invalid_value` (no e-mail address,
/// …), `device_error` (anything else it says), `malformed`, those of the poster.
boost::asio::awaitable<Result<Account>> fetch_account(Context context, ServicePoster& poster,
                                                      ServiceUrl service, AccountLogin login);

}  // namespace lanbridge::meross
