"""A stand-in of the vendor's account service on the loopback: what it asks for, and what it says when it is not
satisfied. Written from its description; it checks the signature of every request."""

import base64
import hashlib
import http.server
import json
import threading
import time

SALT = "23x17ahWarFH6w29"


class AccountService:
    """One region. `mood` makes it misbehave: None, "throttle", "malformed", "broken", "slow", "huge"."""

    def __init__(self, email="me@example.com", password="correct horse", key="account-key", code=None):
        self.email, self.password, self.key, self.code = email, password, key, code
        self.elsewhere = None
        self.mood = None
        self.devices = []
        self.subdevices = {}
        self.requests = []
        self.tokens = set()
        self.release = threading.Event()
        service = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                service.answer(self)

            def log_message(self, *arguments):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.address = f"127.0.0.1:{self.server.server_port}"
        self.url = f"http://{self.address}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self):
        self.release.set()
        self.server.shutdown()
        self.server.server_close()

    def use_tls(self, context):
        self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
        self.url = f"https://{self.address}"

    def answer(self, request):
        body = request.rfile.read(int(request.headers["Content-Length"]))
        self.requests.append((request.path, body.decode(), request.headers.get("Authorization", "")))
        if self.mood == "slow":
            self.release.wait(60)
        if self.mood == "broken":
            request.send_error(500)
            return
        if self.mood == "malformed":
            text = b'{"apiStatus":0,"data":'
        elif self.mood == "huge":
            text = b" " * (8 << 20)
        else:
            status, data = self.serve(request.path, json.loads(body), self.requests[-1][2])
            text = json.dumps({"apiStatus": status, "sysStatus": 0, "info": f"status {status}",
                               "timeStamp": int(time.time()), "data": data}).encode()
        request.send_response(200)
        request.send_header("Content-Type", "application/json")
        request.send_header("Content-Length", str(len(text)))
        request.end_headers()
        try:
            request.wfile.write(text)
        except OSError:
            pass

    def serve(self, path, form, authorization):
        text = SALT + str(form["timestamp"]) + form["nonce"] + form["params"]
        if form["sign"] != hashlib.md5(text.encode()).hexdigest() or len(form["nonce"]) != 32:
            return 5000, None
        if abs(form["timestamp"] / 1000 - time.time()) > 60:
            return 5000, None
        data = json.loads(base64.b64decode(form["params"]))
        if path == "/v1/Auth/signIn":
            return self.sign_in(data)
        if authorization.removeprefix("Basic ") not in self.tokens:
            return 1200, None
        if path == "/v1/Device/devList":
            return 0, self.devices
        if path == "/v1/Hub/getSubDevices":
            return 0, self.subdevices.get(data["uuid"], [])
        if path == "/v1/Profile/Logout":
            self.tokens.discard(authorization.removeprefix("Basic "))
            return 0, None
        return 5000, None

    def sign_in(self, data):
        if self.mood == "throttle":
            return 1028, None
        if self.elsewhere:
            return 1030, {"domain": self.elsewhere}
        if data["email"] != self.email:
            return 1002, None
        if data["password"] != hashlib.md5(self.password.encode()).hexdigest():
            return 1004, None
        if self.code and "mfaCode" not in data:
            return 1033, None
        if self.code and data["mfaCode"] != self.code:
            return 1032, None
        token = f"token{len(self.tokens)}"
        self.tokens.add(token)
        return 0, {"userid": "4711", "email": self.email, "key": self.key, "token": token, "domain": self.url,
                   "mqttDomain": "mqtt.example.com", "mfaLockExpire": 0}
