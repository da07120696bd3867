"""Devices are found on a LAN: by their answers to broadcasts, their DHCP requests, by asking every address, and
on the broker. The LAN is made of network namespaces."""

import hashlib
import json
import shutil
import time

from ground import KEY, program
from house import HouseTest, main
from lan import NETWORK, Lan, need_namespaces
from programs import Broker

SEARCH = 2


def answer_of(device, host, **members):
    """What a device says to a query."""
    mac = ":".join(device.uuid[-12:][i:i + 2] for i in range(0, 12, 2))
    return json.dumps({"uuid": device.uuid, "mac": mac, "ip": host, "port": 80, "deviceType": device.model,
                       "subType": "eu", "devName": "Plug", "devSoftWare": "2.1.17", "devHardWare": "2.0.0",
                       **members})


class LanTest(HouseTest):
    def setUp(self):
        super().setUp()
        self.lan = Lan(self.house)
        self.us = self.lan.machine(2)
        self.file = self.house.folder / "lan.yaml"
        self.configure()

    def configure(self, **meross):
        self.file.write_text(json.dumps({"meross": {"keys": ["another-key", KEY], **meross}}))

    def plug(self, host, name="mss310"):
        machine = self.lan.machine(host)
        return machine, machine.simulate(name)

    def discover(self, *arguments, before=()):
        outcome = self.us.run("--config", self.file, "discover", "--json", *arguments, before=before)
        self.assertEqual(0, outcome.returncode, outcome.stderr)
        self.assertNotIn(KEY, outcome.stdout + outcome.stderr)
        self.remarks = outcome.stderr
        return {device["address"]: device for device in json.loads(outcome.stdout)}


class Discover(LanTest):
    def test_by_broadcast(self):
        machine, device = self.plug(11)
        machine.answer(answer_of(device, machine.host))
        found = self.discover("--timeout", f"{SEARCH}s")
        self.assertEqual([machine.host], list(found))
        shown = found[machine.host]
        self.assertEqual(["udp"], shown["found_by"])
        self.assertEqual(["ok", "meross.keys[1]"], [shown["key"], shown["key_from"]])
        self.assertEqual([device.uuid, "mss310", "2.1.17", "Plug", None],
                         [shown[name] for name in ("uuid", "model", "firmware", "name", "error")])

    def test_by_asking_every_address(self):
        machine, device = self.plug(11)
        machine.answer(answer_of(device, machine.host))
        _, silent = self.plug(12, "mss110")
        found = self.discover("--subnet", f"{NETWORK}.0/28")
        self.assertEqual({f"{NETWORK}.11", f"{NETWORK}.12"}, set(found))
        self.assertEqual(["sweep", "udp"], sorted(found[f"{NETWORK}.11"]["found_by"]))
        self.assertEqual(["sweep"], found[f"{NETWORK}.12"]["found_by"])
        self.assertEqual([silent.uuid, "mss110", "ok"],
                         [found[f"{NETWORK}.12"][name] for name in ("uuid", "model", "key")])

    def test_by_dhcp(self):
        machine, device = self.plug(11)
        machine.request_address("48:e1:e9:00:00:01", machine.host)
        stranger = self.lan.machine(13)
        stranger.request_address("02:00:00:00:00:01", stranger.host)
        found = self.discover("--timeout", "5s")
        self.assertEqual([machine.host], list(found), self.remarks)
        self.assertEqual(["dhcp"], found[machine.host]["found_by"])
        self.assertEqual(device.uuid, found[machine.host]["uuid"])

    def test_lies_and_nonsense(self):
        honest, device = self.plug(11)
        honest.answer(answer_of(device, honest.host))
        liar, other = self.plug(12)
        self.assertNotEqual(device.uuid, other.uuid)
        liar.answer(answer_of(device, honest.host))  # pretends to be the honest one, at its address
        self.lan.machine(13).answer("[" * 3000)
        self.lan.machine(14).answer(answer_of(device, "10.99.0.1", uuid="f" * 32, mac=""))
        found = self.discover("--timeout", f"{SEARCH}s")
        self.assertEqual("ok", found[honest.host]["key"])
        self.assertEqual("lied", found[liar.host]["key"])
        self.assertEqual(other.uuid, found[liar.host]["uuid"])
        self.assertEqual("no answer", found[f"{NETWORK}.14"]["key"])
        self.assertEqual({honest.host, liar.host, f"{NETWORK}.14"}, set(found))
        self.assertIn("nonsense", self.remarks)

    def test_what_cannot_run_is_said(self):
        if not shutil.which("setpriv"):
            self.skipTest("setpriv is needed")
        machine, device = self.plug(11)
        machine.answer(answer_of(device, machine.host))
        found = self.discover("--timeout", f"{SEARCH}s", before=("setpriv", "--bounding-set", "-net_raw"))
        self.assertEqual([machine.host], list(found))
        self.assertIn("CAP_NET_RAW", self.remarks)
        self.assertIn("mqtt: ", self.remarks)

    def test_key_state(self):
        machine, device = self.plug(11)
        machine.answer(answer_of(device, machine.host))
        self.configure(keys=["wrong"])
        shown = self.discover("--timeout", f"{SEARCH}s")[machine.host]
        self.assertEqual("wrong key", shown["key"])
        self.assertEqual(["mss310", device.uuid], [shown["model"], shown["uuid"]])
        self.assertIn("meross.keys", self.remarks)
        plain = self.us.run("--config", self.file, "discover", "--timeout", f"{SEARCH}s")
        self.assertRegex(plain.stdout, rf"ADDRESS +MODEL.*\n{machine.host} +mss310 +2.1.17 +{device.uuid} +udp +wrong key\n")


class OnTheBroker(HouseTest):
    def test_by_mqtt(self):
        broker = Broker(self.house)
        file = self.house.folder / "sniff.yaml"
        file.write_text(json.dumps({"mqtt": {"broker": broker.url}, "meross": {
            "keys": [KEY], "discovery": {"udp": False, "dhcp": False}}}))
        search = self.house.start("discover", [program(), "--config", str(file), "--json",
                                               "discover", "--timeout", "3s"])
        uuid = "1802038465725329080648e1e9a1b2c3"
        header = {"messageId": "1" * 32, "namespace": "Appliance.System.Clock", "method": "PUSH",
                  "payloadVersion": 1, "from": f"/appliance/{uuid}/publish", "timestamp": int(time.time())}
        header["sign"] = hashlib.md5(f"{header['messageId']}{KEY}{header['timestamp']}".encode()).hexdigest()
        message = json.dumps({"header": header, "payload": {"clock": {"timestamp": 1}}})
        foreign = uuid[:-1] + "4"
        while search.running():
            broker.publish(f"/appliance/{uuid}/publish", message)
            broker.publish(f"/appliance/{foreign}/publish", message)  # the topic says another
            broker.publish("/appliance/x/publish", "nonsense")
        self.assertEqual(0, search.stop())
        lines = [line for line in search.log().splitlines() if line.startswith("[")]
        found = json.loads(lines[0])
        self.assertEqual([[uuid, None, ["mqtt"], "ok"]],
                         [[d["uuid"], d["address"], d["found_by"], d["key"]] for d in found])


if __name__ == "__main__":
    need_namespaces()
    main()
