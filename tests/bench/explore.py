"""Figures of latent explore, for scripts/bench_explore.sh.

usage: explore.py start|memory|slider RUN | requests RUN SECONDS | map     after each: the program, e.g. explore.py map build/release/latent"""
import concurrent.futures
import http.client
import json
import pathlib
import re
import signal
import statistics
import subprocess
import sys
import tempfile
import time

from selenium import webdriver
from selenium.webdriver.chrome.service import Service


class Server:
    def __init__(self, latent, run, split="test"):
        self.started = time.monotonic()
        command = [latent, "explore", "--run", run, "--split", split, "--no-open", "--quiet"]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        self.address = self.process.stdout.readline().strip()
        self.port, self.token = re.search(r":(\d+)/\?token=(\w+)", self.address).groups()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.send_signal(signal.SIGINT)
        self.process.wait()

    def megabytes(self, field):
        """VmRSS or VmHWM of the process."""
        text = pathlib.Path(f"/proc/{self.process.pid}/status").read_text()
        return int(re.search(field + r":\s+(\d+)", text)[1]) / 1024

    def connect(self):
        return http.client.HTTPConnection("127.0.0.1", int(self.port), timeout=60)

    def post(self, connection, path, value):
        connection.request("POST", path, json.dumps(value), {"X-Latent-Token": self.token})
        response = connection.getresponse()
        return response.status, response.read()

    def get(self, path):
        connection = self.connect()
        connection.request("GET", path, headers={"X-Latent-Token": self.token})
        return connection.getresponse().read()


def browser():
    options = webdriver.ChromeOptions()
    for argument in ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--window-size=1280,720"]:
        options.add_argument(argument)
    driver = webdriver.Chrome(options=options, service=Service("/usr/bin/chromedriver"))
    driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", {"width": 1280, "height": 720, "deviceScaleFactor": 1, "mobile": False})
    driver.set_script_timeout(600)
    driver.get("about:blank")
    return driver


def wait_for(driver, mark):
    while not driver.execute_script(f"return document.documentElement.dataset.{mark}"):
        time.sleep(0.005)


def start(latent, run):
    driver = browser()
    for split, bound in (("test", 2), ("train", 4)):
        times = []
        for _ in range(5):
            with Server(latent, run, split) as server:
                driver.get(server.address)
                wait_for(driver, "drawn")
                times.append(time.monotonic() - server.started)
                count = json.loads(server.get("/api/info"))["count"]
                driver.get("about:blank")
        print(f"start: {count} points drawn after {statistics.median(times):.2f} s, the slowest of {len(times)} {max(times):.2f} s (bound {bound} s)")
    driver.quit()


# The time from a slider's move until the frame after its picture was drawn.
SLIDE = """
const [count, done] = arguments, slider = document.querySelector('#attribute-sliders .slider[data-attribute="Smiling"] input[type=range]')
  || document.querySelector('#latent-sliders input[type=range]'), shown = document.getElementById('decoded'), times = [];
function next() {
  if (times.length === count) return done(times);
  const before = shown.dataset.shown, started = performance.now();
  slider.value = Number(slider.min) + (Number(slider.max) - Number(slider.min)) * ((times.length * 37) % 101) / 100;
  const observer = new MutationObserver(() => {
    if (shown.dataset.shown === before) return;
    observer.disconnect();
    requestAnimationFrame(() => { times.push(performance.now() - started); setTimeout(next, 5); });
  });
  observer.observe(shown, {attributes: true});
  slider.dispatchEvent(new Event('input', {bubbles: true}));
}
next();
"""


def slider(latent, run):
    driver = browser()
    with Server(latent, run) as server:
        driver.get(server.address)
        wait_for(driver, "ready")
        time.sleep(2)
        times = sorted(driver.execute_async_script(SLIDE, 300))
        print(f"slider: {times[150]:.1f} ms from move to picture, 95th percentile {times[284]:.1f} ms (bound 50 ms)")
        driver.get("about:blank")
    driver.quit()


FRAMES = """
const [done] = arguments, map = document.getElementById('map'), box = map.getBoundingClientRect(), times = [];
const fire = (type, x, y, more) => map.dispatchEvent(new PointerEvent(type, {pointerId: 1, clientX: box.left + x, clientY: box.top + y, button: 0, bubbles: true, ...more}));
map.setPointerCapture = () => {};
let last = performance.now(), n = 0;
fire('pointerdown', 300, 200);
function step() {
  const now = performance.now();
  times.push(now - last);
  last = now;
  n += 1;
  if (n < 120) fire('pointermove', 300 + 100 * Math.sin(n / 10), 200 + 80 * Math.cos(n / 14));
  else if (n === 120) fire('pointerup', 300, 200);
  else if (n < 240) map.dispatchEvent(new WheelEvent('wheel', {deltaY: n % 60 < 30 ? -40 : 40, clientX: box.left + 300, clientY: box.top + 200, cancelable: true}));
  else {
    times.sort((a, b) => a - b);
    document.getElementById('fit').click();
    fire('pointerdown', 2, 2, {shiftKey: true});
    for (let i = 0; i <= 100; ++i) fire('pointermove', 2 + (box.width / 2 - 4) * i / 100, 2, {shiftKey: true});
    for (let i = 0; i <= 100; ++i) fire('pointermove', box.width / 2 - 2, 2 + (box.height - 4) * i / 100, {shiftKey: true});
    for (let i = 0; i <= 100; ++i) fire('pointermove', 2 + (box.width / 2 - 4) * (100 - i) / 100, box.height - 2, {shiftKey: true});
    const started = performance.now();
    fire('pointerup', 2, box.height - 2, {shiftKey: true});
    const lasso = performance.now() - started;
    return done({median: times[120], p95: times[228], lasso, text: document.getElementById('selected-count').textContent});
  }
  requestAnimationFrame(step);
}
requestAnimationFrame(step);
"""


def map_of_many(latent):
    config = {"data": {"name": "shapes", "count": 100000, "size": [8, 8]}, "model": {"encoder": {"name": "dense", "hidden": [16]}, "latent_dim": 2},
              "train": {"epochs": 1, "batch_size": 1000}}
    with tempfile.TemporaryDirectory() as name:
        path = pathlib.Path(name) / "many.json"
        path.write_text(json.dumps(config))
        subprocess.run([latent, "train", path, "--run", f"{name}/run", "--quiet"], check=True)
        driver = browser()
        with Server(latent, f"{name}/run", "train") as server:
            driver.get(server.address)
            wait_for(driver, "ready")
            manifold = driver.find_element("id", "manifold")
            if manifold.is_selected():
                manifold.click()
            time.sleep(1)
            count = json.loads(server.get("/api/info"))["count"]
            found = driver.execute_async_script(FRAMES)
            print(f"map: {count} points, median frame {found['median']:.1f} ms, 95th percentile {found['p95']:.1f} ms (bound 33 ms); "
                  f"lasso {found['lasso']:.0f} ms (bound 1000 ms): {found['text']}")
        driver.quit()


def memory(latent, run):
    with tempfile.TemporaryDirectory() as name:
        encode = ["/usr/bin/python3", "-c", "import resource, subprocess, sys; subprocess.run(sys.argv[1:], check=True, stdout=subprocess.DEVNULL);"
                  "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024)", latent, "encode", "--run", run, "--split", "train",
                  "--out", f"{name}/codes.npy", "--quiet"]
        taken = float(subprocess.run(encode, check=True, capture_output=True, text=True).stdout)
    with Server(latent, run, "train") as server:
        connection = server.connect()
        server.get("/api/points?x=0&y=1")
        server.get("/api/values?by=label")
        server.get("/api/attributes")
        for i in range(200):
            server.post(connection, "/api/examples", {"indices": list(range(i, i + 60))})
            server.post(connection, "/api/decode", {"z": [[0.1, i / 100]] * 100})
        most = server.megabytes("VmHWM")
        print(f"memory: {most:.0f} MB at most with 60000 images, encode {taken:.0f} MB: {most - taken:+.0f} MB (bound +100 MB)")


def requests(latent, run, seconds):
    with Server(latent, run) as server:
        def client(number):
            connection, done, wrong = server.connect(), 0, 0
            end = time.monotonic() + seconds
            while time.monotonic() < end:
                status, body = server.post(connection, "/api/decode", {"z": [[number / 10, done % 50 / 25 - 1]]})
                done += 1
                wrong += status != 200 or len(body) < 100
            return done, wrong

        client(0) if seconds < 5 else None
        begun, before = time.monotonic(), server.megabytes("VmRSS")
        with concurrent.futures.ThreadPoolExecutor(16) as pool:
            found = list(pool.map(client, range(16)))
        elapsed = time.monotonic() - begun
        done, wrong = (sum(column) for column in zip(*found))
        print(f"requests: {done / elapsed:.0f} single decodes a second with 16 clients for {elapsed:.0f} s (bound 300), {wrong} errors, "
              f"memory {before:.0f} MB before, {server.megabytes('VmRSS'):.0f} MB after")
        connection, begun, count = server.connect(), time.monotonic(), 0
        while time.monotonic() - begun < min(10, seconds):
            server.post(connection, "/api/decode", {"z": [[0.1, count % 50 / 25 - 1]]})
            count += 1
        print(f"requests: {count / (time.monotonic() - begun):.0f} a second with one client")


what, program, *rest = sys.argv[1:]
if what == "map":
    map_of_many(program)
elif what == "requests":
    requests(program, rest[0], float(rest[1]))
else:
    {"start": start, "slider": slider, "memory": memory}[what](program, rest[0])
