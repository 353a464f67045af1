"""find_package(latent): the example of docs/examples/library, built outside the tree, computes what the program computes."""
import os
import pathlib
import re
import shutil
import subprocess

from _latent import BINARY, SOURCE, Workplace, expect, is_sanitized, latent, skip, write_config

cmake = shutil.which("cmake")
if not cmake:
    skip("no cmake")
if is_sanitized():
    skip("the example is not built with the sanitizers of the library")
os.environ.pop("LD_LIBRARY_PATH", None)
with Workplace() as here:
    prefix, build = here / "prefix", here / "build"
    subprocess.run([cmake, "--install", pathlib.Path(BINARY).parent, "--prefix", prefix], check=True, stdout=subprocess.DEVNULL)
    shutil.copytree(SOURCE / "docs/examples/library", here / "example")
    for step in ([cmake, "-S", here / "example", "-B", build, f"-DCMAKE_PREFIX_PATH={prefix}"], [cmake, "--build", build]):
        done = subprocess.run(step, capture_output=True, text=True)
        expect(done.returncode == 0, f"the example to build, got\n{done.stdout}{done.stderr}")
    latent("train", write_config(here, {"train": {"epochs": 1}}), "--run", "run", "--quiet")
    done = subprocess.run([build / "morph", "run"], capture_output=True, text=True)
    found = re.fullmatch(r"\[9, 1, 16, 16\] pictures between (\S+) and (\S+)\ntheir codes: \[9, 4\]\n", done.stdout)
    expect(done.returncode == 0 and found, f"nine pictures and their codes, got {done.stdout}{done.stderr}")
    expect(0 <= float(found[1]) < float(found[2]) <= 1, f"values in [0, 1], got {done.stdout}")
    done = subprocess.run([build / "morph", "nowhere"], capture_output=True, text=True)
    expect(done.returncode == 1 and done.stderr.startswith("morph: nowhere") and done.stderr.count("\n") == 1, f"one line, got {done.stderr}")
