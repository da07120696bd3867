"""Life with Home Assistant: what its user sees, birth, deleted devices, orphans."""

import json
import time

from home_assistant import HomeAssistant
from house import HouseTest, main
from programs import Bridge, Broker, Simulator


class LifeCycle(HouseTest):
    def setUp(self):
        super().setUp()
        self.broker = Broker(self.house)
        self.assistant = HomeAssistant(self.house, self.broker)
        self.listener = self.assistant.listener
        self.simulator = Simulator(self.house, "mss310", "mss210")
        self.plug, self.other = self.simulator.devices
        self.bridge = Bridge(self.house, self.config(self.broker, self.plug, self.other))
        for device in self.simulator.devices:
            self.wait_online(self.listener, device)

    def document(self, device):
        return f"homeassistant/device/lanbridge/{device.id}/config"

    def unhurt(self):
        self.assertEqual([], self.assistant.refused)
        self.assertEqual([], self.assistant.removed)

    def test_user_switches_and_sees(self):
        for wanted in ("OFF", "ON"):
            self.assistant.command(self.plug.id, "switch_0", wanted)
            self.wait_for(f"the user to see {wanted}",
                          lambda: self.assistant.state(self.plug.id, "switch_0") == wanted)
        self.assertAlmostEqual(231, float(self.assistant.state(self.plug.id, "voltage")), delta=25)
        self.simulator.stop()
        self.wait_for("unavailable devices",
                      lambda: self.assistant.state(self.plug.id, "switch_0") == "unavailable", 40)
        self.assertTrue(self.assistant.available("bridge_lanbridge", "devices_online"))
        self.simulator.start()
        self.wait_for("the device to be back",
                      lambda: self.assistant.state(self.plug.id, "switch_0") in ("ON", "OFF"), 45)
        self.bridge.kill()
        self.wait_for("everything to be unavailable without the bridge",
                      lambda: self.assistant.state(self.plug.id, "switch_0") == "unavailable")
        self.assertEqual("offline", self.listener.get("lanbridge/bridge/state"))
        self.unhurt()

    def test_birth_publishes_states_again_after_a_moment(self):
        topics = [f"lanbridge/{self.plug.id}/availability", f"lanbridge/{self.plug.id}/switch_0/state",
                  f"lanbridge/{self.other.id}/signal/state"]
        # what is still to be published after the connection must not be taken for the answer
        self.house.wait_for("quiet", self.quiet_for(topics, 3))
        arrived, began = self.listener.count(), time.monotonic()
        for _ in range(3):
            self.assistant.start()
        for topic in topics:
            self.wait_for(f"{topic} again", lambda t=topic: self.listener.seen(t, arrived))
        with self.listener.lock:
            first = next(m.at for m in self.listener.arrivals[arrived:] if m.topic in topics)
        self.assertGreater(first - began, 0.95)
        self.assertLess(first - began, 15)
        self.stays("one answer to three births",
                   lambda: all(len(self.listener.seen(t, arrived)) == 1 for t in topics), 3)
        self.unhurt()

    def quiet_for(self, topics, seconds):
        def quiet():
            with self.listener.lock:
                last = max((m.at for m in self.listener.arrivals if m.topic in topics), default=0)
            return time.monotonic() - last > seconds
        return quiet

    def test_restart_of_home_assistant(self):
        """A new one finds everything on the broker, before and after it has said that it is there."""
        again = HomeAssistant(self.house, self.broker)
        for device in self.simulator.devices:
            self.assertEqual(set(self.assistant.of_device(device.id)), set(again.of_device(device.id)))
            self.assertIn(again.state(device.id, "switch_0"), ("ON", "OFF"))
        again.start()
        arrived = again.listener.count()
        topic = f"lanbridge/{self.plug.id}/switch_0/state"
        self.wait_for("the states again", lambda: again.listener.seen(topic, arrived))
        self.assertEqual([], again.refused + again.removed)
        self.unhurt()

    def test_deleted_device_stays_deleted(self):
        self.assistant.delete_device(self.document(self.plug))
        self.wait_for("the device to go", lambda: not self.assistant.of_device(self.plug.id))
        arrived = self.listener.count()
        self.assistant.start()
        self.wait_for("the answer to the birth",
                      lambda: self.listener.seen(f"lanbridge/{self.other.id}/availability", arrived))
        self.stays("deleted", lambda: not self.assistant.of_device(self.plug.id), 2)
        self.broker.publish(f"lanbridge/{self.plug.id}/switch_0/set", "OFF")
        self.wait_payload(self.listener, f"lanbridge/{self.plug.id}/switch_0/state", "OFF")
        self.assertIsNone(self.listener.get(self.document(self.plug)))
        self.bridge.stop()
        self.bridge.start()
        self.wait_for("the device again after a restart of the bridge",
                      lambda: self.assistant.of_device(self.plug.id))

    def test_orphans_of_ours_are_cleared_and_others_left_alone(self):
        self.bridge.stop()
        retained = self.house.retained(self.broker)
        orphan = "meross_48e1e9999999"
        document = retained[self.document(self.plug)].replace(self.plug.id, orphan)
        mine = f"homeassistant/device/lanbridge/{orphan}/config"
        foreign = json.loads(document)
        foreign["origin"]["name"] = "somebody else"
        other_base = document.replace("lanbridge/bridge/state", "attic/bridge/state").replace(
            f'"lanbridge/{orphan}', f'"attic/{orphan}')
        kept = {"homeassistant/device/somebody/thing/config": json.dumps(foreign),
                "homeassistant/device/lanbridge/meross_48e1e9888888/config": other_base,
                "homeassistant/sensor/broken/config": "{not json"}
        self.broker.publish(mine, document, retain=True)
        self.broker.publish(f"lanbridge/{orphan}/switch_0/state", "ON", retain=True)
        for topic, payload in kept.items():
            self.broker.publish(topic, payload, retain=True)
        self.bridge.start()
        self.wait_for("the orphan to be cleared",
                      lambda: not [t for t in self.house.retained(self.broker) if orphan in t and "attic" not in t])
        left = self.house.retained(self.broker, "homeassistant/#")
        for topic, payload in kept.items():
            self.assertEqual(payload, left.get(topic))


if __name__ == "__main__":
    main()
