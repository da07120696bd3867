"""Who has the Zigbee chip: the vendor's program, or a client over TCP."""

import contextlib
import json
import socket

from chip import RESET, RESET_ANSWER, Chip
from gateway import MGW, Gateway, GatewayTest, main
from ground import accepts, free_port

PROGRAM = "Lumi_Z3GatewayHost_MQTT"
HEARD = "T2D1CA9B2:RX len 8, srcAddr 0x5D44, clus 0x0400 payload[00 00 21 66 1E ]"
TALKS = f"""#!/bin/sh
echo "started $@"
echo
echo "{HEARD}"
exec sleep 1000
"""
FAILS = "#!/bin/sh\necho cannot open the chip >&2\nexit 1\n"


class Zigbee(GatewayTest):
    def open_with(self, program, *words):
        self.broker_and_listener()
        self.port = free_port()
        self.gateway = Gateway(self.house, "mqtt", "z3", f"--zigbee.tcp={self.port}", *words, broker=self.broker)
        self.gateway.write("etc/build.prop", MGW)
        self.gateway.write(f"bin/{PROGRAM}", program)
        (self.gateway.root / f"bin/{PROGRAM}").chmod(0o755)
        self.chip = Chip(self.house, self.gateway.root / "dev/ttyS2")
        self.gateway.start()
        self.wait_for("the Zigbee port", lambda: accepts(self.port))

    def lines(self):
        return self.listener.seen("log/z3")

    def connect(self):
        client = socket.create_connection(("127.0.0.1", self.port), timeout=20)
        self.house.on_exit(client.close)
        client.sendall(RESET)
        return client

    def read(self, client, wanted):
        got = b""
        while wanted not in got:
            part = client.recv(100)
            self.assertTrue(part, "the agent hung up\n" + self.gateway.log())
            got += part

    def report(self):
        """The next one."""
        before = len(self.listener.seen("openmiio/report"))
        self.wait_for("the next report", lambda: len(self.listener.seen("openmiio/report")) > before, 40)
        return json.loads(self.listener.seen("openmiio/report")[-1]).get("zigbee")

    def test_output_of_the_program(self):
        self.open_with(TALKS)
        self.wait_for("its lines", lambda: HEARD in self.lines())
        self.assertRegex(self.lines()[0],
                         r"^started -n 1 -b 115200 -p \S*/dev/ttyS2 -d /data/silicon_zigbee_host/ -r c$")
        self.assertNotIn("", self.lines())
        report = self.report()
        self.assertEqual(1, report["z3_starts"])
        self.assertRegex(report["z3_uptime"], r"^\d+s$")

    def test_client_takes_the_chip_and_a_second_waits(self):
        self.open_with(TALKS)
        self.wait_for("its lines", lambda: HEARD in self.lines())
        first = self.connect()
        self.read(first, RESET_ANSWER)
        self.gateway.wait_log("[zigb] probe OK")
        self.gateway.wait_log("[zigb] close app=" + PROGRAM)
        second = self.connect()
        second.settimeout(0.5)
        with self.assertRaises(TimeoutError):
            second.recv(100)
        self.assertIn("tcp_remote", self.report())
        first.close()
        second.settimeout(20)
        self.read(second, RESET_ANSWER)
        self.assertEqual(1, len(self.gateway.lines("[zigb] probe")))
        self.assertEqual(1, sum(line.startswith("started") for line in self.lines()), "it never comes back by itself")

    def test_program_comes_back_when_asked(self):
        self.open_with(TALKS, "--zigbee.return=1s")
        self.wait_for("its lines", lambda: HEARD in self.lines())
        client = self.connect()
        self.read(client, RESET_ANSWER)
        client.close()
        self.wait_for("the program's second start",
                      lambda: sum(line.startswith("started") for line in self.lines()) > 1)

    def test_program_that_cannot_run(self):
        self.open_with(FAILS)
        self.wait_for("what it says", lambda: "cannot open the chip" in self.lines())
        self.gateway.wait_log("does not run")
        self.assertEqual(1, len(self.gateway.lines("does not run")))
        self.assertLess(len(self.lines()), 5)

    def test_strangers_are_refused(self):
        self.open_with(TALKS, "--zigbee.allow=192.0.2.0/24")
        with contextlib.suppress(ConnectionError):
            self.assertEqual(b"", self.connect().recv(100))
        self.gateway.wait_log("[zigb] refuse conn")
        self.assertEqual(b"", self.chip.received)


if __name__ == "__main__":
    main()
