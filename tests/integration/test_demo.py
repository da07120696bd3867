"""`lanbridge run --demo`: everything can be seen without hardware."""

import json

from ground import accepts, free_port
from house import HouseTest, command_topics, main, state_topics
from listener import Listener
from programs import Bridge, ForeignBroker

MODELS = {"em06", "hp110ahk", "map100", "mfc100", "mod100", "mop320", "mrs100", "ms600", "msg100", "msg200", "msh300",
          "msh300hk", "msl120", "msl320cpr", "msl450", "mss110", "mss210", "mss305", "mss310", "mss425f", "mss560", "msxh0",
          "mts200", "mts200b", "mts300", "mts960"}


class Demo(HouseTest):
    def setUp(self):
        super().setUp()
        port = free_port()
        self.bridge = Bridge(self.house, {"embedded_broker": {"listen": [f"127.0.0.1:{port}"]}}, ["--demo"])
        self.wait_for("the embedded broker", lambda: accepts(port))
        self.broker = ForeignBroker(self.house, port)
        self.listener = Listener(self.house, self.broker)

    def documents(self):
        return {topic: json.loads(payload) for topic, payload in self.listener.latest.items()
                if topic.startswith("homeassistant/device/lanbridge/")}

    def devices(self):
        """All demo devices, once they are there and have been read."""
        def ready():
            listed = self.listener.json("lanbridge/bridge/devices") or []
            online = [entry for entry in listed if entry["availability"] == "online"]
            everything = len(online) == len(listed) and {entry["model"] for entry in online} >= MODELS
            return online if everything else None

        devices = self.wait_for("all demo devices on line", ready, 40)
        missing = []

        def complete():
            missing[:] = [t for d in self.documents().values() for t in state_topics(d)
                          if self.listener.get(t) is None]
            return len(self.documents()) > len(MODELS) and not missing

        self.wait_for(lambda: f"values on {missing}", complete)
        return devices

    def test_shows_documents_and_living_states(self):
        devices = self.devices()
        documents = self.documents()
        self.check_documents(devices, documents)
        self.check_retained(documents)
        self.check_bridge_topics(devices)
        self.check_summary(devices)
        plug = next(entry["id"] for entry in devices if entry["model"] == "mss310")
        self.check_meter_moves(plug)
        self.check_switching(plug)
        self.assertEqual(0, self.bridge.stop(patience=5))

    def check_documents(self, devices, documents):
        unique_ids = [c["unique_id"] for d in documents.values() for c in d["components"].values()]
        self.assertEqual(len(unique_ids), len(set(unique_ids)), "unique ids are unique")
        for entry in devices:
            document = documents[f"homeassistant/device/lanbridge/{entry['id']}/config"]
            self.assertEqual("lanbridge", document["origin"]["name"])
            self.assertIn(f"lanbridge_{entry['id']}", document["device"]["identifiers"])
            via = document["device"]["via_device"].removeprefix("lanbridge_")
            self.assertIn(via, ["bridge_lanbridge"] + [other["id"] for other in devices])
            hub = [] if via == "bridge_lanbridge" else [{"topic": f"lanbridge/{via}/availability"}]
            self.assertEqual("all", document["availability_mode"])
            self.assertEqual([{"topic": "lanbridge/bridge/state"}, *hub,
                              {"topic": f"lanbridge/{entry['id']}/availability"}], document["availability"])
            self.assertEqual(sorted(entry["entities"]), sorted(document["components"]))
        bridge = documents["homeassistant/device/lanbridge/bridge_lanbridge/config"]
        self.assertEqual({"connection", "version", "restart", "log_level", "devices_online"},
                         set(bridge["components"]))

    def check_retained(self, documents):
        retained = self.house.retained(self.broker)
        for document in documents.values():
            for topic in state_topics(document):
                self.assertIn(topic, retained)
            for topic in command_topics(document):
                self.assertNotIn(topic, retained)
        never = [t for t in retained if t.endswith("/set") or "/bridge/request/" in t or "/bridge/event" in t]
        self.assertEqual([], never)

    def check_bridge_topics(self, devices):
        retained = self.house.retained(self.broker, "lanbridge/bridge/#")
        self.assertEqual("online", retained["lanbridge/bridge/state"])
        self.assertNotIn("lanbridge/bridge/health", retained)
        info = json.loads(retained["lanbridge/bridge/info"])
        for name in ("version", "start_time", "counts", "broker", "configuration"):
            self.assertIn(name, info)
        self.wait_for("the counts in bridge/info",
                      lambda: self.listener.json("lanbridge/bridge/info")["counts"]["online"] == len(devices))
        for entry in json.loads(retained["lanbridge/bridge/devices"]):
            for name in ("id", "name", "model", "firmware", "address", "transport", "availability", "reason",
                         "entities"):
                self.assertIn(name, entry)
        self.wait_payload(self.listener, "lanbridge/bridge/devices_online/state", str(len(devices)))
        self.broker.publish("lanbridge/bridge/request/health", "{}")
        answer = self.wait_for("bridge/response/health",
                               lambda: self.listener.json("lanbridge/bridge/response/health"))
        self.assertEqual("ok", answer["status"])
        self.assertGreater(answer["data"]["rss_bytes"], 1_000_000)

    def check_summary(self, devices):
        self.wait_log(self.bridge, f"devices: {len(devices)} known")
        log = self.bridge.log()
        self.assertIn(f"127.0.0.1:{self.broker.port}", log)
        self.assertIn(f"mosquitto_sub -v -h 127.0.0.1 -p {self.broker.port}", log)
        self.assertNotIn("lanbridge-demo", log, "no key in the log")

    def check_meter_moves(self, device):
        topic = f"lanbridge/{device}/power/state"
        self.wait_for("power to move", lambda: len(set(self.listener.seen(topic))) >= 3, 40)

    def check_switching(self, device):
        state = f"lanbridge/{device}/switch_0/state"
        wanted = "OFF" if self.listener.get(state) == "ON" else "ON"
        self.broker.publish(f"lanbridge/{device}/switch_0/set", wanted)
        self.wait_payload(self.listener, state, wanted)


if __name__ == "__main__":
    main()
