"""latent explore: who gets an answer, what attackers get, how it ends, the page without a server, and (where Chromium and
selenium are installed) each panel used as a person would."""
import concurrent.futures
import csv
import http.client
import json
import os
import pathlib
import re
import signal
import socket
import struct
import subprocess
import time

from _latent import BINARY, SOURCE, Workplace, expect, expect_error, files_below, have_codecs, latent, latent_json, write_config


class Explorer:
    """A running server."""

    def __init__(self, *arguments):
        command = [BINARY, "explore", "--no-open", *map(str, arguments)]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.address = self.process.stdout.readline().strip()
        found = re.fullmatch(r"http://127\.0\.0\.1:(\d+)/\?token=([0-9a-f]{32})", self.address)
        if not found:
            self.process.kill()
            expect(False, f"an address, got {self.address!r} and {self.process.stderr.read()}")
        self.port, self.token = int(found[1]), found[2]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.kill()
        self.process.communicate()

    def ask(self, method, path, body=None, headers=None):
        """Returns the status, the headers and the body."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        connection.request(method, path, body, {"X-Latent-Token": self.token, **(headers or {})})
        response = connection.getresponse()
        result = response.status, response.headers, response.read()
        connection.close()
        return result

    def post(self, path, value):
        return self.ask("POST", path, json.dumps(value))

    def raw(self, text, wait=5):
        """Sends bytes as they are. Returns all that comes back until the connection is closed."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=wait) as connection:
            connection.sendall(text)
            received = b""
            try:
                while part := connection.recv(65536):
                    received += part
            except (TimeoutError, ConnectionError):
                pass
            return received

    def stop(self):
        self.process.send_signal(signal.SIGINT)
        _, errors = self.process.communicate(timeout=30)
        return self.process.returncode, errors


def frame(body):
    length = struct.unpack("<I", body[:4])[0]
    return json.loads(body[4:4 + length]), body[4 + length:]


def refuses_strangers(server):
    own = f"127.0.0.1:{server.port}"
    for headers, status in [({"X-Latent-Token": ""}, 403), ({"X-Latent-Token": "0" * 32}, 403), ({"Host": "evil.example"}, 421),
                            ({"Host": f"evil.example:{server.port}"}, 421), ({"Origin": "http://evil.example"}, 403),
                            ({"Origin": f"http://{own}"}, 200), ({"Host": f"localhost:{server.port}"}, 200)]:
        for path in ("/", "/api/info", "/nothing"):
            got, answered, body = server.ask("GET", path, headers=headers)
            wanted = 404 if path == "/nothing" and status == 200 else status
            expect(got == wanted, f"{wanted} for {path} with {headers}, got {got}")
            expect("Access-Control-Allow-Origin" not in answered, "no header that lets other sites in")
            expect(server.token.encode() not in body, "the token in no response")
    for method in ("PUT", "DELETE", "OPTIONS", "PATCH"):
        expect(server.ask(method, "/api/info")[0] == 405, f"405 for {method}")
    status, headers, body = server.ask("GET", "/")
    policy = headers["Content-Security-Policy"]
    expect("default-src 'none'" in policy and "unsafe" not in policy, f"a strict policy, got {policy}")
    expect(headers["X-Content-Type-Options"] == "nosniff" and headers["Referrer-Policy"] == "no-referrer", "the safe headers")


def refuses_malformed_requests(server):
    for path, body in [("/api/decode", "{"), ("/api/decode", "{}"), ("/api/decode", '{"z": [[1]]}'), ("/api/decode", '{"z": [[NaN,0,0,0]]}'),
                       ("/api/decode", '{"z": [[1e99,0,0,0]]}'), ("/api/decode", "[" * 100_000), ("/api/examples", '{"indices": [99999]}'),
                       ("/api/morph", '{"points": []}'), ("/api/direction", '{"attribute": "nothing"}'), ("/api/encode", ""),
                       ("/api/encode", "no picture"), ("/api/decode", '{"z": [[0,0,0,0]], "condition": "label=x"}')]:
        status = server.ask("POST", path, body)[0]
        expect(400 <= status < 500 or (status == 200 and "condition" in body), f"a 4xx for {path} {body[:40]}, got {status}")
    for path in ("/api/points?x=9&y=0", "/api/points", "/api/values?by=%00", "/api/values?by=" + "a" * 3000, "/%2e%2e/etc/passwd"):
        expect(400 <= server.ask("GET", path)[0] < 500, f"a 4xx for {path[:40]}")
    expect(server.ask("POST", "/api/decode", " " * (5 << 20))[0] == 413, "413 for too much JSON")
    own = f"Host: 127.0.0.1:{server.port}\r\nX-Latent-Token: {server.token}\r\n"
    huge = f"POST /api/encode HTTP/1.1\r\n{own}Content-Length: 999999999999\r\n\r\n".encode() + b"x" * 100
    for text in [b"\r\n\r\n", b"GET\r\n\r\n", b"GET / HTTP/9.9\r\n\r\n", b"\x16\x03\x01" + bytes(200), b"GET /" + b"a" * 20000, huge,
                 f"GET / HTTP/1.1\r\n{own}{own}\r\n".encode(), f"POST /api/decode HTTP/1.1\r\n{own}Transfer-Encoding: chunked\r\n\r\nzz\r\n".encode(),
                 f"POST /api/encode HTTP/1.1\r\n{own}Content-Type: multipart/form-data; boundary=x\r\nContent-Length: 3\r\n\r\n--x".encode()]:
        answer = server.raw(text, wait=1)
        expect(answer == b"" or re.match(rb"HTTP/1\.1 4\d\d", answer), f"a 4xx or nothing, got {answer[:60]}")
    expect(server.ask("GET", "/api/alive")[0] == 200, "an answer after all that")


def outlasts_crowds(server):
    """Half-open and slow connections, then many requests at once: the page still gets its answers."""
    idle = [socket.create_connection(("127.0.0.1", server.port)) for _ in range(300)]
    for number, connection in enumerate(idle):
        if number % 3:
            connection.sendall(b"GET /api/alive HTTP/1.1\r\nHost:")
    started = time.monotonic()
    expect(server.ask("GET", "/api/alive")[0] == 200, "an answer beside 300 half-open connections")
    expect(time.monotonic() - started < 10, "an answer in time beside half-open connections")
    for connection in idle:
        connection.close()

    def ask(_):
        try:
            return server.post("/api/decode", {"z": [[0, 0, 0, 0]]})[0]
        except OSError:
            return 0

    with concurrent.futures.ThreadPoolExecutor(64) as pool:
        found = list(pool.map(ask, range(2000)))
    expect(set(found) <= {200, 503, 0}, f"answers or refusals, got {set(found)}")
    expect(found.count(200) > 1000, f"answers to most of 2000 requests, got {found.count(200)}")
    expect(server.ask("GET", "/api/alive")[0] == 200, "an answer after the crowd")


def answers_like_the_commands(server, run):
    info = json.loads(server.ask("GET", "/api/info")[2])
    expect(info["latents"] == 4 and info["split"] == "test", f"four latents of the test split, got {info}")
    latent("encode", "--run", run, "--out", "codes.csv", "--quiet")
    rows = list(csv.DictReader(open("codes.csv")))
    head, body = frame(server.ask("GET", "/api/points?x=1&y=3")[2])
    points = struct.unpack(f"<{2 * len(rows)}f", body)
    for i, row in enumerate(rows):
        want = float(row["mean_1"]), float(row["mean_3"])
        expect(all(abs(a - b) < 1e-5 for a, b in zip(points[2 * i:2 * i + 2], want)), f"the codes of encode, got {points[2 * i:2 * i + 2]}, {want}")
    z = [0.5, -1.25, 0, 1]
    _, pixels = frame(server.post("/api/decode", {"z": [z]})[2])
    latent("explore", "--run", run, "--decode=" + ",".join(map(str, z)), "--out", "decoded.png")
    pathlib.Path("pixels.bin").write_bytes(pixels)
    gif = server.post("/api/morph.gif", {"points": [z, [0, 0, 0, 0]], "steps": 4})
    expect(gif[0] == 200 and gif[2].startswith(b"GIF89a"), "a GIF")


def remembers_nothing(server, run, before):
    code, errors = server.stop()
    expect(code == 130, f"exit code 130 after Ctrl-C, got {code} and {errors}")
    new = [name for name in files_below(run) if name not in before]
    expect(all(name.startswith("cache/") or name.startswith("images/explore/") for name in new), f"new files in the cache alone, got {new}")
    for name in files_below(run):
        expect(server.token.encode() not in (pathlib.Path(run) / name).read_bytes(), f"no token in {name}")


def says_what_is_wrong(run):
    taken = socket.create_server(("127.0.0.1", 0))
    port = taken.getsockname()[1]
    expect_error(f"--port {port}: in use", "explore", "--run", run, "--no-open", "--port", port)
    taken.close()
    expect_error("--port", "explore", "--run", run, "--port", 70000, code=2)
    expect_error("expected a .html file", "explore", "--run", run, "--static", "page.txt", code=2)
    expect_error("the run has 4 latents", "explore", "--run", run, "--decode", "1,2", code=2)
    expect_error("expected numbers", "explore", "--run", run, "--decode", "1,nan,2,3", code=2)
    expect_error("for --decode", "explore", "--run", run, "--out", "x.png", code=2)
    expect_error("no such run", "explore", "--run", "nothing")


def ends_when_idle(run):
    done = latent_json("explore", "--run", run, "--static", "page.html")
    page = pathlib.Path("page.html").read_text()
    expect(done["bytes"] == len(page.encode()) < 10_000_000, "a page of less than 10 MB")
    expect("connect-src 'none'" in page and '"sprites"' in page, "a page that loads nothing and has its pictures")


def explores_tables():
    rows = "\n".join(f"{i % 7 / 7},{i % 5 / 5},{i % 3 / 3},{'ab'[i % 2]}" for i in range(120))
    pathlib.Path("rows.csv").write_text("x,y,w,label\n" + rows + "\n")
    config = {"data": {"name": "table", "file": "rows.csv", "label": "label"}, "model": {"encoder": {"name": "dense", "hidden": [8]}, "latent_dim": 2},
              "objective": {"likelihood": {"name": "gaussian"}}, "train": {"epochs": 1}}
    pathlib.Path("table.json").write_text(json.dumps(config))
    latent("train", "table.json", "--run", "table", "--quiet")
    with Explorer("--run", "table", "--split", "train") as server:
        info = json.loads(server.ask("GET", "/api/info")[2])
        expect(info["table"] is True and info["shape"][0] * info["shape"][1] * info["shape"][2] == 3, f"rows of three numbers, got {info}")
        _, body = frame(server.post("/api/examples", {"indices": [4], "reconstructions": False})[2])
        expect(len(body) == 12, "a row of three floats")
        expect(server.ask("POST", "/api/encode", "x")[0] == 400, "no pictures for a table")


def browser_test(run):
    tools = os.environ.get("LATENT_TEST_TOOLS")
    if not tools or not pathlib.Path("/usr/bin/chromedriver").exists():
        print("the page itself was not tested: no scripts/setup.sh --test-tools")
        return
    if not have_codecs():
        print("the page itself was not tested: it reads a picture, which this build cannot")
        return
    script = SOURCE / "tests" / "cli" / "_use_explorer.py"
    with Explorer("--run", run) as server:
        done = subprocess.run([tools, script, server.address, run, BINARY, "page.html"], capture_output=True, text=True, timeout=300)
        expect(done.returncode == 0, f"the page to work:\n{done.stdout}\n{done.stderr}")
        print(done.stdout, end="")


with Workplace() as folder:
    latent("train", write_config(folder), "--run", "run", "--quiet")
    latent("encode", "--run", "run", "--out", "first.csv", "--quiet")
    known = files_below("run")
    with Explorer("--run", "run") as running:
        answers_like_the_commands(running, "run")
        refuses_strangers(running)
        refuses_malformed_requests(running)
        outlasts_crowds(running)
        remembers_nothing(running, "run", known)
    says_what_is_wrong("run")
    ends_when_idle("run")
    explores_tables()
    browser_test("run")
