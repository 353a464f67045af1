"""Uses the page of latent explore in a headless Chromium, as a person would, and compares its pictures with the command line's.

usage: _use_explorer.py ADDRESS RUN BINARY STATIC_PAGE [FOLDER for screenshots]"""
import io
import pathlib
import re
import subprocess
import sys
import tempfile
import time
import zipfile

import numpy
from PIL import Image
from selenium import webdriver
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.support.ui import Select


def expect(condition, message):
    if not condition:
        sys.exit(f"expected {message}")


class Page:
    def __init__(self, downloads, size=(1280, 720), dark=False):
        options = webdriver.ChromeOptions()
        # Software rendering, as on a machine without a graphics card.
        for argument in ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", f"--blink-settings=preferredColorScheme={0 if dark else 1}"]:
            options.add_argument(argument)
        options.add_experimental_option("prefs", {"download.default_directory": str(downloads)})
        options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
        self.downloads = pathlib.Path(downloads)
        self.driver = webdriver.Chrome(options=options, service=Service("/usr/bin/chromedriver"))
        self.driver.set_script_timeout(60)
        self.resize(*size)

    def resize(self, width, height):
        self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False})

    def open(self, address, mark="ready"):
        self.driver.get(address)
        self.wait(lambda: self.script(f"return document.documentElement.dataset.{mark}"), "the page to be ready")

    def script(self, text, *arguments):
        return self.driver.execute_script(text, *arguments)

    def wait(self, test, what, seconds=30):
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if found := test():
                return found
            time.sleep(0.02)
        return expect(False, f"{what}; the page says {self.get('status').text!r}, {self.complaints()}")

    def complaints(self):
        return [entry["message"] for entry in self.driver.get_log("browser") if entry["level"] in ("SEVERE", "WARNING")]

    def get(self, name):
        return self.driver.find_element(By.ID, name)

    def click(self, name):
        self.get(name).click()

    def tab(self, name):
        self.driver.find_element(By.CSS_SELECTOR, f"[data-panel={name}]").click()

    def on_map(self, left, top):
        """Moves the mouse to a place of the map, as shares of its sides."""
        box = self.get("map")
        size = box.size
        offset = (left - 0.5) * size["width"], (top - 0.5) * size["height"]
        return ActionChains(self.driver, duration=20).move_to_element_with_offset(box, *map(round, offset))

    def pixels(self, name):
        data = self.script("const c=document.getElementById(arguments[0]); return [c.width, c.height, Array.from(c.getContext('2d').getImageData(0,0,c.width,c.height).data)]", name)
        return numpy.array(data[2], dtype=numpy.uint8).reshape(data[1], data[0], 4)[:, :, :3]

    def shown(self):
        return int(self.script("return document.getElementById('decoded').dataset.shown || 0"))

    def slide(self, slider, value):
        """Moves a slider as a hand does, and waits for the new picture."""
        before = self.shown()
        self.script("arguments[0].value = arguments[1]; arguments[0].dispatchEvent(new Event('input', {bubbles: true}))", slider, value)
        self.wait(lambda: self.shown() > before, "a picture after a slider")

    def download(self, name, button):
        file = self.downloads / name
        file.unlink(missing_ok=True)
        self.click(button)
        self.wait(lambda: file.exists() and file.stat().st_size > 0, f"the file {name}")
        return file


def picture(path):
    image = numpy.asarray(Image.open(path).convert("RGB"))
    return image


def use_map(page):
    # Some point of the map: the keyboard walks to one, Enter chooses it.
    page.get("map").send_keys("n")
    page.wait(lambda: page.get("tip").is_displayed(), "a picture beside the point")
    page.wait(lambda: len(page.driver.find_elements(By.CSS_SELECTOR, "#tip canvas")) == 2, "image and reconstruction")
    before = page.shown()
    page.get("map").send_keys(Keys.ENTER)
    page.wait(lambda: page.shown() > before, "the chosen point's picture")
    page.wait(lambda: page.get("original").is_displayed(), "its original")
    back = page.script("return document.getElementById('map-points').toDataURL()")
    for key in ("+", "+", Keys.ARROW_LEFT, "-"):
        page.get("map").send_keys(key)
    page.wait(lambda: page.script("return document.getElementById('map-points').toDataURL()") != back, "a moved map")
    page.get("map").send_keys("0")
    page.on_map(0.5, 0.5).perform()
    Select(page.get("colour-by")).select_by_value("error")
    page.wait(lambda: page.driver.find_elements(By.ID, "scale"), "a scale of errors")
    Select(page.get("colour-by")).select_by_index(0)
    page.wait(lambda: page.driver.find_elements(By.CSS_SELECTOR, "#legend .swatch"), "a legend of classes")
    before = page.shown()
    page.on_map(0.02, 0.02).click().perform()
    page.wait(lambda: page.shown() > before, "a picture of a place without a point")


def decode_like_the_command(page, run, binary, folder):
    before = page.shown()
    page.click("random")
    page.wait(lambda: page.shown() > before, "a random picture")
    slider = page.driver.find_element(By.CSS_SELECTOR, "#latent-sliders input[type=range]")
    page.slide(slider, 1.5)
    attribute = page.driver.find_element(By.CSS_SELECTOR, "#attribute-sliders input[type=range]")
    changed = page.pixels("decoded")
    page.slide(attribute, 3)
    expect(not numpy.array_equal(changed, page.pixels("decoded")), "another picture along the attribute")
    # The command that the page gives makes the same picture.
    page.script("navigator.clipboard.writeText = (text) => { window.copied = text; return Promise.resolve(); }")
    page.click("copy-command")
    command = page.wait(lambda: page.script("return window.copied"), "a command")
    expect(command.startswith("latent explore "), f"a command, got {command}")
    out = folder / "command.png"
    subprocess.run([binary, *command.split()[1:], "--out", out, "--quiet"], check=True, stdout=subprocess.DEVNULL)
    difference = numpy.abs(picture(out).astype(int) - page.pixels("decoded").astype(int)).max()
    # Latents are written with seven digits: a value half way between two levels may round either way.
    expect(difference <= 1, f"the picture of the command line, which differs by {difference}")
    saved = page.download("decoded.png", "save-picture")
    expect(numpy.array_equal(picture(saved), page.pixels("decoded")), "the picture that is shown, saved")


def reset_in_two_steps(page):
    caption = page.get("decoded-caption")
    page.click("reset")
    page.wait(lambda: caption.text == "random", "the random latents without the changes")
    page.click("reset")
    page.wait(lambda: caption.text == "mean of all codes", "the mean of all codes")
    page.get("map").send_keys("n", Keys.ENTER)
    page.wait(lambda: caption.text.endswith(", reconstructed"), "a chosen example")
    chosen = caption.text
    page.slide(page.driver.find_element(By.CSS_SELECTOR, "#latent-sliders input[type=range]"), 1.5)
    expect(caption.text.endswith(", changed"), f"a changed example, got {caption.text!r}")
    page.click("reset")
    page.wait(lambda: caption.text == chosen, f"{chosen} again, without the change")
    page.click("reset")
    page.wait(lambda: caption.text == "mean of all codes", "the mean of all codes")


def morph(page):
    page.tab("morph")
    page.click("random-pair")
    page.wait(lambda: int(page.script("return document.getElementById('strip').dataset.frames || 0")) == 9, "nine pictures")
    for path in ("slerp", "data"):
        Select(page.get("morph-path")).select_by_value(path)
        page.wait(lambda: page.get("save-gif").is_enabled(), f"a morph, {path}")
    Select(page.get("morph-path")).select_by_value("linear")
    time.sleep(0.3)
    gif = Image.open(page.download("morph.gif", "save-gif"))
    expect(gif.n_frames == 16, f"nine frames there and seven back, got {gif.n_frames}")
    strip = picture(page.download("morph.png", "save-strip"))
    with zipfile.ZipFile(page.download("morph.zip", "save-frames")) as archive:
        expect(archive.testzip() is None and len(archive.namelist()) == 9, "nine whole frames")
        first = numpy.asarray(Image.open(io.BytesIO(archive.read("frame-000.png"))).convert("RGB"))
    height, width = first.shape[:2]
    expect(numpy.array_equal(strip[:height, :width], first), "the strip to begin with the first frame")
    codes = page.download("morph.csv", "save-codes").read_text().splitlines()
    expect(len(codes) == 10 and codes[0].startswith("step,z0,"), f"a line for each frame, got {codes[0]}")


def select(page, run, binary, folder):
    page.click("lasso")
    chain = page.on_map(0.05, 0.05).click_and_hold()
    size = page.get("map").size
    for right, down in ((0.9, 0), (0, 0.9), (-0.9, 0)):
        for _ in range(4):
            chain = chain.move_by_offset(round(right * size["width"] / 4), round(down * size["height"] / 4))
    chain.release().perform()
    text = page.wait(lambda: "inside the lasso" in page.get("selected-count").text and page.get("selected-count").text, "a number of images")
    count = int(re.match(r"\d+", text)[0])
    expect(count > 0, "images inside the lasso")
    page.wait(lambda: page.driver.find_elements(By.CSS_SELECTOR, "#selected-grid canvas"), "the chosen images")
    names = page.download("names.txt", "save-names")
    done = subprocess.run([binary, "encode", "--run", run, "--indices", f"@{names}", "--out", folder / "chosen.csv", "--json", "--quiet"], capture_output=True, text=True)
    expect(done.returncode == 0 and f'"images": {count}' in done.stdout.replace(":", ": ").replace(":  ", ": "), f"{count} images that --indices @FILE takes, got {done.stdout}{done.stderr}")


def upload(page, folder):
    page.tab("picture")
    file = folder / "<b>own.png"
    Image.fromarray((numpy.random.default_rng(0).random((40, 30)) * 255).astype(numpy.uint8)).save(file)
    page.get("file").send_keys(str(file))
    page.wait(lambda: page.get("edit-picture").is_displayed(), "one's own picture")
    expect("<b>own.png, 30x40 pixels" == page.get("upload-status").text, f"the name as text, got {page.get('upload-status').text}")
    before = page.shown()
    page.click("edit-picture")
    page.wait(lambda: page.shown() > before, "one's own picture decoded")
    wrong = folder / "wrong.png"
    wrong.write_bytes(b"no picture")
    page.tab("picture")
    page.get("file").send_keys(str(wrong))
    page.wait(lambda: "your picture" in page.get("status").text, "a message about a file that is no picture")


def main():
    address, run, binary, static = sys.argv[1:5]
    screenshots = pathlib.Path(sys.argv[5]) if len(sys.argv) > 5 else None
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        page = Page(folder)
        try:
            page.open(address)
            use_map(page)
            decode_like_the_command(page, run, binary, folder)
            reset_in_two_steps(page)
            morph(page)
            select(page, run, binary, folder)
            upload(page, folder)
            for width, height in ((1280, 720), (1920, 1080), (390, 844)):
                page.resize(width, height)
                page.open(address)
                expect(page.script("return document.documentElement.scrollWidth") <= width, f"a page no wider than {width}")
                if screenshots:
                    time.sleep(1)
                    page.driver.save_screenshot(str(screenshots / f"explore-{width}.png"))
            page.resize(1280, 720)
            page.open(pathlib.Path(static).resolve().as_uri(), "drawn")
            page.get("map").send_keys("n")
            page.wait(lambda: page.driver.find_elements(By.CSS_SELECTOR, "#tip canvas"), "a picture in the page without a server")
            # The upload of a file that is no picture is refused with a 400, which the browser logs; the pixels are read by this test.
            expected = "400 (Bad Request)", "willReadFrequently"
            complaints = [text for text in page.complaints() if not any(each in text for each in expected)]
            expect(not complaints, f"nothing to complain about in the console, got {complaints}")
        finally:
            page.driver.quit()
    print("the page works")


main()
