"""Bad configurations, bad neighbours, bad devices: each gets its clear answer, and nothing else suffers."""

import json
import os
import re
import signal
import socket

from ground import KEY, accepts, free_port
from house import HouseTest, main
from listener import Listener
from programs import Bridge, Broker, ForeignBroker, Simulator
from wire import Impostor


class BadConfiguration(HouseTest):
    def run_with(self, text, **files):
        folder = self.house.new_folder("configuration")
        file = folder / "lanbridge.yaml"
        file.write_text(text)
        for name, content in files.items():
            (folder / f"{name}.yaml").write_text(content)
        return file, self.house.run("--config", file, "run", "--once", "--data-dir", folder / "data")

    def test_five_mistakes_are_reported_at_once(self):
        file, outcome = self.run_with("mqtt:\n"
                                      "  broker: 17\n"                  # 2: wrong type
                                      "  protocoll: 5\n"                # 3: unknown key
                                      "meross:\n"
                                      "  poll_interval: 2s\n"           # 5: out of range
                                      "  devices:\n"
                                      "    - host: 192.0.2.1\n"
                                      "      key: !secret no_such\n"    # 8: missing secret
                                      "homeassistant:\n"
                                      "  discovery: entities\n")        # 10: no such choice
        self.assertEqual(2, outcome.returncode, outcome.stderr)
        self.assertIn("5 mistakes", outcome.stderr)
        for line, path in ((2, "mqtt.broker"), (3, "mqtt.protocoll"), (5, "meross.poll_interval"),
                           (8, "meross.devices[0].key"), (10, "homeassistant.discovery")):
            self.assertRegex(outcome.stderr, rf"{re.escape(str(file))}:{line}:\d+: {re.escape(path)}: expected ")
        self.assertIn("protocol", outcome.stderr)
        self.assertEqual("", outcome.stdout)
        self.assertFalse((file.parent / "data").exists(), "nothing was started")

    def test_yaml_that_is_none(self):
        file, outcome = self.run_with("mqtt: {broker: embedded\nlog:\n")
        self.assertEqual(2, outcome.returncode)
        self.assertRegex(outcome.stderr, rf"{re.escape(str(file))}:\d+:\d+: ")

    def test_files_that_are_missing(self):
        _, outcome = self.run_with("mqtt:\n  password: !file /no/such/file\nmeross:\n  keys: [!env NO_SUCH]\n")
        self.assertEqual(2, outcome.returncode)
        self.assertIn("/no/such/file", outcome.stderr)
        self.assertIn("NO_SUCH", outcome.stderr)
        outcome = self.house.run("--config", "/no/such/lanbridge.yaml", "run")
        self.assertEqual(2, outcome.returncode)
        self.assertIn("/no/such/lanbridge.yaml", outcome.stderr)

    def test_secrets_do_not_show(self):
        _, outcome = self.run_with("meross:\n  keys: [!secret key]\n  poll_interval: !secret key\n",
                                   secrets="key: very-secret\n")
        self.assertEqual(2, outcome.returncode)
        self.assertNotIn("very-secret", outcome.stderr)


class BadBroker(HouseTest):
    def test_something_else_listens_on_the_port(self):
        with socket.socket() as other:
            other.bind(("127.0.0.1", 0))
            other.listen()
            port = other.getsockname()[1]
            bridge = Bridge(self.house, {"embedded_broker": {"listen": [f"127.0.0.1:{port}"]}})
            self.wait_for("lanbridge to give up", lambda: not bridge.process.running())
            self.assertEqual(1, bridge.stop())
            self.assertIn(f"127.0.0.1:{port}", bridge.log())
            self.assertIn("embedded_broker.listen", bridge.log())

    def test_a_broker_that_lets_us_in_is_used(self):
        broker = Broker(self.house)
        bridge = Bridge(self.house, {"embedded_broker": {"listen": [f"127.0.0.1:{broker.port}"]}})
        self.wait_log(bridge, f"using the broker that already listens on 127.0.0.1:{broker.port}")
        self.wait_payload(Listener(self.house, broker), "lanbridge/bridge/state", "online")
        self.assertEqual(0, bridge.stop())
        self.assertTrue(broker.process.running())

    def test_a_broker_that_does_not_let_us_in(self):
        broker = Broker(self.house, users={"lanbridge": "right"})
        listen = {"embedded_broker": {"listen": [f"127.0.0.1:{broker.port}"]}}
        bridge = Bridge(self.house, listen)
        self.wait_for("lanbridge to give up", lambda: not bridge.process.running())
        self.assertEqual(4, bridge.stop())
        for way_out in ("mqtt.username", "embedded_broker.listen"):
            self.assertIn(way_out, bridge.log())
        bridge = Bridge(self.house, dict(listen, mqtt={"username": "lanbridge", "password": "right"}))
        self.wait_payload(Listener(self.house, broker), "lanbridge/bridge/state", "online")
        self.assertNotIn("right", bridge.log())

    def test_refused_login_is_said_and_tried_again(self):
        broker = Broker(self.house, users={"lanbridge": "right"})
        config = {"mqtt": {"broker": broker.url, "username": "lanbridge", "password": "not-the-word"}}
        bridge = Bridge(self.house, config)
        said = self.wait_for("a warning that names the broker", lambda: [
            line for line in bridge.log().splitlines() if str(broker.port) in line and re.search(
                "not authori[sz]ed|password|login|refuse", line, re.IGNORECASE)])
        self.assertTrue(bridge.process.running())
        self.assertNotIn("not-the-word", bridge.log(), said)
        broker.stop()
        broker.users = {"lanbridge": "not-the-word"}
        broker.start()
        self.wait_payload(Listener(self.house, broker), "lanbridge/bridge/state", "online", 40)

    def test_no_broker_there_yet(self):
        port = free_port()
        bridge = Bridge(self.house, {"mqtt": {"broker": f"mqtt://127.0.0.1:{port}"}})
        self.wait_log(bridge, str(port))
        self.assertTrue(bridge.process.running())
        self.assertEqual(0, bridge.stop())

    def test_list_of_brokers_is_tried_in_order(self):
        broker = Broker(self.house)
        Bridge(self.house, {"mqtt": {"broker": [f"mqtt://127.0.0.1:{free_port()}", broker.url]}})
        self.wait_payload(Listener(self.house, broker), "lanbridge/bridge/state", "online")

    def test_embedded_broker_that_dies_comes_back(self):
        port = free_port()
        bridge = Bridge(self.house, {"embedded_broker": {"listen": [f"127.0.0.1:{port}"]}})
        self.wait_for("the embedded broker", lambda: accepts(port))
        found = self.wait_for("the broker's process id", lambda: re.search(
            r"mosquitto runs as process (\d+)", bridge.log()))
        listener = Listener(self.house, ForeignBroker(self.house, port))
        self.wait_payload(listener, "lanbridge/bridge/state", "online")
        arrived = listener.count()
        self.kill_broker(int(found.group(1)), bridge)
        self.wait_for("bridge/state again", lambda: "online" in listener.seen("lanbridge/bridge/state", arrived),
                      40)

    def kill_broker(self, pid, bridge):
        """Only a child of our own lanbridge."""
        with open(f"/proc/{pid}/stat") as stat:
            parent = int(stat.read().rsplit(")", 1)[1].split()[1])
        self.assertEqual(bridge.process.child.pid, parent)
        os.kill(pid, signal.SIGKILL)


class BadDevices(HouseTest):
    """One house with a good plug and everything that can be wrong beside it."""

    kinds = {"garbage": "protocol_error", "not_json": "protocol_error", "truncated": "protocol_error",
             "wrong_encoding": "protocol_error", "oversized": "protocol_error", "silent": "unreachable",
             "endless": "unreachable"}

    def setUp(self):
        super().setUp()
        self.broker = Broker(self.house)
        self.listener = Listener(self.house, self.broker)

    def test_each_gets_its_reason_and_no_other_suffers(self):
        good = Simulator(self.house, "mss310")[0]
        impostors = {kind: Impostor(self.house, free_port(), kind) for kind in self.kinds}
        bridge = Bridge(self.house, self.config(self.broker, good, *[
            {"host": impostor.address} for impostor in impostors.values()]))
        self.wait_online(self.listener, good)
        before = self.resident()
        for kind, reason in self.kinds.items():
            with self.subTest(kind=kind):
                self.wait_reason(self.listener, impostors[kind].address, reason, 40)
                entry = self.listed(self.listener, impostors[kind].address)
                self.assertEqual("offline", entry["availability"])
                self.assertTrue(entry["detail"])
                self.assertIn(impostors[kind].address, bridge.log())
        self.assertEqual("online", self.listener.get(f"lanbridge/{good.id}/availability"))
        for wanted in ("OFF", "ON"):
            self.broker.publish(f"lanbridge/{good.id}/switch_0/set", wanted)
            self.wait_payload(self.listener, f"lanbridge/{good.id}/switch_0/state", wanted, 5)
        # Instrumented programs keep what was freed for a while: the growth says more than the size.
        self.assertLess(self.resident() - before, 100_000_000, "nobody fills our memory")

    def resident(self):
        seen = self.listener.count()
        self.broker.publish("lanbridge/bridge/request/health", "")
        answer = self.wait_for("health", lambda: self.listener.seen("lanbridge/bridge/response/health", seen))
        return json.loads(answer[-1])["data"]["rss_bytes"]
        self.assertEqual(0, bridge.stop(patience=5))

    def test_wrong_key(self):
        plug = Simulator(self.house, "mss310", key="another-key")[0]
        # a device without a key of its own might be spoken to with the signatures that it gives away
        own = {"host": plug.address, "key": KEY}
        bridge = Bridge(self.house, self.config(self.broker, own))
        self.wait_reason(self.listener, plug.address, "wrong_key")
        self.assertIn("key", self.listed(self.listener, plug.address)["detail"])
        self.assertNotIn(KEY, bridge.log())
        self.assertEqual([], [t for t in self.listener.latest if t.startswith("homeassistant/")
                              and plug.id in t], "it cannot be a device yet")
        bridge.reload(self.config(self.broker, plug, meross={"keys": [KEY, "another-key"]}))
        self.wait_online(self.listener, plug)
        self.wait_reason(self.listener, plug.address, "ok")

    def test_encrypted_without_key(self):
        plug = Simulator(self.house, "mss110")[0]
        Bridge(self.house, self.config(self.broker, {"host": plug.address, "key": ""}))
        self.wait_for("the reason", lambda: (self.listed(self.listener, plug.address) or {}).get("reason")
                      in ("encrypted_without_key", "wrong_key"))

    def test_another_device_at_the_address(self):
        simulator = Simulator(self.house, "mss310", "mss210")
        plug, other = simulator.devices
        bridge = Bridge(self.house, self.config(self.broker, {"host": plug.address, "uuid": other.uuid}))
        self.wait_reason(self.listener, plug.address, "wrong_device")
        self.assertIn(other.uuid, bridge.log())
        self.assertEqual([], [t for t in self.listener.latest if plug.id in t])
        bridge.reload(self.config(self.broker, {"host": plug.address, "uuid": plug.uuid}))
        self.wait_online(self.listener, plug)


if __name__ == "__main__":
    main()
