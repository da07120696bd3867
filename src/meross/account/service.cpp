#include "meross/account/service.hpp"

#include <algorithm>
#include <array>
#include <boost/asio/ip/address.hpp>

#include "lanbridge/base/bytes.hpp"
#include "lanbridge/base/crypto.hpp"
#include "lanbridge/net/http_client.hpp"

namespace lanbridge::meross {
namespace {

/// The same in every copy of the vendor's application: it keeps nothing secret.
constexpr std::string_view application_salt = "23x17ahWarFH6w29";
/// Nobody owns more; the rest of a longer list is not looked at.
constexpr std::size_t most_devices = 2000;
constexpr std::size_t longest_name = 200;

struct StatusRow {
    std::int64_t status;
    Errc code;
    std::string_view sentence;
};
constexpr std::array statuses{
    StatusRow{1001, Errc::wrong_key, "the password is missing or wrong"},
    StatusRow{1002, Errc::wrong_key, "there is no account with this e-mail address; try another --region"},
    StatusRow{1003, Errc::wrong_key, "the account is disabled, or the login has ended: try once more"},
    StatusRow{1004, Errc::wrong_key, "e-mail address or password is wrong"},
    StatusRow{1005, Errc::invalid_value, "that is no e-mail address"},
    StatusRow{1006, Errc::invalid_value, "the password does not have the form that the service wants"},
    StatusRow{1008, Errc::invalid_value, "that is no e-mail address"},
    StatusRow{1019, Errc::wrong_key, "the login has ended: try once more"},
    StatusRow{1022, Errc::wrong_key, "the login has ended: try once more"},
    StatusRow{1028, Errc::busy, "asked too often: wait some minutes"},
    StatusRow{status_wrong_region, Errc::invalid_value,
              "the account belongs to another region: give it with --region eu, us or ap"},
    StatusRow{status_code_wrong, Errc::wrong_key, "the two-factor code is wrong or too old"},
    StatusRow{status_code_required, Errc::wrong_key,
              "the account wants a two-factor code: give it with --mfa CODE or --mfa @FILE"},
    StatusRow{1035, Errc::busy,
              "the account is locked after too many attempts: wait, or unlock it in the app"},
    StatusRow{1041, Errc::busy, "the service took this for a repetition: wait a minute"},
    StatusRow{1042, Errc::busy, "the service's limit is reached: try again tomorrow"},
    StatusRow{1043, Errc::wrong_key, "the service denies access to this account"},
    StatusRow{1200, Errc::wrong_key, "the login has ended: try once more"},
    StatusRow{1301, Errc::busy,
              "too many logins are open: sign out elsewhere, or wait 12 to 24 hours until the service "
              "forgets them"},
};

std::string shortened(std::string text) {
    if (text.size() > longest_name) text.resize(longest_name);
    std::ranges::replace_if(
        text, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }, ' ');
    return text;
}

std::string text_of(const Json& object, std::string_view name) {
    return shortened(string_or(object, {name}, ""));
}

bool loopback(const std::string& host) {
    error_code ec;
    const auto address = asio::ip::make_address(host, ec);
    return ec ? host == "localhost" : address.is_loopback();
}

/// "meross.com" of "iotx-eu.meross.com"
std::string_view owner(std::string_view host) {
    const auto dot = host.rfind('.');
    if (dot == std::string_view::npos || dot == 0) return host;
    const auto before = host.rfind('.', dot - 1);
    return before == std::string_view::npos ? host : host.substr(before + 1);
}

}  // namespace

std::string ServiceUrl::text() const {
    const bool usual = port == (tls ? 443 : 80);
    return (tls ? "https://" : "http://") + host + (usual ? "" : ':' + std::to_string(port));
}

Result<ServiceUrl> parse_service_url(std::string_view text) {
    const auto bad = [&](const std::string& why) {
        return Error(Errc::invalid_value, '"' + std::string(text) + "\": " + why);
    };
    constexpr std::string_view secure = "https://";
    constexpr std::string_view plain = "http://";
    const bool tls = text.starts_with(secure);
    if (!tls && !text.starts_with(plain)) return bad("expected https://host[:port]");
    auto rest = text.substr(tls ? secure.size() : plain.size());
    if (rest.ends_with('/')) rest.remove_suffix(1);
    auto endpoint = net::parse_endpoint(rest);
    if (!endpoint) return bad("expected https://host[:port]");
    const bool named = rest.rfind(':') != std::string_view::npos && !rest.ends_with(']');
    const std::uint16_t port = named ? endpoint->port : static_cast<std::uint16_t>(tls ? 443 : 80);
    if (!tls && !loopback(endpoint->host)) return bad("passwords travel over https only");
    return ServiceUrl(tls, endpoint->host, port);
}

ServiceUrl vendor_service(std::string_view region) {
    return ServiceUrl(true, "iotx-" + std::string(region) + ".meross.com", 443);
}

std::string service_body(std::string_view params, std::int64_t timestamp_ms, std::string_view nonce) {
    const auto packed = to_base64(as_bytes(params));
    const auto time = std::to_string(timestamp_ms);
    std::string text(application_salt);
    text.append(time).append(nonce).append(packed);
    Json body = Json::object();
    body["params"] = packed;
    body["sign"] = crypto::md5_hex(text);
    body["timestamp"] = timestamp_ms;
    body["nonce"] = nonce;
    return dump_json(body);
}

Json sign_in_data(const AccountLogin& login, const std::optional<Secret>& code,
                  std::string_view client_uuid) {
    Json data = Json::object();
    data["email"] = login.email;
    data["password"] = crypto::md5_hex(login.password.reveal());
    data["accountCountryCode"] = login.region;
    data["encryption"] = 1;  // the password is hashed
    data["agree"] = 0;
    if (!code) return data;
    data["mfaCode"] = code->reveal();
    data["mobileInfo"] = {{"deviceModel", "lanbridge"},
                          {"mobileOsVersion", "1"},
                          {"mobileOs", "linux"},
                          {"uuid", client_uuid},
                          {"carrier", ""}};
    return data;
}

Result<ServiceAnswer> parse_service_answer(std::string_view text) {
    auto json = parse_json(text);
    if (!json) return std::move(json).error().in("the service's answer");
    auto status = read_int64(*json, {"apiStatus"});
    if (!status) return std::move(status).error().in("the service's answer");
    ServiceAnswer answer;
    answer.status = *status;
    answer.info = text_of(*json, "info");
    if (const auto* data = find_member(*json, {"data"})) answer.data = *data;
    return answer;
}

Error service_error(const ServiceAnswer& answer) {
    const auto row = std::ranges::find(statuses, answer.status, &StatusRow::status);
    const auto number = std::to_string(answer.status);
    if (row != statuses.end())
        return Error(row->code,
                     "the account service says (status " + number + "): " + std::string(row->sentence));
    return Error(Errc::device_error, "the account service says status " + number +
                                         (answer.info.empty() ? "" : ", " + answer.info));
}

Result<ServiceUrl> other_region(const ServiceUrl& from, std::string_view domain) {
    const bool complete = domain.find("://") != std::string_view::npos;
    auto to = parse_service_url(complete ? std::string(domain)
                                         : (from.tls ? "https://" : "http://") + std::string(domain));
    const Error refused(Errc::wrong_device, "the account service sends us to \"" +
                                                shortened(std::string(domain)) +
                                                "\", which does not get the password");
    if (!to) return refused;
    if (loopback(from.host) && loopback(to->host)) return to;
    if (!to->tls || owner(to->host) != owner(from.host)) return refused;
    return to;
}

std::vector<AccountDevice> parse_device_list(const Json& data) {
    std::vector<AccountDevice> devices;
    if (!data.is_array()) return devices;
    for (const auto& entry : data) {
        if (devices.size() == most_devices) break;
        auto uuid = text_of(entry, "uuid");
        if (uuid.empty()) continue;
        auto& device = devices.emplace_back();
        device.uuid = std::move(uuid);
        device.name = text_of(entry, "devName");
        device.type = text_of(entry, "deviceType");
        device.hardware = text_of(entry, "hdwareVersion");
        device.firmware = text_of(entry, "fmwareVersion");
        device.online = int_or(entry, {"onlineStatus"}, 0) == 1;
    }
    return devices;
}

std::vector<AccountSubdevice> parse_subdevices(const Json& data) {
    std::vector<AccountSubdevice> subdevices;
    if (!data.is_array()) return subdevices;
    for (const auto& entry : data) {
        if (subdevices.size() == most_devices) break;
        auto& subdevice = subdevices.emplace_back();
        subdevice.id = text_of(entry, "subDeviceId");
        subdevice.type = text_of(entry, "subDeviceType");
        subdevice.name = text_of(entry, "subDeviceName");
    }
    return subdevices;
}

}  // namespace lanbridge::meross
