"""A Zigbee chip at a serial port: a pseudo-terminal that answers the reset frame."""

import contextlib
import os
import pty
import select
import threading

RESET = bytes.fromhex("1ac038bc7e")
RESET_ANSWER = bytes.fromhex("1ac1020b0a527e")


class Chip:
    """`device` is a path that leads to the terminal, and to another after `plug_in`."""

    def __init__(self, house, device):
        self.device = device
        self.received = b""
        self.master = None
        self.plug_in()
        house.on_exit(self.unplug)

    def plug_in(self):
        self.master, line = pty.openpty()
        self.device.unlink(missing_ok=True)
        self.device.symlink_to(os.ttyname(line))
        self.gone = threading.Event()
        self.thread = threading.Thread(target=self.serve, args=(self.master, line, self.gone), daemon=True)
        self.thread.start()

    def serve(self, master, line, gone):
        seen = b""
        with contextlib.suppress(OSError):
            while not gone.is_set():
                if not select.select([master], [], [], 0.05)[0]:  # a read in progress would keep the terminal
                    continue
                part = os.read(master, 4096)
                self.received += part
                seen += part
                while RESET in seen:
                    seen = seen.split(RESET, 1)[1]
                    os.write(master, RESET_ANSWER)
        for number in (master, line):
            with contextlib.suppress(OSError):
                os.close(number)

    def say(self, data):
        os.write(self.master, data)

    def unplug(self):
        """Whoever has the port open finds that it has gone."""
        if self.master is not None:
            self.device.unlink(missing_ok=True)
            self.master = None
            self.gone.set()
            self.thread.join(10)
