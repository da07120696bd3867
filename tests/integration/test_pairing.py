"""A factory-new device on its way to a private broker: `lanbridge pair`, the daemon, its broker over TLS."""

import itertools
import json
import shutil
import subprocess

from ground import KEY, accepts, free_port, mosquitto, program
from house import HouseTest, main
from listener import Listener
from mqtt_over_tls import DeviceConnection, Refused, login_of
from programs import Bridge, ForeignBroker, simulated

SSID, PASSWORD = "Home", "correct horse"


class PairingTest(HouseTest):
    def setUp(self):
        super().setUp()
        self.password_file = self.secret("wifi-password", PASSWORD)
        self.names = itertools.count(1)

    def secret(self, name, content):
        path = self.house.folder / name
        path.write_text(content + "\n")
        return path

    def start_devices(self, *paths, arguments=()):
        argv = [program(), "--json", "simulate", "--wifi-ssid", SSID, "--wifi-password", f"@{self.password_file}"]
        process = self.house.start(f"simulate-{next(self.names)}", argv + list(arguments) + list(paths))

        def shown():
            lines = [line for line in process.log().splitlines() if line.startswith("{")]
            return lines if len(lines) >= len(paths) else None

        devices = [simulated(json.loads(line)) for line in self.house.wait_for("simulated devices", shown)]
        for device in devices:
            self.wait_for("a simulated device to listen", lambda device=device: accepts(device.port))
        return devices

    def start_bridge(self, **meross):
        self.port, self.device_port = free_port(), free_port()
        bridge = Bridge(self.house, {
            "mqtt": {"broker": "embedded"},
            "embedded_broker": {"listen": [f"127.0.0.1:{self.port}"], "devices_listen": f"127.0.0.1:{self.device_port}"},
            "meross": {"keys": [KEY], "poll_interval": "5s", "discovery": {"udp": False, "dhcp": False}, **meross}})
        self.wait_for("the embedded broker", lambda: accepts(self.port))
        self.listener = Listener(self.house, ForeignBroker(self.house, self.port))
        self.wait_for("the daemon", lambda: self.listener.get("lanbridge/bridge/state") == "online")
        return bridge

    def pair(self, bridge, device, *more, json_too=True, password=None):
        return self.house.run(*(["--json"] if json_too else []), "--config", bridge.file, "pair", "--ssid", SSID,
                              "--wifi-password", f"@{password or self.password_file}", "--device", device.address,
                              "--data-dir", self.house.folder / "pairing", *more, patience=90)

    def paired(self, bridge, device, *more):
        ended = self.pair(bridge, device, *more)
        self.assertEqual(0, ended.returncode, ended.stdout + ended.stderr + bridge.log()[-3000:])
        lines = [json.loads(line) for line in ended.stdout.splitlines()]
        for line in (ended.stdout, ended.stderr, bridge.log()):
            self.assertNotIn(PASSWORD, line)
            self.assertNotIn(KEY, line)
        return lines

    def messages(self, topic, namespace, method):
        found = []
        for payload in self.listener.seen(topic):
            header = json.loads(payload)["header"]
            if header["namespace"] == namespace and header["method"] == method:
                found.append(payload)
        return found

    def still_waits(self, device):
        """It answers in pairing mode, whatever the signature."""
        ended = self.house.run("--json", "request", device.address, "Appliance.Config.WifiList", "--key", "anything")
        self.assertEqual(0, ended.returncode, ended.stdout + ended.stderr)

    def test_from_the_box_to_home_assistant(self):
        bridge = self.start_bridge()
        device, other = self.start_devices("mss310-new", "mss110-new")
        lines = self.paired(bridge, device, "--timezone", "Europe/Rome")
        self.assertEqual("ok", lines[-1]["status"])
        self.assertTrue(lines[-1]["heard"])
        self.assertEqual({"host": "127.0.0.1", "port": self.device_port}, lines[-1]["broker"])
        steps = [line["step"] for line in lines[:-1]]
        for earlier, later in itertools.pairwise(["reach", "identify", "broker", "test", "scan", "key", "wifi", "wait"]):
            self.assertLess(steps.index(earlier), steps.index(later), steps)
        self.wait_online(self.listener, device)
        requests, pushes = f"/appliance/{device.uuid}/subscribe", f"/appliance/{device.uuid}/publish"
        self.assertTrue(self.messages(pushes, "Appliance.Control.Bind", "SET"))
        self.wait_for("Bind to be served", lambda: self.messages(requests, "Appliance.Control.Bind", "SETACK"))
        self.assertTrue(self.messages(pushes, "Appliance.System.Clock", "PUSH"))
        self.wait_for("Clock to be served", lambda: self.messages(requests, "Appliance.System.Clock", "PUSH"))

        encrypting = self.paired(bridge, other)
        self.assertIn("encrypt", [line["step"] for line in encrypting[:-1]])
        self.wait_online(self.listener, other)
        self.check_walls(device, other)

        bridge.stop()
        bridge.start()
        self.wait_for("the broker to be back", lambda: accepts(self.device_port))
        self.listener = Listener(self.house, ForeignBroker(self.house, self.port))
        for one in (device, other):
            self.wait_online(self.listener, one)

    def check_walls(self, device, other):
        """With its own login a device reaches its own two topics, and nothing else."""
        mine = DeviceConnection(self.device_port, device.uuid, login_of(device.uuid, KEY))
        self.addCleanup(mine.close)
        own_read, own_write = f"/appliance/{device.uuid}/subscribe", f"/appliance/{device.uuid}/publish"
        mine.subscribe(own_read, "#", f"/appliance/{other.uuid}/subscribe", f"/appliance/{other.uuid}/publish",
                       "lanbridge/#", "homeassistant/#", "$SYS/#")
        start = self.listener.count()
        mine.publish(f"/appliance/{other.uuid}/subscribe", "intruder")
        mine.publish("lanbridge/bridge/request/restart", "intruder")
        mine.publish("lanbridge/bridge/state", "intruder")
        mine.publish(own_write, "mark")
        self.wait_for("the device's own word", lambda: "mark" in self.listener.seen(own_write, start))
        with self.listener.lock:
            self.assertNotIn("intruder", [m.payload for m in self.listener.arrivals[start:]])
        broker = ForeignBroker(self.house, self.port)
        broker.publish(f"/appliance/{other.uuid}/publish", "secret of another")
        broker.publish("lanbridge/secret", "secret of the bridge")
        broker.publish(own_read, "mark")
        mine.wait_for(own_read, "mark")
        strangers = [topic for topic, _ in mine.messages if topic != own_read]
        self.assertEqual([], strangers)
        with self.assertRaises(Refused):
            DeviceConnection(self.device_port, device.uuid, login_of(device.uuid, "another key"))
        with self.assertRaises(Refused):
            DeviceConnection(self.device_port, device.uuid, ("", ""))

    def test_dry_run_changes_nothing(self):
        bridge = self.start_bridge()
        device, = self.start_devices("mss310-new")
        ended = self.pair(bridge, device, "--dry-run", json_too=False)
        self.assertEqual(0, ended.returncode, ended.stdout + ended.stderr)
        for part in ("SET Appliance.Config.Key", "SET Appliance.Config.Wifi", f"{self.device_port}", "nothing was changed"):
            self.assertIn(part, ended.stdout)
        for secret in (KEY, PASSWORD):
            self.assertNotIn(secret, ended.stdout + ended.stderr)
        self.still_waits(device)
        with self.assertRaises((Refused, OSError)):
            DeviceConnection(self.device_port, device.uuid, login_of(device.uuid, KEY))

    def test_wrong_wifi_password_is_told_by_the_device(self):
        bridge = self.start_bridge()
        device, = self.start_devices("mss310-new")
        ended = self.pair(bridge, device, "--wait", "8s", password=self.secret("wrong", "not that one"))
        self.assertEqual(3, ended.returncode, ended.stdout + ended.stderr)
        self.assertIn("pairing mode", ended.stderr)
        self.still_waits(device)
        self.paired(bridge, device)  # and once more, with the right one

    def test_unknown_network(self):
        bridge = self.start_bridge()
        device, = self.start_devices("mss310-new")
        ended = self.house.run("--config", bridge.file, "pair", "--ssid", "Elsewhere", "--wifi-password",
                               f"@{self.password_file}", "--device", device.address, patience=90)
        self.assertEqual(1, ended.returncode, ended.stdout + ended.stderr)
        self.assertIn(f"it sees: {SSID}", ended.stderr)
        self.still_waits(device)

    def test_whole_pairing_by_the_daemon(self):
        self.start_bridge()
        device, = self.start_devices("mss310-new")
        broker = ForeignBroker(self.house, self.port)
        broker.publish("lanbridge/bridge/request/pair", json.dumps(
            {"ssid": SSID, "wifi_password": PASSWORD, "device": device.address, "transaction": "t"}))
        answer = json.loads(self.wait_for("the answer", lambda: self.listener.get("lanbridge/bridge/response/pair"), 90))
        self.assertEqual("ok", answer["status"], answer)
        self.assertEqual("t", answer["transaction"])
        self.assertTrue(answer["data"]["heard"])
        self.assertEqual(device.uuid, answer["data"]["device"]["uuid"])
        self.assertNotIn(PASSWORD, json.dumps(answer))
        self.wait_online(self.listener, device)
        broker.publish("lanbridge/bridge/request/pair", json.dumps({"prepare": {"uuid": "x"}, "transaction": "u"}))
        refusal = self.wait_for("the refusal", lambda: [
            a for a in map(json.loads, self.listener.seen("lanbridge/bridge/response/pair")) if a["transaction"] == "u"])
        self.assertIn("uuid", refusal[0]["error"])

    def test_rebinding_a_device_on_the_lan(self):
        bridge = self.start_bridge()
        device, = self.start_devices("mss310", arguments=["--key", "old-key"])
        old = self.secret("old", "old-key")
        arguments = ["--config", bridge.file, "pair", "--rebind", device.address, "--data-dir",
                     self.house.folder / "pairing"]
        refused = self.house.run(*arguments, "--key", f"@{self.secret('bad', 'bad-key')}")
        self.assertEqual(4, refused.returncode, refused.stdout + refused.stderr)
        ended = self.house.run(*arguments, "--key", f"@{old}", patience=90)
        self.assertEqual(0, ended.returncode, ended.stdout + ended.stderr)
        self.assertNotIn("Config.Wifi", ended.stdout)
        self.wait_online(self.listener, device)

    def test_without_a_daemon(self):
        config = self.secret("lanbridge.yaml", json.dumps({"mqtt": {"broker": f"mqtt://127.0.0.1:{free_port()}"}}))
        ended = self.house.run("--config", config, "pair", "--ssid", SSID, "--wifi-password", f"@{self.password_file}")
        self.assertEqual(3, ended.returncode, ended.stdout + ended.stderr)
        self.assertIn("--broker", ended.stderr)

    def test_wrong_usage(self):
        for arguments, word in (
                (["pair"], "--ssid"),
                (["pair", "--ssid", "x" * 33, "--wifi-password", f"@{self.password_file}"], "32 bytes"),
                (["pair", "--ssid", "x", "--wifi-password", "plain"], "process list"),
                (["pair", "--ssid", "x"], "--wifi-password @FILE"),
                (["pair", "--ssid", "x", "--rebind", "y"], "--rebind"),
                (["pair", "--ssid", "x", "--timezone", "Mars/Olympus", "--wifi-password", f"@{self.password_file}"],
                 "Mars/Olympus")):
            ended = self.house.run(*arguments)
            self.assertEqual(2, ended.returncode, ended.stdout + ended.stderr)
            self.assertIn(word, ended.stderr)

    def test_broker_of_ones_own(self):
        """Tested as the device will use it; when it does not let the device in, nothing is sent."""
        if not shutil.which("openssl"):
            self.skipTest("no openssl program")
        device, = self.start_devices("mss310-new")
        folder, port = self.house.new_folder("own"), free_port()
        subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj",
                        "/CN=127.0.0.1", "-keyout", folder / "key", "-out", folder / "cert"],
                       check=True, capture_output=True)
        user, password = login_of(device.uuid, KEY)

        def start(anonymous):
            conf = folder / "mosquitto.conf"
            conf.write_text(f"listener {port} 127.0.0.1\ncertfile {folder}/cert\nkeyfile {folder}/key\nlog_type all\n"
                            f"allow_anonymous {anonymous}\nlog_dest stderr\nuser root\n")
            broker = self.house.start(f"own-{next(self.names)}", [mosquitto(), "-c", str(conf)])
            self.wait_for("the broker of one's own", lambda: accepts(port))
            return broker

        config = self.secret("lanbridge.yaml", json.dumps({"meross": {"keys": [KEY]}}))
        arguments = ["--config", config, "pair", "--ssid", SSID, "--wifi-password", f"@{self.password_file}",
                     "--device", device.address, "--broker", f"127.0.0.1:{port}"]
        closed = self.house.run(*arguments)
        self.assertEqual(3, closed.returncode, closed.stdout + closed.stderr)
        self.assertIn("nothing was sent to the device", closed.stderr)
        broker = start("false")
        refused = self.house.run(*arguments)
        self.assertEqual(4, refused.returncode, refused.stdout + refused.stderr)
        self.assertIn("--show-login", refused.stderr)
        self.still_waits(device)
        shown = self.house.run(*arguments, "--dry-run", "--show-login")
        self.assertIn(f"user {user}, password {password}", shown.stdout)
        broker.stop()
        broker = start("true")
        ended = self.house.run(*arguments, patience=90)
        self.assertEqual(0, ended.returncode, ended.stdout + ended.stderr)
        self.wait_for("the device at the broker", lambda: f"fmware:{device.uuid}" in broker.log()
                      and broker.log().count(f"fmware:{device.uuid}") > 1)


if __name__ == "__main__":
    main()
