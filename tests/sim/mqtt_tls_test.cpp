#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include <fstream>

#include "broker_fixture.hpp"
#include "lanbridge/sim/fleet.hpp"
#include "sim/support.hpp"
#include "support/run.hpp"

using namespace lanbridge;
using namespace lanbridge::test;

namespace {

/// A key and a certificate that nobody has signed, as devices accept it.
void write_certificate(const std::string& folder) {
    EVP_PKEY* key = EVP_RSA_gen(2048);
    X509* certificate = X509_new();
    ASN1_INTEGER_set(X509_get_serialNumber(certificate), 1);
    X509_gmtime_adj(X509_getm_notBefore(certificate), -60);
    X509_gmtime_adj(X509_getm_notAfter(certificate), 3600);
    X509_set_pubkey(certificate, key);
    auto* const name = X509_get_subject_name(certificate);
    X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, reinterpret_cast<const unsigned char*>("somebody"),
                               -1, -1, 0);
    X509_set_issuer_name(certificate, name);
    REQUIRE(X509_sign(certificate, key, EVP_sha256()) > 0);
    std::FILE* file = std::fopen((folder + "/broker.pem").c_str(), "w");
    REQUIRE(file != nullptr);
    PEM_write_X509(file, certificate);
    PEM_write_PrivateKey(file, key, nullptr, nullptr, 0, nullptr, nullptr);
    std::fclose(file);
    X509_free(certificate);
    EVP_PKEY_free(key);
}

}  // namespace

TEST_CASE("a device connects over TLS and asks nobody who the broker is", "[sim][mqtt]") {
    BrokerFixture site;
    const auto port = free_port();
    const auto folder = site.folder.path();
    write_certificate(folder);
    const auto pem = folder + "/broker.pem";
    std::ofstream(folder + "/tls.conf")
        << "listener " << port << " 127.0.0.1\nallow_anonymous true\nuser root\n"
        << "certfile " << pem << "\nkeyfile " << pem << "\n";
    auto mosquitto = net::Process::start(site.context, {"mosquitto", "-c", folder + "/tls.conf"});
    REQUIRE(mosquitto);
    sim::FleetSettings settings;
    settings.key = Secret(vector_key);
    settings.member.own.transport = sim::OwnConnection::Transport::tls;
    sim::Fleet fleet(site.context, settings);
    REQUIRE(fleet.add(builtin("mss310")));
    meross::BrokerAddress address;
    address.host = "127.0.0.1";
    address.port = port;
    fleet.connect(address);
    CHECK(site.wait_until([&] { return fleet[0].device.online(); }, 20s));
    fleet.close();
    CHECK(site.wait_until([&] { return fleet.idle(); }));
    run(site.io, (*mosquitto)->stop());
}
