"""A Xiaomi gateway to test the agent on: its folders below a prefix, vendor apps, the cloud client, the broker."""

import contextlib
import json
import os
import pathlib
import shlex
import shutil
import socket
import sys
import threading
import time
import unittest

from ground import PATIENCE, accepts, free_port, mosquitto, program, skip
from house import House
from listener import Listener
from programs import Broker

# A Multimode Gateway's /etc/build.prop. A key in the first place would not be found.
MGW = "a=b\nro.sys.model=lumi.gateway.mgl03\nro.sys.mi_fw_ver=1.5.4\nro.sys.mi_build_num=0090\n"
MODULES = ("miio", "mqtt", "cache")
FOLDERS = ("tmp", "etc", "dev", "sys/class/gpio", "proc/tty/driver", "proc/net", "bin", "data", "var/log")


def runner():
    """What stands in front of a program for another processor."""
    return shlex.split(os.environ.get("LANBRIDGE_RUNNER", ""))


class Gateway:
    """The agent, with the files that are beside it, on a gateway of its own."""

    def __init__(self, house, *words, broker=None, script=None, name="openmiio_agent", store=None, cloud_port=None):
        self.house, self.broker, self.name = house, broker, name
        self.words = list(words) or list(MODULES)
        self.root = house.new_folder("g")
        for folder in FOLDERS:
            (self.root / folder).mkdir(parents=True, exist_ok=True)
        self.binary = self.root / "data" / name
        self.store = self.root / "data" / f"{name}.json"
        self.script = self.root / "data" / f"{name}.lua"
        place(program(), self.binary)
        if script is not None:
            self.script.write_text(script)
        if store is not None:
            self.store.write_text(store)
        self.cloud_port = cloud_port or free_port()
        self.broker_port = broker.port if broker else free_port()
        # the broker is open to the LAN as far as the agent can see: it leaves it alone
        self.write("proc/net/tcp", f"  sl  local_address rem_address   st\n"
                                   f"   0: 00000000:{self.broker_port:04X} 00000000:0000 0A 00000000:00000000 "
                                   f"00:00000000 00000000     0        0 1 1 0 100 0 0 10 0\n")
        self.prefix = []  # of words, for `lanbridge agent …`
        self.starts = 0
        self.process = None
        self.environment = {**house.environment(), "PATH": f"{self.root}/bin:{os.environ['PATH']}"}

    def argv(self):
        return [*runner(), str(self.binary), *self.prefix, *self.words, f"--root={self.root}",
                f"--mqtt.port={self.broker_port}", f"--miio.port={self.cloud_port}"]

    def start(self):
        self.starts += 1
        self.process = self.house.start(f"agent-{self.root.name}-{self.starts}", self.argv(),
                                        self.environment)
        self.house.bridges.append(self.process)
        if "miio" in self.words:
            self.house.wait_for("the agent's socket", self.listens)
        return self

    def listens(self):
        if not self.process.running():
            raise AssertionError("the agent has ended:\n" + self.process.log())
        with contextlib.suppress(OSError), seqpacket() as probe:
            probe.connect(self.socket_path())
            return True
        return False

    def socket_path(self):
        return str(self.root / "tmp/miio_agent.socket")

    def write(self, path, text):
        (self.root / path).write_text(text)

    def log(self):
        return self.process.log()

    def lines(self, text):
        return [line for line in self.log().splitlines() if text in line]

    def wait_log(self, text, patience=PATIENCE):
        self.house.wait_for(f"a log line with {text!r}", lambda: text in self.log(), patience)

    def stop(self):
        return self.process.stop()


def place(source, target):
    """A copy under another name; a second name is enough where the file system has them."""
    try:
        os.link(os.path.realpath(source), target)
    except OSError:
        shutil.copy(source, target)


def seqpacket():
    return socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)


class Peer:
    """Somebody the agent talks to: keeps what arrives, in order."""

    def __init__(self):
        self.arrivals = []
        self.lock = threading.Lock()

    def take(self, text):
        with self.lock:
            self.arrivals.append(text)

    def texts(self, since=0):
        with self.lock:
            return list(self.arrivals[since:])

    def count(self):
        with self.lock:
            return len(self.arrivals)

    def has(self, part, since=0):
        return any(part in text for text in self.texts(since))


class App(Peer):
    """One of the vendor's programs. Without an address it does not say who it is; `reads` False: it is stuck."""

    def __init__(self, gateway, address=None, methods=(), reads=True):
        super().__init__()
        self.address = address
        self.socket = seqpacket()
        self.socket.connect(gateway.socket_path())
        gateway.house.on_exit(self.close)
        if reads:
            threading.Thread(target=self.read, daemon=True).start()
        if address is not None:
            bound = len(gateway.lines("[miio] accept conn"))
            self.send(f'{{"address":{address},"method":"bind"}}')
            gateway.house.wait_for("the agent to know the app",
                                   lambda: len(gateway.lines("[miio] accept conn")) > bound)
        for method in methods:
            self.send(f'{{"method":"register","key":"{method}"}}')

    def read(self):
        with contextlib.suppress(OSError):
            while datagram := self.socket.recv(1 << 20):
                self.take(datagram.decode(errors="replace"))

    def send(self, text):
        self.socket.send(text if isinstance(text, bytes) else text.encode())

    def close(self):
        with contextlib.suppress(OSError):
            self.socket.shutdown(socket.SHUT_RDWR)
        self.socket.close()


class Cloud(Peer):
    """miio_client: the agent dials it. Cuts what arrives into objects, which come with nothing in between."""

    def __init__(self, house, port, answers=None):
        super().__init__()
        self.port = port
        self.answers = answers  # a function of a request, as dictionary, that returns the answer or None
        self.connection = None
        self.connects = 0
        self.open = []
        self.listening = socket.create_server(("127.0.0.1", port))
        threading.Thread(target=self.serve, daemon=True).start()
        house.on_exit(self.close)

    def serve(self):
        with contextlib.suppress(OSError):
            while True:
                connection, _ = self.listening.accept()
                self.connection, self.connects = connection, self.connects + 1
                self.open.append(connection)
                threading.Thread(target=self.read, args=(connection,), daemon=True).start()

    def read(self, connection):
        rest = b""
        with contextlib.suppress(OSError):
            while part := connection.recv(1 << 16):
                rest = self.cut(rest + part, connection)

    def cut(self, data, connection):
        decoder = json.JSONDecoder()
        text = data.decode("latin-1")
        while text:
            try:
                value, end = decoder.raw_decode(text)
            except json.JSONDecodeError:
                break
            self.take(text[:end].encode("latin-1").decode(errors="replace"))
            text = text[end:]
            answer = self.answers(value) if self.answers else None
            if answer is not None:
                connection.sendall(json.dumps(answer, separators=(",", ":")).encode())
        return text.encode("latin-1")

    def send(self, text):
        self.connection.sendall(text.encode())

    def hang_up(self):
        with contextlib.suppress(OSError):
            self.connection.shutdown(socket.SHUT_RDWR)

    def close(self):
        with contextlib.suppress(OSError):
            self.listening.shutdown(socket.SHUT_RDWR)
        self.listening.close()
        for connection in self.open:
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
            connection.close()


class GatewayTest(unittest.TestCase):
    """A test with a house of its own, and what most need in it."""

    maxDiff = None

    def setUp(self):
        self.house = House()
        self.addCleanup(self.house.close)
        self.gateway = None
        self.addCleanup(self.check_end)
        self.wait_for = self.house.wait_for
        self.stays = self.house.stays

    def check_end(self):
        """Whatever a test did: the agent is still there, and ends as it should."""
        if self.gateway and self.gateway.process:
            self.assertEqual(0, self.gateway.stop(), self.gateway.log()[-3000:])
            self.assertNotRegex(self.gateway.log(), r"Sanitizer|runtime error|internal error")

    def broker_and_listener(self):
        self.broker = Broker(self.house)
        self.listener = Listener(self.house, self.broker)

    def open(self, *words, cloud=True, answers=None, **options):
        """A broker, somebody who listens to it, the cloud client, and the agent, connected with each other."""
        self.broker_and_listener()
        self.gateway = Gateway(self.house, *words, broker=self.broker, **options)
        self.cloud = Cloud(self.house, self.gateway.cloud_port, answers) if cloud else None
        self.gateway.start()
        if "miio" in self.gateway.words and cloud:
            self.wait_for("the agent to dial the cloud client", lambda: self.cloud.connection)
        if "mqtt" in self.gateway.words:
            self.wait_for("the first report", lambda: self.listener.seen("openmiio/report"))
        return self.gateway

    def command(self, payload):
        self.broker.publish("miio/command", payload)

    def wait_text(self, peer, part, since=0, patience=PATIENCE):
        self.wait_for(lambda: f"{part!r} among {peer.texts(since)[-10:]}", lambda: peer.has(part, since), patience)

    def wait_published(self, topic, payload, since=0, patience=PATIENCE):
        self.wait_for(lambda: f"{payload!r} on {topic}, not {self.listener.seen(topic, since)}",
                      lambda: payload in self.listener.seen(topic, since), patience)

    def assert_traffic_flows(self, first, second):
        """From one app to another, and from the broker to an app and back."""
        mark = str(time.monotonic_ns())
        first.send(f'{{"_to":{second.address},"id":1,"method":"local.hello","params":"{mark}"}}')
        self.wait_text(second, mark)
        self.command(f'{{"_to":{second.address},"id":2,"method":"local.hello","params":"mqtt{mark}"}}')
        self.wait_text(second, "mqtt" + mark)
        second.send(f'{{"_to":-1,"id":2,"result":"{mark}"}}')
        self.wait_published("miio/command_ack", f'{{"id":2,"result":"{mark}"}}')
        self.assertTrue(self.gateway.process.running())


def main():
    """`test_agent_x.py PROGRAM [--runner=PROGRAM] [unittest's arguments]`; PROGRAM is lanbridge, or the small agent."""
    if len(sys.argv) < 2 or not pathlib.Path(sys.argv[1]).exists():
        sys.exit(f"usage: {sys.argv[0]} PATH-OF-PROGRAM [--runner=qemu-mipsel-static] [test names]")
    os.environ["LANBRIDGE_PROGRAM"] = os.path.abspath(sys.argv.pop(1))
    for word in [w for w in sys.argv if w.startswith("--runner=")]:
        os.environ["LANBRIDGE_RUNNER"] = word.split("=", 1)[1]
        sys.argv.remove(word)
    missing = [name for name in ("mosquitto_sub", "mosquitto_pub") if not shutil.which(name)]
    if missing or not mosquitto():
        skip("mosquitto and mosquitto-clients are needed; install them with apt-get install")
    if runner() and not shutil.which(runner()[0]):
        skip(f"{runner()[0]} is needed")
    unittest.main(verbosity=2)


__all__ = ["MGW", "App", "Cloud", "Gateway", "GatewayTest", "Peer", "accepts", "main", "runner", "seqpacket"]
