"""A house to test in: a broker, devices, lanbridge, and somebody who listens. Everything is a real program.

Whatever a test starts ends with it, also when it fails. Nothing sleeps for longer than `glance`: every wait is
for a condition, has a deadline, and says what it waited for when that passes.
"""

import contextlib
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time
import unittest

from ground import GLANCE, KEY, PATIENCE, mosquitto, program, skip
from listener import Listener
from programs import Process


class House:
    """Owner of all that a test starts."""

    def __init__(self):
        self.stack = contextlib.ExitStack()
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="lanbridge-house-"))
        self.stack.callback(shutil.rmtree, self.folder, ignore_errors=True)
        self.bridges = []
        self.folders = 0

    def close(self):
        self.stack.close()

    def on_exit(self, action):
        self.stack.callback(action)

    def new_folder(self, name):
        self.folders += 1
        folder = self.folder / f"{name}-{self.folders}"
        folder.mkdir()
        return folder

    def environment(self):
        """Nothing of the person who runs the tests leaks in."""
        kept = {name: value for name, value in os.environ.items()
                if not name.startswith(("XDG_", "STATE_DIRECTORY", "NOTIFY_SOCKET", "WATCHDOG"))}
        kept.update(HOME=str(self.folder), XDG_CONFIG_HOME=str(self.folder / "config"),
                    XDG_STATE_HOME=str(self.folder / "state"))
        return kept

    def start(self, name, argv, environment=None):
        process = Process(name, argv, self.folder, environment or self.environment())
        self.on_exit(process.end_quietly)
        return process

    def run(self, *arguments, patience=PATIENCE, environment=None):
        """One `lanbridge` command to its end; `environment` adds to the usual one."""
        return subprocess.run([program(), *map(str, arguments)], stdin=subprocess.DEVNULL, capture_output=True,
                              text=True, timeout=patience, cwd=self.folder,
                              env={**self.environment(), **(environment or {})})

    def wait_for(self, what, condition, patience=PATIENCE):
        """The condition's first true result. `what` may be a function that says it at the end of the wait."""
        deadline = time.monotonic() + patience
        while True:
            result = condition()
            if result:
                return result
            if time.monotonic() > deadline:
                text = what() if callable(what) else what
                raise AssertionError(f"waited {patience:.0f} s for {text}\n{self.last_words()}")
            time.sleep(GLANCE)

    def stays(self, what, condition, period):
        """Fails as soon as `condition` does not hold within `period` seconds."""
        end = time.monotonic() + period
        while time.monotonic() < end:
            if not condition():
                raise AssertionError(f"did not stay so: {what}\n{self.last_words()}")
            time.sleep(GLANCE)

    def last_words(self):
        parts = []
        for process in self.bridges[-2:]:
            lines = [line for line in process.log().splitlines() if "meross.http" not in line]
            parts.append(f"--- last lines of {process.name} ---\n" + "\n".join(lines[-40:]))
        return "\n".join(parts)

    def retained(self, broker, topic="#"):
        """What a new subscriber is told, as a dictionary."""
        listener = Listener(self, broker, topic)
        try:
            return {m.topic: m.payload for m in listener.arrivals if m.retained}
        finally:
            listener.stop()


class HouseTest(unittest.TestCase):
    """A test with a house of its own."""

    maxDiff = None

    def setUp(self):
        self.house = House()
        self.addCleanup(self.house.close)
        self.wait_for = self.house.wait_for
        self.stays = self.house.stays

    def config(self, broker, *devices, **sections):
        """A configuration for these simulated devices, polled as fast as allowed. Nothing asks the network
        around for others."""
        entries = [device if isinstance(device, dict) else {"host": device.address} for device in devices]
        base = {"mqtt": {"broker": broker.url},
                "meross": {"keys": [KEY], "poll_interval": "5s", "devices": entries,
                           "discovery": {"udp": False, "dhcp": False}}}
        for name, content in sections.items():
            base.setdefault(name, {}).update(content)
        return base

    def wait_online(self, listener, device, patience=PATIENCE):
        """Returns once the device is there with a value on every state topic of its document."""
        document = f"homeassistant/device/lanbridge/{device.id}/config"
        self.wait_for(f"{device.id} to be online",
                      lambda: listener.get(f"lanbridge/{device.id}/availability") == "online", patience)
        self.wait_for(f"the document of {device.id}", lambda: listener.get(document), patience)
        missing = []

        def complete():
            missing[:] = [t for t in state_topics(listener.json(document)) if listener.get(t) is None]
            return not missing

        self.wait_for(lambda: f"values of {device.id} on {missing}", complete, patience)

    def wait_log(self, bridge, text, start=0, patience=PATIENCE):
        self.wait_for(f"a log line with {text!r}", lambda: text in bridge.log()[start:], patience)

    def wait_payload(self, listener, topic, payload, patience=PATIENCE):
        self.wait_for(lambda: f"{topic} to be {payload!r}, and not {listener.get(topic)!r}",
                      lambda: listener.get(topic) == payload, patience)

    def listed(self, listener, address):
        """The entry of `bridge/devices` with this address."""
        for entry in listener.json("lanbridge/bridge/devices") or []:
            if entry["address"] == address:
                return entry
        return None

    def wait_reason(self, listener, address, reason, patience=PATIENCE):
        return self.wait_for(
            lambda: f"bridge/devices to list {address} as {reason}, and not {self.listed(listener, address)}",
            lambda: (self.listed(listener, address) or {}).get("reason") == reason, patience)


def state_topics(document):
    """Every topic of a document that must hold a value; events are none."""
    topics = []
    for component in document["components"].values():
        if component["platform"] == "event":
            continue
        topics += [value for name, value in component.items()
                   if name.endswith("_topic") and "command" not in name and not name.startswith("set_")]
    return topics


def command_topics(document):
    return [value for component in document["components"].values() for name, value in component.items()
            if "command_topic" in name]


def main():
    """`test_x.py PROGRAM [unittest's arguments]`"""
    if len(sys.argv) < 2 or not os.path.exists(sys.argv[1]):
        sys.exit(f"usage: {sys.argv[0]} PATH-OF-LANBRIDGE [test names]")
    os.environ["LANBRIDGE_PROGRAM"] = os.path.abspath(sys.argv.pop(1))
    missing = [name for name in ("mosquitto_sub", "mosquitto_pub", "mosquitto_passwd") if not shutil.which(name)]
    if missing or not mosquitto():
        skip("mosquitto and mosquitto-clients are needed; install them with apt-get install")
    unittest.main(verbosity=2)
