"""Somebody who hears everything on a broker."""

import collections
import json
import subprocess
import threading
import time

from ground import GLANCE, PATIENCE, free_port

Message = collections.namedtuple("Message", "topic retained payload at")


class Listener:
    """mosquitto_sub that keeps the latest payload of each topic and everything that has arrived, in order."""

    def __init__(self, house, broker, topic="#", on_message=None):
        self.house, self.broker = house, broker
        self.on_message = on_message
        self.latest = {}
        self.arrivals = []
        self.lock = threading.Lock()
        self.mark_topic = f"house/mark/{free_port()}"
        argv = ["mosquitto_sub", "-h", "127.0.0.1", "-p", str(broker.port), "-q", "1", "-F", "%t %r %x",
                "-t", topic, "-t", self.mark_topic] + broker.login()
        self.child = subprocess.Popen(broker.here(argv), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                      stderr=subprocess.DEVNULL)
        self.thread = threading.Thread(target=self.read, daemon=True)
        self.thread.start()
        house.on_exit(self.stop)
        self.synchronise()

    def read(self):
        for line in self.child.stdout:
            topic, retained, payload = line.decode().rstrip("\n").split(" ", 2)
            text = bytes.fromhex(payload).decode(errors="replace")
            self.take(Message(topic, retained == "1", text, time.monotonic()))

    def take(self, message):
        with self.lock:
            self.arrivals.append(message)
            if message.payload:
                self.latest[message.topic] = message.payload
            else:
                self.latest.pop(message.topic, None)
        if self.on_message:
            self.on_message(message)

    def synchronise(self):
        """Returns once everything that the broker had for us is here: it comes ahead of the mark."""
        mark = str(time.monotonic())
        deadline = time.monotonic() + PATIENCE
        while self.latest.get(self.mark_topic) != mark:
            self.broker.publish(self.mark_topic, mark)
            patience = time.monotonic() + 0.2
            while time.monotonic() < patience and self.latest.get(self.mark_topic) != mark:
                time.sleep(GLANCE)
            if time.monotonic() > deadline:
                raise AssertionError(f"no message gets through the broker at {self.broker.url}")

    def get(self, topic):
        return self.latest.get(topic)

    def json(self, topic):
        text = self.latest.get(topic)
        return json.loads(text) if text else None

    def seen(self, topic, since=0):
        """Payloads of a topic in the order they came, from the arrival number `since` on."""
        with self.lock:
            return [m.payload for m in self.arrivals[since:] if m.topic == topic]

    def count(self):
        with self.lock:
            return len(self.arrivals)

    def stop(self):
        if self.child.poll() is None:
            self.child.kill()
        self.child.wait()
        self.thread.join(5)
        self.child.stdout.close()
