"""What goes wrong on a gateway, one by one: other traffic flows, the agent stays, and says it once."""

import contextlib
import json
import signal
import socket
import threading
import time

from chip import RESET, RESET_ANSWER, Chip
from gateway import MGW, App, Cloud, Gateway, GatewayTest, main
from ground import accepts, free_port


class Apps(GatewayTest):
    def setUp(self):
        super().setUp()
        self.open()
        self.one, self.other = App(self.gateway, 4), App(self.gateway, 16)
        self.assert_traffic_flows(self.one, self.other)

    def assert_told_once(self, text):
        self.gateway.wait_log(text)
        self.assertEqual(1, len(self.gateway.lines(text)), self.gateway.lines(text))

    def test_app_that_never_reads(self):
        stuck = App(self.gateway, 2, reads=False)
        stuck.send('{"_to":4,"id":1,"method":"local.hello","params":"bound"}')
        self.wait_text(self.one, "bound")
        filling = "x" * 1000
        for number in range(3000):
            self.one.send(f'{{"_to":2,"id":{number},"method":"local.x","params":"{filling}"}}')
            if number % 500 == 0:
                self.assert_traffic_flows(self.one, self.other)
        self.assert_traffic_flows(self.one, self.other)
        self.assert_told_once("does not read")
        self.assertRegex(self.gateway.lines("does not read")[0], r"dropped=\d+")

    def test_app_that_floods(self):
        flooding = App(self.gateway, 32)
        end = threading.Event()

        def flood():
            while not end.is_set():
                flooding.send('{"_to":2,"id":1,"method":"local.flood","params":"' + "x" * 200 + '"}')

        reader = App(self.gateway, 2)
        thread = threading.Thread(target=flood, daemon=True)
        thread.start()
        try:
            for _ in range(10):
                self.assert_traffic_flows(self.one, self.other)
        finally:
            end.set()
            thread.join(10)
        self.assertGreater(reader.count(), 1000)
        self.assertLess(len(self.gateway.log().splitlines()), 60)

    def test_garbage(self):
        garbage = ["{", "}", "[]", "5", '{"id":', "\x00\x01", '{"id":1}}', "nonsense", '{"a":"' + "\\u12", "[" * 3000]
        for text in garbage * 20:
            self.one.send(text)
        for text in garbage:
            self.cloud.send('{"broken":' + text + ',,}')
        for text in garbage:
            self.command(text.replace("\x00", ""))
        self.one.send(b"\xff\xfe\x00garbage")
        self.one.send('{"method":5}')
        self.one.send('{"method":"register","key":1}')
        self.one.send('{"method":"register"}')
        self.one.send('{"id":[],"_to":{},"method":"props"}')
        self.assert_traffic_flows(self.one, self.other)
        self.assert_told_once("not a JSON object")
        self.cloud.hang_up()  # a half object may stand in front of what comes; the connection's end is its end
        self.wait_for("another connection", lambda: self.cloud.connects > 1)
        self.cloud.send('{"_to":16,"id":1,"method":"local.hello","params":"after garbage"}')
        self.wait_text(self.other, "after garbage")

    def test_long_messages(self):
        long = "y" * (64 * 1024 - 100)
        self.one.send(f'{{"_to":16,"id":1,"method":"local.long","params":"{long}"}}')
        self.wait_text(self.other, long)
        self.one.send(f'{{"id":1,"method":"props","params":"{long}"}}')
        self.wait_text(self.cloud, long)
        self.wait_for("it on the broker", lambda: any(long in t for t in self.listener.seen("miio/report")))
        since = self.other.count()
        text = f'{{"_to":16,"id":1,"method":"local.long","params":"{long}"}}'
        for at in range(0, len(text), 5000):
            self.cloud.send(text[at:at + 5000])
            time.sleep(0.005)
        self.wait_text(self.other, long, since)
        giant = '{"_to":16,"id":1,"method":"local.giant","params":"' + "z" * 2_000_000 + '"}'
        self.cloud.send(giant)  # beyond what is kept of one message
        self.assert_traffic_flows(self.one, self.other)
        self.cloud.send(text)
        self.wait_for("what came after it", lambda: sum(long in t for t in self.other.texts(since)) > 1)
        self.assertFalse(self.other.has("local.giant"))
        self.assert_told_once("too long")

    def test_cloud_client_that_flaps(self):
        for number in range(8):
            connects = self.cloud.connects
            self.cloud.hang_up()
            self.assert_traffic_flows(self.one, self.other)
            self.wait_for("another connection", lambda n=connects: self.cloud.connects > n)
            time.sleep(0.5)
        self.one.send('{"id":5,"method":"props","params":"after flapping"}')
        self.wait_text(self.cloud, "after flapping")
        self.assertLess(len(self.gateway.lines("miio_client")), 6, self.gateway.lines("miio_client"))

    def test_cloud_client_that_is_away(self):
        self.cloud.close()
        for number in range(500):
            self.one.send(f'{{"id":{number},"method":"props","params":{{}}}}')
        self.assert_traffic_flows(self.one, self.other)
        self.assertLess(len(self.gateway.lines("miio_client")), 6, self.gateway.lines("miio_client"))

    def test_broker_that_is_killed(self):
        for _ in range(2):
            self.broker.stop(signal.SIGKILL)
            self.gateway.wait_log("[mqtt] offline")
            for number in range(300):
                self.one.send(f'{{"id":{number},"method":"props","params":{{}}}}')
            self.one.send('{"_to":16,"id":1,"method":"local.hello","params":"without a broker"}')
            self.wait_text(self.other, "without a broker")
            self.other.arrivals.clear()
            online = len(self.gateway.lines("[mqtt] online"))
            self.broker.start()
            self.wait_for("the agent to come back", lambda n=online: len(self.gateway.lines("[mqtt] online")) > n)
            self.listener = type(self.listener)(self.house, self.broker)
            self.assert_traffic_flows(self.one, self.other)

    def test_connections_without_end(self):
        for _ in range(300):
            stranger = App(self.gateway, reads=False)
            stranger.send('{"id":1}')
            stranger.close()
        held = [App(self.gateway, reads=False) for _ in range(100)]
        self.assertEqual(100, len(held))
        self.assert_traffic_flows(self.one, self.other)
        self.assertLess(len(self.gateway.lines("conn")), 20)


class Flash(GatewayTest):
    def remember(self, value):
        asked = self.cloud.count()
        self.app.send('{"id":1,"method":"_sync.get_homeroom_info","params":{}}')
        self.wait_for("the cloud to be asked", lambda: self.cloud.count() > asked)
        number = json.loads(self.cloud.texts()[-1])["id"]
        since = self.app.count()
        self.cloud.send(f'{{"id":{number},"result":{{"uid":"{value}"}}}}')
        self.wait_text(self.app, f'"{value}"', since)

    def test_file_that_cannot_be_written(self):
        self.open()
        self.app, other = App(self.gateway, 128), App(self.gateway, 16)
        obstacle = self.gateway.store.with_name(self.gateway.store.name + ".tmp")
        obstacle.mkdir()
        self.remember("kept")
        self.gateway.wait_log("can't write file")
        self.remember("kept too")
        self.assert_traffic_flows(self.app, other)
        obstacle.rmdir()
        self.assertEqual(0, self.gateway.stop())
        self.assertEqual('{"cache":{"3":{"uid":"kept too"}}}', self.gateway.store.read_text())
        self.assertEqual(1, len(self.gateway.lines("can't write file")))

    def test_killed_while_it_saves(self):
        self.open(store='{"cache":{"3":{"uid":"0"}},"filling":"' + "x" * 500_000 + '"}')
        temporary = self.gateway.store.with_name(self.gateway.store.name + ".tmp")
        seen = ["0"]
        for number in range(1, 6):
            self.app = App(self.gateway, 128)
            self.remember(str(number))
            seen.append(str(number))
            deadline = time.monotonic() + 10
            before = self.gateway.store.stat().st_ino
            while not temporary.exists() and self.gateway.store.stat().st_ino == before and time.monotonic() < deadline:
                pass
            self.gateway.process.kill()
            content = json.loads(self.gateway.store.read_text())
            self.assertEqual(500_000, len(content["filling"]))
            self.assertIn(content["cache"]["3"]["uid"], seen)
            self.cloud.connection = None
            self.gateway.start()
            self.wait_for("the agent to dial the cloud client", lambda: self.cloud.connection)
            self.assertNotIn("can't read", self.gateway.log())

    def test_broken_file(self):
        self.open(store='{"cache":{"3":{"uid":')
        self.app = App(self.gateway, 128)
        self.remember("new")
        self.assertEqual(0, self.gateway.stop())
        self.assertEqual('{"cache":{"3":{"uid":"new"}}}', self.gateway.store.read_text())
        self.assertEqual(1, len(self.gateway.lines("starting empty")))


class Serial(GatewayTest):
    def setUp(self):
        super().setUp()
        self.broker_and_listener()
        self.port = free_port()
        self.gateway = Gateway(self.house, "miio", "mqtt", f"--zigbee.tcp={self.port}", broker=self.broker)
        self.gateway.write("etc/build.prop", MGW)
        self.chip = Chip(self.house, self.gateway.root / "dev/ttyS2")
        self.cloud = Cloud(self.house, self.gateway.cloud_port)
        self.gateway.start()
        self.wait_for("the Zigbee port", lambda: accepts(self.port))
        self.wait_for("the first report", lambda: self.listener.seen("openmiio/report"))
        self.one, self.other = App(self.gateway, 4), App(self.gateway, 16)

    def connect(self):
        client = socket.create_connection(("127.0.0.1", self.port), timeout=20)
        self.house.on_exit(client.close)
        client.sendall(RESET)
        got = b""
        while RESET_ANSWER not in got:
            part = client.recv(100)
            self.assertTrue(part, "the agent hung up\n" + self.gateway.log())
            got += part
        return client

    def test_port_that_vanishes(self):
        client = self.connect()
        self.assert_traffic_flows(self.one, self.other)
        self.chip.unplug()
        self.assertEqual(b"", client.recv(100))
        for _ in range(3):
            with socket.create_connection(("127.0.0.1", self.port), timeout=20) as hopeful:
                hopeful.sendall(RESET)
                self.assert_traffic_flows(self.one, self.other)
                with contextlib.suppress(ConnectionError):
                    self.assertEqual(b"", hopeful.recv(100))
        self.chip.plug_in()
        self.connect()
        self.assert_traffic_flows(self.one, self.other)

    def test_client_that_stalls(self):
        client = self.connect()
        end = threading.Event()

        def chatter():
            while not end.is_set():
                self.chip.say(b"z" * 1000)

        thread = threading.Thread(target=chatter, daemon=True)
        thread.start()
        for _ in range(5):
            self.assert_traffic_flows(self.one, self.other)
            time.sleep(0.2)
        end.set()
        client.close()
        self.assert_traffic_flows(self.one, self.other)

    def test_port_scan(self):
        for _ in range(20):
            socket.create_connection(("127.0.0.1", self.port), timeout=20).close()
        self.assert_traffic_flows(self.one, self.other)
        self.assertNotIn(RESET, self.chip.received)
        self.connect()


class Scripts(GatewayTest):
    def open_with(self, script, *words):
        self.open("miio", "mqtt", "cache", *words, script=script)
        self.one, self.other = App(self.gateway, 4), App(self.gateway, 16)

    def ask(self, method, number=1):
        self.one.send(f'{{"_to":16,"id":{number},"method":"{method}"}}')

    def test_error(self):
        self.open_with('function miio_request(from, method)\n  if method == "bad" then\n    error("boom")\n  end\nend')
        for number in range(30):
            self.ask("bad", number)
        self.assert_traffic_flows(self.one, self.other)
        self.assertEqual(30, sum('"bad"' in text for text in self.other.texts()))
        self.assertLess(len(self.gateway.lines("boom")), 4)
        self.assertRegex(self.gateway.lines("boom")[0], r"openmiio_agent\.lua:3: boom")

    def test_endless_loop(self):
        self.open_with('function miio_request(from, method)\n'
                       '  if method == "loop" then while true do pcall(function() while true do end end) end end\nend',
                       "--lua.budget=1000000")
        for number in range(3):
            self.ask("loop", number)
        self.assert_traffic_flows(self.one, self.other)
        self.assertEqual(3, sum('"loop"' in text for text in self.other.texts()))
        self.assertTrue(self.gateway.lines("[lua]"))

    def test_nonsense(self):
        self.open_with('local answers = {num=5, yes=true, tab={}, text="nonsense", list="[1]", empty=""}\n'
                       'function miio_request(from, method)\n'
                       '  if answers[method] ~= nil then return answers[method] end\nend\n'
                       'function miio_response() return setmetatable({}, {__tostring = error}) end')
        for method in ("num", "yes", "tab", "text", "list", "empty"):
            self.ask(method)
        self.assert_traffic_flows(self.one, self.other)
        self.assertFalse(any(f'"{m}"' in t for t in self.other.texts() for m in ("num", "yes", "tab", "text")))

    def test_log_that_would_feed_itself(self):
        self.open_with('function mosquitto_sub(topic, payload) end', "--log.level=trace")
        self.assert_traffic_flows(self.one, self.other)
        written = len(self.gateway.log().splitlines())
        time.sleep(2)
        self.assertLess(len(self.gateway.log().splitlines()) - written, 20)
        self.assert_traffic_flows(self.one, self.other)

    def test_file_that_does_not_compile_and_then_does(self):
        self.open_with("function miio_request(")
        self.ask("mute")
        self.assert_traffic_flows(self.one, self.other)
        self.wait_text(self.other, '"mute"')
        self.assertEqual(1, len([l for l in self.gateway.lines("[lua]") if "WRN" in l]))
        self.gateway.script.write_text('function miio_request(f, m) if m == "mute" then return nil end end')
        since = self.other.count()

        def muted():
            before = self.other.count()
            self.ask("mute")
            self.ask("mark")
            self.wait_text(self.other, '"mark"', before)
            return not self.other.has('"mute"', before)

        self.wait_for("the script to be loaded again", muted)
        self.assertGreater(self.other.count(), since)


if __name__ == "__main__":
    main()
