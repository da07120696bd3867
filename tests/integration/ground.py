"""Constants, ports, and where the programs are."""

import contextlib
import os
import pathlib
import shutil
import socket
import sys

GLANCE = 0.02
# Generous, since tests share the machine with compilers; nothing waits for it where all is well.
PATIENCE = 25.0 * float(os.environ.get("LANBRIDGE_TEST_PATIENCE", "1"))
SKIPPED = 77
SOURCE = pathlib.Path(__file__).resolve().parents[2]
SIMULATED = SOURCE / "config" / "simulated"
KEY = "house-key"

_ports_given = set()


def free_port():
    """A loopback port that nobody listens on and that no earlier call has returned."""
    while True:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        if port not in _ports_given:
            _ports_given.add(port)
            return port


def program():
    return os.environ["LANBRIDGE_PROGRAM"]


def accepts(port):
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
        return True
    return False


def free_port_range(count):
    """The first of `count` free ports in a row."""
    while True:
        first = free_port()
        wanted = range(first, first + count)
        if first + count > 65535 or any(port in _ports_given for port in wanted[1:]):
            continue
        sockets = []
        try:
            for port in wanted:
                sockets.append(socket.socket())
                sockets[-1].bind(("127.0.0.1", port))
        except OSError:
            continue
        finally:
            for opened in sockets:
                opened.close()
        _ports_given.update(wanted)
        return first


def mosquitto():
    return shutil.which("mosquitto") or shutil.which("mosquitto", path="/usr/sbin:/usr/local/sbin")


def skip(sentence):
    print(f"SKIPPED: {sentence}")
    sys.exit(SKIPPED)
