"""Commands for a device that is not there, or does not answer."""

import time

from house import main
from plug_test import PlugTest


class Unreachable(PlugTest):
    def test_unplugged_device_gets_nothing_later(self):
        old = self.listener.get(self.state)
        other = "OFF" if old == "ON" else "ON"
        self.wire.unplug()
        arrived, logged, sets = self.listener.count(), len(self.bridge.log()), len(self.wire.sets())
        self.broker.publish(f"{self.base}/switch_0/set", other)
        self.wait_for("the old state to come back", lambda: self.listener.seen(self.state, arrived))
        self.assertEqual([old], self.listener.seen(self.state, arrived))
        said = self.wait_for("a log line that says why", lambda: [
            line for line in self.bridge.log()[logged:].splitlines()
            if "switch_0" in line and "command" in line])
        self.assertIn("refused", " ".join(said).lower(), "the reason: the connection is refused")
        self.wait_payload(self.listener, f"{self.base}/availability", "offline")
        self.wait_reason(self.listener, self.wire.address, "unreachable")
        # and again while it is known to be away
        arrived = self.listener.count()
        self.broker.publish(f"{self.base}/switch_0/set", other)
        self.wait_for("the old state to come back again", lambda: self.listener.seen(self.state, arrived))
        self.wire.plug_in()
        self.wait_payload(self.listener, f"{self.base}/availability", "online", 45)
        asked = len(self.wire.requests)
        self.wait_for("another poll", lambda: len(self.wire.requests) > asked)
        self.assertEqual(sets, len(self.wire.sets()), "no command is replayed")
        self.assertEqual(old, self.listener.get(self.state))

    def test_device_that_hangs_does_not_hold_up_the_user(self):
        old = self.listener.get(self.state)
        other = "OFF" if old == "ON" else "ON"
        self.wire.hangs = True
        arrived, began = self.listener.count(), time.monotonic()
        self.broker.publish(f"{self.base}/switch_0/set", other)
        self.wait_for("the old state to come back", lambda: self.listener.seen(self.state, arrived), 30)
        self.assertEqual([old], self.listener.seen(self.state, arrived))
        self.assertLess(time.monotonic() - began, 25)
        self.wait_payload(self.listener, f"{self.base}/availability", "offline", 40)
        self.wire.hangs = False
        self.wait_payload(self.listener, f"{self.base}/availability", "online", 60)
        self.assertEqual([], self.wire.sets())
        self.switch(other, other)


if __name__ == "__main__":
    main()
