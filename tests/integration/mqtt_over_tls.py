"""MQTT 3.1.1 in bare sockets: plain, and over TLS as devices do, without a look at the certificate."""

import hashlib
import socket
import ssl
import struct

from ground import PATIENCE


def login_of(uuid, key, user_id="0"):
    """User and password of a device that was bound with this key."""
    digits = uuid[-12:]
    mac = ":".join(digits[i:i + 2] for i in range(0, 12, 2))
    return mac, f"{user_id}_{hashlib.md5((mac + key).encode()).hexdigest()}"


class Refused(Exception):
    """The broker's return code."""


class Connection:
    """Connects, or raises `Refused`."""

    def __init__(self, port, client="", login=(), host="127.0.0.1"):
        self.socket = self.secure(socket.create_connection((host, port), timeout=PATIENCE))
        self.messages = []
        self.number = 0
        body = text("MQTT") + bytes([4, 0xC2 if login else 0x02]) + struct.pack(">H", 120)
        self.send(0x10, body + b"".join(text(part) for part in (client, *login)))
        kind, answer = self.receive()
        if kind != 0x20 or answer[1] != 0:
            self.close()
            raise Refused(answer[1])

    @staticmethod
    def secure(raw):
        return raw

    def close(self):
        self.socket.close()

    def send(self, kind, body):
        self.socket.sendall(packet(kind, body))

    def exactly(self, count):
        data = b""
        while len(data) < count:
            more = self.socket.recv(count - len(data))
            if not more:
                raise ConnectionError("the broker hung up")
            data += more
        return data

    def receive(self):
        kind = self.exactly(1)[0]
        length, shift = 0, 0
        while True:
            digit = self.exactly(1)[0]
            length |= (digit & 0x7F) << shift
            shift += 7
            if not digit & 0x80:
                return kind, self.exactly(length)

    def until(self, wanted):
        """Reads on to a packet of that kind; messages on the way are kept and acknowledged."""
        while True:
            kind, body = self.receive()
            if kind & 0xF0 == 0x30:
                self.keep(kind, body)
            if kind & 0xF0 == wanted:
                return body

    def keep(self, kind, body):
        length = struct.unpack(">H", body[:2])[0]
        topic, rest = body[2:2 + length].decode(), body[2 + length:]
        if kind & 0x06:
            self.send(0x40, rest[:2])
            rest = rest[2:]
        self.messages.append((topic, rest.decode(errors="replace")))

    def subscribe(self, *topics):
        """The broker's return codes; it grants also what it will never deliver."""
        self.number += 1
        self.send(0x82, struct.pack(">H", self.number) + b"".join(text(topic) + b"\x01" for topic in topics))
        return list(self.until(0x90)[2:])

    def publish(self, topic, payload):
        """Returns once the broker has taken it, or thrown it away."""
        self.number += 1
        self.send(0x32, text(topic) + struct.pack(">H", self.number) + payload.encode())
        self.until(0x40)

    def wait_for(self, topic, payload):
        while (topic, payload) not in self.messages:
            self.until(0x30)

    def flood(self, messages):
        """Quality of service 0: nobody waits for anything."""
        packets = bytearray()
        for topic, payload in messages:
            packets += packet(0x30, text(topic) + payload)
        self.socket.sendall(packets)


class DeviceConnection(Connection):
    """As a device: TLS, and quality of service 1 in both directions."""

    def __init__(self, port, uuid, login, host="127.0.0.1"):
        super().__init__(port, f"fmware:{uuid}_{'x' * 16}", login, host)

    @staticmethod
    def secure(raw):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        context.minimum_version = context.maximum_version = ssl.TLSVersion.TLSv1_2
        return context.wrap_socket(raw)


def packet(kind, body):
    length, encoded = len(body), b""
    while True:
        length, digit = divmod(length, 128)
        encoded += bytes([digit | (0x80 if length else 0)])
        if not length:
            return bytes([kind]) + encoded + body


def text(string):
    encoded = string.encode()
    return struct.pack(">H", len(encoded)) + encoded
