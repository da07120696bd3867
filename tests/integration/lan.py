"""A LAN of network namespaces: a switch, and machines that are plugged into it. Nothing leaves it."""

import contextlib
import json
import os
import pathlib
import shutil
import subprocess
import sys

from ground import KEY, PATIENCE, SIMULATED, mosquitto, program, skip
from programs import Bridge, Broker, simulated

PEER = pathlib.Path(__file__).with_name("lan_peer.py")
NETWORK = "10.77.0"


def ip(*words):
    subprocess.run(["ip", *map(str, words)], check=True, capture_output=True, text=True, timeout=PATIENCE)


def need_namespaces():
    """Skips where they cannot be made."""
    if not shutil.which("ip"):
        skip("network namespaces need iproute2")
    probe = f"lb{os.getpid()}p"
    made = subprocess.run(["ip", "netns", "add", probe], capture_output=True, text=True)
    if made.returncode != 0:
        skip(f"network namespaces may not be made here: {made.stderr.strip()}")
    try:
        bridged = subprocess.run(["ip", "-n", probe, "link", "add", "switch", "type", "bridge"],
                                 capture_output=True, text=True)
    finally:
        ip("netns", "del", probe)
    if bridged.returncode != 0:
        skip(f"network bridges may not be made here: {bridged.stderr.strip()}")


class Machine:
    """A namespace with one interface on the LAN."""

    def __init__(self, lan, number, host):
        self.lan, self.house = lan, lan.house
        self.space = f"{lan.prefix}m{number}"
        self.number, self.host = number, None
        self.processes = 0
        lan.add_space(self.space)
        port = f"p{number}"
        ip("-n", lan.switch, "link", "add", port, "type", "veth", "peer", "name", "eth0", "netns", self.space)
        ip("-n", lan.switch, "link", "set", port, "master", "switch", "up")
        ip("-n", self.space, "link", "set", "eth0", "up")
        self.move(host)

    def move(self, host):
        """Gives the machine this address instead of its present one."""
        ip("-n", self.space, "address", "flush", "dev", "eth0")
        self.host = f"{NETWORK}.{host}"
        ip("-n", self.space, "address", "add", f"{self.host}/24", "broadcast", f"{NETWORK}.255", "dev", "eth0")

    def inside(self, *argv):
        return ["ip", "netns", "exec", self.space, *map(str, argv)]

    def start(self, name, *argv):
        self.processes += 1
        return self.house.start(f"{self.space}-{name}-{self.processes}", self.inside(*argv))

    def run(self, *arguments, before=(), patience=PATIENCE):
        """One `lanbridge` command to its end."""
        argv = self.inside(*before, program(), *arguments)
        return subprocess.run(argv, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=patience,
                              env=self.house.environment(), cwd=self.house.folder)

    def simulate(self, name, listen="0.0.0.0"):
        """A device on port 80 of every address that the machine has or will have. Simulated devices are numbered
        within their process, so this machine's is the last of as many as there are machines: no two are alike."""
        count = self.number
        process = self.start("simulate", program(), "--json", "simulate", "--listen", f"{listen}:{81 - count}",
                             "--key", KEY, *[SIMULATED / f"{name}.json"] * count)
        shown = []

        def told():
            if not process.running():
                raise AssertionError("lanbridge simulate has ended:\n" + process.log())
            shown[:] = [line for line in process.log().splitlines() if line.startswith("{")]
            return len(shown) == count

        self.house.wait_for("lanbridge simulate to name its devices", told)
        return simulated(json.loads(shown[-1]))

    def answer(self, text):
        """Answers discovery queries with this text; returns once it listens."""
        process = self.start("answer", sys.executable, "-B", PEER, "answer", text)
        listening = self.inside("ss", "-lunH", "sport = :9988") if shutil.which("ss") else None
        if listening:
            self.house.wait_for("the peer to listen", lambda: subprocess.run(
                listening, capture_output=True, text=True).stdout.strip())
        return process

    def request_address(self, mac, address):
        return self.start("dhcp", sys.executable, "-B", PEER, "request", mac, address)


class LanBroker(Broker):
    """mosquitto on the loopback interface of a machine."""

    def __init__(self, machine):
        self.here = lambda argv: machine.inside(*argv)
        super().__init__(machine.house)

    def start(self):
        conf = self.folder / "mosquitto.conf"
        conf.write_text(self.configuration())
        self.process = self.house.start(f"mosquitto-{self.port}", self.here([mosquitto(), "-c", str(conf)]))
        self.house.wait_for("mosquitto to run", lambda: " running" in self.process.log())


class LanBridge(Bridge):
    """`lanbridge run` on a machine."""

    def __init__(self, machine, config):
        self.here = lambda argv: machine.inside(*argv)
        super().__init__(machine.house, config)


class Lan:
    count = 0

    def __init__(self, house):
        self.house = house
        Lan.count += 1
        self.prefix = f"lb{os.getpid()}n{Lan.count}"
        self.switch = f"{self.prefix}s"
        self.add_space(self.switch)
        ip("-n", self.switch, "link", "add", "switch", "type", "bridge")
        ip("-n", self.switch, "link", "set", "switch", "up")
        self.machines = 0

    def add_space(self, name):
        ip("netns", "add", name)
        self.house.on_exit(lambda: self.drop(name))
        ip("-n", name, "link", "set", "lo", "up")

    @staticmethod
    def drop(name):
        with contextlib.suppress(subprocess.CalledProcessError):
            ip("netns", "del", name)

    def machine(self, host):
        self.machines += 1
        return Machine(self, self.machines, host)
