"""`lanbridge key` against a stand-in of the account service."""

import json
import shutil
import ssl
import stat
import subprocess
import time
import unittest

from account_service import AccountService
from house import HouseTest, main
from listener import Listener
from programs import Bridge, Broker, Simulator


class KeyTest(HouseTest):
    def setUp(self):
        super().setUp()
        self.service = AccountService()
        self.addCleanup(self.service.close)
        self.service.devices = [
            {"uuid": "0102030405060708090048e1e9a1b2c3", "onlineStatus": 1, "devName": "Kettle", "deviceType": "mss310",
             "fmwareVersion": "2.1.4", "hdwareVersion": "2.0.0"},
            {"uuid": "0102030405060708090048e1e9a1b2c4", "onlineStatus": 2, "devName": "Hub", "deviceType": "msh300"}]
        self.service.subdevices = {"0102030405060708090048e1e9a1b2c4": [
            {"subDeviceId": "0300AB", "subDeviceType": "mts100v3", "subDeviceName": "Valve"}]}
        self.data = self.house.folder / "data"
        self.secret("correct horse")

    def secret(self, text):
        self.password_file = self.house.folder / "password"
        self.password_file.write_text(text + "\n")

    def key(self, *more, email="me@example.com", url=None, json_too=False):
        return self.house.run(*(["--json"] if json_too else []), "key", email, "--password", f"@{self.password_file}",
                              "--service", url or self.service.url, "--data-dir", self.data, *more)

    def kept(self):
        return json.loads((self.data / "keys.json").read_text())["keys"]

    def refused(self, status, *words, **more):
        ended = self.key(**more)
        self.assertEqual(status, ended.returncode, ended.stderr)
        for word in words:
            self.assertIn(word, ended.stderr)
        self.assertFalse((self.data / "keys.json").exists())
        self.assertNotIn("Traceback", ended.stderr)
        return ended

    def test_key_is_kept_and_not_shown(self):
        ended = self.key()
        self.assertEqual(0, ended.returncode, ended.stderr)
        self.assertIn("asks the vendor's account service", ended.stderr)
        for word in ("Kettle", "mss310", "0102030405060708090048e1e9a1b2c3", "Valve", "keys.json"):
            self.assertIn(word, ended.stdout)
        self.assertNotIn("account-key", ended.stdout + ended.stderr)
        self.assertNotIn("correct horse", ended.stdout + ended.stderr)
        self.assertEqual([{"key": "account-key", "source": "account", "name": "me@example.com"}], self.kept())
        self.assertEqual(0o600, stat.S_IMODE((self.data / "keys.json").stat().st_mode))
        self.assertEqual(set(), self.service.tokens, "the login is still open")
        self.assertEqual(["/v1/Auth/signIn", "/v1/Device/devList", "/v1/Hub/getSubDevices", "/v1/Profile/Logout"],
                         [path for path, _, _ in self.service.requests])
        self.assertFalse(any("correct horse" in body for _, body, _ in self.service.requests))

    def test_key_is_shown_when_asked_for(self):
        self.assertIn("account-key", self.key("--show").stdout)
        shown = json.loads(self.key("--show", json_too=True).stdout)
        self.assertEqual("account-key", shown["key"])
        hidden = json.loads(self.key(json_too=True).stdout)
        self.assertNotIn("key", hidden)
        self.assertEqual("Kettle", hidden["devices"][0]["name"])
        self.assertEqual("Valve", hidden["devices"][1]["subdevices"][0]["name"])
        self.assertEqual(1, len(self.kept()), "asked twice, kept once")

    def test_login_refused(self):
        self.secret("wrong")
        self.refused(4, "e-mail address or password is wrong", "1004")
        self.refused(4, "no account with this e-mail address", email="you@example.com")

    def test_two_factor(self):
        self.service.code = "123456"
        self.refused(4, "--mfa")
        wrong = self.key("--mfa", "000000")
        self.assertEqual(4, wrong.returncode)
        self.assertIn("code is wrong", wrong.stderr)
        self.assertEqual(0, self.key("--mfa", "123456").returncode)

    def test_other_region(self):
        other = AccountService()
        self.addCleanup(other.close)
        self.service.elsewhere = other.address
        self.assertEqual(0, self.key().returncode)
        self.assertEqual(1, len(self.service.requests))
        self.assertEqual("/v1/Auth/signIn", other.requests[0][0])

    def test_regions_that_send_each_other(self):
        self.service.elsewhere = self.service.address
        self.refused(1, "another region")
        self.assertEqual(2, len(self.service.requests))

    def test_password_is_not_carried_to_strangers(self):
        self.service.elsewhere = "evil.example"
        self.refused(1, "evil.example", "does not get the password")

    def test_throttled(self):
        self.service.mood = "throttle"
        self.refused(1, "asked too often")

    def test_nonsense(self):
        self.service.mood = "malformed"
        self.refused(1, "the service's answer")
        self.service.mood = "broken"
        self.refused(1, "HTTP status 500")
        self.service.mood = "huge"
        self.refused(1, "4 MiB")

    def test_silence_has_an_end(self):
        self.service.mood = "slow"
        started = time.monotonic()
        self.refused(3, self.service.url)
        self.assertLess(time.monotonic() - started, 20)

    def test_nobody_there(self):
        self.service.close()
        self.refused(3, self.service.url)

    def test_untrusted_certificate_gets_no_password(self):
        if not shutil.which("openssl"):
            self.skipTest("no openssl program")
        folder = self.house.new_folder("tls")
        subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj",
                        "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", folder / "key", "-out", folder / "cert"],
                       check=True, capture_output=True)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(folder / "cert", folder / "key")
        self.service.use_tls(context)
        self.refused(1, "certificate is not trusted")
        self.assertEqual([], self.service.requests)
        trusted = self.house.run("key", "me@example.com", "--password", f"@{self.password_file}", "--service",
                                 self.service.url, "--data-dir", self.data,
                                 environment={"SSL_CERT_FILE": str(folder / "cert")})
        self.assertEqual(0, trusted.returncode, trusted.stderr)

    def test_wrong_usage(self):
        for arguments, word in (
                (["key", "a@b", "--password", "plain"], "process list"),
                (["key", "a@b", "--service", "http://example.com"], "https only"),
                (["key", "a@b", "--region", "moon"], "eu|us|ap"),
                (["key", "a@b", "--password", "-", "--data-dir", str(self.data)], "password is missing")):
            ended = self.house.run(*arguments)
            self.assertEqual(2, ended.returncode, ended.stderr)
            self.assertIn(word, ended.stderr)

    def test_damaged_file_is_set_aside(self):
        self.data.mkdir()
        (self.data / "keys.json").write_text("{ not json")
        self.assertEqual(0, self.key().returncode)
        self.assertEqual("account-key", self.kept()[0]["key"])
        self.assertEqual("{ not json", (self.data / "keys.json.damaged").read_text())

    def test_daemon_uses_the_key(self):
        broker = Broker(self.house)
        listener = Listener(self.house, broker)
        simulator = Simulator(self.house, "mss110", key="account-key")  # encrypts: without its key nothing goes
        config = self.config(broker, simulator[0])
        config["meross"]["keys"] = ["another"]
        bridge = Bridge(self.house, config)
        self.wait_for("the device to be refused", lambda: (self.listed(listener, simulator[0].address) or {}).get(
            "reason") in ("wrong_key", "encrypted_without_key"))
        self.data = bridge.data
        self.assertEqual(0, self.key().returncode)
        bridge.reload()
        self.wait_online(listener, simulator[0])
        bridge.stop()
        bridge.start()
        start = listener.count()
        self.wait_for("the device to be online again", lambda: "online" in listener.seen(
            f"lanbridge/{simulator[0].id}/availability", start))


if __name__ == "__main__":
    main()
