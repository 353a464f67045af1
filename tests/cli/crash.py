"""A run survives killed processes, damaged checkpoints and metrics, closed terminals, two processes at once, and lack of
memory."""
import json
import os
import pathlib
import pty
import random
import shutil
import signal
import subprocess
import sys
import time

from _latent import (BINARY, Workplace, address_space, expect, expect_error, is_sanitized, latent, latent_json,
                     write_config)
from resume import expect_equal_weights, losses

# Some seconds of steps, a checkpoint every few of them.
SLOW = {"data": {"count": 3000}, "train": {"epochs": 2, "batch_size": 16, "checkpoint": {"every_steps": 20, "keep": 3}}}


def checkpoints(run):
    return sorted(path.name for path in pathlib.Path(run).glob("checkpoints/*"))


def wait_for(what, seconds=60):
    end = time.monotonic() + seconds
    while not what():
        expect(time.monotonic() < end, "the run to get on")
        time.sleep(0.01)


def start(*arguments, **options):
    return subprocess.Popen([BINARY, *map(str, arguments)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                            **options)


def kill(process):
    process.kill()
    process.communicate()


def killed_again_and_again(config):
    """kill -9 after some checkpoints, until the run is through; then the same bits."""
    latent("train", config, "--run", "whole")
    process = start("train", config, "--run", "killed")
    wait_for(pathlib.Path("killed/checkpoints/last.safetensors").exists)
    kill(process)
    rounds = 1
    for rounds in range(2, 5):
        before = os.stat("killed/checkpoints/last.safetensors").st_ino
        process = start("train", "--run", "killed", "--resume")
        wait_for(lambda: os.stat("killed/checkpoints/last.safetensors").st_ino != before or process.poll() is not None)
        kill(process)
    pathlib.Path("killed/checkpoints/last.safetensors.tmp1").write_text("half")
    done = latent("train", "--run", "killed", "--resume")
    expect("removed" in done.stderr and "half-written" in done.stderr, f"a message about removed stale files, got {done.stderr}")
    expect_equal_weights("whole", "killed")
    expect(losses("whole") == losses("killed"), "the same losses, each epoch once")
    expect(len(checkpoints("killed")) == 4, f"last, two before and best, got {checkpoints('killed')}")
    expect(not pathlib.Path("killed/train.lock").exists(), "the lock to be gone")


def damaged_checkpoints():
    shutil.copytree("whole", "damaged")
    with open("damaged/checkpoints/last.safetensors", "r+b") as file:
        file.seek(3000)
        file.write(b"????")
    (pathlib.Path("damaged") / "metrics.csv").write_text("epoch,step\n1,")
    done = latent("train", "--run", "damaged", "--resume", "--quiet")
    for word in ("last.safetensors: damaged or not a safetensors file: its checksum does not match; using",
                 "the newest that can be read", "metrics.csv", "rewritten from the checkpoint"):
        expect(word in done.stderr, f"{word!r}, got {done.stderr}")
    expect("step-000" in done.stderr or "best" in done.stderr, f"what is used instead, got {done.stderr}")
    expect_equal_weights("whole", "damaged")
    expect(losses("whole") == losses("damaged"), "the same losses")
    expect("damaged/checkpoints/last.unreadable" in done.stderr, f"what became of it, got {done.stderr}")
    expect(pathlib.Path("damaged/checkpoints/last.unreadable").read_bytes()[3000:3004] == b"????", "it to be kept")
    # Other commands too.
    os.truncate("damaged/checkpoints/best.safetensors", 100)
    done = latent("sample", "--run", "damaged")
    expect("best.safetensors: damaged" in done.stderr and "; using damaged/checkpoints/last" in done.stderr,
           f"the last instead, got {done.stderr}")
    for path in pathlib.Path("damaged/checkpoints").iterdir():
        os.truncate(path, 100)
    expect_error("no other checkpoint of the run can be read", "train", "--run", "damaged", "--resume")


def killed_before_the_first_checkpoint(config):
    shutil.copytree("whole", "young")
    shutil.rmtree("young/checkpoints")
    os.mkdir("young/checkpoints")
    os.remove("young/metrics.csv")
    done = latent("train", "--run", "young", "--resume")
    expect("no checkpoint yet; training starts from the beginning" in done.stderr, f"a message about it, got {done.stderr}")
    expect_equal_weights("whole", "young")
    # The weights of another run cannot be recomputed.
    latent("train", config, "--run", "donated", "--init-from", "whole", "--set", "train.epochs=1")
    shutil.rmtree("donated/checkpoints")
    expect_error("no checkpoint with the weights of --init-from yet", "train", "--run", "donated", "--resume")


def removed_checkpoints():
    shutil.copytree("whole", "emptied")
    shutil.rmtree("emptied/checkpoints")
    os.mkdir("emptied/checkpoints")
    kept = len(losses("emptied")) - 1
    said = latent("doctor", "--run", "emptied", code=1).stdout
    expect(f"problem  checkpoints: none, although metrics.csv has {kept} epochs; restore the files of checkpoints/; latent train --run "
           "emptied --resume starts from the beginning" in said, f"what is missing, got {said}")
    done = latent("train", "--run", "emptied", "--resume")
    expect(f"emptied: no checkpoint, although metrics.csv has {kept} epochs; training starts from the beginning" in done.stderr,
           f"a message about it, got {done.stderr}")
    expect_equal_weights("whole", "emptied")


def other_configs():
    shutil.copytree("whole", "edited")
    path = pathlib.Path("edited/config.json")
    config = json.loads(path.read_text())
    config["train"]["batch_size"] = 32
    config["objective"]["kl"]["weight"] = 2
    path.write_text(json.dumps(config))
    expect_error("edited: cannot resume with other settings: objective.kl.weight is 2.0, was 1.0, train.batch_size is "
                 "32, was 16; train a new run with them, or change only", "train", "--run", "edited", "--resume")
    expect_error("train.optimizer.learning_rate is 1.0, was 0.001", "train", "--run", "whole", "--resume", "--set",
                 "train.optimizer.learning_rate=1")
    latent("train", "--run", "whole", "--resume", "--set", "train.checkpoint.keep=1")


def one_writer(config):
    process = start("train", config, "--run", "mine", "--set", "train.epochs=1000")
    wait_for(pathlib.Path("mine/checkpoints/last.safetensors").exists)
    for arguments in (("--run", "mine", "--resume"), (config, "--run", "mine"), (config, "--run", "mine", "--overwrite")):
        expect_error(f"mine: is being trained by process {process.pid} on ", "train", *arguments)
    latent("sample", "--run", "mine")  # reading is free
    process.send_signal(signal.SIGTERM)
    process.communicate()
    expect(process.returncode == 143, f"exit code 143, got {process.returncode}")
    process = start("train", "--run", "mine", "--resume")
    wait_for(pathlib.Path("mine/train.lock").exists)
    kill(process)
    latent("train", config, "--run", "mine", "--overwrite", "--set", "train.epochs=1")  # a dead one does not block
    # Names that the program gives are given once.
    both = [start("train", config, "--set", "train.epochs=1") for _ in range(2)]
    for process in both:
        _, said = process.communicate()
        expect(process.returncode == 0, f"both to train, got {said}")
    expect(len(list(pathlib.Path("runs").iterdir())) == 2, "two folders")


def closed_terminals(config):
    """The terminal goes away: SIGHUP, and every write to it fails."""
    main, terminal = pty.openpty()
    process = subprocess.Popen([BINARY, "train", str(config), "--run", "hangup", "--set", "train.epochs=1000"],
                               stdin=terminal, stdout=terminal, stderr=terminal, start_new_session=True,
                               preexec_fn=lambda: __import__("fcntl").ioctl(0, 0x540E, 0))  # TIOCSCTTY
    os.close(terminal)
    wait_for(pathlib.Path("hangup/checkpoints/last.safetensors").exists)
    os.close(main)
    process.wait(timeout=60)
    expect(process.returncode == 129, f"exit code 129, got {process.returncode}")
    log = pathlib.Path("hangup/log.txt").read_text()
    expect("interrupted after step" in log, f"the run's log to say so, got {log[-300:]}")
    # A reader that has gone is no reason to stop.
    process = start("train", config, "--run", "unheard", "--set", "train.epochs=1")
    process.stderr.close()
    process.communicate()
    expect(process.returncode == 0, f"training to continue without a reader, got {process.returncode}")
    expect(len(losses("unheard")) == 2, "its epoch to be there")


def closed_streams(config):
    """Without standard streams no file of the run may take their numbers."""
    subprocess.run(["bash", "-c", '"$0" train "$1" --run silent --set train.epochs=1 <&- >&- 2>&-', BINARY, str(config)],
                   check=True, timeout=120)
    expect(latent_json("doctor", "--run", "silent")["healthy"], "a whole run")
    expect(not pathlib.Path("silent/train.lock").exists(), "the lock to be gone")


def two_signals_at_once(config):
    """As `timeout` and closing shells send them."""
    process = start("train", config, "--run", "twice", "--set", "train.epochs=1000")
    wait_for(pathlib.Path("twice/checkpoints/step-00000020.safetensors").exists)
    process.send_signal(signal.SIGSTOP)
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGCONT):
        process.send_signal(number)
    _, said = process.communicate()
    expect(process.returncode in (130, 143), f"an interrupted run, got {process.returncode}")
    expect("; saved; resume with" in said, f"its work to be saved, got {said}")
    latent("evaluate", "--run", "twice", "--checkpoint", "last")


def memory(config):
    if is_sanitized():
        return
    limited = address_space(6 << 10)
    expect_error("out of memory: ", "train", config, "--run", "huge", "--set",
                 'model.encoder={"name": "dense", "hidden": [60000, 60000]}', preexec_fn=limited)
    expect_error("lower train.batch_size, data.size or the model", "train", config, "--run", "huge2", "--set",
                 "train.batch_size=3000", "--set", "data.size=[256,256]", "--set",
                 "model.encoder.channels=[256]", preexec_fn=limited)


def memory_for_pictures(here):
    """Training takes one image at a time, its pictures all at once: with less and less memory they go first, and in one
    line."""
    if is_sanitized():
        return
    with open("pictures.npy", "wb") as file:
        header = "{'descr': '|u1', 'fortran_order': False, 'shape': (20, 256, 256), }".ljust(117) + "\n"
        file.write(b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header.encode())
        file.write(random.Random(0).randbytes(20 * 256 * 256))
    config = here / "pictures.json"
    config.write_text(json.dumps({"data": {"name": "npy", "images": "pictures.npy"},
                                  "model": {"encoder": {"name": "conv", "channels": [64, 64]}, "latent_dim": 4},
                                  "train": {"epochs": 1, "batch_size": 1}}))
    said = ""
    for megabytes in range(3072, 512, -256):
        done = subprocess.run([BINARY, "train", str(config), "--run", "pictures", "--overwrite", "--quiet"],
                              capture_output=True, text=True, timeout=300, preexec_fn=address_space(megabytes))
        said = done.stderr
        strange = [line for line in said.splitlines() if not line.startswith(("warning: ", "error: "))]
        expect(not strange and "frame #" not in said, f"single lines with {megabytes} MB, got {said}")
        if "pictures of epoch 1: " in said:
            break
    expect("pictures of epoch 1: out of memory: " in said and "; training continues; lower data.size or free memory" in said,
           f"what became of the pictures, got {said}")
    expect(done.returncode == 0 and len(losses("pictures")) == 2, f"the epoch to be there, got {done.returncode}")


def invalid_access(config):
    """A library that does not check its allocations ends the process: with a message and the usual exit status."""
    if is_sanitized():
        return
    for number, words in ((signal.SIGSEGV, "error: a library made an invalid memory access, "),
                          (signal.SIGBUS, "error: a file in use was truncated ")):
        run = f"ended-{number}"
        process = start("train", config, "--run", run, "--quiet", "--set", "train.epochs=1000")
        wait_for(pathlib.Path(run, "checkpoints/last.safetensors").exists)
        process.send_signal(number)
        _, said = process.communicate(timeout=60)
        expect(process.returncode == -number, f"the signal's status, got {process.returncode}")
        expect(said.startswith(words) and said.count("\n") == 1, f"one line, got {said}")
        latent("evaluate", "--run", run, "--checkpoint", "last")


if __name__ == "__main__":
    with Workplace() as here:
        slow = write_config(here, SLOW)
        killed_again_and_again(slow)
        damaged_checkpoints()
        killed_before_the_first_checkpoint(slow)
        removed_checkpoints()
        other_configs()
        one_writer(slow)
        closed_terminals(slow)
        closed_streams(slow)
        two_signals_at_once(slow)
        memory(slow)
        memory_for_pictures(here)
        invalid_access(slow)
        sys.exit(0)
