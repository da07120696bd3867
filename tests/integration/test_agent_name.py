"""The agent is one program under several names: by itself, as a part of lanbridge, and linked."""

import os
import re
import sys

from gateway import App, Gateway, GatewayTest, main
from ground import skip

CLOCK = re.compile(r"^\d\d:\d\d:\d\d\.\d{3} ", re.MULTILINE)
NUMBER = re.compile(r"\d+")


class Names(GatewayTest):
    def play(self, name, prefix=(), link=None):
        """A little of everything; what was seen from outside."""
        self.broker_and_listener()
        script = 'function miio_request(from, method) if method == "mute" then return nil end end'
        self.gateway = Gateway(self.house, "miio", "mqtt", "cache", broker=self.broker, name=name, script=script)
        self.gateway.prefix = list(prefix)
        if link:
            os.symlink(name, self.gateway.root / "data" / link)
            self.gateway.binary = self.gateway.root / "data" / link
        self.gateway.start()
        self.wait_for("the first report", lambda: self.listener.seen("openmiio/report"))
        bluetooth, app = App(self.gateway, 2), App(self.gateway, 32, ("get_common_lib_version",))
        self.assert_traffic_flows(bluetooth, app)
        for text in ('{"_to":32,"id":1,"method":"mute"}', '{"_to":32,"id":2,"method":"local.x"}'):
            bluetooth.send(text)
        self.wait_text(app, "local.x")
        heard = [text for text in app.texts() if "hello" not in text]
        code = self.gateway.stop()
        log = {NUMBER.sub("N", line) for line in CLOCK.sub("", self.gateway.log()).splitlines()}
        return code, heard, log, sorted(f.name for f in (self.gateway.root / "data").iterdir())

    def test_same_under_every_name(self):
        alone = self.play("openmiio_agent")
        self.assertEqual(0, alone[0])
        self.assertEqual(['{"_from":2,"id":2,"method":"local.x"}'], alone[1])
        self.assertIn("??? exit signal=terminated", alone[2])
        for name, prefix, link in (("openmiio_agent_ng", (), None), ("lanbridge", ("agent",), None),
                                   ("lanbridge", (), "openmiio_agent")):
            with self.subTest(name=name, prefix=prefix, link=link):
                other = self.play(name, prefix, link)
                self.assertEqual(alone[:3], other[:3])
                self.assertIn(f"{name}.lua", other[3])


if __name__ == "__main__":
    if len(sys.argv) > 1 and os.path.basename(sys.argv[1]) != "lanbridge":
        skip("the small program has no other name")
    main()
