"""What tests of commands have in common."""

import json

from ground import KEY, free_port
from house import HouseTest
from listener import Listener
from programs import Bridge, Broker, Simulator
from wire import Wire


class PlugTest(HouseTest):
    """One plug behind a wire that counts."""

    def setUp(self):
        super().setUp()
        self.broker = Broker(self.house)
        self.listener = Listener(self.house, self.broker)
        self.plug = Simulator(self.house, "mss305")[0]
        self.wire = Wire(self.house, free_port(), self.plug)
        self.bridge = Bridge(self.house, self.config(self.broker, {"host": self.wire.address}))
        self.wait_online(self.listener, self.plug)
        self.base = f"lanbridge/{self.plug.id}"
        self.state = f"{self.base}/switch_0/state"

    def ask(self, name_space, key):
        """What the device itself says, past lanbridge."""
        answer = self.house.run("request", self.plug.address, name_space, "--key", KEY)
        self.assertEqual(0, answer.returncode, answer.stderr)
        content = json.loads(answer.stdout)[key]
        return content[0] if isinstance(content, list) else content

    def switch(self, payload, expected):
        before = len(self.wire.sets())
        self.broker.publish(f"{self.base}/switch_0/set", payload)
        self.wait_payload(self.listener, self.state, expected)
        self.wait_for("the SET on the socket", lambda: len(self.wire.sets()) > before)
        self.assertEqual(before + 1, len(self.wire.sets()), "one command is one SET")
