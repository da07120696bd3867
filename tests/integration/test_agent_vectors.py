"""What openmiio_agent was seen to do, asked of ours over sockets and a broker; and where ours does better."""

import json
import os
import socket
import stat
import threading

from conversation import Conversation
from gateway import App, Gateway, GatewayTest, Peer, main, seqpacket
from ground import SOURCE

VECTORS = json.loads((SOURCE / "tests/data/gateway_agent.json").read_text())

ODD_IDS = [f'{{"id":{number},"result":{result}}}'
           for number, result in (('"abc"', 1), ("1.5", 2), ("-5", 3), ("4294967301", 4))]

# By the recorded step; ids from 9000 on are names.
BETTER_ROUTING = {
    "second_app_answers": {},
    "cloud_answers_stray": {},
    "app_answers_mqtt_multicast": {"mqtt": [["miio/command_ack", '{"id":5001,"result":["ok"]}']]},
    "cloud_two_json_with_space": {"app:32": ['{"id":9001,"method":"get_common_lib_version","params":[]}',
                                             '{"id":9002,"method":"set_properties","params":[]}']},
    "cloud_boundary_inside_string": {"app:32": ['{"id":9003,"method":"set_properties","params":["a}{b"]}']},
    "id_collision": {"app:32": ['{"id":9004,"method":"get_common_lib_version","params":[]}']},
    "answers_to_odd_ids": {"app:2": ODD_IDS, "mqtt": [["miio/report_ack", text] for text in ODD_IDS]},
    "reregister_after_reconnect": {"app:32": ['{"id":24,"method":"set_properties","params":[]}']},
}

BETTER_SCRIPT = {
    "response_unchanged": {
        "app:2": ['{"id":501,"result":"ok"}'],
        "mqtt": [["miio/report_ack", '{"id":501,"result":"ok"}'],
                 ["lua/resp", '2|r_plain|{"id":501,"method":"r_plain","params":{"q":1}}|{"id":501,"result":"ok"}']]},
    "response_replaced": {
        "app:2": ['{"id":1,"result":"lua"}'],
        "mqtt": [["miio/report_ack", '{"id":500,"result":"ok"}'],
                 ["lua/resp", '2|r_str|{"id":500,"method":"r_str"}|{"id":500,"result":"ok"}']]},
    "response_dropped": {
        "mqtt": [["miio/report_ack", '{"id":502,"result":"ok"}'],
                 ["lua/resp", '2|r_nil|{"id":502,"method":"r_nil"}|{"id":502,"result":"ok"}']]},
    "answer_to_replaced": {
        "app:2": ['{"id":7,"result":"ok"}'],
        "mqtt": [["miio/report_ack", '{"id":7,"result":"ok"}'],
                 ["lua/resp", '2|replaced|{"id":7,"method":"replaced","params":[1]}|{"id":7,"result":"ok"}']]},
    "script_error": {"cloud": ['{"id":9001,"method":"err"}'],
                     "mqtt": [["miio/report", '{"id":100,"method":"err"}']]},
}

HASTENED_2691 = ('{"id":118,"result":{"operation":"query_prod","pdid":2691,"ttl":1800,"thr":-40,"upRule":['
                 '{"delta":0,"eid":15,"intvl":0},{"delta":0,"eid":4119,"intvl":0},{"delta":0,"eid":4103,"intvl":600},'
                 '{"delta":0,"eid":4106,"intvl":600},{"delta":0,"eid":4120,"intvl":0}]}}')
HASTENED_131 = ('{"id":119,"result":{"operation":"query_prod","pdid":131,"ttl":1800,"thr":-90,"upRule":['
                '{"eid":4101,"delta":0,"intvl":0},{"eid":4100,"delta":1,"intvl":180},'
                '{"eid":4102,"delta":5,"intvl":180},{"eid":4110,"delta":0,"intvl":420},'
                '{"eid":9999,"delta":0.25,"intvl":7}],"extra":1}}')
# By the request's id: edited in place, also what comes from memory, and no null where a list belongs.
BETTER_CACHE = {
    113: '{"id":113,"result":{"authed_devs":[],"denied_devs":[]}}',
    118: HASTENED_2691,
    119: HASTENED_131,
    120: '{"id":120,"result":{"operation":"query_prod","pdid":999,"ttl":1800,"thr":-90,'
         '"upRule":[{"eid":4112,"delta":1.5,"intvl":60}]}}',
    121: '{"id":121,"result":{"operation":"query_prod","pdid":998,"ttl":1800,"thr":-90}}',
    123: '{"id":123,"result":null}',
}


def texts(step):
    return step["send"] if isinstance(step["send"], list) and step["from"] != "publish" else [step["send"]]


class Routing(GatewayTest):
    def test_every_step(self):
        recorded = VECTORS["agent_routing"]
        self.open(*recorded["setup"]["args"].split())
        talk = Conversation(self, recorded["setup"]["apps_bound"], recorded["setup"]["registered"])
        for step in recorded["steps"]:
            with self.subTest(step["name"]):
                self.prepare(talk, step["name"])
                if step["from"] == "new socket":
                    self.stranger(talk, texts(step))
                    continue
                said = texts(step)
                if step["name"] == "id_collision":  # with the id that is pending here
                    said = [talk.with_real_ids(text) for text in said]
                talk.step(step["from"], said, BETTER_ROUTING.get(step["name"], step["expect"]))
        self.assertTrue(self.gateway.process.running())

    def prepare(self, talk, name):
        if name == "reregister_after_reconnect":
            talk.leave(32)
            talk.join(32, ["get_common_lib_version", "set_properties", "set_properties"])
        if name == "bind_two_bits":
            talk.join(48)

    def stranger(self, talk, said):
        """Whoever has not said who he is is not heard."""
        since = talk.counts()
        stranger = App(self.gateway)
        for text in said:
            stranger.send(text)
        talk.apps[1024] = stranger
        stranger.send('{"address":1024,"method":"bind"}')
        talk.settle("app:1024")
        self.assertEqual({}, talk.heard({**since, "app:1024": 0}))
        talk.leave(1024)


class Script(GatewayTest):
    def test_every_step(self):
        recorded = VECTORS["agent_lua"]
        self.open(*recorded["setup"]["args"].split(), script=recorded["script"])
        talk = Conversation(self, recorded["setup"]["apps_bound"], recorded["setup"]["registered"])
        for step in recorded["steps"]:
            with self.subTest(step["name"]):
                talk.step(step["from"], texts(step), BETTER_SCRIPT.get(step["name"], step["expect"]))
        self.assertIn("boom", self.gateway.log())
        self.assertTrue(self.gateway.process.running())


class Memory(GatewayTest):
    def test_every_step(self):
        recorded = VECTORS["agent_cache"]
        self.open(*recorded["setup"]["args"].split())
        talk = Conversation(self, recorded["setup"]["apps_bound"])
        for step in recorded["steps"]:
            request = json.loads(step["request"])
            with self.subTest(request["id"], method=request["method"]):
                self.play(talk, step, BETTER_CACHE.get(request["id"], step["to_app"]))
        self.assertEqual(0, self.gateway.stop())
        self.assertEqual(recorded["store_file_after"], self.gateway.store.read_text())
        self.assertEqual(0o644, stat.S_IMODE(os.stat(self.gateway.store).st_mode))

    def play(self, talk, step, expected):
        app = f"app:{step['app']}"
        since = talk.counts()
        talk.say(app, step["request"])
        talk.settle(app)
        asked, = talk.heard(since)["cloud"]
        since = talk.counts()
        answer = step["cloud_answer"].replace(f'"id":{json.loads(step["cloud_answer"])["id"]}',
                                              f'"id":{json.loads(asked)["id"]}')
        talk.say("cloud", answer)
        talk.settle("cloud")
        wanted = {app: [expected]}
        if step["report_ack"]:
            wanted["mqtt"] = [["miio/report_ack", text] for text in step["report_ack"]]
        self.assertEqual(wanted, talk.heard(since))


class FakeBroker:
    """Takes what the agent says first, byte by byte."""

    def __init__(self, house):
        self.listening = socket.create_server(("127.0.0.1", 0))
        self.port = self.listening.getsockname()[1]
        self.packets = []
        house.on_exit(self.listening.close)
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        try:
            while True:
                connection, _ = self.listening.accept()
                threading.Thread(target=self.talk, args=(connection,), daemon=True).start()
        except OSError:
            pass

    def talk(self, connection):
        with connection, connection.makefile("rb") as stream:
            while head := stream.read(2):
                length, shift, last = 0, 0, head[1:]
                digits = last
                while True:
                    length |= (last[0] & 0x7F) << shift
                    shift += 7
                    if not last[0] & 0x80:
                        break
                    last = stream.read(1)
                    digits += last
                body = stream.read(length)
                self.packets.append(head[:1] + digits + body)
                if head[0] == 0x10:
                    connection.sendall(bytes.fromhex("20020000"))
                if head[0] == 0x82:
                    topics, at = 0, 2
                    while at < len(body):
                        at += 3 + int.from_bytes(body[at:at + 2], "big")
                        topics += 1
                    connection.sendall(bytes([0x90, 2 + topics]) + body[:2] + bytes(topics))

    def first(self, kind):
        return next((p for p in list(self.packets) if p[0] == kind), None)


def without_packet_id(packet):
    return (packet[:2] + packet[4:]).hex()


class Wire(GatewayTest):
    def start(self, *words):
        self.fake = FakeBroker(self.house)
        self.gateway = Gateway(self.house, *words)
        self.gateway.broker_port = self.fake.port
        self.gateway.start()
        self.wait_for("a report", lambda: any(b"openmiio/report" in p for p in list(self.fake.packets)))

    def test_connect_and_subscribe(self):
        recorded = VECTORS["agent_mqtt_wire"]
        for case in recorded["subscribe"]:
            with self.subTest(case["args"]):
                self.start(*case["args"].split())
                self.assertEqual(recorded["connect"], self.fake.first(0x10).hex())
                if "DEFECT" in case.get("note", ""):
                    self.assertIsNone(self.fake.first(0x82), "nothing to subscribe to")
                else:
                    self.assertEqual(without_packet_id(bytes.fromhex(case["packet"])),
                                     without_packet_id(self.fake.first(0x82)))
                self.assertEqual(1, sum(p[0] == 0x82 for p in self.fake.packets) or 1)
                self.assertEqual(0, self.gateway.stop())


class Service(Peer):
    """central_service_lite."""

    def __init__(self, house, path):
        super().__init__()
        self.connects = 0
        self.connection = None
        self.listening = seqpacket()
        self.listening.bind(path)
        self.listening.listen()
        house.on_exit(self.listening.close)
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        try:
            while True:
                self.connection, _ = self.listening.accept()
                self.connects += 1
                threading.Thread(target=self.read, args=(self.connection,), daemon=True).start()
        except OSError:
            pass

    def read(self, connection):
        try:
            with connection:
                while datagram := connection.recv(1 << 20):
                    self.take(datagram.decode())
        except OSError:
            pass


class Central(GatewayTest):
    def test_every_case(self):
        recorded = VECTORS["agent_central_proxy"]
        self.house_with_service()
        self.assertEqual(recorded["first_start"]["probe_connections_seen_by_real_service"], self.service.connects)
        self.assertTrue((self.gateway.root / recorded["first_start"]["renamed"][1].lstrip("/")).is_socket())
        client = self.connect()
        for case in recorded["cases"]:
            text = case.get("client_sends") or '{"long":"' + "x" * (case["client_sends_len"] - 11) + '"}'
            with self.subTest(text[:60]):
                since, published = self.service.count(), self.listener.count()
                client.send(text.encode())
                self.wait_text(self.service, text, since)
                if case.get("mqtt", True):
                    self.wait_published("central/report", text, published)
                    self.assertEqual([text], self.listener.seen("central/report", published))
        self.assertFalse(any("get_gateway_role" in text for text in self.listener.seen("central/report")))
        self.service.connection.send(b'{"to":"app"}')
        self.assertEqual(b'{"to":"app"}', client.recv(4096))

    def test_socket_gets_its_name_back(self):
        self.house_with_service()
        self.assertEqual(0, self.gateway.stop())
        probes = self.service.connects
        with seqpacket() as client:
            client.connect(str(self.gateway.root / "tmp/central_service_lite.socket"))
        self.wait_for("the service to be reached directly", lambda: self.service.connects > probes)

    def house_with_service(self):
        self.broker_and_listener()
        self.gateway = Gateway(self.house, "mqtt", "central", broker=self.broker)
        self.service = Service(self.house, str(self.gateway.root / "tmp/central_service_lite.socket"))
        self.gateway.start()
        self.gateway.wait_log("[cent] using original socket")
        self.wait_for("the first report", lambda: self.listener.seen("openmiio/report"))

    def connect(self):
        client = seqpacket()
        self.house.on_exit(client.close)
        client.settimeout(10)
        client.connect(str(self.gateway.root / "tmp/central_service_lite.socket"))
        self.gateway.wait_log("[cent] accept conn")
        return client


if __name__ == "__main__":
    main()
