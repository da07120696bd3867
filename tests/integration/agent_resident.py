"""Resident memory of the small agent at work: its own pages, not those of the emulator that runs it.

    agent_resident.py PROGRAM [--runner=qemu-mipsel-static]
"""

import os
import pathlib
import re
import sys
import time

from gateway import App, GatewayTest, main, runner

BUDGET = 3_000_000
# Where the emulator puts the guest's address 0: far from everything of its own.
BASE = 0x10000000000
GUEST = 1 << 32
MAPPING = re.compile(r"^([0-9a-f]+)-([0-9a-f]+) (\S+) \S+ \S+ \S+\s*(.*)$")
MESSAGES = 500
SCRIPT = """
function miio_request(from, method, req)
    if method == "never" then return nil end
end
"""


def resident(pid, first, last):
    """Bytes in memory between two addresses, those of files, and how many threads there are."""
    total = files = 0
    inside = of_file = False
    for line in pathlib.Path(f"/proc/{pid}/smaps").read_text().splitlines():
        if mapping := MAPPING.match(line):
            inside = first <= int(mapping[1], 16) < last
            of_file = mapping[4].startswith("/")
        elif inside and line.startswith("Rss:"):
            size = int(line.split()[1]) * 1024
            total += size
            files += size if of_file else 0
    return total, files, len(os.listdir(f"/proc/{pid}/task"))


class Resident(GatewayTest):
    def measure(self, name):
        time.sleep(1)  # for what is freed late
        first, last = (BASE, BASE + GUEST) if runner() else (0, 1 << 64)
        total, files, threads = resident(self.gateway.process.child.pid, first, last)
        print(f"{name}: {total:,} bytes resident ({files:,} of the program), budget {BUDGET:,}; {threads} threads"
              f"{', the emulator’s included' if runner() else ''}", flush=True)
        return total

    def work(self):
        app, other = App(self.gateway, 1), App(self.gateway, 2)
        self.assert_traffic_flows(app, other)
        for number in range(MESSAGES):
            app.send(f'{{"_to":2,"id":{number},"method":"local.hello","params":"{"x" * 200}"}}')
            app.send(f'{{"id":{number},"method":"event.hello","params":"{"x" * 200}"}}')
        self.wait_for("the messages to pass", lambda: other.count() >= MESSAGES)
        self.assert_traffic_flows(app, other)

    def test_modules(self):
        self.open("miio", "mqtt", "cache", "central", "z3", "--zigbee.tcp=0")
        self.work()
        self.assertLess(self.measure("miio mqtt cache central z3"), BUDGET)

    def test_script(self):
        self.open("miio", "mqtt", "cache", script=SCRIPT)
        self.work()
        self.assertLess(self.measure("miio mqtt cache, with a Lua script"), BUDGET)


if __name__ == "__main__":
    sys.argv = [f"{word} -B {BASE:#x}" if word.startswith("--runner=") else word for word in sys.argv]
    main()
