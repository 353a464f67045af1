"""The README's Python lines open a run and compute."""
import os
import re
import sys

from _latent import BINARY, SOURCE, Workplace, expect, latent

sys.path.insert(0, str(SOURCE / "python"))
os.environ["LATENT_BIN"] = BINARY

with Workplace() as here:
    latent("train", SOURCE / "configs/fashion_mnist_vae.json", "--run", "runs/fashion", "--set", "data={\"name\":\"shapes\",\"count\":64,\"size\":[32,32]}",
           "--set", "train.epochs=1", "--quiet")
    blocks = [block for block in re.findall(r"```python\n(.*?)```", (SOURCE / "README.md").read_text(), re.S) if "latent.open" in block]
    expect(len(blocks) == 1, "one Python example in the README")
    expect(len([line for line in blocks[0].splitlines() if line.strip()]) <= 12, "about ten lines")
    scope = {}
    exec(blocks[0], scope)
    expect(scope["pictures"].shape == (64, 1, 32, 32) and scope["z"].shape == (64, 2), "64 pictures and their codes")
    expect(scope["again"].shape == scope["pictures"].shape, "pictures of the codes")
