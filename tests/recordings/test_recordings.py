"""What lanbridge publishes for devices recorded in real houses: entities and first states, over HTTP and over
MQTT. Prints the table of what was expected and what was published.

The recordings are no part of the project. Their folder is LANBRIDGE_TRACES, or `shared/traces` beside the
source folder; without it the test is skipped.
"""

import json
import os
import pathlib
import sys

HERE = pathlib.Path(__file__).resolve()
sys.path.insert(0, str(HERE.parents[1] / "integration"))
sys.path.insert(0, str(HERE.parent))

from coverage import EXPECTED  # noqa: E402
from ground import SOURCE, skip  # noqa: E402
from house import HouseTest, main  # noqa: E402
from listener import Listener  # noqa: E402
from programs import Bridge, Broker, Simulator  # noqa: E402
from schema import validate_documents  # noqa: E402

# Made by the bridge for every device, not by the device.
OF_THE_BRIDGE = {"transport"}
# Three people's hubs: their subdevices carry the same made-up ids, so each lives in a house of its own.
HUBS = [name for name in EXPECTED if name.startswith("msh")]
OTHERS = [name for name in EXPECTED if name not in HUBS]
PREFIX = "homeassistant/device/lanbridge/"


def folder():
    given = os.environ.get("LANBRIDGE_TRACES")
    return (pathlib.Path(given) if given else SOURCE.parent / "shared" / "traces") / "meross"


def core_entities(document, expected):
    """Without those that are an offer: switched off until the user wants them."""
    return {name for name, component in document["components"].items()
            if name not in OF_THE_BRIDGE and (name in expected or component.get("enabled_by_default", True))}


def holds(value, expected):
    """Whether a payload is what is expected: a text, a number, or a JSON object that holds at least this."""
    if value is None:
        return False
    if isinstance(expected, dict):
        found = json.loads(value)
        return all(found.get(name) == wanted for name, wanted in expected.items())
    if isinstance(expected, str):
        return value == expected
    try:
        return abs(float(value) - expected) < 0.0005
    except ValueError:
        return False


class Published:
    """A device's document and everything it has told."""

    def __init__(self, listener, device_id):
        self.listener, self.id = listener, device_id
        self.document = listener.json(f"{PREFIX}{device_id}/config")

    def told(self, topic):
        return self.listener.seen(f"lanbridge/{self.id}/{topic}")

    def first(self, topic):
        """The first value; what is unknown at first is `None`, and only counts where nothing else follows."""
        values = [v for v in self.told(topic) if v]
        known = [v for v in values if v not in ("None", '{"state":null}')]
        return known[0] if known else (values[0] if values else None)

    def last(self, topic):
        return (self.told(topic) or [None])[-1]

    def behind(self):
        """The devices that stand behind this one."""
        mine = f"lanbridge_{self.id}"
        found = []
        for topic, payload in sorted(self.listener.latest.items()):
            if topic.startswith(PREFIX) and payload and json.loads(payload)["device"].get("via_device") == mine:
                found.append(Published(self.listener, topic[len(PREFIX):].split("/")[0]))
        return found


class Recordings(HouseTest):
    def house_with(self, recordings, transport):
        broker = Broker(self.house)
        listener = Listener(self.house, broker)
        simulator = Simulator(self.house, *[folder() / name for name in recordings],
                              broker=broker if transport == "mqtt" else None)
        devices = [d if transport == "http" else {"uuid": d.uuid} for d in simulator.devices]
        Bridge(self.house, self.config(broker, *devices, meross={"protocol": transport}))
        for device in simulator.devices:
            self.wait_online(listener, device, 60)
        return {name: Published(listener, device.id) for name, device in zip(recordings, simulator.devices)}

    def complaints(self, name, published, transport):
        expected = EXPECTED[name]
        for topic, wanted in expected.first.items():
            if not holds(published.first(topic), wanted):
                yield f"{topic} is {published.first(topic)}, not {wanted}"
        for entity in expected.unavailable:
            if published.last(f"{entity}/availability") != "offline":
                yield f"{entity} is available"
        if published.first("transport/state") != transport:
            yield f"it is reached over {published.first('transport/state')}"
        yield from self.complaints_behind(expected, published)

    @staticmethod
    def complaints_behind(expected, published):
        """Each wanted state belongs to one of the subdevices, whichever."""
        left = published.behind()
        for wanted in expected.behind_states:
            fitting = [d for d in left if all(holds(d.last(t), v) or holds(d.first(t), v)
                                              for t, v in wanted.items())]
            if fitting:
                left.remove(fitting[0])
            else:
                yield f"no subdevice shows {wanted}"

    @staticmethod
    def compare(expected, documents):
        """Rows of (device, expected, published, missing, extra)."""
        main_device, behind = documents
        rows = [("itself", expected.entities, core_entities(main_device.document, expected.entities))]
        left = list(behind)
        for wanted in expected.behind:
            best = min(left, key=lambda d: len(wanted ^ core_entities(d.document, wanted)), default=None)
            rows.append((best.id if best else "?", wanted,
                         core_entities(best.document, wanted) if best else set()))
            if best:
                left.remove(best)
        rows += [(d.id, set(), core_entities(d.document, set())) for d in left]
        return rows

    def check(self, recordings, transport):
        wrong = []
        published = self.house_with(recordings, transport)
        print(f"\n{'over ' + transport:28} {'expected':>8} {'published':>9}  missing / extra")
        total = 0
        for name in recordings:
            device, expected = published[name], EXPECTED[name]
            self.wait_for(f"{len(expected.behind)} subdevices of {name}",
                          lambda: len(device.behind()) >= len(expected.behind), 60)
            rows = self.compare(expected, (device, device.behind()))
            missing = [f"{who}:{e}" for who, want, have in rows for e in sorted(want - have)]
            extra = [f"{who}:{e}" for who, want, have in rows for e in sorted(have - want)]
            wanted = sum(len(want) for _, want, _ in rows)
            total += wanted
            print(f"{name:28} {wanted:8} {sum(len(have) for _, _, have in rows):9}  "
                  f"{' '.join(missing) or '-'} / {' '.join(extra) or '-'}")
            wrong += [f"{name}: missing {missing}, extra {extra}"] if missing or extra else []
            complaints = []

            def content():
                complaints[:] = self.complaints(name, device, transport)
                return not complaints

            try:
                self.wait_for(f"the states of {name}", content, 20)
            except AssertionError:
                wrong += [f"{name}: {complaint}" for complaint in complaints]
        print(f"{'together':28} {total:8}", flush=True)
        validate_documents(self, next(iter(published.values())).listener.latest)
        self.assertEqual([], wrong)
        return published

    def same(self, recordings):
        over_http = self.check(recordings, "http")
        over_mqtt = self.check(recordings, "mqtt")
        for name in recordings:
            with self.subTest(recording=name):
                told, also = over_http[name], over_mqtt[name]
                self.assertEqual(told.document["components"], also.document["components"])
                for topic in EXPECTED[name].first:
                    self.assertEqual(told.first(topic), also.first(topic), topic)

    def test_devices(self):
        self.same(OTHERS)

    def test_hub_msh300(self):
        self.same(["msh300.csv"])

    def test_hub_with_a_door_and_a_smoke_alarm(self):
        self.same(["msh300hk-ms200-gs559.csv"])

    def test_hub_with_fifteen_valves(self):
        self.same(["msh300hk.csv"])


if __name__ == "__main__":
    absent = [name for name in EXPECTED if not (folder() / name).exists()]
    if absent:
        skip(f"no recordings {', '.join(absent)} in {folder()}; set LANBRIDGE_TRACES to the folder of traces")
    main()
