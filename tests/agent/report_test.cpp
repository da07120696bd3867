#include "agent/report.hpp"

#include "agent/serial.hpp"
#include "host_fixture.hpp"
#include "support/catch.hpp"
#include "vectors.hpp"

using namespace lanbridge;
using namespace lanbridge::agent;
using lanbridge::test::HostFixture;

namespace {

const Moment start{};

Gateway gateway(std::string model, std::string firmware) {
    Gateway out;
    out.model = std::move(model);
    out.firmware = std::move(firmware);
    return out;
}

std::string text(const nlohmann::json& value) { return value.get<std::string>(); }

std::string recorded(std::size_t index) { return text(testing::vectors("agent_reports")[index]["payload"]); }

/// The counters of that name.
std::string counters_text(const std::string& name) {
    const auto vectors = testing::vectors("agent_serial");
    for (const auto& known : vectors["cases"])
        if (text(known["name"]) == name) return text(known["text"]);
    throw std::runtime_error("no counters " + name);
}

/// Where the original gives up at a line's end without a space, at a missing last line end or above 2^31, and
/// forgets this port and all that follow.
bool given_up(const std::string& name) {
    return name == "oe_last_no_space" || name == "rx_last_no_space" || name == "no_newline_at_end" ||
           name == "over_32bit";
}

}  // namespace

TEST_CASE("periods are told in whole seconds", "[agent][report]") {
    for (const auto& item : testing::vectors("agent_uptime_text")) {
        INFO(item.dump());
        CHECK(uptime_text(std::chrono::milliseconds(item["ms"].get<std::int64_t>())) ==
              item["text"].get<std::string>());
    }
    CHECK(uptime_text(499'999us) == "0s");
}

TEST_CASE("the model comes from the gateway's files", "[agent][gateway]") {
    HostFixture f;
    CHECK(detect_gateway(f.paths).model.empty());
    CHECK(detect_gateway(f.paths).firmware.empty());

    f.write("/etc/rootfs_fw_info", "# info\nversion=1.5.4_0090\r\nx=1\n");
    CHECK(detect_gateway(f.paths).model == "lumi.gateway.mgl03");
    CHECK(detect_gateway(f.paths).firmware == "1.5.4_0090");

    f.write("/etc/build.prop",
            "#\nro.sys.model=lumi.gateway.mcn001\nro.sys.mi_fw_ver=1.0.6\nro.sys.mi_build_num=0010\n");
    CHECK(detect_gateway(f.paths).model == "lumi.gateway.mcn001");
    CHECK(detect_gateway(f.paths).firmware == "1.0.6_0010");
    f.write("/etc/build.prop", "#\nro.sys.model=\nro.sys.other=1\n");
    CHECK(detect_gateway(f.paths).model.empty());
    CHECK(detect_gateway(f.paths).firmware == "_");
}

TEST_CASE("values are found as openmiio_agent finds them", "[agent][gateway]") {
    for (const auto& item : testing::vectors("agent_get_key")) {
        INFO(item.dump());
        CHECK(value_after(item["text"].get<std::string>(), item["key"].get<std::string>()) ==
              item["value"].get<std::string>());
    }
}

TEST_CASE("firmwares compare as text, and only those of the first gateway are too old", "[agent][gateway]") {
    const auto vectors = testing::vectors("agent_firmware_compare");
    for (const auto& item : vectors["cases"]) {
        INFO(item.dump());
        const auto mgw = gateway("lumi.gateway.mgl03", text(item["firmware"]));
        CHECK(mgw.has_old_zigbee() == item["le_1_4_6"].get<bool>());
        CHECK(mgw.has_old_broker() == item["lt_1_5_5"].get<bool>());
    }
    const auto mgw2 = gateway("lumi.gateway.mcn001", "1.0.6_0010");
    CHECK_FALSE(mgw2.has_old_zigbee());
    CHECK_FALSE(mgw2.has_old_broker());
}

TEST_CASE("models of the EU are the hardware that they are", "[agent][gateway]") {
    using Kind = Gateway::Kind;
    CHECK(gateway("lumi.gateway.mgl001", "").kind() == Kind::mgw2);
    CHECK(gateway("lumi.gateway.mcn001", "").kind() == Kind::mgw2);
    CHECK(gateway("lumi.gateway.aqcn03", "").kind() == Kind::e1);
    CHECK(gateway("lumi.gateway.mgl03", "").kind() == Kind::mgw);
    CHECK(gateway("lumi.gateway.acn004", "").kind() == Kind::m1s);
    CHECK(gateway("", "").kind() == Kind::unknown);
}

TEST_CASE("serial counters belong to the port whose line they stand in", "[agent][serial]") {
    const auto vectors = testing::vectors("agent_serial");
    for (const auto& item : vectors["cases"]) {
        INFO(item.dump());
        std::vector<std::uint32_t> counters;
        for (const auto& port : serial_ports(item["text"].get<std::string>()))
            counters.insert(counters.end(), {port.tx, port.rx, port.overruns});
        if (given_up(text(item["name"])))
            CHECK(counters.size() >= 3);
        else
            CHECK(counters == item["counters"].get<std::vector<std::uint32_t>>());
    }
    const auto ports = serial_ports("0: uart:unknown\n2: uart:x tx:1 rx:2\n1: uart:x tx:3 rx:-1 oe:4\n");
    REQUIRE(ports.size() == 2);
    CHECK(ports[0] == SerialPort{2, 1, 2, 0});
    CHECK(ports[1] == SerialPort{1, 3, 4294967295U, 4});
}

TEST_CASE("serial counters are told by chip", "[agent][report]") {
    const auto vectors = testing::vectors("agent_serial");
    for (const auto& item : vectors["report"]) {
        HostFixture f;
        const std::string model = text(item["model"]);
        f.write(text(vectors["mapping"][model]["file"]), counters_text(text(item["case"])));
        const Report report(gateway(model, "1"), f.paths, start);
        const auto told = nlohmann::ordered_json::parse(report.text(start))["serial"];
        CHECK(nlohmann::json(told) == item["json"]);
        CHECK(told.begin().key() == "bluetooth_rx");
    }
    HostFixture f;
    f.write("/proc/tty/driver/ms_uart", "1: uart:ms_uart tx:5 rx:6 RTS\n2: uart:ms_uart tx:7 rx:8 RTS\n");
    const Report e1(gateway("lumi.gateway.aqcn03", "1"), f.paths, start);
    CHECK(nlohmann::json::parse(e1.text(start))["serial"] ==
          nlohmann::json{{"zigbee_rx", 6}, {"zigbee_tx", 5}});
    const Report unknown(gateway("lumi.gateway.other", "1"), f.paths, start);
    CHECK(nlohmann::json::parse(unknown.text(start))["serial"].dump() == "{}");
}

TEST_CASE("reports are those of openmiio_agent", "[agent][report]") {
    HostFixture f;
    Report fresh(gateway("", ""), f.paths, start);
    fresh.miio.emplace();
    CHECK(fresh.text(start) == recorded(0));

    Report connected(gateway("lumi.gateway.mgl03", "1.5.4_0090"), f.paths, start);
    connected.miio.emplace();
    connected.miio->cloud_starts = 1;
    connected.miio->cloud_state = "cloud_connected";
    connected.miio->cloud_since = start + 2s;
    CHECK(connected.text(start + 30s) == recorded(1));
    connected.miio->cloud_state.clear();
    CHECK(connected.text(start + 30s).find("cloud_uptime") == std::string::npos);

    Report z3(gateway("lumi.gateway.mgl03", "1.5.4_0090"), f.paths, start);
    z3.zigbee.emplace();
    z3.zigbee->z3_starts = 1;
    z3.zigbee->z3_since = start + 1s;
    CHECK(z3.text(start + 1s) == recorded(2));

    z3.zigbee = ZigbeeReport();
    z3.zigbee->z3_starts = 3;
    z3.zigbee->tcp_starts = 1;
    z3.zigbee->tcp_since = start + 6s;
    z3.zigbee->tcp_remote = "127.0.0.1:34582";
    CHECK(z3.text(start + 31s) == recorded(3));
}

TEST_CASE("a report of everything is that seen in the field", "[agent][report]") {
    HostFixture f;
    f.write("/proc/tty/driver/ms_uart", counters_text("mgw2_order"));
    Report report(gateway("lumi.gateway.mcn001", "1.0.5_0008"), f.paths, start);
    const auto now = start + 8401h + 34min + 2s;
    report.miio.emplace();
    report.miio->cloud_starts = 46;
    report.miio->cloud_state = "cloud_connected";
    report.miio->cloud_since = now - 8h - 18min - 22s;
    report.zigbee.emplace();
    report.zigbee->z3_starts = 3;
    report.zigbee->z3_since = now - 540h - 12min - 32s;
    CHECK(report.text(now) == recorded(4));
}
