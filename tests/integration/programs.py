"""The programs of a house: mosquitto, simulated devices, lanbridge."""

import collections
import json
import pathlib
import re
import signal
import subprocess
import time

from ground import KEY, PATIENCE, SIMULATED, accepts, free_port, free_port_range, mosquitto, program
from mqtt_over_tls import Connection


class Process:
    """A child whose output goes to a file."""

    def __init__(self, name, argv, folder, environment=None):
        self.name = name
        self.log_file = pathlib.Path(folder) / f"{name}.log"
        self.started = time.monotonic()
        with open(self.log_file, "ab") as log:
            self.child = subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                                          env=environment, start_new_session=True)

    def log(self):
        return self.log_file.read_text(errors="replace")

    def running(self):
        return self.child.poll() is None

    def send(self, number):
        self.child.send_signal(number)

    def stop(self, number=signal.SIGTERM, patience=10):
        """Ends it and returns its exit status; the last resort is SIGKILL."""
        if self.running():
            self.child.send_signal(signal.SIGCONT)
            self.child.send_signal(number)
        try:
            return self.child.wait(patience)
        except subprocess.TimeoutExpired:
            self.child.kill()
            self.child.wait()
            raise AssertionError(f"{self.name} did not end within {patience} s of signal {number}")

    def kill(self):
        return self.stop(signal.SIGKILL)

    def end_quietly(self):
        if self.running():
            self.child.send_signal(signal.SIGCONT)
            self.child.terminate()
            try:
                self.child.wait(5)
            except subprocess.TimeoutExpired:
                self.child.kill()
                self.child.wait()


class Broker:
    """mosquitto on a loopback port; the port and the stored messages survive a restart."""

    def __init__(self, house, persistent=False, users=None):
        self.house = house
        self.port = free_port()
        self.url = f"mqtt://127.0.0.1:{self.port}"
        self.folder = house.new_folder("broker")
        self.persistent = persistent
        self.users = users or {}
        self.process = None
        self.start()

    def login(self):
        for name, password in self.users.items():
            return ["-u", name, "-P", password]
        return []

    def configuration(self):
        lines = [f"listener {self.port} 127.0.0.1", "log_type all", "log_dest stderr", "user root"]
        if self.users:
            passwords = self.folder / "passwords"
            passwords.write_text("".join(f"{name}:{word}\n" for name, word in self.users.items()))
            passwords.chmod(0o600)
            subprocess.run(["mosquitto_passwd", "-U", str(passwords)], check=True)
            lines += ["allow_anonymous false", f"password_file {passwords}"]
        else:
            lines += ["allow_anonymous true"]
        if self.persistent:
            lines += ["persistence true", f"persistence_location {self.folder}/", "autosave_interval 1"]
        return "\n".join(lines) + "\n"

    def start(self):
        conf = self.folder / "mosquitto.conf"
        conf.write_text(self.configuration())
        self.process = self.house.start(f"mosquitto-{self.port}", [mosquitto(), "-c", str(conf)])
        self.house.wait_for("mosquitto to accept connections", lambda: accepts(self.port))

    def stop(self, number=signal.SIGTERM):
        return self.process.stop(number)

    def publish(self, topic, payload, retain=False):
        """`payload` None clears a retained message."""
        argv = ["mosquitto_pub", "-h", "127.0.0.1", "-p", str(self.port), "-q", "1", "-t", topic] + self.login()
        argv += ["-n"] if payload is None else ["-m", payload]
        subprocess.run(self.here(argv + (["-r"] if retain else [])), check=True, timeout=PATIENCE)

    def publish_all(self, messages):
        """Pairs of topic and payload, as fast as one connection goes; returns once the broker has them."""
        connection = Connection(self.port)
        for topic, payload in messages:
            connection.publish(topic, payload)
        connection.close()

    @staticmethod
    def here(argv):
        """The command where the broker can be reached: another network, for some."""
        return argv


class ForeignBroker(Broker):
    """The embedded broker of a lanbridge: somebody else starts and stops it."""

    def __init__(self, house, port):
        self.house, self.port, self.users, self.process = house, port, {}, None
        self.url = f"mqtt://127.0.0.1:{port}"


Simulated = collections.namedtuple("Simulated", "host port address uuid key model id")


class Simulator:
    """`lanbridge simulate`; the devices keep their ports, and so their identity, over a restart."""

    def __init__(self, house, *paths, key=KEY, first_port=None, broker=None):
        """`broker`: they are there too. Then the log tells each request that they took."""
        self.house, self.key, self.broker = house, key, broker
        self.paths = [str(SIMULATED / f"{p}.json") if "/" not in str(p) else str(p) for p in paths]
        self.first_port = first_port or free_port_range(len(self.paths))
        self.starts = 0
        self.start()

    def start(self):
        argv = [program(), "--json"] + (["--log-level", "debug"] if self.broker else [])
        argv += ["simulate", "--listen", f"127.0.0.1:{self.first_port}", "--key", self.key]
        argv += ["--mqtt", self.broker.url] if self.broker else []
        self.starts += 1
        self.process = self.house.start(f"simulate-{self.first_port}-{self.starts}", argv + self.paths)
        lines = []

        def all_shown():
            if not self.process.running():
                raise AssertionError("lanbridge simulate has ended:\n" + self.process.log())
            lines[:] = [l for l in self.process.log().splitlines() if l.startswith("{")]
            return len(lines) >= len(self.paths)

        self.house.wait_for("lanbridge simulate to name its devices", all_shown)
        self.devices = [simulated(json.loads(line)) for line in lines]
        self.house.wait_for("simulated devices to listen", lambda: accepts(self.devices[-1].port))

    def __getitem__(self, number):
        return self.devices[number]

    def executed(self, name_space="Appliance.Control.ToggleX"):
        """How many SETs each device has obeyed, by uuid; only of those on a broker."""
        found = re.findall(rf"(\w{{32}}) over (?:http|mqtt): executed {re.escape(name_space)}$",
                           self.process.log(), re.MULTILINE)
        return collections.Counter(found)

    def asked(self, transport, since=0):
        """How many requests each took over `http` or `mqtt` in the log from `since` on, by uuid."""
        return collections.Counter(re.findall(rf"(\w{{32}}) over {transport}: (?!executed)",
                                              self.process.log()[since:]))

    def stop(self, number=signal.SIGTERM):
        return self.process.stop(number)


def simulated(shown):
    host, port = shown["address"].rsplit(":", 1)
    return Simulated(host, int(port), shown["address"], shown["uuid"], shown["key"], shown["model"],
                     "meross_" + shown["uuid"][-12:].lower())


class Bridge:
    """`lanbridge run`. The data directory survives a restart, and so does the configuration."""

    def __init__(self, house, config=None, arguments=(), level="debug"):
        self.house = house
        self.folder = house.new_folder("bridge")
        self.data = self.folder / "data"
        self.file = self.folder / "lanbridge.yaml"
        self.arguments = list(arguments)
        self.level = level
        self.has_file = config is not None
        if self.has_file:
            self.write(config)
        self.start()

    def write(self, config):
        """A dictionary is written as JSON, which is YAML too; a text as it is."""
        self.file.touch(0o600)
        self.file.write_text(config if isinstance(config, str) else json.dumps(config, indent=1))

    def start(self):
        argv = [program(), "--log-level", self.level]
        if self.has_file:
            argv += ["--config", str(self.file)]
        argv = self.here(argv + ["run", "--data-dir", str(self.data)] + self.arguments)
        self.process = self.house.start("lanbridge-" + self.folder.name, argv, self.house.environment())
        self.house.bridges.append(self.process)

    def log(self):
        return self.process.log()

    def stop(self, number=signal.SIGTERM, patience=10):
        return self.process.stop(number, patience)

    @staticmethod
    def here(argv):
        """The command on the machine where it shall run."""
        return argv

    def kill(self):
        """As `kill -9`; an embedded broker goes down with it."""
        return self.process.kill()

    def reload(self, config=None):
        if config is not None:
            self.write(config)
        self.process.send(signal.SIGHUP)
