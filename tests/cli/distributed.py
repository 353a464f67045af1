"""Several processes that train one model: the losses of one, the same bits each time, launchers, signals, processes that are
killed, stopped or cut off, and what is refused.

usage: distributed.py [KILLS [LOSSES [SEED]]]     kills with a resumed run (default 10); processes lost (default 6)
"""
import csv
import json
import os
import pathlib
import random
import shutil
import signal
import subprocess
import sys
import time

from _latent import BINARY, Workplace, expect, fail, merged
from _processes import Group, clean_environment, free_port, torchrun, train
from _unbroken import is_whole, temporary_files, tensor_bytes

KILLS = int(sys.argv[1]) if len(sys.argv) > 1 else 10
LOSSES = int(sys.argv[2]) if len(sys.argv) > 2 else 6
SEED = int(sys.argv[3]) if len(sys.argv) > 3 else 1
# train.distributed.timeout of these tests, in seconds: silence counts after three quarters of it, and a busy machine needs the rest
# to end the others.
TIMEOUT = 16

# Batch norm and a penalty that compares images need all parts of a batch.
CONFIG = {
    "data": {"name": "shapes", "count": 64, "size": [16, 16]},
    "model": {"encoder": {"name": "conv", "channels": [8, 16], "normalization": "batch"}, "latent_dim": 4},
    "objective": {"total_correlation": {"weight": 1}},
    "train": {"epochs": 3, "batch_size": 16, "pictures_every": 0, "distributed": {"timeout": TIMEOUT}},
}


def config_file(folder, change=None, name="config.json"):
    path = pathlib.Path(folder) / name
    path.write_text(json.dumps(merged(CONFIG, change or {})))
    return path


def losses(run):
    with open(pathlib.Path(run) / "metrics.csv", encoding="utf-8") as stream:
        return [float(row["train_loss"]) for row in csv.DictReader(stream)]


def same_losses(folder):
    """An epoch of one step shows each step's loss. At ten times the learning rate sums in another order (train.kernels=false)
    change the loss of one process by 3e-4 in 100 steps; at this one by 2e-6."""
    config = config_file(folder, {"data": {"count": 40}, "train": {"epochs": 100, "batch_size": 40,
                                                                   "optimizer": {"learning_rate": 1e-4}}}, "steps.json")
    alone = folder / "steps-1"
    train(folder, 1, [config, "--run", alone])
    for size in (2, 4):
        run = folder / f"steps-{size}"
        train(folder, size, [config, "--run", run])
        worst = max(abs(a - b) / abs(b) for a, b in zip(losses(run), losses(alone), strict=True))
        print(f"{size} processes: losses of 100 steps within {worst:.1e} of one's")
        expect(worst <= 1e-5, f"the losses of one process within 1e-5, got {worst}")


def same_bits(folder, config, wanted):
    run = folder / "again"
    train(folder, 2, [config, "--run", run, "--set", "train.tensorboard=true"])
    expect(tensor_bytes(run) == wanted, "the same bits from the same two processes")
    expect(len(list(run.glob("tensorboard/*"))) == 1, "one process to write for TensorBoard")


def check_whole(run):
    for path in run.glob("checkpoints/*.safetensors"):
        expect(is_whole(path), f"{path} to be whole")


def kills(folder, config, wanted, duration):
    """Any process is killed at a random moment, and all start again, until the run ends. duration: of a run, in seconds."""
    draw = random.Random(SEED)
    done = 0
    ended = 0
    while done < KILLS:
        run = folder / "killed"
        shutil.rmtree(run, ignore_errors=True)
        while True:
            group = Group(folder, 2, [config, "--run", run, "--resume-if-there"])
            victim = draw.randrange(2)
            try:
                group.processes[victim].wait(draw.uniform(0.2, duration))
            except subprocess.TimeoutExpired:
                group.send(signal.SIGKILL, [victim])
                group.wait(TIMEOUT + 10, without=[victim])
                done += 1
                check_whole(run)
            codes = group.wait()
            if set(codes.values()) == {0}:
                break
            expect(done <= KILLS + 20, f"the run to end, got {codes} {group.said(0)}")
            if done >= KILLS:
                train(folder, 2, [config, "--run", run, "--resume-if-there"])
                break
        expect(tensor_bytes(run) == wanted, f"seed {SEED}: the same bits after {done} kills")
        expect(not temporary_files(run), "no temporary files")
        ended += 1
    print(f"{done} kills, seed {SEED}: {ended} runs ended, all with the same bits")


def wait_for_steps(group, run):
    """Waits until the processes train: the first checkpoint is there."""
    end = time.monotonic() + 60
    while not (run / "checkpoints/last.safetensors").exists():
        if time.monotonic() > end or group.processes[0].poll() is not None:
            fail(f"no checkpoint: {group.said(0)}")
        time.sleep(0.05)


def long_config(folder):
    return config_file(folder, {"train": {"epochs": 100000, "checkpoint": {"every_steps": 5}}}, "long.json")


def signals(folder):
    config = long_config(folder)
    for what, ranks, code in ((signal.SIGTERM, [1], 143), (signal.SIGINT, [0, 1], 130), (signal.SIGTERM, [0], 143),
                              (signal.SIGUSR1, [0, 1], 128 + signal.SIGUSR1)):
        run = folder / f"signal-{what}-{len(ranks)}-{ranks[0]}"
        group = Group(folder, 2, [config, "--run", run])
        wait_for_steps(group, run)
        group.send(what, ranks)
        group.expect_codes(group.wait(30), code)
        expect(group.said(0).count("saved; resume with") == 1, f"rank 0 to say that it saved: {group.said(0)}")
        expect("saved" not in group.said(1), f"nothing of it from rank 1: {group.said(1)}")
        check_whole(run)


def lost(folder):
    """A process is killed or stopped; the others end within the timeout, with a line that names it."""
    draw = random.Random(SEED)
    config = long_config(folder)
    for number in range(LOSSES):
        what = (signal.SIGKILL, signal.SIGSTOP)[number % 2]
        size = 2 + number % 2
        victim = draw.randrange(size)
        run = folder / f"lost-{number}"
        group = Group(folder, size, [config, "--run", run])
        wait_for_steps(group, run)
        time.sleep(draw.uniform(0, 1))
        start = time.monotonic()
        group.send(what, [victim])
        codes = group.wait(TIMEOUT + 5, without=[victim])
        took = time.monotonic() - start
        story = f"{what.name} of rank {victim} of {size}, {took:.1f} s"
        expect(took <= TIMEOUT, f"{story}: the others to end within {TIMEOUT} s")
        expect(set(codes.values()) == {1}, f"{story}: exit code 1, got {codes}")
        for rank in codes:
            errors = group.errors(rank)
            expect(len(errors) == 1 and f"rank {victim} " in errors[0] and "--resume-if-there" in errors[0],
                   f"{story}: one line that names rank {victim}, got {group.said(rank)}")
            expect("frame #" not in group.said(rank), f"{story}: no stack trace, got {group.said(rank)}")
        group.kill()
        check_whole(run)
        print(story)


def can_make_networks():
    return os.geteuid() == 0 and shutil.which("ip") and subprocess.run(
        ["ip", "netns", "add", "latent-try"], capture_output=True, check=False).returncode == 0


class Networks:
    """Two namespaces of the network, joined by a cable."""

    def __enter__(self):
        subprocess.run(["ip", "netns", "delete", "latent-try"], check=True)
        self.names = [f"latent-{os.getpid()}-{end}" for end in "ab"]
        for name in self.names:
            subprocess.run(["ip", "netns", "add", name], check=True)
        self.links = [f"lt{os.getpid() % 100000}{end}" for end in "ab"]
        subprocess.run(["ip", "link", "add", self.links[0], "type", "veth", "peer", "name", self.links[1]], check=True)
        for place, (name, link) in enumerate(zip(self.names, self.links)):
            subprocess.run(["ip", "link", "set", link, "netns", name], check=True)
            self.inside(place, "ip", "addr", "add", f"10.123.7.{place + 1}/24", "dev", link)
            self.inside(place, "ip", "link", "set", link, "up")
            self.inside(place, "ip", "link", "set", "lo", "up")
        return self

    def inside(self, place, *words):
        subprocess.run(["ip", "netns", "exec", self.names[place], *words], check=True)

    def prefixes(self):
        return [["ip", "netns", "exec", name] for name in self.names]

    def __exit__(self, *_):
        for name in self.names:
            subprocess.run(["ip", "netns", "delete", name], check=False)


def cut_off(folder):
    if not can_make_networks():
        print("not tried: a cut network needs root and iproute2")
        return
    config = long_config(folder)
    with Networks() as networks:
        run = folder / "cut"
        group = Group(folder, 2, [config, "--run", run], address="10.123.7.1", prefixes=networks.prefixes())
        wait_for_steps(group, run)
        start = time.monotonic()
        networks.inside(1, "ip", "link", "set", networks.links[1], "down")
        codes = group.wait(TIMEOUT + 5)
        took = time.monotonic() - start
        expect(took <= TIMEOUT, f"both to end within {TIMEOUT} s, took {took:.1f}")
        expect(set(codes.values()) == {1}, f"exit code 1, got {codes}")
        for rank in (0, 1):
            expect(len(group.errors(rank)) == 1 and f"rank {1 - rank} " in group.errors(rank)[0],
                   f"rank {rank} to name the other, got {group.said(rank)}")
        check_whole(run)
        print(f"cut off: {took:.1f} s")


def launchers(folder, config, wanted):
    python = os.environ["LATENT_PYTHON"]
    started = {"torchrun": torchrun(python, 2, [config, "--run", folder / "torchrun"])}
    if shutil.which("mpirun"):
        started["mpirun"] = ["mpirun", "--allow-run-as-root", "--oversubscribe", "-n", "2", BINARY, "train", str(config),
                             "--run", str(folder / "mpirun")]
    names = {"torchrun": "torchrun", "mpirun": "Open MPI"}
    for name, words in started.items():
        done = subprocess.run(words, capture_output=True, text=True, timeout=120, env=clean_environment(), check=False)
        expect(done.returncode == 0, f"{name} to end well, got {done.returncode}\n{done.stdout}{done.stderr}")
        expect(f"rank 0 of 2 on {os.uname().nodename} ({names[name]}), gloo at " in done.stderr,
               f"{name}: rank, size, backend and address, got {done.stderr}")
        expect(tensor_bytes(folder / name) == wanted, f"{name}: the same bits")

    def slurm(rank, size, address, port):
        return {"SLURM_JOB_ID": port, "SLURM_STEP_ID": 0, "SLURM_PROCID": rank, "SLURM_NTASKS": size,
                "SLURM_LOCALID": rank, "SLURM_JOB_NODELIST": address, "MASTER_PORT": port}
    group = train(folder, 2, [config, "--run", folder / "srun"], variables=slurm)
    expect("(Slurm), gloo at 127.0.0.1:" in group.said(0), f"Slurm to be named, got {group.said(0)}")
    expect(tensor_bytes(folder / "srun") == wanted, "Slurm: the same bits")


def restarts(folder, config, wanted):
    """torchrun starts all again when one is killed."""
    run = folder / "restarted"
    words = torchrun(os.environ["LATENT_PYTHON"], 2,
                     [config, "--run", run, "--resume-if-there", "--set", "train.checkpoint.every_steps=1"],
                     options=["--max-restarts", "2"])
    # The first attempt of rank 1 ends by itself once there is a checkpoint.
    script = folder / "first_dies.sh"
    script.write_text(f"""#!/bin/sh
if [ "$RANK" = 1 ] && [ "$TORCHELASTIC_RESTART_COUNT" = 0 ]; then
  "$@" & child=$!
  while [ ! -e {run}/checkpoints/last.safetensors ] && kill -0 $child; do sleep 0.05; done
  kill -9 $child
  wait $child
  exit 9
fi
exec "$@"
""")
    script.chmod(0o755)
    place = words.index(BINARY)
    words.insert(place, str(script))
    done = subprocess.run(words, capture_output=True, text=True, timeout=240, env=clean_environment(), check=False)
    expect(done.returncode == 0, f"a restart to end well, got {done.returncode}\n{done.stderr}")
    expect(tensor_bytes(run) == wanted, "the same bits after a restart")


def refusals(folder, config):
    def refused(message, codes=(1,), **more):
        group = Group(folder, 2, [config, "--run", folder / "refused"], **more)
        found = group.wait(60)
        expect(set(found.values()) <= set(codes), f"exit codes {codes}, got {found}\n{group.said(0)}")
        for rank in (0, 1):
            expect(len(group.errors(rank)) == 1 and message in group.errors(rank)[0],
                   f"rank {rank} to say {message!r}, got {group.said(rank)}")

    refused("rank 1 has something other than rank 0: train.batch_size is 32, not 16",
            per_rank={1: ["--set", "train.batch_size=32"]})
    expect(not (folder / "refused").exists(), "no run of processes that disagree")

    def half(rank, size, address, port):
        return {"RANK": rank, "MASTER_ADDR": address, "MASTER_PORT": port}
    refused("RANK is set but WORLD_SIZE is not", variables=half)

    one = Group(folder, 1, [config, "--run", folder / "refused", "--set", "train.distributed.timeout=2"],
                variables=lambda *_: {"RANK": 0, "WORLD_SIZE": 3, "MASTER_ADDR": "127.0.0.1", "MASTER_PORT": free_port()})
    one.expect_codes(one.wait(30), 1)
    expect("ranks 1, 2 of 3 did not come" in one.said(0), f"who is missing, got {one.said(0)}")

    # A batch script of Slurm is one process, whatever the job has.
    train(folder, 1, [config, "--run", folder / "batch"])
    unreadable = folder / "unreadable"
    shutil.copytree(folder / "batch", unreadable)
    for path in unreadable.glob("checkpoints/*.safetensors"):
        path.write_bytes(path.read_bytes()[:100])
    before = sorted(path.stat().st_mtime_ns for path in unreadable.rglob("*.safetensors"))
    group = train(folder, 2, [config, "--run", unreadable, "--resume-if-there"], code=1)
    expect("no other checkpoint of the run can be read" in group.said(0), f"unreadable, got {group.said(0)}")
    expect(sorted(path.stat().st_mtime_ns for path in unreadable.rglob("*.safetensors")) == before, "nothing replaced")

    group = train(folder, 2, [config, "--run", folder / "batch", "--resume-if-there", "--set", "train.seed=7"], code=1)
    expect("cannot resume with other settings: train.seed is 7, was 0" in group.said(0), f"refused, got {group.said(0)}")


def diverging(folder):
    """The loss is infinite in all; each stops with the same reason."""
    config = config_file(folder, {"train": {"optimizer": {"name": "sgd", "learning_rate": 1e30}}}, "diverging.json")
    group = train(folder, 2, [config, "--run", folder / "diverging"], code=1)
    for rank in (0, 1):
        expect(len(group.errors(rank)) == 1 and "became NaN or infinite" in group.errors(rank)[0],
               f"rank {rank} to say why, got {group.said(rank)}")


def another_number(folder, config):
    run = folder / "another"
    train(folder, 2, [config, "--run", run, "--set", "train.epochs=2"])
    group = train(folder, 3, [config, "--run", run, "--resume-if-there"])
    expect("processes: 2 at the start, 3 now: results may differ in the last bits" in group.said(0),
           f"a warning, got {group.said(0)}")
    expect(len(losses(run)) == 3, "all epochs")


def one_loads_nothing(folder):
    group = Group(folder, 1, [long_config(folder), "--run", folder / "alone"], variables=lambda *_: {})
    wait_for_steps(group, folder / "alone")
    maps = pathlib.Path(f"/proc/{group.processes[0].pid}/maps").read_text(encoding="utf-8")
    group.kill()
    expect("latent_distributed" not in maps, "one process to load no library for several")


def main(folder):
    if not (pathlib.Path(BINARY).parent / "latent_distributed.so").exists():
        print("skipped: this build has no Gloo", file=sys.stderr)
        sys.exit(77)
    config = config_file(folder)
    first = folder / "first"
    start = time.monotonic()
    train(folder, 2, [config, "--run", first])
    duration = time.monotonic() - start
    wanted = tensor_bytes(first)
    same_bits(folder, config, wanted)
    same_losses(folder)
    launchers(folder, config, wanted)
    refusals(folder, config)
    another_number(folder, config)
    diverging(folder)
    signals(folder)
    one_loads_nothing(folder)
    lost(folder)
    cut_off(folder)
    restarts(folder, config, wanted)
    kills(folder, config, wanted, duration)


with Workplace() as here:
    main(here.resolve())
    sys.exit(0)
