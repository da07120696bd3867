"""What lanbridge publishes for devices recorded in real houses: entities and first states.

The recordings are no part of the project. Their folder is LANBRIDGE_TRACES, or `shared/traces` beside the
source folder; without it the test is skipped.
"""

import os
import pathlib
import sys

HERE = pathlib.Path(__file__).resolve()
sys.path.insert(0, str(HERE.parents[1] / "integration"))

from ground import SOURCE, skip  # noqa: E402
from house import HouseTest, main  # noqa: E402
from listener import Listener  # noqa: E402
from programs import Bridge, Broker, Simulator  # noqa: E402
from schema import validate_documents  # noqa: E402

METER = {"power", "voltage", "current", "energy"}
COMMON = {"switch_0", "signal", "led"}

# What a complete bridge publishes, and the first states.
EXPECTED = {
    "mss310.csv": (COMMON | METER, {"switch_0": "OFF", "current": 0, "voltage": 238.0, "power": 0,
                                    "energy": 180, "signal": 76}),
    "mss310-old.csv": (COMMON | METER, {"switch_0": "ON", "current": 0.418, "voltage": 238.7,
                                        "power": 67.379}),
    "mss305.json.txt": (COMMON | METER | {"over_temp", "over_temp_type", "standby_killer", "standby_power",
                                          "standby_time", "standby_alert"},
                        {"switch_0": "ON", "current": 0.290, "voltage": 233.1, "power": 5.297,
                         "over_temp": "ON", "over_temp_type": "early_warning", "standby_killer": "OFF",
                         "standby_power": 0, "standby_time": 300}),
    "mss210.json.txt": (COMMON, {"switch_0": "OFF", "signal": 100}),
}
# Made by the bridge for every device, not by the device.
OF_THE_BRIDGE = {"transport"}


def folder():
    given = os.environ.get("LANBRIDGE_TRACES")
    return (pathlib.Path(given) if given else SOURCE.parent / "shared" / "traces") / "meross"


def core_entities(document, expected):
    """Without those that are an offer: switched off until the user wants them."""
    return {name for name, component in document["components"].items()
            if name not in OF_THE_BRIDGE and (name in expected or component.get("enabled_by_default", True))}


class Recordings(HouseTest):
    def published(self, recording, transport="http"):
        """The document of the recorded device, and the first values of its entities."""
        broker = Broker(self.house)
        listener = Listener(self.house, broker)
        device = Simulator(self.house, folder() / recording, broker=broker if transport == "mqtt" else None)[0]
        Bridge(self.house, self.config(broker, device if transport == "http" else {"uuid": device.uuid},
                                       meross={"protocol": transport}))
        self.wait_online(listener, device)
        document = listener.json(f"homeassistant/device/lanbridge/{device.id}/config")
        firsts = {}
        for name in document["components"]:
            values = [v for v in listener.seen(f"lanbridge/{device.id}/{name}/state") if v not in ("", "None")]
            firsts[name] = values[0] if values else None
        self.assertEqual(transport, firsts["transport"])
        validate_documents(self, listener.latest)
        return document, firsts

    def check(self, recording):
        entities, states = EXPECTED[recording]
        document, firsts = self.published(recording)
        self.assertEqual(entities, core_entities(document, entities))
        for name, expected in states.items():
            with self.subTest(entity=name):
                if isinstance(expected, str):
                    self.assertEqual(expected, firsts[name])
                else:
                    self.assertIsNotNone(firsts[name])
                    self.assertAlmostEqual(expected, float(firsts[name]), places=3)
        self.same_over_mqtt(recording, document, firsts)

    def same_over_mqtt(self, recording, document, firsts):
        told, over_mqtt = self.published(recording, "mqtt")
        self.assertEqual(document["components"], told["components"])
        self.assertEqual({**firsts, "transport": "mqtt"}, over_mqtt)

    def test_mss310(self):
        self.check("mss310.csv")

    def test_mss310_of_the_first_generation(self):
        self.check("mss310-old.csv")

    def test_mss305(self):
        self.check("mss305.json.txt")

    def test_mss210(self):
        self.check("mss210.json.txt")


if __name__ == "__main__":
    absent = [name for name in EXPECTED if not (folder() / name).exists()]
    if absent:
        skip(f"no recordings {', '.join(absent)} in {folder()}; set LANBRIDGE_TRACES to the folder of traces")
    main()
