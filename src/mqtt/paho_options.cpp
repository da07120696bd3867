#include "mqtt/paho_options.hpp"

#include <mqtt/ssl_options.h>
#include <mqtt/types.h>

namespace lanbridge::mqtt {
namespace {

/// Where Debian, Ubuntu and Alpine keep the system's certificate authorities.
constexpr const char* system_authorities = "/etc/ssl/certs/ca-certificates.crt";
/// Of QoS 1 messages; more than `Flight` ever lets out, for Paho stalls for a second when it reaches its
/// limit.
constexpr int unacknowledged_at_once = 1000;

::mqtt::ssl_options make_tls_options(const TlsSettings& tls, const std::shared_ptr<TlsComplaint>& complaint) {
    ::mqtt::ssl_options_builder builder;
    builder.enable_server_cert_auth(tls.verify).verify(tls.verify);
    // Not `ca_path`: Paho C++ 1.2 keeps a pointer into the options that were copied.
    if (!tls.ca.empty())
        builder.trust_store(tls.ca);
    else if (tls.verify)
        builder.trust_store(system_authorities);
    if (!tls.certificate.empty()) builder.key_store(tls.certificate);
    if (!tls.private_key.empty()) builder.private_key(tls.private_key);
    builder.error_handler([complaint](const std::string& line) { complaint->set(line); });
    return builder.finalize();
}

std::string paho_uri(const BrokerUrl& url) {
    const bool v6 = url.host.find(':') != std::string::npos;
    return std::string(url.tls ? "ssl://" : "tcp://") + (v6 ? "[" + url.host + "]" : url.host) + ":" +
           std::to_string(url.port);
}

}  // namespace

::mqtt::connect_options make_connect_options(const ClientSettings& settings, const LinkTarget& target,
                                             const std::shared_ptr<TlsComplaint>& complaint) {
    ::mqtt::connect_options_builder builder;
    builder.mqtt_version(static_cast<int>(target.protocol));
    if (target.protocol == Protocol::v5)
        builder.clean_session(false).clean_start(true);
    else
        builder.clean_session(settings.clean_session);
    builder.keep_alive_interval(settings.keep_alive)
        .connect_timeout(connect_timeout)
        .max_inflight(unacknowledged_at_once)
        .automatic_reconnect(false)
        .servers(::mqtt::string_collection::create(paho_uri(target.url)));
    if (!target.url.username.empty()) builder.user_name(target.url.username);
    if (!target.url.password.empty()) builder.password(target.url.password.reveal());
    if (!settings.will.topic.empty())
        builder.will(::mqtt::message(settings.will.topic, settings.will.payload, 1, true));
    if (target.url.tls) builder.ssl(make_tls_options(settings.tls, complaint));
    return builder.finalize();
}

std::string describe_disconnect(int reason) {
    if (reason == ::mqtt::SESSION_TAKEN_OVER) return "another client has connected with our client id";
    const char* name = ::MQTTReasonCode_toString(static_cast<::MQTTReasonCodes>(reason));
    return "the broker ended the connection: " +
           (name != nullptr ? std::string(name) : std::to_string(reason));
}

}  // namespace lanbridge::mqtt
