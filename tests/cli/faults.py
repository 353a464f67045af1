"""Every system call that touches a run may fail: the program says so in one line or goes on, no checkpoint is
lost, and the run ends with the bits of an undisturbed one.

usage: faults.py [--all] [KIND]     --all: every call; else a few, evenly spread
                                    KIND: one of the kinds below, such as "kill -9"; default: all
"""
import errno
import os
import pathlib
import subprocess
import sys

from _latent import BINARY, Workplace, expect, skip
from _unbroken import Place, check_said, temporary_files, tensor_bytes

SHIM = os.environ.get("LATENT_FAULTS", str(pathlib.Path(BINARY).parent / "latent_faults.so"))
ALL = "--all" in sys.argv[1:]
WANTED = [word for word in sys.argv[1:] if word != "--all"]
SAMPLED = 3  # calls for each way to fail and each way to start


class Kind:
    def __init__(self, name, only="", calls=1, number=0, kind="error"):
        self.name, self.only, self.calls, self.number, self.kind = name, only, calls, number, kind

    def environment(self, place, at):
        return {"LD_PRELOAD": SHIM, "LATENT_FAULT_BELOW": str(place.folder), "LATENT_FAULT_AT": str(at),
                "LATENT_FAULT_ONLY": self.only, "LATENT_FAULT_CALLS": str(self.calls),
                "LATENT_FAULT_ERRNO": str(self.number), "LATENT_FAULT_KIND": self.kind}


KINDS = [Kind("no space, once", number=errno.ENOSPC),
         Kind("input/output error, once", number=errno.EIO),
         Kind("no space, from then on", "write fsync fsync_folder close mkdir", 10**6, errno.ENOSPC),
         Kind("folder not synced", "fsync_folder", number=errno.EIO),
         Kind("half a write", "write", kind="short"),
         Kind("half of every write", "write", 10**6, kind="short"),
         Kind("interrupted", "write fsync fsync_folder", number=errno.EINTR),
         Kind("kill -9", kind="kill")]


def calls_of(place, how, base, only):
    """The names of the calls that a start makes."""
    report = place.folder.parent / "calls"
    report.unlink(missing_ok=True)
    place.clear(base)
    code, said = place.train(how, **dict(Kind("none", only).environment(place, 0), LATENT_FAULT_COUNT=str(report)))
    expect(code == 0, f"a {how} start without faults to work, got {said}")
    return report.read_text().split()


def sample(count):
    """From 1 to count: all, or a few that differ from kind to kind."""
    if ALL or count <= SAMPLED:
        return range(1, count + 1)
    sample.turn += 1
    return sorted({1 + (i * count + sample.turn * 7) // SAMPLED % count for i in range(SAMPLED)})


sample.turn = 0


def fail_at(place, how, base, kind, at, call, wanted):
    story = f"{how} start, {kind.name}, call {at} ({call})"
    place.clear(base)
    before, litter = bool(place.checkpoints()), temporary_files(place.folder)
    code, said = place.train(how, **kind.environment(place, at))
    if kind.kind == "kill":
        expect(code == -9, f"{story}: to be killed, got {code}\n{said}")
    else:
        check_said(story, code, said)
        if call == "fsync_folder" and kind.number in (errno.EIO, errno.ENOSPC):
            expect("this folder cannot be synced to disk: " in said, f"{story}: a warning, got {said}")
        left = [] if call == "unlink" else sorted(set(temporary_files(place.folder)) - set(litter))
        expect(not left, f"{story}: no temporary files, got {left}")
    if before and how != "overwrite":
        expect(place.checkpoints(), f"{story}: the checkpoints to be there still")
    place.check_checkpoints(story)
    place.finish(story)
    place.check_checkpoints(story)
    expect(tensor_bytes(place.run) == wanted, f"{story}: the bits of an undisturbed run")
    return code


def beside_runs(place, base):
    """What commands write elsewhere: a signal leaves nothing half-written, and what kill -9 leaves the next one removes."""
    place.clear(base)
    out = place.folder / "out"
    out.mkdir()

    def draw(**environment):
        return subprocess.run([BINARY, "sample", "--run", str(place.run), "--out", str(out / "x.png")], text=True,
                              capture_output=True, timeout=120, env=dict(place.environment, **environment))

    for kind, code, left in (("end", -15, 0), ("kill", -9, 1)):
        done = draw(**dict(Kind(kind, "fsync", kind=kind).environment(place, 1), LATENT_FAULT_BELOW=str(out)))
        expect(done.returncode == code, f"{kind} to end it, got {done.returncode}\n{done.stderr}")
        expect(len(list(out.iterdir())) == left, f"{left} files after {kind}, got {list(out.iterdir())}")
    for path in out.iterdir():
        os.utime(path, (0, 0))  # of long ago: nobody on another machine is at it
    living = out / f"x.png.tmp{os.getpid()}"
    living.write_text("another process writes this")
    (out / "y.png.tmp999999999").write_text("of another file")
    done = draw()
    expect(done.returncode == 0 and "removed " in done.stderr, f"what was removed, got {done.stderr}")
    left = sorted(path.name for path in out.iterdir())
    expect(left == ["x.png", living.name, "y.png.tmp999999999"], f"no more than what is left over, got {left}")


def main(folder):
    place = Place(folder)
    # The library itself must do no harm; of a sanitizer's build it is not the first one loaded.
    code, said = place.train("fresh", LD_PRELOAD=SHIM)
    if "ASan runtime does not come first" in said:
        skip("a sanitizer's build takes no other library before its own")
    expect(code == 0, f"the library to do nothing by itself, got {said}")
    wanted = tensor_bytes(place.run)
    whole, half = folder / "whole", folder / "half"
    place.folder.rename(whole)
    # A run that was killed in its second epoch, at the first call after a checkpoint.
    count = len(calls_of(place, "fresh", None, "rename"))
    place.clear()
    place.train("fresh", **Kind("", "rename", kind="kill").environment(place, count - 2))
    expect(place.checkpoints(), "a checkpoint of the run that was killed")
    place.folder.rename(half)

    beside_runs(place, whole)
    for kind in [kind for kind in KINDS if not WANTED or kind.name in WANTED]:
        tried = failed = 0
        for how, base in (("fresh", None), ("resume", half), ("overwrite", whole)):
            calls = calls_of(place, how, base, kind.only)
            for at in sample(len(calls)):
                failed += fail_at(place, how, base, kind, at, calls[at - 1], wanted) != 0
                tried += 1
        print(f"{kind.name}: {tried} starts, {failed} of them stopped by it; all ended with the same bits",
              flush=True)


with Workplace() as here:
    main(here.resolve())
    sys.exit(0)
