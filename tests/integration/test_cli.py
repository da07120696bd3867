"""The commands beside the daemon, as a script uses them."""

import json

from ground import KEY, SIMULATED, free_port
from house import HouseTest, main, state_topics
from listener import Listener
from programs import Bridge, Broker, Simulator
from wire import Impostor

TOGGLE = "Appliance.Control.ToggleX"


class Request(HouseTest):
    def setUp(self):
        super().setUp()
        self.simulator = Simulator(self.house, "mss310", "mss110")
        self.plug, self.encrypted = self.simulator.devices

    def ask(self, *arguments):
        return self.house.run("request", *arguments)

    def test_get_and_set(self):
        answer = self.ask(self.plug.address, "Appliance.System.All", "--key", KEY)
        self.assertEqual(0, answer.returncode, answer.stderr)
        self.assertEqual(self.plug.uuid, json.loads(answer.stdout)["all"]["system"]["hardware"]["uuid"])
        answer = self.ask(self.plug.address, TOGGLE, "--method", "SET", "--key", KEY, "--payload",
                          '{"togglex":{"channel":0,"onoff":0}}')
        self.assertEqual(0, answer.returncode, answer.stderr)
        answer = self.ask(self.plug.address, TOGGLE, "--key", KEY)
        toggle = json.loads(answer.stdout)["togglex"]
        self.assertEqual(0, (toggle[0] if isinstance(toggle, list) else toggle)["onoff"])

    def test_json_has_header_and_payload_without_sign(self):
        answer = self.ask(self.plug.address, "Appliance.System.All", "--key", KEY, "--json")
        self.assertEqual(0, answer.returncode, answer.stderr)
        shown = json.loads(answer.stdout)
        self.assertEqual({"header", "payload"}, set(shown))
        self.assertEqual("GETACK", shown["header"]["method"])
        self.assertNotIn("sign", shown["header"])
        self.assertEqual("", answer.stderr)

    def test_encrypted_device(self):
        answer = self.ask(self.encrypted.address, "Appliance.System.All", "--key", KEY)
        self.assertEqual(0, answer.returncode, answer.stderr)
        self.assertEqual("mss110", json.loads(answer.stdout)["all"]["system"]["hardware"]["type"])

    def test_by_name_and_uuid_from_the_configuration(self):
        file = self.house.folder / "house.yaml"
        key = self.house.folder / "key"
        key.write_text(KEY + "\n")
        file.write_text(json.dumps({"meross": {"devices": [
            {"host": self.plug.address, "name": "Kettle", "uuid": self.plug.uuid, "key": KEY}]}}))
        for target in ("Kettle", self.plug.uuid):
            answer = self.house.run("--config", file, "request", target, "Appliance.System.Runtime")
            self.assertEqual(0, answer.returncode, answer.stderr)
            self.assertIn("runtime", json.loads(answer.stdout))
        answer = self.ask(self.plug.address, "Appliance.System.Runtime", "--key", f"@{key}")
        self.assertEqual(0, answer.returncode, answer.stderr)

    def test_exit_status_1_when_the_device_refuses(self):
        answer = self.ask(self.plug.address, TOGGLE, "--method", "SET", "--payload", '{"nonsense":1}',
                          "--key", KEY)
        self.assertEqual(1, answer.returncode, answer.stdout + answer.stderr)
        self.assertTrue(answer.stderr)

    def test_exit_status_2_on_wrong_usage(self):
        for arguments in ((), (self.plug.address,), (self.plug.address, TOGGLE, "--method", "PATCH"),
                          (self.plug.address, TOGGLE, "--payload", "{"),
                          (self.plug.address, TOGGLE, "--key", "@/no/such/file"),
                          (self.plug.address, TOGGLE, "--via", "pigeon")):
            with self.subTest(arguments=arguments):
                answer = self.ask(*arguments)
                self.assertEqual(2, answer.returncode, answer.stderr)
                self.assertEqual("", answer.stdout)
                self.assertTrue(answer.stderr)

    def test_exit_status_3_when_nobody_answers(self):
        silent = Impostor(self.house, free_port(), "silent")
        for address in (f"127.0.0.1:{free_port()}", silent.address, "no-such-host.invalid"):
            with self.subTest(address=address):
                answer = self.ask(address, "Appliance.System.All", "--key", KEY)
                self.assertEqual(3, answer.returncode, answer.stderr)
                self.assertIn(address.rsplit(":", 1)[0], answer.stderr)

    def test_exit_status_4_when_the_key_is_refused(self):
        answer = self.ask(self.plug.address, "Appliance.System.All", "--key", "wrong")
        self.assertEqual(4, answer.returncode, answer.stderr)
        self.assertIn("--key", answer.stderr)
        answer = self.house.run("--json", "request", self.plug.address, "Appliance.System.All", "--key", "wrong")
        self.assertEqual(4, answer.returncode)
        self.assertIn("error", json.loads(answer.stdout))


class Once(HouseTest):
    """`run --once`"""

    def setUp(self):
        super().setUp()
        self.broker = Broker(self.house)
        self.plug = Simulator(self.house, "mss310")[0]
        self.key = self.house.folder / "key"
        self.key.write_text(KEY + "\n")

    def once(self, *devices):
        arguments = [word for device in devices for word in ("--meross", device)]
        return self.house.run("run", "--once", "--data-dir", self.house.folder / "data", "--mqtt",
                              self.broker.url, "--meross-key", f"@{self.key}", *arguments)

    def published(self):
        retained = self.house.retained(self.broker)
        self.assertEqual("offline", retained["lanbridge/bridge/state"])
        document = json.loads(retained[f"homeassistant/device/lanbridge/{self.plug.id}/config"])
        missing = [topic for topic in state_topics(document) if topic not in retained]
        self.assertEqual([], missing)

    def test_publishes_and_ends(self):
        outcome = self.once(self.plug.address)
        self.assertEqual(0, outcome.returncode, outcome.stderr)
        self.published()

    def test_is_3_when_a_device_does_not_answer(self):
        nobody = f"127.0.0.1:{free_port()}"
        outcome = self.once(self.plug.address, nobody)
        self.assertEqual(3, outcome.returncode, outcome.stderr)
        self.assertIn(nobody, outcome.stderr)
        self.published()


class Others(HouseTest):
    def test_version(self):
        plain = self.house.run("--version")
        self.assertEqual(0, plain.returncode)
        self.assertRegex(plain.stdout, r"^lanbridge \d+\.\d+")
        shown = json.loads(self.house.run("--version", "--json").stdout)
        self.assertIn(shown["version"], plain.stdout)

    def test_config_init_is_valid_and_check_says_so(self):
        file = self.house.folder / "lanbridge.yaml"
        self.assertEqual(0, self.house.run("config", "init", "--output", file).returncode)
        again = self.house.run("config", "init", "--output", file)
        self.assertEqual(1, again.returncode)
        self.assertIn("--force", again.stderr)
        checked = self.house.run("config", "check", file)
        self.assertEqual(0, checked.returncode, checked.stdout)
        file.write_text("mqtt: {broker: 17}\nlog: {levell: info}\n")
        checked = self.house.run("--json", "config", "check", file)
        self.assertEqual(2, checked.returncode)
        report = json.loads(checked.stdout)
        self.assertEqual(["mqtt.broker", "log.levell"], [p["path"] for p in report["problems"]])
        self.assertEqual([1, 2], [p["line"] for p in report["problems"]])

    def test_schema_is_a_json_schema(self):
        schema = json.loads(self.house.run("config", "schema").stdout)
        self.assertIn("$schema", schema)
        self.assertIn("meross", schema["properties"])

    def test_simulate(self):
        first = free_port()
        simulator = Simulator(self.house, "mss310", "em06", first_port=first)
        self.assertEqual([first, first + 1], [device.port for device in simulator.devices])
        self.assertEqual(["mss310", "em06"], [device.model for device in simulator.devices])
        self.assertEqual(0, simulator.stop())
        outcome = self.house.run("simulate", "/no/such/recording")
        self.assertEqual(1, outcome.returncode)
        self.assertIn("/no/such/recording", outcome.stderr)

    def test_simulate_on_a_port_in_use(self):
        simulator = Simulator(self.house, "mss310")
        outcome = self.house.run("simulate", SIMULATED / "mss310.json", "--listen",
                                 f"127.0.0.1:{simulator[0].port}")
        self.assertEqual(1, outcome.returncode)
        self.assertIn(str(simulator[0].port), outcome.stderr)

    def test_password_in_the_url_is_warned_about(self):
        broker = Broker(self.house, users={"lanbridge": "right"})
        bridge = Bridge(self.house, None, ["--mqtt", f"mqtt://lanbridge:right@127.0.0.1:{broker.port}"])
        self.wait_payload(Listener(self.house, broker), "lanbridge/bridge/state", "online")
        self.assertIn("@FILE", bridge.log())
        self.assertNotIn("right@", bridge.log())


if __name__ == "__main__":
    main()
