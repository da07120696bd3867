"""The examples of openmiio_agent's manual, as they are written there."""

import json
import re
import signal
import subprocess
import time

from gateway import App, Gateway, GatewayTest, main
from listener import Listener

SCRIPT = """
json = require("json")

function miio_request(from, method, req)
    -- a motion sensor with another firmware makes the gateway beep
    if from == 4 and method == "local.status" and req:find("dev_query_connect") then
        return nil
    end
    -- a command of our own, for the cloud and for the broker
    if from <= 0 and method == "cli" then
        req = json.decode(req)
        os.execute(req.params)
        miio_send(from, json.encode({id=req.id,result={"ok"}}))
        return nil
    end
end

function miio_response(to, method, req, res)
    if to == 4 and method == "_sync.zigbee3_bind" then
        req = json.decode(req)
        return json.encode({id=req.id,result={code=0,message="ok"}})
    end
end
"""

LINE = re.compile(r"\d\d:\d\d:\d\d\.\d{3} (TRC|DBG|INF|WRN|ERR|FTL|PNC|\?\?\?) \S")


def ask(broker, payload):
    """`mosquitto_sub -t miio/command_ack -C 1 & mosquitto_pub -t miio/command -m …`"""
    here = ["-h", "127.0.0.1", "-p", str(broker.port)]
    with subprocess.Popen(["mosquitto_sub", *here, "-t", "miio/command_ack", "-C", "1", "-W", "10"],
                          stdout=subprocess.PIPE, text=True) as hears:
        for _ in range(50):  # until it listens; asking twice does no harm here
            subprocess.run(["mosquitto_pub", *here, "-t", "miio/command", "-m", payload], check=True)
            try:
                return hears.communicate(timeout=0.3)[0].strip()
            except subprocess.TimeoutExpired:
                continue
    raise AssertionError(f"nothing answers to {payload}")


class Script(GatewayTest):
    def setUp(self):
        super().setUp()
        self.open(script=SCRIPT)
        self.hardware = App(self.gateway, 1)
        self.zigbee = App(self.gateway, 4)
        self.assert_traffic_flows(self.zigbee, self.hardware)

    def test_command_of_our_own(self):
        made = self.house.folder / "made by cli"
        payload = json.dumps({"id": 1234567890, "method": "cli", "params": f"touch '{made}'"})
        self.assertEqual('{"id":1234567890,"result":["ok"]}', ask(self.broker, payload))
        self.assertTrue(made.exists())

    def test_command_of_our_own_from_the_cloud(self):
        made = self.house.folder / "made by the cloud"
        self.cloud.send(json.dumps({"id": 5, "method": "cli", "params": f"touch '{made}'"}))
        self.wait_text(self.cloud, '{"id":5,"result":["ok"]}')
        self.assertTrue(made.exists())

    def test_muted_buzzer(self):
        self.zigbee.send('{"_to":1,"id":1,"method":"local.status","params":"dev_query_connect"}')
        self.zigbee.send('{"_to":1,"id":2,"method":"local.status","params":"start_alarm,1,1"}')
        self.wait_text(self.hardware, "start_alarm")
        self.assertFalse(self.hardware.has("dev_query_connect"))

    def test_forced_bind(self):
        self.zigbee.send('{"id":4711,"method":"_sync.zigbee3_bind","params":{"did":"lumi.1"}}')
        self.wait_text(self.cloud, "zigbee3_bind")
        asked = json.loads(self.cloud.texts()[-1])
        self.cloud.send(json.dumps({"id": asked["id"], "error": {"code": -1, "message": "no"}}))
        self.wait_text(self.zigbee, '{"id":4711,"result":{"code":0,"message":"ok"}}')


class Commands(GatewayTest):
    def setUp(self):
        super().setUp()
        self.open()
        self.hardware = App(self.gateway, 1)
        self.app = App(self.gateway, 32, ("get_common_lib_version", "set_properties", "get_properties", "action"))
        self.assert_traffic_flows(self.hardware, self.app)
        self.since = self.app.count()

    def answer_once_asked(self, method, result):
        self.wait_text(self.app, method, self.since)
        asked = json.loads(self.app.texts(self.since)[-1])
        self.app.send(f'{{"id":{asked["id"]},"result":{result}}}')
        return asked

    def test_without_an_id(self):
        self.command('{"method":"get_common_lib_version","params":[]}')
        self.answer_once_asked("get_common_lib_version", '{"version":"1.0"}')
        self.wait_published("miio/command_ack", '{"id":0,"result":{"version":"1.0"}}')

    def test_write_read_and_act(self):
        for method, params, result in (
                ("set_properties", '[{"did":"1041985249","siid":2,"piid":1,"value":true}]',
                 '[{"did":"1041985249","siid":2,"piid":1,"code":0}]'),
                ("get_properties", '[{"did":"1041985249","siid":2,"piid":1}]',
                 '[{"did":"1041985249","siid":2,"piid":1,"value":true,"code":0}]'),
                ("action", '{"did":"1041985249","siid":4,"aiid":1,"in":[]}', '{"code":0,"out":[]}')):
            with self.subTest(method):
                self.since = self.app.count()
                self.command(f'{{"id":2147483647,"method":"{method}","params":{params}}}')
                asked = self.answer_once_asked(method, result)
                self.assertEqual(json.loads(params), asked["params"])
                self.assertNotEqual(2147483647, asked["id"])
                self.wait_published("miio/command_ack", f'{{"id":2147483647,"result":{result}}}')

    def test_buzzer(self):
        self.command('{"_to":1,"method":"local.status","params":"start_alarm,10,3"}')
        self.wait_text(self.hardware, '{"_from":-1,"method":"local.status","params":"start_alarm,10,3"}')

    def test_as_if_we_were_an_app(self):
        self.command('{"_to":0,"id":1,"method":"props","params":{"a":1}}')
        self.wait_text(self.cloud, '"props"')
        asked = json.loads(self.cloud.texts()[-1])
        self.assertEqual({"id", "method", "params"}, set(asked))
        self.cloud.send(f'{{"id":{asked["id"]},"result":"ok"}}')
        self.wait_published("miio/command_ack", '{"id":1,"result":"ok"}')

    def test_what_nobody_knows(self):
        self.command('{"id":7,"method":"nobody.knows","params":[]}')
        self.wait_published("miio/command_ack",
                            '{"error":{"code":-32601,"message":"method not registered"},"id":7}')

    def test_nothing_is_retained(self):
        self.command('{"_to":1,"method":"local.status","params":"stop_alarm"}')
        self.wait_text(self.hardware, "stop_alarm")
        self.assertEqual({}, self.house.retained(self.broker))


class Report(GatewayTest):
    def arrivals(self):
        with self.listener.lock:
            return [m for m in self.listener.arrivals if m.topic == "openmiio/report"]

    def test_cadence(self):
        began = time.monotonic()
        self.open("miio", "mqtt", "cache")
        self.assertLess(self.arrivals()[0].at - began, 10)
        self.wait_for("the second report", lambda: len(self.arrivals()) > 1, 40)
        first, second = self.arrivals()[:2]
        self.assertAlmostEqual(30, second.at - first.at, delta=3)
        self.assertEqual('{"gateway":{"firmware":"","model":""},"miio":{},'
                         '"openmiio":{"uptime":"0s","version":"1.2.1"},"serial":{}}',
                         re.sub(r'"uptime":"[0-9]s"', '"uptime":"0s"', first.payload))
        self.assertRegex(json.loads(second.payload)["openmiio"]["uptime"], r"^3\ds$")

    def test_state_of_the_cloud_and_a_broker_that_starts_again(self):
        self.open()
        app = App(self.gateway, 2)
        app.send('{"id":1,"method":"local.query_status","params":""}')
        self.wait_text(self.cloud, "query_status")
        asked = json.loads(self.cloud.texts()[-1])
        self.cloud.send(f'{{"id":{asked["id"]},"method":"local.status","params":"cloud_connected"}}')
        self.wait_text(app, "cloud_connected")
        reports = len(self.arrivals())
        self.broker.stop(signal.SIGKILL)
        self.gateway.wait_log("[mqtt] offline")
        self.broker.start()
        self.wait_for("a report after the connection", lambda: len(self.heard_anew()) > 0, 30)
        miio = json.loads(self.heard_anew()[-1])["miio"]
        self.assertEqual((1, "cloud_connected"), (miio["cloud_starts"], miio["cloud_state"]))
        self.assertRegex(miio["cloud_uptime"], r"^\d+s$")
        self.assertEqual(1, reports)

    def heard_anew(self):
        if not hasattr(self, "second"):
            self.second = Listener(self.house, self.broker)
        return self.second.seen("openmiio/report")

    def test_model(self):
        self.broker_and_listener()
        self.gateway = Gateway(self.house, "mqtt", broker=self.broker)
        self.gateway.write("etc/build.prop", "a=b\nro.sys.model=lumi.gateway.mcn001\nro.sys.mi_fw_ver=1.0.5\n"
                                             "ro.sys.mi_build_num=0008\n")
        self.gateway.write("proc/tty/driver/ms_uart",
                           "serinfo:1.0 driver revision:\n0: uart:MStar tx:12 rx:0 RTS|DTR\n"
                           "1: uart:MStar tx:21834617 rx:27513489 RTS|DTR\n"
                           "2: uart:MStar tx:809609996 rx:1299190098 RTS|DTR\n")
        self.gateway.start()
        self.wait_for("a report", self.arrivals)
        self.assertRegex(
            self.arrivals()[0].payload,
            r'^{"gateway":{"firmware":"1\.0\.5_0008","model":"lumi\.gateway\.mcn001"},'
            r'"openmiio":{"uptime":"\d+s","version":"1\.2\.1"},'
            r'"serial":{"bluetooth_rx":1299190098,"bluetooth_tx":809609996,'
            r'"zigbee_rx":27513489,"zigbee_tx":21834617}}$')


class Log(GatewayTest):
    def test_both_forms(self):
        self.open("miio", "mqtt", "cache", "--log.level=trace")
        app = App(self.gateway, 2)
        app.send('{"id":1000,"method":"local.query_status","params":""}')
        self.wait_text(self.cloud, "query_status")
        app.close()
        self.gateway.wait_log("[miio] close conn app=bluetooth")
        for line in self.gateway.log().splitlines():
            self.assertRegex(line, LINE)
        self.assertRegex(self.gateway.log(), r"INF openmiio_agent version 1\.2\.1 linux/")
        for wanted in ("INF [miio] connected to miio_client", "INF [miio] accept conn app=bluetooth", "INF [mqtt] online",
                       'TRC [miio] {"id":1000,"method":"local.query_status","params":""} req from=2 to=0'):
            self.assertIn(wanted, self.gateway.log())
        self.wait_for("the last line on the broker",
                      lambda: any("close conn" in line for line in self.listener.seen("openmiio/log")))
        said = "\n".join(self.listener.seen("openmiio/log"))
        for wanted in (r'^{"level":"info","app":"bluetooth","time":\d{13},"message":"\[miio\] accept conn"}$',
                       r'^{"level":"info","app":"bluetooth","time":\d{13},"message":"\[miio\] close conn"}$',
                       r'^{"level":"trace","time":\d{13},"message":"\[miio\] {\\"id\\":1000,\\"method\\":'
                       r'\\"local.query_status\\",\\"params\\":\\"\\"} req from=2 to=0"}$'):
            self.assertRegex(said, re.compile(wanted, re.MULTILINE))

    def test_levels(self):
        self.open("miio", "mqtt", "--log.level=error", "--log.miio=info")
        App(self.gateway, 4)
        self.gateway.wait_log("[miio] accept conn app=zigbee")
        self.assertNotIn("[mqtt]", self.gateway.log())


class End(GatewayTest):
    def test_signals(self):
        for number, name in ((signal.SIGTERM, "terminated"), (signal.SIGINT, "interrupt")):
            with self.subTest(name):
                self.open("miio", "mqtt", "cache")
                self.assertEqual(0, self.gateway.process.stop(number))
                self.assertRegex(self.gateway.log().splitlines()[-1], rf"exit signal={name}$")
                self.wait_for("the last line on the broker", lambda: any(
                    re.fullmatch(rf'{{"signal":"{name}","time":\d{{13}},"message":"exit"}}', text)
                    for text in self.listener.seen("openmiio/log")))
                self.assertFalse((self.gateway.root / "tmp/miio_agent.socket").exists())

    def test_files_beside_the_program(self):
        self.open(store='{"cache":{"3":{"uid":"old"}},"users":[1, 2]}', script="function mosquitto_sub() end")
        app = App(self.gateway, 128)
        app.send('{"id":1,"method":"_sync.get_homeroom_info","params":{}}')
        self.wait_text(self.cloud, "homeroom")
        asked = json.loads(self.cloud.texts()[-1])
        self.cloud.send(f'{{"error":{{"code":-1}},"id":{asked["id"]}}}')
        self.wait_text(app, '{"id":1,"result":{"uid":"old"}}')
        app.send('{"id":2,"method":"_sync.get_homeroom_info","params":{}}')
        self.wait_for("the second request", lambda: self.cloud.count() > 1)
        asked = json.loads(self.cloud.texts()[-1])
        self.cloud.send(f'{{"id":{asked["id"]},"result":{{"uid":"<new>"}}}}')
        self.wait_text(app, "new")
        self.assertEqual(0, self.gateway.stop())
        self.assertEqual('{"cache":{"3":{"uid":"\\u003cnew\\u003e"}},"users":[1,2]}',
                         self.gateway.store.read_text())
        self.assertEqual({"openmiio_agent", "openmiio_agent.json", "openmiio_agent.lua"},
                         {file.name for file in (self.gateway.root / "data").iterdir()})


if __name__ == "__main__":
    main()
