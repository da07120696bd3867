"""How lanbridge ends, and how it takes a new configuration (`SIGHUP`)."""

import json
import signal
import time

from house import HouseTest, main
from listener import Listener
from programs import Bridge, Broker, Simulator


class Ends(HouseTest):
    def setUp(self):
        super().setUp()
        self.broker = Broker(self.house)
        self.simulator = Simulator(self.house, "mss310")
        self.plug = self.simulator[0]
        self.bridge = Bridge(self.house, self.config(self.broker, self.plug))
        self.listener = Listener(self.house, self.broker)
        self.wait_online(self.listener, self.plug)

    def test_clean_stop_says_offline_within_two_seconds(self):
        began = time.monotonic()
        self.assertEqual(0, self.bridge.stop())
        self.assertLess(time.monotonic() - began, 2.0)
        self.wait_payload(self.listener, "lanbridge/bridge/state", "offline")
        retained = self.house.retained(self.broker)
        self.assertEqual("offline", retained["lanbridge/bridge/state"])
        self.assertIn(f"homeassistant/device/lanbridge/{self.plug.id}/config", retained)

    def test_stop_with_a_broker_that_hangs(self):
        self.broker.process.send(signal.SIGSTOP)
        began = time.monotonic()
        self.assertEqual(0, self.bridge.stop())
        self.assertLess(time.monotonic() - began, 2.0)

    def test_stop_with_a_device_that_hangs(self):
        self.simulator.process.send(signal.SIGSTOP)
        self.broker.publish(f"lanbridge/{self.plug.id}/switch_0/set", "ON")
        began = time.monotonic()
        self.assertEqual(0, self.bridge.stop())
        self.assertLess(time.monotonic() - began, 2.0)

    def test_crash_is_told_by_the_will(self):
        self.bridge.kill()
        self.wait_payload(self.listener, "lanbridge/bridge/state", "offline")
        self.bridge.start()
        self.wait_payload(self.listener, "lanbridge/bridge/state", "online")
        self.wait_online(self.listener, self.plug)

    def test_device_that_was_away_when_we_started(self):
        self.bridge.stop()
        self.simulator.stop()
        topic = f"lanbridge/{self.plug.id}/availability"
        self.bridge.start()
        self.wait_payload(self.listener, topic, "offline")
        document = f"homeassistant/device/lanbridge/{self.plug.id}/config"
        self.assertIn(document, self.house.retained(self.broker), "a known device keeps its document")
        self.simulator.start()
        self.wait_payload(self.listener, topic, "online", 45)

    def test_data_directory_is_used_by_one_daemon(self):
        second = self.house.run("--config", self.bridge.file, "run", "--data-dir", self.bridge.data)
        self.assertEqual(1, second.returncode, second.stderr)
        self.assertIn(str(self.bridge.data), second.stderr)
        self.assertTrue(self.bridge.process.running())

    def test_damaged_data_is_set_aside(self):
        self.bridge.stop()
        files = [f for f in self.bridge.data.rglob("*.json") if f.stat().st_size > 2]
        self.assertTrue(files)
        for file in files:
            file.write_text('{"cut')
        self.bridge.start()
        self.wait_online(self.listener, self.plug)
        self.wait_payload(self.listener, "lanbridge/bridge/state", "online")
        self.assertIn(files[0].stem, self.bridge.log())


class Reload(HouseTest):
    def setUp(self):
        super().setUp()
        self.broker = Broker(self.house)
        self.simulator = Simulator(self.house, "mss310", "mss210")
        self.first, self.second = self.simulator.devices
        self.bridge = Bridge(self.house, self.config(self.broker, self.first))
        self.listener = Listener(self.house, self.broker)
        self.wait_online(self.listener, self.first)

    def topics_of(self, device):
        return [t for t in self.house.retained(self.broker) if device.id in t]

    def test_device_added_and_removed(self):
        arrived = self.listener.count()
        self.bridge.reload(self.config(self.broker, self.first, self.second))
        self.wait_online(self.listener, self.second)
        self.assertEqual([], self.listener.seen("lanbridge/bridge/state", arrived), "the link is not disturbed")
        self.assertEqual([], self.listener.seen(f"lanbridge/{self.first.id}/availability", arrived))
        self.bridge.reload(self.config(self.broker, self.first))
        self.wait_for(lambda: f"no topic of the removed device: {self.topics_of(self.second)}",
                      lambda: not self.topics_of(self.second))
        self.assertEqual("online", self.listener.get(f"lanbridge/{self.first.id}/availability"))
        self.wait_for("bridge/devices without it",
                      lambda: self.listed(self.listener, self.second.address) is None)

    def test_removed_while_lanbridge_was_away(self):
        self.bridge.reload(self.config(self.broker, self.first, self.second))
        self.wait_online(self.listener, self.second)
        self.bridge.stop()
        self.bridge.write(self.config(self.broker, self.first))
        self.bridge.start()
        self.wait_for(lambda: f"no topic of the removed device: {self.topics_of(self.second)}",
                      lambda: not self.topics_of(self.second), 40)
        self.assertTrue(self.topics_of(self.first))

    def test_invalid_file_changes_nothing(self):
        logged = len(self.bridge.log())
        self.bridge.reload('{"mqtt": {"broker": 17}, "merros": {}}')
        self.wait_log(self.bridge, "merros", logged)
        self.assertIn(str(self.bridge.file), self.bridge.log()[logged:])
        self.broker.publish(f"lanbridge/{self.first.id}/switch_0/set", "OFF")
        self.wait_payload(self.listener, f"lanbridge/{self.first.id}/switch_0/state", "OFF")
        self.bridge.reload(self.config(self.broker, self.first, self.second))
        self.wait_online(self.listener, self.second)

    def test_new_name_keeps_topics(self):
        document = f"homeassistant/device/lanbridge/{self.first.id}/config"
        before = self.listener.json(document)["components"]
        self.bridge.reload(self.config(self.broker, {"host": self.first.address, "name": "Kettle"}))
        self.wait_for("the new name", lambda: self.listener.json(document)["device"]["name"] == "Kettle")
        after = self.listener.json(document)["components"]
        self.assertEqual({c["unique_id"] for c in before.values()}, {c["unique_id"] for c in after.values()})

    def test_new_base_topic_leaves_nothing_behind(self):
        self.bridge.reload(self.config(self.broker, self.first, mqtt={"base_topic": "attic"}))
        self.wait_payload(self.listener, f"attic/{self.first.id}/availability", "online", 40)

        def left():
            return [t for t in self.house.retained(self.broker) if t.startswith("lanbridge/")
                    or t == "homeassistant/device/lanbridge/bridge_lanbridge/config"]

        self.wait_for(lambda: f"nothing to be left under the old base topic: {left()}", lambda: not left())
        document = f"homeassistant/device/lanbridge/{self.first.id}/config"
        self.wait_for("the document to name the new topics",
                      lambda: "attic/" in json.dumps(self.listener.json(document)))


if __name__ == "__main__":
    main()
