"""`bridge/request/…` and its answers."""

import itertools
import json

from ground import KEY
from house import HouseTest, main
from listener import Listener
from programs import Bridge, Broker, Simulator


class Requests(HouseTest):
    def setUp(self):
        super().setUp()
        self.broker = Broker(self.house)
        self.listener = Listener(self.house, self.broker)
        self.simulator = Simulator(self.house, "mss310", "mss210")
        self.plug, self.named = self.simulator.devices
        self.configuration = self.config(self.broker, self.plug, {"host": self.named.address, "name": "Kettle"})
        self.bridge = Bridge(self.house, self.configuration)
        for device in self.simulator.devices:
            self.wait_online(self.listener, device)
        self.transactions = itertools.count(1)

    def request(self, name, /, **arguments):
        """The answer to a request; its transaction tells it from others."""
        transaction = f"t{next(self.transactions)}"
        arrived = self.listener.count()
        self.broker.publish(f"lanbridge/bridge/request/{name}",
                            json.dumps(dict(arguments, transaction=transaction)))

        def answered():
            for payload in self.listener.seen(f"lanbridge/bridge/response/{name}", arrived):
                answer = json.loads(payload)
                if answer.get("transaction") == transaction:
                    return answer
            return None

        return self.wait_for(f"the answer to {name}", answered)

    def ok(self, name, /, **arguments):
        answer = self.request(name, **arguments)
        self.assertEqual("ok", answer["status"], answer)
        return answer["data"]

    def refused(self, name, /, **arguments):
        answer = self.request(name, **arguments)
        self.assertEqual("error", answer["status"], answer)
        self.assertTrue(answer["error"])
        return answer["error"]

    def events(self, kind, since=0):
        return [event["data"] for event in map(json.loads, self.listener.seen("lanbridge/bridge/event", since))
                if event["type"] == kind]

    def test_request_reaches_the_device(self):
        for target in (self.plug.id, self.plug.uuid, self.plug.address):
            data = self.ok("request", target=target, namespace="Appliance.System.All")
            self.assertEqual(self.plug.uuid, data["payload"]["all"]["system"]["hardware"]["uuid"])
            self.assertEqual("GETACK", data["header"]["method"])
            self.assertNotIn("sign", data["header"])
        self.ok("request", target="Kettle", namespace="Appliance.Control.Toggle", method="SET",
                payload={"toggle": {"onoff": 1}})
        data = self.ok("request", target="Kettle", namespace="Appliance.Control.Toggle")
        self.assertEqual(1, data["payload"]["toggle"]["onoff"])

    def test_request_that_fails(self):
        self.assertIn("namespace", self.refused("request", target=self.plug.id))
        self.assertIn("method", self.refused("request", target=self.plug.id, namespace="Appliance.System.All",
                                             method="PATCH"))
        self.refused("request", target="nobody at all", namespace="Appliance.System.All")
        self.refused("request", target=self.plug.address, namespace="Appliance.System.All", key="wrong")
        answer = self.request("request", target=self.plug.id, namespace="Appliance.Control.ToggleX",
                              method="SET", payload={"nonsense": 1})
        self.assertEqual("error", answer["status"])
        self.assertEqual("ERROR", answer["data"]["header"]["method"], "the device's own words come along")
        self.assertNotIn("sign", answer["data"]["header"])

    def test_rename(self):
        document = f"homeassistant/device/lanbridge/{self.plug.id}/config"
        before = self.listener.json(document)["components"]
        arrived = self.listener.count()
        self.ok("device/rename", device=self.plug.id, name="Desk lamp")
        self.wait_for("the new name", lambda: self.listener.json(document)["device"]["name"] == "Desk lamp")
        self.assertEqual({c["unique_id"] for c in before.values()},
                         {c["unique_id"] for c in self.listener.json(document)["components"].values()})
        self.wait_for("the event", lambda: self.events("device_renamed", arrived))
        self.ok("device/refresh", device="Desk lamp")
        self.assertIn("config", self.refused("device/rename", device="Kettle", name="Pot"))
        self.bridge.stop()
        self.bridge.start()
        self.wait_for("the name after a restart",
                      lambda: (self.listed(self.listener, self.plug.address) or {}).get("name") == "Desk lamp")

    def test_refresh_publishes_again(self):
        topic = f"lanbridge/{self.plug.id}/signal/state"
        arrived = self.listener.count()
        self.ok("device/refresh", device=self.plug.id)
        self.wait_for("an unchanged state again", lambda: self.listener.seen(topic, arrived))

    def test_remove(self):
        arrived = self.listener.count()
        self.ok("device/remove", device=self.plug.id)
        self.wait_for("its topics to be cleared",
                      lambda: not [t for t in self.house.retained(self.broker) if self.plug.id in t])
        self.wait_for("the event", lambda: self.events("device_removed", arrived))
        self.wait_for("bridge/devices without it",
                      lambda: self.listed(self.listener, self.plug.address) is None)
        self.assertEqual("online", self.listener.get(f"lanbridge/{self.named.id}/availability"))
        self.refused("device/remove", device=self.plug.id)

    def test_health_and_log_level(self):
        health = self.ok("health")
        for name in ("uptime_s", "rss_bytes", "cpu_percent", "mqtt", "meross"):
            self.assertIn(name, health)
        self.assertIn(self.plug.id, health["meross"])
        self.ok("log_level", level="warn")
        self.wait_payload(self.listener, "lanbridge/bridge/log_level/state", "warn")
        self.assertIn("loud", self.refused("log_level", level="loud"))
        self.broker.publish("lanbridge/bridge/log_level/set", "debug")
        self.wait_payload(self.listener, "lanbridge/bridge/log_level/state", "debug")

    def test_restart(self):
        arrived = self.listener.count()
        self.ok("restart")
        self.wait_for("offline, then online",
                      lambda: self.listener.seen("lanbridge/bridge/state", arrived)[-2:] == ["offline", "online"])
        self.assertTrue(self.bridge.process.running(), "the process stays")
        self.broker.publish(f"lanbridge/{self.plug.id}/switch_0/set", "OFF")
        self.wait_payload(self.listener, f"lanbridge/{self.plug.id}/switch_0/state", "OFF")

    def test_clear(self):
        self.ok("homeassistant/clear")

        def left():
            return [t for t in self.house.retained(self.broker)
                    if t.startswith("homeassistant/") or any(d.id in t for d in self.simulator.devices)]

        self.wait_for("no retained topic of ours", lambda: not left())

    def test_unknown_and_malformed(self):
        self.assertIn("device/rename", self.refused("make_coffee"), "the names that exist are told")
        self.refused("device/remove", device="nobody")
        self.refused("device/remove")
        self.broker.publish("lanbridge/bridge/request/health", '{"transaction": ')
        self.wait_for("an error", lambda: any(json.loads(p)["status"] == "error" for p in self.listener.seen(
            "lanbridge/bridge/response/health")))
        self.broker.publish("lanbridge/bridge/request/restart", "{}", retain=True)
        self.wait_for("a retained request to be cleared",
                      lambda: not self.house.retained(self.broker, "lanbridge/bridge/request/#"))

    def test_no_secret_shows(self):
        self.ok("request", target=self.plug.id, namespace="Appliance.System.All")
        for text in [self.bridge.log()] + list(self.listener.latest.values()):
            self.assertNotIn(KEY, text)


if __name__ == "__main__":
    main()
