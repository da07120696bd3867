"""Plays recorded conversations between apps, cloud and MQTT to an agent, over its real sockets.

The agent gives requests ids of its own; a recorded one is the name of ours, bound where it is first seen. A step is
over when marks have come through after it on every way, so that what was not sent is known too.
"""

import re

from gateway import App

PROBE = 256
ID = re.compile(r'"id":(\d+)')
OWN_TOPICS = ("openmiio/", "house/")


class Conversation:
    def __init__(self, test, addresses, registered=()):
        self.test, self.gateway, self.cloud = test, test.gateway, test.cloud
        self.real = {}  # by the recorded id
        self.marks = 0
        self.probe = App(self.gateway, PROBE)
        self.apps = {}
        for address in addresses:
            self.join(address, [r["method"] for r in registered if r["app"] == address])

    def join(self, address, methods=()):
        self.apps[address] = App(self.gateway, address, methods)
        self.settle(f"app:{address}")

    def leave(self, address):
        closed = len(self.gateway.lines("[miio] close conn"))
        self.apps.pop(address).close()
        self.test.wait_for("the agent to notice", lambda: len(self.gateway.lines("[miio] close conn")) > closed)

    def say(self, sender, text):
        kind, _, address = sender.partition(":")
        if kind == "app":
            self.apps[int(address)].send(text)
        elif kind == "cloud":
            self.cloud.send(text)
        else:
            self.test.command(text)

    def settle(self, sender):
        """Returns once all that the sender said before has had its effects, and these have been seen."""
        self.marks += 1
        mark = f"mark-{self.marks}-"
        self.say(sender, f'{{"_to":{PROBE},"method":"local.mark","params":"{mark}1"}}')
        self.test.wait_text(self.probe, mark + "1")
        everybody = 0
        for address in self.apps:
            everybody |= address
        if everybody:
            self.probe.send(f'{{"_to":{everybody},"method":"local.mark","params":"{mark}2"}}')
        self.probe.send(f'{{"method":"local.mark","params":"{mark}2"}}')
        self.probe.send(f'{{"_to":-1,"result":"{mark}2"}}')
        for app in self.apps.values():
            self.test.wait_text(app, mark + "2")
        self.test.wait_text(self.cloud, mark + "2")
        listener = self.test.listener
        self.test.wait_for("the mark on the broker",
                           lambda: any(mark + "2" in text for text in listener.seen("miio/command_ack")))

    def counts(self):
        counts = {f"app:{address}": app.count() for address, app in self.apps.items()}
        return counts | {"cloud": self.cloud.count(), "mqtt": self.test.listener.count()}

    def heard(self, since, said=None):
        """What everybody got since then, without marks."""
        peers = {f"app:{address}": app for address, app in self.apps.items()} | {"cloud": self.cloud}
        found = {name: [t for t in peer.texts(since[name]) if "mark-" not in t] for name, peer in peers.items()}
        with self.test.listener.lock:
            messages = self.test.listener.arrivals[since["mqtt"]:]
        found["mqtt"] = [[m.topic, m.payload] for m in messages
                         if m.topic != "miio/command" and not m.topic.startswith(OWN_TOPICS)
                         and "mark-" not in m.payload and [m.topic, m.payload] != said]
        return {name: texts for name, texts in found.items() if texts}

    def with_real_ids(self, text):
        return ID.sub(lambda m: f'"id":{self.real.get(m[1], m[1])}', text)

    def is_answer(self, sender, text):
        return sender != "mqtt" and '"_to"' not in text and any(
            part in text for part in ('"result"', '"error"', '"local.status"'))

    def named(self, recorded, got):
        """`got` with the recorded id where it stands for the same one."""
        theirs, ours = ID.search(recorded), ID.search(got)
        if not theirs or not ours:
            return got
        if theirs[1] not in self.real:
            self.test.assertNotIn(ours[1], self.real.values(), "an id is used twice")
            self.real[theirs[1]] = ours[1]
        return ID.sub(f'"id":{theirs[1]}', got, count=1) if self.real[theirs[1]] == ours[1] else got

    def rewrites(self, sender, place, recorded):
        """Whether a recorded message is a request under an id of the agent's."""
        if '"result"' in recorded or '"error"' in recorded:
            return False
        if place == "cloud":
            return True
        return place.startswith("app:") and sender in ("cloud", "mqtt") and '"_from"' not in recorded

    def step(self, sender, texts, expected):
        """`texts`: in recorded ids, but for those that the sender made up."""
        since = self.counts()
        answer = False
        for text in texts:
            if sender == "publish":
                self.test.broker.publish(*text)
                continue
            answer = self.is_answer(sender, text)
            self.say(sender, self.with_real_ids(text) if answer else text)
        self.settle("mqtt" if sender == "publish" else sender)
        got = self.heard(since, list(texts[0]) if sender == "publish" else None)
        for place, messages in expected.items():
            for number, recorded in enumerate(messages):
                if not answer and place in got and number < len(got[place]) and self.rewrites(sender, place, recorded):
                    got[place][number] = self.named(recorded, got[place][number])
        self.test.assertEqual(expected, got)
