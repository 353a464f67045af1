#!/usr/bin/env python3
"""Compares what latent reads from image files with what Pillow reads, value by value.

usage: scripts/compare_pillow.py FOLDER [LATENT]

FOLDER: any images, for example Tests/images of a checkout of python-pillow/Pillow.
LATENT: the binary (default: build/release/latent).

Every file of a format that latent reads is decoded by both, with alpha over white and EXIF applied. Prints one line for each
file that differs by more than 2 of 255, or that one of them refuses, and then a line of counts. Exits with 1 if a file differs.
Needs Pillow and NumPy (scripts/setup.sh --test-tools).
"""

import json
import os
import re
import subprocess
import sys
import tempfile
import warnings
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps

ENDINGS = {".bmp", ".dib", ".gif", ".jfif", ".jpe", ".jpeg", ".jpg", ".mpo", ".pbm", ".pgm", ".png", ".pnm", ".ppm", ".tif", ".tiff",
           ".webp"}
SIDES = [32, 64, 128, 256, 512, 1024, 2048, 4096]
CLOSE = 2.001  # of 255


def reference(path):
    """Returns Pillow's picture as [H, W, 3], 0 to 255, or the reason for its refusal."""
    try:
        with Image.open(path) as image:
            if image.width * image.height > 100_000_000:
                return "more than 100 megapixels"
            image.load()
            image = ImageOps.exif_transpose(image)
            if image.mode.startswith("I;16"):  # Pillow would cut off values above 255
                return np.repeat(np.asarray(image, np.float64)[..., None] / 257, 3, 2)
            if image.mode == "I" and path.suffix.lower() in {".pgm", ".pnm"}:
                return np.repeat(np.asarray(image, np.float64)[..., None] / 257, 3, 2)
            if image.mode in {"I", "F"}:
                return "values of 32 bits"
            rgba = np.asarray(image.convert("RGBA"), np.float64)
            alpha = rgba[..., 3:] / 255
            return rgba[..., :3] * alpha + 255 * (1 - alpha)
    except Exception as failure:  # any: Pillow's plugins raise many kinds
        return f"{type(failure).__name__}: {failure}"


def fitting(path):
    """Returns the side of the square that the picture is padded to, or None for one too large."""
    try:
        with Image.open(path) as image:
            return next((side for side in SIDES if max(image.size) <= side), None)
    except Exception:
        return 512


def decode(latent, files, side, work):
    """Returns a dictionary from each path to its picture [side, side, 3], or to latent's reason."""
    folder = work / f"images{side}"
    folder.mkdir()
    names = {f"{i:06}.png": path for i, path in enumerate(files)}  # any ending: files are known by their content
    for name, path in names.items():
        (folder / name).symlink_to(path)
    data = {"name": "folder", "dir": str(folder), "labels": "none", "validation": 0, "test": 0, "pad_to": side, "on_error": "skip",
            "max_skipped": 1}
    config = work / f"config{side}.json"
    config.write_text(json.dumps({"data": data}))
    done = subprocess.run([latent, "data", "pack", str(config), "--json"], capture_output=True, text=True,
                          env={**os.environ, "LATENT_CACHE": str(work / "cache")})
    if done.returncode != 0 and "nor can any other" in done.stderr:
        return {path: done.stderr for path in files}
    if done.returncode != 0:
        sys.exit(f"latent data pack failed: {done.stderr}")
    pack = json.loads(done.stdout)
    found = {}
    for reason in pack["skipped"]:
        name, text = re.search(r"images\d+/(\d+\.png): (.*)", reason, re.S).groups()
        found[names[name]] = text
    read = [path for path in files if path not in found]
    pixels = np.memmap(pack["pack"], np.uint8, "r", shape=(len(read), side, side, 3))
    return found | dict(zip(read, pixels))


def compare(expected, got):
    """Returns the largest difference; the padding is black, the odd pixel below and to the right."""
    height, width = expected.shape[:2]
    side = got.shape[0]
    top, left = (side - height) // 2, (side - width) // 2
    whole = np.zeros(got.shape)
    whole[top:top + height, left:left + width] = expected
    return np.abs(whole - got).max()


def main():
    if len(sys.argv) not in {2, 3}:
        sys.exit(__doc__)
    warnings.simplefilter("ignore")
    root = Path(sys.argv[1]).resolve()
    latent = sys.argv[2] if len(sys.argv) == 3 else str(Path(__file__).resolve().parent.parent / "build/release/latent")
    files = sorted(path for path in root.rglob("*") if path.suffix.lower() in ENDINGS and path.is_file())
    groups = {}
    for path in files:
        groups.setdefault(fitting(path), []).append(path)
    counts = {"agree": 0, "differ": 0, "refused by latent": 0, "refused by Pillow": 0, "refused by both": 0, "too large to compare": 0}
    with tempfile.TemporaryDirectory() as work:
        for side, members in sorted(groups.items(), key=lambda group: group[0] or 0):
            found = {} if side is None else decode(latent, members, side, Path(work))
            for path in members:
                name = path.relative_to(root)
                kind, text = judge(reference(path), found.get(path))
                counts[kind] += 1
                if kind != "agree":
                    print(f"{kind}: {name}: {text}")
    print(f"{len(files)} files: " + ", ".join(f"{count} {kind}" for kind, count in counts.items()))
    return 1 if counts["differ"] else 0


def judge(expected, got):
    if got is None:
        return "too large to compare", ""
    if isinstance(got, str):
        both = isinstance(expected, str)
        return ("refused by both" if both else "refused by latent"), got.strip()
    if isinstance(expected, str):
        return "refused by Pillow", expected
    difference = compare(expected, got)
    return ("agree", "") if difference <= CLOSE else ("differ", f"by up to {difference:.0f} of 255")


if __name__ == "__main__":
    sys.exit(main())
