"""Training uses no more memory after 200 epochs than after 50."""
import pathlib
import subprocess
import sys

from _latent import BINARY, Workplace, expect, is_sanitized, skip, write_config


def resident(process):
    """MiB."""
    for line in pathlib.Path(f"/proc/{process.pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    return 0


if is_sanitized():
    skip("a sanitizer keeps what was freed, to notice its use")
with Workplace() as here:
    config = write_config(here, {"data": {"count": 128}, "train": {"epochs": 201, "pictures_every": 0}})
    process = subprocess.Popen([BINARY, "train", str(config), "--run", "run"], stderr=subprocess.PIPE,
                               stdout=subprocess.DEVNULL, text=True)
    held = {}
    for line in process.stderr:
        if line.startswith("epoch "):
            held[int(line.split()[1].split("/")[0])] = resident(process)
    process.wait()
    expect(process.returncode == 0, f"exit code 0, got {process.returncode}")
    growth = held[200] - held[50]
    print(f"resident after 50, 100, 200 epochs: {held[50]:.1f}, {held[100]:.1f}, {held[200]:.1f} MiB")
    expect(growth < 0.03 * held[50], f"flat memory, got {growth:.1f} MiB more after 150 epochs")
    sys.exit(0)
