"""Traces: by the command line, by MQTT, from the configuration; and their replay."""

import json
import signal
import stat
import subprocess

from ground import KEY, PATIENCE, SIMULATED, program
from house import HouseTest, main, state_topics
from listener import Listener
from programs import Bridge, Broker, Simulator, simulated


def rows(text):
    return [line.split("\t") for line in text.splitlines()]


class Tracing(HouseTest):
    def setUp(self):
        super().setUp()
        self.broker = Broker(self.house)
        self.listener = Listener(self.house, self.broker)
        self.simulator = Simulator(self.house, "mss310")
        self.plug = self.simulator[0]
        self.plug_config = {"host": self.plug.address, "name": "Grandmas kettle"}
        self.asked = 0

    def begin(self, **trace):
        self.bridge = Bridge(self.house, self.config(self.broker, dict(self.plug_config, **trace)))
        self.wait_online(self.listener, self.plug)

    def request(self, name, **arguments):
        self.asked += 1
        transaction = f"t{self.asked}"
        self.broker.publish(f"lanbridge/bridge/request/{name}", json.dumps(dict(arguments, transaction=transaction)))
        return self.wait_for(f"the answer to {name}", lambda: next(
            (a for a in map(json.loads, self.listener.seen(f"lanbridge/bridge/response/{name}"))
             if a.get("transaction") == transaction), None))

    def finished(self):
        return [e["data"] for e in map(json.loads, self.listener.seen("lanbridge/bridge/event"))
                if e["type"] == "trace_finished"]

    def check_text(self, text):
        table = rows(text)
        self.assertEqual(["time", "rxtx", "protocol", "method", "namespace", "data"], table[0])
        self.assertEqual(["auto", "HEADER"], table[1][2:4])
        self.assertTrue(all(len(row) == 6 for row in table), table)
        header = json.loads(table[1][5])
        self.assertEqual(2, header["version"])
        self.assertIn("Appliance.Control.ToggleX", header["config"]["payload"]["ability"])
        self.assertIn("end of trace", table[-1][5])
        for secret in (self.plug.uuid, self.plug.uuid[-12:], self.plug.host, KEY, "Grandmas kettle", '"sign"',
                       "messageId"):
            self.assertNotIn(secret, text)
        return table

    def values(self, listener, device):
        document = listener.json(f"homeassistant/device/lanbridge/{device.id}/config")
        below = f"lanbridge/{device.id}/"
        return {topic[len(below):]: listener.get(topic) for topic in state_topics(document)
                if topic.startswith(below)}


class ByMqtt(Tracing):
    def test_start_and_stop(self):
        self.begin()
        started = self.request("trace/start", device="Grandmas kettle")
        self.assertEqual("ok", started["status"], started)
        self.assertTrue(started["data"]["file"].endswith(f"_{self.plug.id}.csv"))
        self.broker.publish(f"lanbridge/{self.plug.id}/switch_0/set", "ON")
        self.wait_payload(self.listener, f"lanbridge/{self.plug.id}/switch_0/state", "ON")
        path = self.bridge.data / "traces" / (started["data"]["id"] + ".csv")
        self.wait_for("a scanned namespace", lambda: "\tTX\thttp\t" in path.read_text()
                      and path.read_text().count("\tTX\t") > 4)
        stopped = self.request("trace/stop", device=self.plug.uuid)["data"]
        self.assertEqual(path.read_text(), stopped["text"])
        table = self.check_text(stopped["text"])
        self.assertTrue(any(row[1:5] == ["TX", "http", "SET", "Appliance.Control.ToggleX"] or
                            "ToggleX" in row[5] for row in table))
        self.assertEqual(0o600, stat.S_IMODE(path.stat().st_mode))
        self.assertEqual([started["data"]["id"]], [e["id"] for e in self.finished()])
        again = self.request("trace/stop", device=started["data"]["id"])
        self.assertEqual(stopped["text"], again["data"]["text"])
        self.assertNotIn(KEY, self.bridge.log())

    def test_limits(self):
        self.begin()
        started = self.request("trace/start", device=self.plug.id, duration="2s")["data"]
        self.wait_for("the end of its time", self.finished)
        self.assertIn("2 s", self.finished()[0]["end"])
        started = self.request("trace/start", device=self.plug.id, max_size="6KiB")["data"]
        self.wait_for("the end of its size", lambda: len(self.finished()) == 2, 60)
        text = self.request("trace/stop", device=started["id"])["data"]["text"]
        self.assertLessEqual(len(text.encode()), 6 * 1024)
        self.check_text(text)

    def test_wrong_input(self):
        self.begin()
        for words, name, arguments in (
                ("name the device", "trace/start", {}),
                ("nobody", "trace/start", {"device": "nobody"}),
                ("duration", "trace/start", {"device": self.plug.id, "duration": "long"}),
                ("1s to 24h", "trace/start", {"device": self.plug.id, "duration": 0}),
                ("64MiB", "trace/start", {"device": self.plug.id, "max_size": "1GiB"}),
                ("max_size", "trace/start", {"device": self.plug.id, "max_size": []}),
                ("bridge", "trace/start", {"device": "bridge_lanbridge"}),
                ("no trace", "trace/stop", {"device": self.plug.id}),
                ("name the device", "trace/stop", {})):
            with self.subTest(name=name, arguments=arguments):
                answer = self.request(name, **arguments)
                self.assertEqual("error", answer["status"], answer)
                self.assertIn(words, answer["error"])
        self.assertEqual("ok", self.request("trace/start", device=self.plug.id)["status"])
        self.assertIn("already", self.request("trace/start", device=self.plug.id)["error"])

    def test_a_folder_that_cannot_be_written(self):
        self.begin()
        (self.bridge.data / "traces").write_text("in the way")
        self.assertIn("traces", self.request("trace/start", device=self.plug.id)["error"])
        self.broker.publish(f"lanbridge/{self.plug.id}/switch_0/set", "ON")
        self.wait_payload(self.listener, f"lanbridge/{self.plug.id}/switch_0/state", "ON")


class OverMqtt(Tracing):
    def test_what_comes_over_the_broker(self):
        devices = self.house.start("simulate", [program(), "--json", "simulate", str(SIMULATED / "mss310.json"),
                                                "--key", KEY, "--mqtt", self.broker.url])
        self.wait_for("the device's name", lambda: "{" in devices.log())
        self.plug = simulated(json.loads([l for l in devices.log().splitlines() if l.startswith("{")][0]))
        self.plug_config = {"uuid": self.plug.uuid, "name": "Grandmas kettle"}
        self.begin()
        started = self.request("trace/start", device="Grandmas kettle")["data"]
        self.broker.publish(f"lanbridge/{self.plug.id}/switch_0/set", "ON")
        self.wait_payload(self.listener, f"lanbridge/{self.plug.id}/switch_0/state", "ON")
        text = self.request("trace/stop", device=started["id"])["data"]["text"]
        table = self.check_text(text)
        self.assertIn(["TX", "mqtt", "SET"], [row[1:4] for row in table])
        self.assertIn(["RX", "mqtt", "SETACK"], [row[1:4] for row in table])
        pushes = [row for row in table if row[1:4] == ["RX", "mqtt", "PUSH"]]
        self.assertEqual(len(pushes), len({(row[4], row[5]) for row in pushes}), "each once")


class FromTheConfiguration(Tracing):
    def test_begins_when_the_device_is_there_and_ends_with_a_reload(self):
        self.begin(trace={"duration": "1h"})
        found = []
        self.wait_for("a file", lambda: found.extend((self.bridge.data / "traces").glob("*.csv")) or found)
        self.wait_for("its header", lambda: "HEADER" in found[0].read_text())
        self.bridge.reload(self.config(self.broker, self.plug_config))
        self.wait_for("its end", self.finished)
        self.check_text(found[0].read_text())

    def test_ends_with_the_daemon(self):
        self.begin(trace=True)
        found = []
        self.wait_for("a file", lambda: found.extend((self.bridge.data / "traces").glob("*.csv")) or found)
        self.assertEqual(0, self.bridge.stop())
        self.check_text(found[0].read_text())


class ByCommandLine(Tracing):
    def trace(self, *arguments):
        return self.house.run("--config", self.bridge.file, "trace", *arguments)

    def test_to_a_file_and_replayed(self):
        self.begin()
        file = self.house.folder / "kettle.csv"
        answer = self.trace("Grandmas kettle", "--duration", "8s", "--output", file)
        self.assertEqual(0, answer.returncode, answer.stderr)
        self.assertEqual("", answer.stdout)
        self.check_text(file.read_text())
        expected = self.values(self.listener, self.plug)
        broker = Broker(self.house)
        listener = Listener(self.house, broker)
        replayed = Simulator(self.house, file)[0]
        Bridge(self.house, self.config(broker, replayed))
        self.wait_online(listener, replayed)
        shown = self.values(listener, replayed)
        self.assertEqual(expected.keys(), shown.keys())
        for topic, value in expected.items():
            with self.subTest(topic=topic):
                # what is measured goes on while it is recorded
                steady = topic.split("/")[0] in ("switch_0", "led", "over_temp", "standby_killer")
                if steady:
                    self.assertEqual(value, shown[topic])
                else:
                    self.assertEqual(value == "None", shown[topic] == "None")

    def test_ended_early_keeps_what_is_there(self):
        self.begin()
        child = subprocess.Popen([program(), "--config", str(self.bridge.file), "trace", self.plug.id],
                                 stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                                 env=self.house.environment(), cwd=self.house.folder)
        self.house.on_exit(lambda: child.poll() is None and child.kill())
        self.wait_for("the trace", lambda: list((self.bridge.data / "traces").glob("*.csv")))
        file = next((self.bridge.data / "traces").glob("*.csv"))
        self.wait_for("its header", lambda: "HEADER" in file.read_text())
        child.send_signal(signal.SIGINT)
        text, said = child.communicate(timeout=PATIENCE)
        self.assertEqual(0, child.returncode, said)
        self.check_text(text)

    def test_json(self):
        self.begin()
        answer = self.trace("Grandmas kettle", "--duration", "2s", "--json")
        self.assertEqual(0, answer.returncode, answer.stderr)
        shown = json.loads(answer.stdout)
        self.assertEqual(self.plug.id, shown["device"])
        self.check_text(shown["text"])

    def test_wrong_input(self):
        self.begin()
        for status, words, arguments in (
                (1, "Nobody", ("Nobody",)),
                (2, "1s to 24h", ("x", "--duration", "0s")),
                (2, "1KiB to 4MiB", ("x", "--max-size", "1GiB")),
                (2, "device is required", ()),
                (1, "cannot write", ("Grandmas kettle", "--output", "/no/such/folder/x.csv")),
                (1, "folder", ("Grandmas kettle", "--output", "/tmp"))):
            with self.subTest(arguments=arguments):
                answer = self.trace(*arguments)
                self.assertEqual(status, answer.returncode, answer.stdout + answer.stderr)
                self.assertIn(words, answer.stderr)
        self.bridge.stop()
        answer = self.trace("Grandmas kettle")
        self.assertEqual(3, answer.returncode)
        self.assertIn("lanbridge run", answer.stderr)


if __name__ == "__main__":
    main()
