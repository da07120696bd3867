"""What stands between lanbridge and a device, and what pretends to be one."""

import contextlib
import json
import socket
import threading
import time


def read_http(connection):
    """One HTTP message, header and body."""
    data = b""
    while b"\r\n\r\n" not in data:
        part = connection.recv(65536)
        if not part:
            return data
        data += part
    header, body = data.split(b"\r\n\r\n", 1)
    length = 0
    for line in header.split(b"\r\n")[1:]:
        name, _, value = line.partition(b":")
        if name.strip().lower() == b"content-length":
            length = int(value)
    while len(body) < length:
        part = connection.recv(65536)
        if not part:
            break
        body += part
    return header + b"\r\n\r\n" + body


class Server:
    """Accepts connections on a loopback port and gives each to `serve` on a thread of its own."""

    def __init__(self, house, port):
        self.port = port
        self.address = f"127.0.0.1:{port}"
        self.socket = None
        self.open = []
        house.on_exit(self.unplug)
        self.plug_in()

    def plug_in(self):
        self.socket = socket.socket()
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.socket.bind(("127.0.0.1", self.port))
        self.socket.listen(64)
        threading.Thread(target=self.accept, args=(self.socket,), daemon=True).start()

    def unplug(self):
        """From now on connections are refused."""
        if self.socket:
            # close alone would leave the blocked accept its socket
            with contextlib.suppress(OSError):
                self.socket.shutdown(socket.SHUT_RDWR)
            self.socket.close()
            self.socket = None
        for connection in self.open:
            connection.close()
        self.open = []

    def swallow(self):
        """From now on nobody answers, not even that there is nobody: a full queue drops what comes, as a
        firewall does."""
        self.unplug()
        self.socket = socket.socket()
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.socket.bind(("127.0.0.1", self.port))
        self.socket.listen(0)
        for _ in range(3):
            filler = socket.socket()
            filler.setblocking(False)
            filler.connect_ex(("127.0.0.1", self.port))
            self.open.append(filler)

    def accept(self, listening):
        with contextlib.suppress(OSError):
            while True:
                connection, _ = listening.accept()
                connection.settimeout(30)
                self.open = [c for c in self.open if c.fileno() >= 0] + [connection]
                threading.Thread(target=self.guarded, args=(connection,), daemon=True).start()

    def guarded(self, connection):
        with contextlib.suppress(OSError), connection:
            self.serve(connection)

    def serve(self, connection):
        raise NotImplementedError


class Wire(Server):
    """The way to a simulated device: hands everything on, and remembers what lanbridge asked."""

    def __init__(self, house, port, device):
        self.device = device
        self.requests = []
        self.hangs = False  # connections are taken, and nothing is ever answered
        super().__init__(house, port)

    def serve(self, connection):
        request = read_http(connection)
        if self.hangs:
            connection.recv(1)
            return
        body = request.split(b"\r\n\r\n", 1)[-1]
        with contextlib.suppress(ValueError, KeyError):
            message = json.loads(body)
            header = message["header"]
            self.requests.append((header["method"], header["namespace"], message["payload"]))
        with socket.create_connection((self.device.host, self.device.port), timeout=10) as device:
            device.sendall(request)
            while part := device.recv(65536):
                connection.sendall(part)

    def sets(self, name_space="Appliance.Control.ToggleX"):
        """The payloads of all SETs of a namespace, also inside of Multiple."""
        found = [payload for method, name, payload in self.requests if (method, name) == ("SET", name_space)]
        for method, name, payload in self.requests:
            if name == "Appliance.Control.Multiple":
                found += [inner["payload"] for inner in payload.get("multiple", [])
                          if inner["header"]["method"] == "SET" and inner["header"]["namespace"] == name_space]
        return found


def http(body, extra=b""):
    return b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n" + extra + \
        b"Content-Length: " + str(len(body)).encode() + b"\r\n\r\n" + body


class Impostor(Server):
    """Something at a device's address that is no device, or a broken one."""

    def __init__(self, house, port, kind):
        self.kind = kind
        self.asked = 0
        super().__init__(house, port)

    def serve(self, connection):
        self.asked += 1
        if self.kind == "silent":
            with contextlib.suppress(OSError):
                while connection.recv(4096):
                    pass
            return
        read_http(connection)
        getattr(self, self.kind)(connection)

    def garbage(self, connection):
        connection.sendall(bytes(range(256)) * 8)

    def not_json(self, connection):
        connection.sendall(http(b"<html><body>Log in to your router</body></html>"))

    def truncated(self, connection):
        connection.sendall(http(b'{"header":{"messageId":"0123456789abcdef0123456789abcdef","namespace":"Appli'))

    def wrong_encoding(self, connection):
        connection.sendall(http('{"header":{"namespace":"Appliance.System.Ability"},"payload":{}}'
                                .encode("utf-16")))

    def oversized(self, connection):
        """Gigabytes, were anyone to take them."""
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 4000000000\r\n\r\n")
        for _ in range(4000):
            connection.sendall(b'{"payload":"' + b"x" * 65536)

    def endless(self, connection):
        """A byte now and then, so that something always happens."""
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
        for _ in range(600):
            connection.sendall(b"{")
            time.sleep(0.1)
