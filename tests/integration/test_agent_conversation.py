"""Two hundred messages between apps, cloud and MQTT: over real sockets they come out where the script says, byte for byte."""

import re

from conversation import Conversation
from gateway import GatewayTest, main
from ground import SOURCE

SCRIPT = SOURCE / "tests/data/agent_conversation.txt"
NAMED_ID = re.compile(r"\$(\d+)")
FIRST_NAME = 7_000_000  # stands for an id that the agent makes up; nobody in the script uses numbers from here on


def numbered(text):
    return NAMED_ID.sub(lambda m: str(FIRST_NAME + int(m[1])), text)


class Turn:
    def __init__(self, line):
        self.who, self.text = numbered(line).split(" ", 1)
        self.expected = {}

    def expect(self, line):
        place, rest = numbered(line).split(" ", 1)
        self.expected.setdefault(place, []).append(rest.split(" ", 1) if place == "mqtt" else rest)


def read_script():
    apps, registered, turns = [], [], []
    for line in SCRIPT.read_text().splitlines():
        verb, _, rest = line.partition(" ")
        if verb == "bind":
            apps.append(int(rest.removeprefix("app:")))
        elif verb == "register":
            app, method = rest.split(" ")
            registered.append({"app": int(app.removeprefix("app:")), "method": method})
        elif verb == ">":
            turns.append(Turn(rest))
        elif verb == "<":
            turns[-1].expect(rest)
    return apps, registered, turns


class TwoHundred(GatewayTest):
    def test_every_message(self):
        apps, registered, turns = read_script()
        self.assertGreater(len(turns), 190)
        self.open("miio", "mqtt")
        talk = Conversation(self, apps, registered)
        for number, turn in enumerate(turns):
            with self.subTest(number, said=turn.text):
                talk.step(turn.who, [turn.text], turn.expected)


if __name__ == "__main__":
    main()
