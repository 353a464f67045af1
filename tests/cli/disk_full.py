"""A disk fills up while a run trains: what was saved stays, and the resumed run is bit-for-bit identical.

Uses a tmpfs of its own; where it cannot be mounted, with a message, a limit on the size of files.

usage: disk_full.py [STEPS]     how many amounts of free room are tried (default 8)
"""
import pathlib
import resource
import signal
import subprocess
import sys

from _latent import Workplace, expect
from _unbroken import Place, check_said, tensor_bytes

STEPS = int(sys.argv[1]) if len(sys.argv) > 1 else 8
PAGE = 4096


def mounted(folder, size):
    return subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "latent-test", folder],
                          capture_output=True).returncode == 0


def fill(folder, free):
    """Leaves `free` bytes of room."""
    with open(folder / "filler", "wb", buffering=0) as filler:
        try:
            while True:
                filler.write(b"x" * PAGE)
        except OSError:
            pass
        filler.truncate(max(0, filler.tell() - free))


def on_a_full_disk(folder):
    """Tries amounts of room from none to what a run needs."""
    place = Place(folder, "disk/place")
    code, said = place.train("fresh")
    expect(code == 0, f"a run to end, got {said}")
    wanted = tensor_bytes(place.run)
    needs = sum((path.stat().st_size + PAGE - 1) // PAGE * PAGE for path in place.run.rglob("*") if path.is_file())
    refused = 0
    for step in range(STEPS):
        for how in ("fresh", "resume"):
            free = needs * 5 // 4 * step // STEPS // PAGE * PAGE
            story = f"{how} start with {free} bytes of room"
            place.clear()
            if how == "resume":
                code, said = place.train("fresh", epochs=1)
                expect(code == 0, f"a run to end, got {said}")
            before = len(place.checkpoints())
            fill(folder / "disk", free)
            code, said = place.train(how)
            check_said(story, code, said)
            refused += code
            expect(len(place.checkpoints()) >= min(before, 1), f"{story}: the checkpoints to be there still")
            place.check_checkpoints(story)
            (folder / "disk/filler").unlink()
            place.finish(story)
            expect(tensor_bytes(place.run) == wanted, f"{story}: the same bits with room again")
    print(f"{2 * STEPS} starts on a full disk, {refused} of them refused in one line; all went on to the same bits")


def under_a_limit(folder):
    place = Place(folder)
    code, said = place.train("fresh")
    expect(code == 0, f"a run to end, got {said}")
    wanted = tensor_bytes(place.run)
    largest = max(path.stat().st_size for path in place.run.rglob("*") if path.is_file())

    def limit(size):
        def apply():
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)  # a write then fails with EFBIG
            resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))
        return apply

    for step in range(STEPS):
        size = largest * step // STEPS
        story = f"files of at most {size} bytes"
        place.clear()
        done = subprocess.run(place.command("fresh"), capture_output=True, text=True, env=place.environment,
                              preexec_fn=limit(size))
        check_said(story, done.returncode, done.stderr)
        place.check_checkpoints(story)
        place.finish(story)
        expect(tensor_bytes(place.run) == wanted, f"{story}: the same bits with room again")
    print(f"{STEPS} starts with files of a limited size; all went on to the same bits")


with Workplace() as here:
    here = here.resolve()
    disk = pathlib.Path(here) / "disk"
    disk.mkdir()
    if mounted(disk, "16m"):
        try:
            on_a_full_disk(here)
        finally:
            subprocess.run(["umount", "--lazy", disk], check=True)
    else:
        print("NOT TESTED on a full disk: no tmpfs may be mounted here", file=sys.stderr)
    under_a_limit(here)
    sys.exit(0)
