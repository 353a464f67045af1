"""latent sweep: a table of every combination, killed at random moments and called again, shared by workers; wrong input.

usage: sweep.py [KILLS [SEED]]
"""
import csv
import json
import os
import pathlib
import random
import signal
import subprocess
import sys
import time

from _latent import BINARY, Workplace, expect, expect_error, is_sanitized, latent, latent_json, write_config

KILLS = int(sys.argv[1]) if len(sys.argv) > 1 else 4
SEED = int(sys.argv[2]) if len(sys.argv) > 2 else 1
SHORT = {"data": {"count": 64}, "train": {"epochs": 2, "pictures_every": 0}}
OVER = ["--over", "objective.kl.weight=1,4,16", "--over", "model.latent_dim=2,3"]


def command(config, folder, *more):
    return [BINARY, "sweep", str(config), *OVER, "--seeds", "2", "--out", str(folder), "--threads", "1", *map(str, more)]


def runs_in(folder):
    return sorted(path for path in pathlib.Path(folder).iterdir() if (path / "build.json").exists())


def epochs(run):
    """The numbers of the epochs that were trained, in their order, from the run's log."""
    return [int(line.split("epoch ")[1].split("/")[0]) for line in (run / "log.txt").read_text().splitlines() if "epoch " in line
            and "  train loss" in line]


def expect_trained_once(folder):
    for run in runs_in(folder):
        seen = epochs(run)
        # An epoch that was killed before its checkpoint is trained again, but nothing once it is saved.
        expect(seen == sorted(seen) and set(seen) == {1, 2} and seen.count(2) <= 2, f"{run}: each epoch in its order, got {seen}")


def whole_sweep(here, config):
    found = latent_json("sweep", config, *OVER, "--seeds", 2, "--out", "whole", "--threads", 1)
    expect(found["trainings"] == found["finished"] == 12 and found["failed"] == [], f"12 trainings, got {found}")
    plan = json.loads((here / "whole/sweep.json").read_text())
    expect(len(plan["runs"]) == 12 and plan["runs"][0] == "001-weight=1-latent_dim=2-seed=0", f"the plan, got {plan}")
    rows = list(csv.DictReader((here / "whole/table.csv").open(newline="")))
    expect([(row["objective.kl.weight"], row["model.latent_dim"], row["seeds"]) for row in rows] ==
           [(weight, size, "2") for weight in ("1", "4", "16") for size in ("2", "3")], f"a row for each combination, got {rows}")
    # The figures of a row are those of its runs.
    values = [latent_json("evaluate", "--run", f"whole/{name}", "--threads", 1)["measures"]["mse"]["value"]
              for name in ("003-weight=4-latent_dim=2-seed=0", "009-weight=4-latent_dim=2-seed=1")]
    mean, half = sum(values) / 2, 12.706204736 * abs(values[0] - values[1]) / 2
    row = rows[2]
    for column, wanted in (("mean", mean), ("sd", abs(values[0] - values[1]) / 2 ** 0.5), ("low", mean - half), ("high", mean + half)):
        expect(abs(float(row[f"mse_{column}"]) - wanted) < 1e-9 * max(1, abs(wanted)), f"mse_{column} {wanted}, got {row}")
    start = time.monotonic()
    again = latent("sweep", config, *OVER, "--seeds", 2, "--out", "whole", "--threads", 1)
    took = time.monotonic() - start
    expect("training" not in again.stderr and "12 of 12 trainings finished" in again.stdout, f"nothing to do, got {again}")
    expect(took < (20 if is_sanitized() else 2), f"a finished sweep to cost nothing, took {took:.2f} s")
    # A worker killed after the result of a training leaves its claim; long untouched, it counts as dead.
    left = here / "whole/claims" / f"{next((here / 'whole/results').iterdir()).stem}.1.claim"
    left.write_text("process 1 on elsewhere\n0 0\n")
    os.utime(left, (0, 0))
    latent("sweep", "--out", "whole")
    expect(list((here / "whole/claims").iterdir()) == [], f"no claims are left, got {left}")
    expect(latent("sweep", "--out", "whole").stdout == again.stdout, "the same without its config")
    expect_trained_once("whole")
    return (here / "whole/table.csv").read_bytes()


def killed_sweep(here, config, wanted):
    draw = random.Random(SEED)
    kills = 0
    while True:
        # The whole group is not killed: what the sweep started must end by itself.
        process = subprocess.Popen(command(config, "killed"), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        try:
            process.wait(draw.uniform(0.2, 6) if kills < KILLS else 600)
        except subprocess.TimeoutExpired:
            process.kill()
            kills += 1
        said = process.stderr.read()
        if process.wait() != -signal.SIGKILL:
            expect(process.returncode == 0, f"seed {SEED}, after {kills} kills: the sweep to end, got {said}")
            break
    expect((here / "killed/table.csv").read_bytes() == wanted, f"seed {SEED}: the same table after {kills} kills")
    expect_trained_once("killed")
    expect(list((here / "killed/claims").iterdir()) == [], "no claims are left")


def shared_sweep(here, config, wanted):
    """Three workers, of which one is killed."""
    workers = [subprocess.Popen(command(config, "shared", "--worker"), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
               for _ in range(3)]
    while not (here / "shared/claims").is_dir() or len(list((here / "shared/claims").iterdir())) < 2:
        time.sleep(0.05)
    time.sleep(1)
    workers[0].kill()
    for worker in workers:
        worker.communicate(timeout=600)
    expect([worker.returncode for worker in workers] == [-signal.SIGKILL, 0, 0], "the others to finish")
    expect((here / "shared/table.csv").read_bytes() == wanted, "the same table by workers")
    expect_trained_once("shared")


def stopped_sweep(here, config):
    """SIGTERM saves and says how to continue; another process that is at work is named."""
    process = subprocess.Popen(command(config, "stopped"), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    while not runs_in(here / "stopped" if (here / "stopped").is_dir() else here):
        time.sleep(0.05)
    expect_error(f"stopped: process {process.pid} on ", *command(config, "stopped")[1:])
    process.terminate()
    said = process.communicate(timeout=120)[1]
    expect(process.returncode == 128 + signal.SIGTERM and "to continue the sweep, call the same command again" in said, f"a stop, got {said}")
    expect(list((here / "stopped/claims").iterdir()) == [], "the claim to be given up")


def failures(here):
    config = write_config(here, SHORT, "wide.json")
    over = ["--over", "model.encoder.channels=[8,16],[8,8,8,8,8,8,8]"]
    done = latent("sweep", config, *over, "--out", "failing", code=1)
    expect("1 of 2 trainings finished" in done.stdout and "failed: 002-" in done.stdout, f"the rest to be done, got {done.stdout}")
    expect("too small for 7 layers" in done.stdout and "failing: 1 of 2 trainings failed" in done.stderr, f"the reason, got {done}")
    found = json.loads(latent("sweep", "--out", "failing", "--json", code=1).stdout)
    expect([each["run"][:4] for each in found["failed"]] == ["002-"] and found["finished"] == 1, f"the failure again, got {found}")
    expect(latent("sweep", "--out", "failing", "--worker", code=1).stderr.count(": training") == 0, "a worker not to try it again")


def wrong_input(here, config):
    def error(message, *arguments, config=config, code=2, out="new"):
        expect_error(message, "sweep", *([config] if config else []), *arguments, *(["--out", out] if out else []), code=code)

    error("--over objective.kl.wieght: unknown key; did you mean weight?", "--over", "objective.kl.wieght=1,2", code=1)
    error("--over model.latent_dim: got 0; expected an integer >= 1", "--over", "model.latent_dim=2,0", code=1)
    error("--over model.latent_dim: expected KEY=VALUE,VALUE,...", "--over", "model.latent_dim")
    error("--over model.latent_dim=2,2: 2 is given twice", "--over", "model.latent_dim=2,2")
    error("--over train.seed: the seeds are those of --seeds N", "--over", "train.seed=1,2")
    error("--seeds 0: expected an integer >= 1", "--seeds", 0)
    error('--measure: unknown measure "pnsr"; did you mean psnr?', "--measure", "pnsr")
    error("--split tests: expected train, validation or test", "--split", "tests")
    error("--out is missing", out=None)
    error("--out x.png: a sweep is a folder of runs; expected a folder", out="x.png")
    error("no config; expected latent sweep CONFIG.json", config=None)
    error("--seeds: belongs to the plan of a sweep", "--seeds", 2, config=None, out="whole")
    error("missing.json: no such file", config="missing.json", code=1)
    error("whole: holds a sweep of another plan: --over.objective.kl.weight is [\"1\"], was [\"1\",\"4\",\"16\"]", "--over",
          "objective.kl.weight=1", code=1, out="whole")
    error("whole: holds a sweep of another plan: config.train.epochs is 3, was 2", *OVER, "--seeds", 2, "--set", "train.epochs=3", code=1,
          out="whole")
    error("is the folder of a run; expected a new or empty folder for the sweep", code=1, out=runs_in("whole")[0])
    expect(not (here / "new").exists(), "no folder of what is refused")
    (here / "mine").mkdir()
    (here / "mine/notes.txt").write_text("mine")
    error("mine: holds other files; expected a new or empty folder for the sweep", code=1, out="mine")
    (here / "broken").mkdir()
    (here / "broken/sweep.json").write_text("{")
    expect_error("broken/sweep.json: damaged; expected the plan of a sweep", "sweep", "--out", "broken")
    shim = os.environ.get("LATENT_FAULTS", str(pathlib.Path(BINARY).parent / "latent_faults.so"))
    if not is_sanitized():
        lax = {**os.environ, "LD_PRELOAD": shim, "LATENT_FAULT_BELOW": str(here / "whole/claims"), "LATENT_FAULT_AT": "1",
               "LATENT_FAULT_CALLS": "1000", "LATENT_FAULT_KIND": "short", "LATENT_FAULT_ONLY": "open"}
        expect_error("claims: its file system lets two processes make one file, so claims cannot be trusted there", "sweep", "--out", "whole",
                     "--worker", env=lax)


def plots(here):
    made = latent_json("plot", "sweep", "--sweep", "whole", "--figure", "mse")
    expect(made["written"] == ["whole/plots/mse-by-objective.kl.weight.png"], f"a chart, got {made}")
    latent("plot", "sweep", "--sweep", "whole", "--key", "model.latent_dim", "--out", "s.svg")
    expect("weight=16" in (here / "s.svg").read_text(), "a line for each other value")
    expect_error("--figure mze: the sweep has no such figure; did you mean mse?", "plot", "sweep", "--sweep", "whole", "--figure", "mze", code=2)
    expect_error("--key lr: the sweep has no such key; known: model.latent_dim, objective.kl.weight", "plot", "sweep", "--sweep", "whole",
                 "--key", "lr", code=2)
    expect_error("nowhere: no such sweep; expected a folder made by latent sweep", "plot", "sweep", "--sweep", "nowhere")
    expect_error("mine: not a sweep: sweep.json is missing", "plot", "sweep", "--sweep", "mine")
    expect_error("--sweep is missing", "plot", "sweep", code=2)


with Workplace() as here:
    config = write_config(here, SHORT)
    table = whole_sweep(here, config)
    killed_sweep(here, config, table)
    shared_sweep(here, config, table)
    stopped_sweep(here, config)
    failures(here)
    wrong_input(here, config)
    plots(here)
