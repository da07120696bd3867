"""The daemon finds devices by itself, follows them to other addresses, and confuses none. The LAN is made of
network namespaces."""

import json

from ground import KEY
from house import HouseTest, main
from lan import NETWORK, Lan, LanBridge, LanBroker, need_namespaces
from listener import Listener
from test_lan_discovery import answer_of

MOVED = 60  # seconds: two failed polls, a question to everybody, a first reading


class Moves(HouseTest):
    def setUp(self):
        super().setUp()
        self.lan = Lan(self.house)
        self.us = self.lan.machine(2)
        self.broker = LanBroker(self.us)
        self.listener = Listener(self.house, self.broker)

    def plug(self, host):
        machine = self.lan.machine(host)
        device = machine.simulate("mss310")
        # whatever it says of its address, the sender's counts
        machine.answer(answer_of(device, machine.host))
        return machine, device

    def run_daemon(self, devices=(), **discovery):
        config = self.config(self.broker, *devices)
        config["meross"]["discovery"] = {"udp": True, "dhcp": True, **discovery}
        return LanBridge(self.us, config)

    def address(self, device):
        for entry in self.listener.json("lanbridge/bridge/devices") or []:
            if entry["id"] == device.id:
                return entry["address"]
        return None

    def wait_at(self, device, machine):
        self.wait_for(lambda: f"{device.id} to be served at {machine.host}, not {self.address(device)}",
                      lambda: self.address(device) == machine.host, MOVED)
        self.wait_online(self.listener, device, MOVED)

    def state(self, device):
        return self.listener.get(f"lanbridge/{device.id}/switch_0/state")

    def switch(self, device, state):
        self.broker.publish(f"lanbridge/{device.id}/switch_0/set", state)
        self.wait_payload(self.listener, f"lanbridge/{device.id}/switch_0/state", state)

    def ask(self, name, **args):
        topic = f"lanbridge/bridge/response/{name}"
        seen = self.listener.count()
        self.broker.publish(f"lanbridge/bridge/request/{name}", json.dumps(args))
        answer = json.loads(self.wait_for(f"an answer to {name}",
                                          lambda: (self.listener.seen(topic, seen) or [None])[0], 40))
        self.assertEqual("ok", answer["status"], answer)
        return answer["data"]

    def test_found_and_followed(self):
        machine, device = self.plug(11)
        self.run_daemon()
        self.wait_at(device, machine)
        self.switch(device, "OFF")
        self.switch(device, "ON")
        machine.move(21)
        self.wait_at(device, machine)
        self.switch(device, "OFF")
        legs = self.ask("health")["discovery"]
        self.assertEqual(["running", "running", "off"], [legs[leg]["state"] for leg in ("udp", "dhcp", "sweep")])

    def test_swapped_addresses(self):
        (one, first), (two, second) = self.plug(11), self.plug(12)
        self.run_daemon()
        self.wait_at(first, one)
        self.wait_at(second, two)
        self.switch(first, "OFF")
        self.switch(second, "ON")
        one.move(99)
        two.move(11)
        one.move(12)
        self.wait_at(first, one)
        self.wait_at(second, two)
        self.assertEqual(["OFF", "ON"], [self.state(first), self.state(second)])
        self.switch(first, "ON")
        self.switch(second, "OFF")
        self.assertEqual("ON", self.state(first))

    def test_followed_by_dhcp_alone(self):
        machine = self.lan.machine(11)
        device = machine.simulate("mss310")
        self.run_daemon(udp=False, subnets=[f"{NETWORK}.11/32"])
        self.wait_at(device, machine)
        machine.move(21)
        mac = ":".join(device.uuid[-12:][i:i + 2] for i in range(0, 12, 2))
        machine.request_address(mac, machine.host)
        self.wait_at(device, machine)

    def test_removed_until_asked_for(self):
        machine, device = self.plug(11)
        self.run_daemon()
        self.wait_at(device, machine)
        self.ask("device/remove", device=device.id)
        self.wait_for("the device to go", lambda: self.address(device) is None)
        answer = self.ask("discover")
        self.assertEqual([device.id], answer["new"])
        self.wait_at(device, machine)

    def test_without_a_key(self):
        machine, device = self.plug(11)
        config = self.config(self.broker)
        config["meross"].update(keys=["another"], discovery={"udp": True, "dhcp": False})
        LanBridge(self.us, config)
        self.wait_reason(self.listener, machine.host, "wrong_key")
        unusable = self.ask("discover")["unusable"]
        self.assertEqual([machine.host], [entry["address"] for entry in unusable])
        self.assertNotIn(KEY, json.dumps(unusable))


if __name__ == "__main__":
    need_namespaces()
    main()
