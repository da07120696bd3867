"""Foreign, malformed, forged and old messages of devices on the broker, and of devices that nobody knows, at a
rate that no house has: bounded, counted, said once, harmless."""

import collections
import hashlib
import itertools
import json
import threading
import time

from ground import KEY, PATIENCE
from house import HouseTest, main
from listener import Listener
from mqtt_over_tls import Connection
from programs import Bridge, Broker, Simulator

RATE = 2000
SECONDS = 5
GROWTH = 5_000_000


def message(uuid, name_space, payload, method="PUSH", key=None, timestamp=None, number=itertools.count()):
    """As the device `uuid` would write it; without a key the signature is wrong."""
    identifier = hashlib.md5(str(next(number)).encode()).hexdigest()
    stamp = int(time.time()) if timestamp is None else timestamp
    sign = hashlib.md5((identifier + (key or "wrong") + str(stamp)).encode()).hexdigest()
    header = {"messageId": identifier, "namespace": name_space, "method": method, "payloadVersion": 1,
              "from": f"/appliance/{uuid}/publish", "timestamp": stamp, "timestampMs": 0, "sign": sign}
    return json.dumps({"header": header, "payload": payload}).encode()


def stranger(number):
    return hashlib.md5(f"stranger {number}".encode()).hexdigest()[:20] + f"48e1e9{number & 0xFFFFFF:06x}"


class Flood:
    """Bad messages in turn, one of each kind, on a thread of its own."""

    OFF = {"togglex": [{"channel": 0, "onoff": 0}]}

    def __init__(self, house, broker, victim):
        self.victim = victim
        self.topic = f"/appliance/{victim.uuid}/publish"
        self.sent = collections.Counter()
        self.connection = Connection(broker.port)
        self.thread = threading.Thread(target=self.run, daemon=True)
        house.on_exit(self.connection.close)

    def nonsense(self, number):
        texts = (b"", b"\xff\xfe\x00", b'{"header":', b"[" * 4000, b'{"header":{},"payload":[]}', b"null",
                 b'{"header":{"messageId":5,"namespace":{}},"payload":' + b'{"a":' * 300 + b"1" + b"}" * 300 + b"}")
        return self.topic, texts[number % len(texts)]

    def another_name(self, number):
        return self.topic, message(stranger(number), "Appliance.Control.Bind", {"bind": {}}, "SET", KEY)

    def no_device(self, number):
        where = ("/appliance/some_controller/publish", "/appliance//publish", f"/appliance/{'f' * 500}/publish")
        return where[number % 3], message(self.victim.uuid, "Appliance.System.All", {}, "GETACK", KEY)

    def forged(self, number):
        ahead = number % 2 * 1_000_000
        return self.topic, message(self.victim.uuid, "Appliance.Control.ToggleX", self.OFF,
                                   timestamp=int(time.time()) + ahead)

    def old(self, number):
        return self.topic, message(self.victim.uuid, "Appliance.Control.ToggleX", self.OFF, key=KEY,
                                   timestamp=int(time.time()) - 3600)

    def unknown(self, number):
        uuid = stranger(number)
        kinds = (("Appliance.System.Clock", {"clock": {"timestamp": 1}}, "PUSH", KEY),
                 ("Appliance.Control.Bind", {"bind": {"hardware": {"type": "mss310"}}}, "SET", None),
                 ("Appliance.Control.ToggleX", self.OFF, "PUSH", KEY))
        name, payload, method, key = kinds[number % 3]
        return f"/appliance/{uuid}/publish", message(uuid, name, payload, method, key)

    KINDS = ("nonsense", "another_name", "no_device", "forged", "old", "unknown")

    def run(self):
        began, number = time.monotonic(), 0
        while number < RATE * SECONDS:
            due = int((time.monotonic() - began) * RATE) - number
            batch = []
            for number in range(number, min(number + max(due, 0), RATE * SECONDS)):
                kind = self.KINDS[number % len(self.KINDS)]
                self.sent[kind] += 1
                batch.append(getattr(self, kind)(number))
            number += bool(batch)
            self.connection.flood(batch)
            time.sleep(0.005)
        self.took = time.monotonic() - began


class Floods(HouseTest):
    def setUp(self):
        super().setUp()
        self.broker = Broker(self.house)
        self.listener = Listener(self.house, self.broker, "lanbridge/#")
        self.victim, self.other = Simulator(self.house, "mss310", "mss310", broker=self.broker).devices
        self.bridge = Bridge(self.house, self.config(self.broker, {"uuid": self.victim.uuid},
                                                     {"uuid": self.other.uuid}), level="info")
        self.documents = Listener(self.house, self.broker, "homeassistant/#")
        for device in (self.victim, self.other):
            self.wait_payload(self.listener, f"lanbridge/{device.id}/transport/state", "mqtt")
            self.wait_for("a value of its switch",
                          lambda d=device: self.listener.get(f"lanbridge/{d.id}/switch_0/state"))
        self.wait_for("both in bridge/devices",
                      lambda: len(self.listener.json("lanbridge/bridge/devices") or []) == 2)

    def rss(self):
        with open(f"/proc/{self.bridge.process.child.pid}/statm") as statm:
            return int(statm.read().split()[1]) * 4096

    def sanitized(self):
        """Sanitizers keep what is freed."""
        with open(f"/proc/{self.bridge.process.child.pid}/maps") as maps:
            return any(f"lib{name}san.so" in line for line in maps for name in ("a", "t"))

    def health(self):
        arrived = self.listener.count()
        self.broker.publish("lanbridge/bridge/request/health", "{}")
        answer = self.wait_for("health", lambda: self.listener.seen("lanbridge/bridge/response/health", arrived))
        return json.loads(answer[0])["data"]

    def switch(self, payload):
        """Seconds from a command to its confirmed state."""
        arrived, began = self.listener.count(), time.monotonic()
        self.broker.publish(f"lanbridge/{self.other.id}/switch_0/set", payload)
        self.wait_for("the state", lambda: payload in self.listener.seen(
            f"lanbridge/{self.other.id}/switch_0/state", arrived))
        return time.monotonic() - began

    def test_flood(self):
        self.switch("OFF")
        self.health()
        topics = set(self.listener.latest) | set(self.documents.latest)
        before, most, slowest, commands = self.rss(), 0, 0.0, 0
        flood = Flood(self.house, self.broker, self.victim)
        flood.thread.start()
        for payload in itertools.cycle(("ON", "OFF")):
            slowest = max(slowest, self.switch(payload))
            most = max(most, self.rss())
            commands += 1
            if not flood.thread.is_alive():
                break
        total = sum(flood.sent.values())
        health = self.wait_for("all to be counted", lambda: self.settled(flood))
        print(f"  {total} messages in {flood.took:.1f} s: {(most - before) / 1e6:.1f} MB more, {commands} commands, "
              f"the slowest {slowest:.3f} s; {health['meross_mqtt']}", flush=True)
        self.assertEqual(RATE * SECONDS, total)
        if not self.sanitized():
            self.assertLess(most - before, GROWTH)
        self.assertLess(slowest, PATIENCE / 25)  # a second, on a machine that is not slow
        self.counted_and_said_once(flood, health)
        self.harmless(topics)

    def settled(self, flood):
        """The health once the daemon has heard all that the broker let through."""
        before = self.health()
        time.sleep(0.1)
        health = self.health()
        same = health["meross_mqtt"]["strangers"] == before["meross_mqtt"]["strangers"]
        return health if same and health["meross_mqtt"]["malformed"] >= flood.sent["nonsense"] else None

    def counted_and_said_once(self, flood, health):
        inbound = health["meross_mqtt"]
        self.assertEqual(flood.sent["nonsense"], inbound["malformed"])
        self.assertEqual(flood.sent["another_name"] + flood.sent["no_device"], inbound["foreign"])
        self.assertEqual(flood.sent["unknown"], inbound["strangers"])
        self.assertGreater(inbound["throttled"], 0)
        self.assertEqual(flood.sent["forged"] + flood.sent["old"],
                         health["meross"][self.victim.id]["distrusted_pushes"])
        log = self.bridge.log()
        for words in ("in the name of", "such pushes are not believed",
                      "unknown devices say more on the broker than is listened to"):
            self.assertEqual(1, log.count(words), f"{words}\n{log}")
        warnings = [line for line in log.splitlines() if "warn" in line.lower()]
        self.assertLessEqual(len(warnings), 6, "\n".join(warnings))

    def harmless(self, topics):
        """Nothing is published of the unknown; the device in whose name was lied is what it was."""
        self.listener.synchronise()
        self.documents.synchronise()
        now = set(self.listener.latest) | set(self.documents.latest)
        self.assertEqual([], [t for t in now - topics if "/meross_" in t])
        self.assertEqual({self.victim.id, self.other.id},
                         {entry["id"] for entry in self.listener.json("lanbridge/bridge/devices")})
        self.assertNotIn("OFF", self.listener.seen(f"lanbridge/{self.victim.id}/switch_0/state"))
        self.assertEqual("online", self.listener.get(f"lanbridge/{self.victim.id}/availability"))
        self.broker.publish(f"lanbridge/{self.victim.id}/switch_0/set", "OFF")
        self.wait_payload(self.listener, f"lanbridge/{self.victim.id}/switch_0/state", "OFF")


if __name__ == "__main__":
    main()
