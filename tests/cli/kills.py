"""kill -9 at random moments, again and again until the run has ended: its weights are those of a run that was left
alone, bit for bit.

usage: kills.py [KILLS [SEED [KIND]]]     KIND: plain (default) or another of _kinds.py
"""
import random
import subprocess
import sys
import time

from _kinds import KINDS
from _latent import Workplace, expect
from _unbroken import Place, temporary_files, tensor_bytes

KILLS = int(sys.argv[1]) if len(sys.argv) > 1 else 25
SEED = int(sys.argv[2]) if len(sys.argv) > 2 else 1
KIND = sys.argv[3] if len(sys.argv) > 3 else "plain"


def killed(place, how, delay):
    """Starts, and kills after `delay` seconds. True unless it ended before."""
    process = subprocess.Popen(place.command(how), stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True,
                               env=place.environment, start_new_session=True)
    try:
        process.wait(delay)
    except subprocess.TimeoutExpired:
        process.kill()
    said = process.stderr.read()
    code = process.wait()
    expect(code in (0, -9), f"a {how} start to end well or to be killed, got {code}\n{said}")
    return code == -9


def main(folder):
    draw = random.Random(SEED)
    place = Place(folder, change=KINDS[KIND])
    start = time.monotonic()
    code, said = place.train("fresh")
    took = time.monotonic() - start
    expect(code == 0, f"a run to end, got {said}")
    wanted = tensor_bytes(place.run)
    kills = {"fresh": 0, "overwrite": 0, "resume": 0}
    ended = 0
    while sum(kills.values()) < KILLS:
        how = draw.choice(("fresh", "overwrite"))
        if how == "fresh":
            place.clear()
        had = False
        while sum(kills.values()) < KILLS:
            story = f"seed {SEED}, kill {sum(kills.values()) + 1}, {how}"
            # Most of a run's time is its start, when nothing can be lost.
            if not killed(place, how, draw.uniform(0.3 if draw.random() < 0.8 else 0, 1.05) * took):
                break
            kills[how] += 1
            place.check_checkpoints(story)
            if how == "resume" and had:
                expect(place.checkpoints(), f"{story}: the checkpoints to be there still")
            had = bool(place.checkpoints())
            how = "resume" if had else draw.choice(("resume", "overwrite"))
            if not (place.run / "config.json").exists():
                how = "overwrite"  # killed before it was a run
        place.finish(f"seed {SEED}, after {kills}")
        expect(tensor_bytes(place.run) == wanted, f"seed {SEED}: the same bits after {kills}")
        expect(not temporary_files(place.folder), "no temporary files")
        ended += 1
    print(f"{KIND}: {sum(kills.values())} kills ({kills['fresh']} of fresh starts, {kills['overwrite']} of --overwrite, "
          f"{kills['resume']} of --resume), seed {SEED}: {ended} runs ended, all with the same bits")


with Workplace() as here:
    main(here.resolve())
    sys.exit(0)
