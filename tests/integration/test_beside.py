"""Commands beside the daemon: `watch`, `request --via mqtt`, `doctor`."""

import contextlib
import json
import signal
import subprocess
import threading

from ground import KEY, PATIENCE, SIMULATED, free_port, program
from house import HouseTest, main
from listener import Listener
from programs import Bridge, Broker, Simulator

STRANGER = "00112233445566778899aabbccddeeff"
RUNTIME = "Appliance.System.Runtime"


class Watching:
    """`lanbridge watch`, and the lines it has printed."""

    def __init__(self, house, *arguments):
        self.child = subprocess.Popen([program(), *map(str, arguments)], stdin=subprocess.DEVNULL,
                                      stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                                      env=house.environment(), cwd=house.folder)
        house.on_exit(self.kill)
        self.lines, self.errors = [], []
        self.threads = [threading.Thread(target=self.read, args=pair, daemon=True)
                        for pair in ((self.child.stdout, self.lines), (self.child.stderr, self.errors))]
        for thread in self.threads:
            thread.start()

    @staticmethod
    def read(pipe, lines):
        with contextlib.suppress(ValueError):  # the test may close the pipe
            for line in pipe:
                lines.append(line.rstrip("\n"))

    def stop(self):
        self.child.send_signal(signal.SIGINT)
        return self.end()

    def end(self):
        status = self.child.wait(PATIENCE)
        for thread in self.threads:
            thread.join(5)
        return status

    def kill(self):
        if self.child.poll() is None:
            self.child.kill()
        self.end()
        self.child.stdout.close()
        self.child.stderr.close()


class Watch(HouseTest):
    def setUp(self):
        super().setUp()
        self.broker = Broker(self.house)
        self.listener = Listener(self.house, self.broker)
        self.simulator = Simulator(self.house, "mss310", "mss210")
        self.plug, self.other = self.simulator.devices
        self.bridge = Bridge(self.house, self.config(self.broker, {"host": self.plug.address, "name": "Kettle"},
                                                     self.other))
        for device in self.simulator.devices:
            self.wait_online(self.listener, device)
        self.wait_for("the list of devices", lambda: self.listed(self.listener, self.other.address))

    def watch(self, *arguments):
        return Watching(self.house, "--config", self.bridge.file, "watch", *arguments)

    def flip(self, device, what):
        self.broker.publish(f"lanbridge/{device.id}/switch_0/set", what)
        self.wait_payload(self.listener, f"lanbridge/{device.id}/switch_0/state", what)

    def flip_until_seen(self, device, watching, found):
        """The watcher subscribes at some moment; what changes after it is seen."""
        def seen():
            self.flip(device, "ON")
            self.flip(device, "OFF")
            return found()
        return self.wait_for(f"a change among {watching.lines} {watching.errors}", seen)

    def test_prints_changes_of_all(self):
        watching = self.watch("--json")
        def found():
            return [l for l in map(json.loads, watching.lines) if l["entity"] == "switch_0"]
        change = self.flip_until_seen(self.plug, watching, found)[0]
        self.assertEqual(("Kettle", self.plug.id, "state", False),
                         (change["name"], change["device"], change["part"], change["retained"]))
        self.assertIn(change["value"], ("ON", "OFF"))
        self.assertRegex(change["time"], r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}[+-]\d{4}$")
        self.assertEqual([], [l for l in map(json.loads, watching.lines) if l["retained"]])
        self.assertEqual(0, watching.stop())

    def test_only_named_devices_and_by_any_name(self):
        for name in ("Kettle", self.plug.id, self.plug.uuid):
            with self.subTest(name=name):
                watching = self.watch(name)
                self.flip_until_seen(self.plug, watching,
                                     lambda: any("switch_0" in line for line in watching.lines))
                self.flip(self.other, "ON")
                self.flip(self.other, "OFF")
                self.assertTrue(all("Kettle" in line for line in watching.lines), watching.lines)
                self.assertEqual(0, watching.stop())

    def test_present_values_first_when_asked_for(self):
        watching = self.watch("--json", "--present", "Kettle")
        self.wait_for("present values", lambda: any('"availability"' in line for line in watching.lines))
        self.wait_for("its switch", lambda: any('"switch_0"' in line for line in watching.lines))
        self.assertTrue(all(json.loads(line)["retained"] for line in watching.lines[:5]))
        self.assertEqual(0, watching.stop())

    def test_what_is_only_published_again_is_no_change(self):
        watching = self.watch("Kettle", "--json")
        self.flip_until_seen(self.plug, watching, lambda: watching.lines)
        before = [l for l in map(json.loads, watching.lines) if l["entity"] == "switch_0"]
        arrived = self.listener.count()
        self.broker.publish("lanbridge/bridge/request/device/refresh", json.dumps({"device": "Kettle"}))
        self.wait_for("the state again",
                      lambda: self.listener.seen(f"lanbridge/{self.plug.id}/switch_0/state", arrived))
        self.flip(self.plug, "ON")
        def after():
            return [l for l in map(json.loads, watching.lines) if l["entity"] == "switch_0"][len(before):]
        self.wait_for("the real change", after)
        self.assertEqual("ON", after()[0]["value"])
        self.assertEqual(0, watching.stop())

    def test_a_device_that_goes(self):
        watching = self.watch("--json")
        self.flip_until_seen(self.plug, watching, lambda: watching.lines)
        self.simulator.stop()
        self.wait_for("its availability",
                      lambda: any('"value":"offline"' in line for line in watching.lines), 60)
        gone = [l for l in map(json.loads, watching.lines) if l["value"] == "offline"][0]
        self.assertEqual((None, "availability"), (gone["entity"], gone["part"]))
        self.bridge.stop()
        self.wait_for("the daemon's end to be told", lambda: any("stopped" in line for line in watching.errors))
        self.assertEqual(0, watching.stop())

    def test_a_reader_that_has_enough(self):
        watching = Watching(self.house, "--config", self.bridge.file, "watch", "--present", "--json")
        watching.child.stdout.close()
        self.flip(self.plug, "ON")
        self.flip(self.plug, "OFF")
        self.assertEqual(0, watching.child.wait(PATIENCE))

    def test_wrong_input(self):
        nobody = f"mqtt://127.0.0.1:{free_port()}"
        empty = Broker(self.house)
        locked = Broker(self.house, users={"lanbridge": "right"})
        for status, words, arguments in (
                (1, "Kettle", ("watch", "Nobody")),
                (3, "cannot be reached", ("watch", "--mqtt", nobody)),
                (3, "lanbridge run", ("watch", "--mqtt", empty.url)),
                (4, "mqtt.password", ("watch", "--mqtt", locked.url)),
                (2, "--mqtt", ("watch", "--mqtt", "pigeon://somewhere")),
                (2, "not expected", ("watch", "--loudly"))):
            with self.subTest(arguments=arguments):
                answer = self.house.run("--config", self.bridge.file, *arguments)
                self.assertEqual(status, answer.returncode, answer.stderr)
                self.assertIn(words, answer.stderr)
                self.assertEqual("", answer.stdout)


class RequestOverMqtt(HouseTest):
    def setUp(self):
        super().setUp()
        self.broker = Broker(self.house)
        argv = [program(), "--json", "simulate", str(SIMULATED / "mss310.json"), "--key", KEY, "--mqtt",
                self.broker.url]
        devices = self.house.start("simulate", argv)
        self.wait_for("the device's name", lambda: "{" in devices.log())
        self.uuid = json.loads([l for l in devices.log().splitlines() if l.startswith("{")][0])["uuid"]
        self.file = self.house.folder / "house.yaml"
        self.file.write_text(json.dumps({"mqtt": {"broker": self.broker.url}, "meross": {
            "keys": [KEY], "devices": [{"uuid": self.uuid, "name": "Kettle"}]}}))
        self.wait_for("it on the broker", lambda: self.ask(self.uuid, RUNTIME).returncode == 0)

    def ask(self, target, *arguments, via=("--via", "mqtt")):
        return self.house.run("--config", self.file, "request", target, *arguments, *via)

    def test_answers_by_uuid_and_name(self):
        for target, via in ((self.uuid, ("--via", "mqtt")), ("Kettle", ("--via", "mqtt")), ("Kettle", ())):
            answer = self.ask(target, "Appliance.System.All", via=via)
            self.assertEqual(0, answer.returncode, answer.stderr)
            self.assertEqual(self.uuid, json.loads(answer.stdout)["all"]["system"]["hardware"]["uuid"])

    def test_set_and_header(self):
        answer = self.ask("Kettle", "Appliance.Control.ToggleX", "--method", "SET", "--payload",
                          '{"togglex":{"channel":0,"onoff":1}}')
        self.assertEqual(0, answer.returncode, answer.stderr)
        shown = json.loads(self.ask("Kettle", RUNTIME, "--json").stdout)
        self.assertEqual("GETACK", shown["header"]["method"])
        self.assertEqual(f"/appliance/{self.uuid}/publish", shown["header"]["from"])
        self.assertNotIn("sign", shown["header"])

    def test_leaves_nothing_on_the_broker(self):
        self.ask("Kettle", RUNTIME)
        self.assertEqual({}, {t: p for t, p in self.house.retained(self.broker).items() if "appliance" in t})

    def test_wrong_input(self):
        nobody = f"mqtt://127.0.0.1:{free_port()}"
        for status, words, target, arguments in (
                (4, "--key", self.uuid, (RUNTIME, "--key", "wrong")),
                (3, STRANGER, STRANGER, (RUNTIME,)),
                (3, "cannot be reached", self.uuid, (RUNTIME, "--mqtt", nobody)),
                (1, "uuid", "Teapot", (RUNTIME,)),
                (1, "error", self.uuid, ("Appliance.Control.ToggleX", "--method", "SET", "--payload", '{"x":1}')),
                (2, "--mqtt", self.uuid, (RUNTIME, "--mqtt", "mqtt://"))):
            with self.subTest(target=target, arguments=arguments):
                answer = self.ask(target, *arguments)
                self.assertEqual(status, answer.returncode, answer.stderr)
                self.assertIn(words, answer.stderr)
                self.assertEqual("", answer.stdout)


class Doctor(HouseTest):
    def examine(self, config, *arguments):
        file = self.house.folder / "doctor.yaml"
        file.write_text(config if isinstance(config, str) else json.dumps(config))
        answer = self.house.run("--config", file, "doctor", "--json", *arguments)
        self.assertEqual("", answer.stderr)
        report = json.loads(answer.stdout)
        self.assertEqual(0 if report["well"] else 1, answer.returncode)
        return report

    def failed(self, report, area, words):
        found = [f for f in report["findings"] if f["state"] == "failed" and f["area"] == area]
        self.assertTrue(any(words in f["text"] + (f["advice"] or "") for f in found), report)
        self.assertTrue(all(f["advice"] for f in found), found)
        self.assertFalse(report["well"])

    def fine(self, report, area, words):
        self.assertTrue(any(words in f["text"] for f in report["findings"]
                            if f["state"] == "ok" and f["area"] == area), report)

    def test_a_healthy_house(self):
        broker = Broker(self.house)
        listener = Listener(self.house, broker)
        device = Simulator(self.house, "mss310")[0]
        config = self.config(broker, device)
        bridge = Bridge(self.house, config)
        self.wait_online(listener, device)
        self.wait_for("it in the list",
                      lambda: (self.listed(listener, device.address) or {}).get("availability") == "online")
        report = self.examine(config, "--data-dir", bridge.data)
        self.assertTrue(report["well"], report)
        for area, words in (("broker", "MQTT 5"), ("retained", "keeps"), ("rights", "homeassistant/"),
                            ("daemon", "running"), ("device", device.address), ("data folder", "free")):
            self.fine(report, area, words)
        plain = self.house.run("--config", bridge.file, "doctor", "--data-dir", bridge.data)
        self.assertEqual(0, plain.returncode, plain.stdout)
        self.assertNotIn(KEY, plain.stdout)
        left = [t for t in self.house.retained(broker) if "doctor" in t]
        self.assertEqual([], left)

    def test_without_a_daemon_the_devices_are_asked(self):
        broker = Broker(self.house)
        device = Simulator(self.house, "mss310")[0]
        report = self.examine(self.config(broker, device))
        self.fine(report, "device", "takes our key")
        gone = f"127.0.0.1:{free_port()}"
        report = self.examine(self.config(broker, device, {"host": gone, "name": "Lamp"}))
        self.failed(report, "device", "Lamp")
        wrong = self.config(broker, {"host": device.address, "key": "not this one"})
        report = self.examine(wrong)
        self.failed(report, "device", "key")
        self.assertNotIn("not this one", json.dumps(report))

    def test_a_broker_that_is_not_there(self):
        report = self.examine({"mqtt": {"broker": f"mqtt://127.0.0.1:{free_port()}"}})
        self.failed(report, "broker", "cannot be reached")

    def test_a_broker_that_refuses_us(self):
        broker = Broker(self.house, users={"lanbridge": "right"})
        report = self.examine({"mqtt": {"broker": broker.url, "username": "lanbridge", "password": "not-this"}})
        self.failed(report, "broker", "mqtt.password")
        self.assertNotIn("not-this", json.dumps(report))

    def test_a_user_without_rights(self):
        broker = Broker(self.house, users={"lanbridge": "right"})
        broker.stop()
        rights = broker.folder / "rights"
        rights.write_text("user lanbridge\ntopic readwrite lanbridge/#\n")
        rights.chmod(0o600)
        ordinary = broker.configuration
        broker.configuration = lambda: ordinary() + f"acl_file {rights}\n"
        broker.start()
        report = self.examine({"mqtt": {"broker": broker.url, "username": "lanbridge", "password": "right"}})
        self.failed(report, "rights", "homeassistant/#")
        self.fine(report, "rights", "lanbridge/")

    def test_a_broken_configuration(self):
        report = self.examine("mqtt: {broker: 17}\nlog: {levell: info}\n")
        self.failed(report, "configuration", "mqtt.broker")
        self.assertEqual(2, len([f for f in report["findings"] if f["area"] == "configuration"]))

    def test_a_data_folder_that_is_none(self):
        broker = Broker(self.house)
        file = self.house.folder / "a-file"
        file.write_text("")
        self.failed(self.examine(self.config(broker), "--data-dir", file), "data folder", str(file))
        open_folder = self.house.new_folder("open")
        open_folder.chmod(0o755)
        report = self.examine(self.config(broker), "--data-dir", open_folder)
        self.assertTrue(any("chmod 700" in (f["advice"] or "") for f in report["findings"]), report)

    def test_a_device_that_went_away_from_the_daemon(self):
        broker = Broker(self.house)
        listener = Listener(self.house, broker)
        simulator = Simulator(self.house, "mss310")
        config = self.config(broker, simulator[0])
        Bridge(self.house, config)
        self.wait_online(listener, simulator[0])
        simulator.stop()
        self.wait_reason(listener, simulator[0].address, "unreachable", 60)
        self.failed(self.examine(config), "device", simulator[0].address)

    def test_wrong_usage(self):
        for arguments in (("doctor", "me"), ("doctor", "--mqtt", "x://"), ("doctor", "--deep"),
                          ("doctor", "--data-dir"), ("--config", "/no/such/file", "doctor", "--mqtt", "y")):
            answer = self.house.run(*arguments)
            self.assertEqual(2, answer.returncode, answer.stdout + answer.stderr)
            self.assertEqual("", answer.stdout)


if __name__ == "__main__":
    main()
