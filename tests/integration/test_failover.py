"""Twenty devices whose way is cut: the broker dies under them, or HTTP is blocked. Each stays controllable over
what is left, goes back by itself, and obeys every command once or, if it was sent to nobody, never.

The way back to HTTP takes up to a heartbeat of 295 s; tests/meross/failover_test.cpp has the time for it.
"""

import signal
import time

from ground import PATIENCE, free_port
from house import HouseTest, main
from listener import Listener
from mqtt_over_tls import Connection
from programs import Bridge, Broker, Simulator
from schema import validate_documents
from wire import Wire

COUNT = 20
POLL = 5.0
# A poll, and what a machine that also compiles may take for the rest.
WITHIN_A_POLL = POLL + PATIENCE / 10


class Twenty(HouseTest):
    """What both losses have in common."""

    def move_in(self):
        self.simulator = Simulator(self.house, *["mss310"] * COUNT, broker=self.broker)
        self.devices = self.simulator.devices

    def wait_transport(self, listener, name, patience=25):
        """Seconds until each device's entity says so: the first and the last."""
        began, there = time.monotonic(), {}

        def all_there():
            for device in self.devices:
                topic = f"lanbridge/{device.id}/transport/state"
                if device.id not in there and listener.get(topic) == name:
                    there[device.id] = time.monotonic() - began
            return len(there) == COUNT

        self.wait_for(lambda: f"all over {name}, and not only {len(there)}", all_there, patience)
        return min(there.values()), max(there.values())

    def command(self, listener, payload, since=None):
        """One command for each; returns the seconds from `since` until the state of the last one said so."""
        began = since or time.monotonic()
        arrived = listener.count()
        listener.broker.publish_all((f"lanbridge/{d.id}/switch_0/set", payload) for d in self.devices)
        done = {}

        def confirmed():
            for device in self.devices:
                if device.id not in done and payload in listener.seen(
                        f"lanbridge/{device.id}/switch_0/state", arrived):
                    done[device.id] = time.monotonic() - began
            return len(done) == COUNT

        self.wait_for(lambda: f"{payload} of all, and not only of {len(done)}", confirmed)
        self.expected += 1
        self.assert_executed()
        return max(done.values())

    def assert_executed(self):
        """Each device has obeyed each command once."""
        executed = self.simulator.executed()
        self.assertEqual({d.uuid: self.expected for d in self.devices},
                         {d.uuid: executed[d.uuid] for d in self.devices})

    def say(self, what, *seconds):
        print(f"  {what}: " + " to ".join(f"{s:.2f} s" for s in seconds), flush=True)


class BrokerDies(Twenty):
    """They are known by their uuids alone; the address comes from innerIp. lanbridge knows a second broker, so
    that it can be told something while the first is dead."""

    def setUp(self):
        super().setUp()
        self.broker, self.spare = Broker(self.house), Broker(self.house)
        self.listener, self.spare_listener = Listener(self.house, self.broker), Listener(self.house, self.spare)
        self.move_in()
        configuration = self.config(self.broker, *[{"uuid": d.uuid} for d in self.devices])
        configuration["mqtt"]["broker"] = [self.broker.url, self.spare.url]
        self.bridge = Bridge(self.house, configuration)
        for device in self.devices:
            self.wait_online(self.listener, device)
        self.expected = 0

    def kill(self, broker):
        broker.stop(signal.SIGKILL)
        return time.monotonic()

    def wait_listed(self, listener, transport, reason):
        """As the contract says: `bridge/devices`, and the diagnostic entity of each."""
        def listed():
            entries = {e["id"]: e for e in listener.json("lanbridge/bridge/devices") or []}
            return all((entries.get(d.id, {}).get("transport"), entries.get(d.id, {}).get("transport_reason"),
                        entries.get(d.id, {}).get("address")) == (transport, reason, d.address)
                       for d in self.devices)

        self.wait_for(lambda: f"{transport} ({reason}) in {listener.get('lanbridge/bridge/devices')}", listed)
        for device in self.devices:
            base = f"lanbridge/{device.id}/transport"
            self.assertEqual(transport, listener.get(f"{base}/state"))
            self.assertEqual({"reason": reason, "address": device.address}, listener.json(f"{base}/attributes"))

    def test_there_and_back(self):
        self.wait_transport(self.listener, "mqtt")
        self.wait_listed(self.listener, "mqtt", "preferred, since no address is configured")
        self.check_document()
        self.say("a command over MQTT", self.command(self.listener, "OFF"))
        killed = self.dies_in_the_middle_of_commands()
        self.taken_over(killed)
        self.nobody_is_left()
        self.comes_back()
        self.comes_back_unnoticed()

    def check_document(self):
        document = self.listener.json(f"homeassistant/device/lanbridge/{self.devices[0].id}/config")
        entity = document["components"]["transport"]
        self.assertEqual(("sensor", "enum", "diagnostic", ["http", "mqtt"]), tuple(
            entity[name] for name in ("platform", "device_class", "entity_category", "options")))
        validate_documents(self, self.listener.latest)

    def dies_in_the_middle_of_commands(self):
        """What was under way is done or lost, and never done twice: the switches are set to what they are not,
        and what the device has in the end agrees with the number of SETs."""
        connection = Connection(self.broker.port)
        connection.flood((f"lanbridge/{d.id}/switch_0/set", b"ON") for d in self.devices)
        killed = self.kill(self.broker)
        connection.close()
        return killed

    def taken_over(self, killed):
        listener = self.spare_listener
        since = len(self.simulator.process.log())
        read = self.wait_for("all to be read over HTTP", lambda: len(
            self.simulator.asked("http", since)) == COUNT and time.monotonic())
        self.say("from the kill until all were read over HTTP", read - killed)
        self.assertLess(read - killed, WITHIN_A_POLL)
        self.wait_payload(listener, "lanbridge/bridge/state", "online")
        for device in self.devices:
            self.wait_online(listener, device)
        self.wait_transport(listener, "http")
        self.wait_listed(listener, "http", "not heard on the broker")
        self.none_was_doubled()
        self.say("a command over HTTP", self.command(listener, "OFF"))
        self.say("another one", self.command(listener, "ON"))

    def none_was_doubled(self):
        """Counts anew from here."""
        executed = self.simulator.executed()
        more = [executed[d.uuid] - self.expected for d in self.devices]
        self.assertTrue(all(0 <= n <= 1 for n in more), more)
        for device, n in zip(self.devices, more):
            wanted = "ON" if n else "OFF"
            self.wait_payload(self.spare_listener, f"lanbridge/{device.id}/switch_0/state", wanted)
        print(f"  {sum(more)} of the {COUNT} commands at the kill were obeyed, the others never", flush=True)
        for device, n in zip(self.devices, more):
            if not n:
                self.spare.publish(f"lanbridge/{device.id}/switch_0/set", "ON")
        self.expected += 1
        self.wait_for("all to be even", lambda: all(
            self.simulator.executed()[d.uuid] == self.expected for d in self.devices))

    def nobody_is_left(self):
        """No broker at all: they are still read."""
        self.kill(self.spare)
        since, began = len(self.simulator.process.log()), time.monotonic()
        self.wait_for("all to be asked over HTTP again and again", lambda: sum(
            n >= 3 for n in self.simulator.asked("http", since).values()) == COUNT)
        self.say("three requests to each with no broker", time.monotonic() - began)
        self.assertNotIn("is offline", self.bridge.log())

    def comes_back(self):
        self.listener.stop()
        began = time.monotonic()
        self.broker.start()
        self.listener = Listener(self.house, self.broker)
        self.wait_payload(self.listener, "lanbridge/bridge/state", "online", 40)
        for device in self.devices:
            self.wait_online(self.listener, device)
        self.wait_transport(self.listener, "mqtt", 60)
        self.say("from the broker's return until all were on MQTT", time.monotonic() - began)
        self.wait_listed(self.listener, "mqtt", "preferred, since no address is configured")
        self.assert_executed()
        self.say("a command over MQTT", self.command(self.listener, "OFF"))

    def comes_back_unnoticed(self):
        """While lanbridge is on the other broker: the devices announce themselves to nobody, and so do the
        commands that are sent there."""
        self.spare_listener.stop()
        self.spare.start()
        self.spare_listener = Listener(self.house, self.spare)
        self.kill(self.broker)
        self.listener.stop()
        self.wait_payload(self.spare_listener, "lanbridge/bridge/state", "online", 40)
        self.wait_transport(self.spare_listener, "http")
        self.broker.start()
        self.listener = Listener(self.house, self.broker)
        self.wait_for("the devices on their broker", lambda: len(
            [t for t in self.listener.latest if t.startswith("/appliance/")]) >= COUNT, 40)
        self.broker.publish_all((f"lanbridge/{d.id}/switch_0/set", "ON") for d in self.devices)
        self.say("a command over HTTP", self.command(self.spare_listener, "ON"))
        killed = self.kill(self.spare)
        self.wait_payload(self.listener, "lanbridge/bridge/state", "online", 40)
        connected = time.monotonic()
        self.wait_transport(self.listener, "mqtt", 40)
        self.say("back on MQTT though they said nothing, from the loss and from the connection",
                 time.monotonic() - killed, time.monotonic() - connected)
        self.assertLess(time.monotonic() - connected, WITHIN_A_POLL)
        self.assert_executed()
        self.say("a command over MQTT", self.command(self.listener, "OFF"))


class HttpBlocked(Twenty):
    """They are configured by host. Half of the addresses refuse, as those of a device without its web server;
    half swallow everything, as a firewall does."""

    def setUp(self):
        super().setUp()
        self.broker = Broker(self.house)
        self.listener = Listener(self.house, self.broker)
        self.move_in()
        self.wires = [Wire(self.house, free_port(), device) for device in self.devices]
        self.bridge = Bridge(self.house, self.config(self.broker, *[{"host": w.address} for w in self.wires]))
        for device in self.devices:
            self.wait_online(self.listener, device)
        self.expected = 0

    def test_mqtt_takes_over(self):
        self.wait_transport(self.listener, "http")
        self.say("a command over HTTP", self.command(self.listener, "OFF"))
        self.block()
        blocked = time.monotonic()
        took = self.command(self.listener, "ON", blocked)
        self.say("from the block until each had obeyed a command", took)
        self.assertLess(took, WITHIN_A_POLL)
        self.wait_transport(self.listener, "mqtt")
        self.say("until each was on MQTT", time.monotonic() - blocked)
        self.say("a command over MQTT", self.command(self.listener, "OFF"))
        for device in self.devices:
            self.assertEqual("no answer over HTTP",
                             self.listener.json(f"lanbridge/{device.id}/transport/attributes")["reason"])
        arrived = self.listener.count()
        self.unblock()
        self.say("a command after the return", self.command(self.listener, "ON"))
        self.assertNotIn("offline", [m.payload for m in self.listener.arrivals[arrived:]])
        self.assert_executed()

    def block(self):
        for number, wire in enumerate(self.wires):
            if number % 2:
                wire.swallow()
            else:
                wire.unplug()

    def unblock(self):
        for wire in self.wires:
            wire.unplug()
            wire.plug_in()


if __name__ == "__main__":
    main()
