"""latent doctor reports what is wrong with a run; its exit code tells whether there is a problem."""
import json
import os
import pathlib
import re
import shlex
import shutil
import signal
import subprocess
import sys

from _latent import (BINARY, Workplace, address_space, expect, expect_error, is_sanitized, latent, latent_json,
                     write_config)


def examine(run, code, *arguments):
    return json.loads(latent("doctor", "--run", run, "--json", *arguments, code=code).stdout)


def found(result, kind):
    return [f"{finding['where']}: {finding['what']}" for finding in result["findings"] if finding["kind"] == kind]


def changed(run):
    return sorted((str(path), path.stat().st_mtime_ns) for path in pathlib.Path(run).rglob("*"))


def beside_a_training(here):
    """Files appear and disappear during the checks: that is no problem, and does not disturb the training."""
    config = write_config(here, {"train": {"epochs": 100000, "pictures_every": 0,
                                           "checkpoint": {"every_steps": 1, "keep": 2}}}, "busy.json")
    latent("train", config, "--run", "busy", "--quiet", "--set", "train.epochs=1")
    training = subprocess.Popen([BINARY, "train", config, "--run", "busy", "--overwrite", "--quiet"],
                                stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    for _ in range(4):
        done = subprocess.run([BINARY, "doctor", "--run", "busy", "--json"], capture_output=True, text=True, timeout=60)
        # The model itself may have problems: its training has hardly started.
        files = [line for line in found(json.loads(done.stdout), "problem") if not line.startswith("latents: ")]
        expect(not files, f"no problem with the files of a run that trains, got {files}")
    training.send_signal(signal.SIGTERM)
    said = training.communicate()[1]
    expect(training.returncode == 143, f"the training to go on until it is stopped, got {training.returncode} {said}")
    expect(found(examine("busy", 0), "problem") == [], "nothing wrong afterwards")


def with_little_memory(here):
    """The findings about the files are printed even if there is no memory for the model."""
    if is_sanitized():
        return
    config = write_config(here, {"data": {"count": 3000, "size": [64, 64]}, "train": {"epochs": 1}}, "large.json")
    latent("train", config, "--run", "large", "--quiet")
    met = ""
    for megabytes in range(1024, 320, -32):
        done = subprocess.run([BINARY, "doctor", "--run", "large"], capture_output=True, text=True, timeout=60,
                              preexec_fn=address_space(megabytes))
        if "model: not checked: " in done.stdout:
            met = done.stdout
            break
        expect("--count" not in done.stderr, f"no flag that doctor does not have, got {done.stderr}")
    expect("model: not checked: out of memory: " in met and "; free memory" in met, f"what was left out, got {met}")
    for word in ("checkpoints: last (step ", "metrics.csv: 1 epoch without a gap"):
        expect(word in met, f"{word!r}, got {met}")


def advised(result, where):
    """The command in the remedy of the finding about `where`."""
    remedies = [finding["remedy"] for finding in result["findings"] if finding["where"] == where and finding["remedy"]]
    expect(len(remedies) == 1, f"one remedy about {where}, got {result}")
    command = re.search(r"latent (train .*?)(?= \(or|;| continues| starts| rewrites| repeats| makes| also|$)", remedies[0])
    expect(command is not None, f"a command in {remedies[0]!r}")
    return shlex.split(command[1])


def follow(run, where, code=1):
    """What the doctor says about `where` must work, and the run be healthy afterwards."""
    command = advised(examine(run, code), where)
    latent(*command, "--quiet")
    problems = found(examine(run, 0), "problem")
    expect(problems == [], f"{command} to heal the run, got {problems}")
    return command


def advice(here):
    """Each command that the doctor advises works."""
    config = write_config(here, {"train": {"epochs": 3, "optimizer": {"learning_rate": 1e-3}}, "objective": {"kl": {"weight": 0.1}}},
                          "steady.json")
    explode = ["--set", "train.optimizer.learning_rate=1e30"]
    # NaN before anything was saved, and after a checkpoint, whose weights are no better.
    latent("train", config, "--run", "nan at first", "--quiet", *explode, code=1)
    command = follow("nan at first", "checkpoints")
    expect("--resume" not in command and "train.optimizer.learning_rate=0.001" in command, f"a lower rate, got {command}")
    # One step an epoch: only the validation shows its effect.
    latent("train", config, "--run", "nan in validation", "--quiet", *explode, "--set", "train.batch_size=1000", code=1)
    command = advised(examine("nan in validation", 1), "checkpoints")
    latent(*command, "--quiet")  # works, though three steps make no healthy run
    expect("--resume" not in command and "train.optimizer.learning_rate=0.001" in command, f"a lower rate, got {command}")
    latent("train", config, "--run", "nan", "--quiet", *explode, "--set", "train.checkpoint.every_steps=1", code=1)
    follow("nan", "bad-steps/step-00000002.json")

    latent("train", config, "--run", "steady", "--quiet")
    last = "checkpoints/last.safetensors"

    def broken(name):
        shutil.copytree("steady", name)
        return pathlib.Path(name)

    os.truncate(broken("last damaged") / last, 500)
    follow("last damaged", last)
    os.remove(broken("last missing") / last)
    follow("last missing", last)
    for name in ("last", "best"):
        os.truncate((broken("all damaged") if name == "last" else pathlib.Path("all damaged")) /
                    f"checkpoints/{name}.safetensors", 500)
    follow("all damaged", last)
    for path in (broken("none left") / "checkpoints").iterdir():
        path.unlink()
    follow("none left", "checkpoints")
    (broken("no metrics") / "metrics.csv").unlink()
    follow("no metrics", "metrics.csv")
    (broken("a gap") / "metrics.csv").write_text("epoch,step\n2,8\n")
    follow("a gap", "metrics.csv")
    # Its losses still fall: it can be trained longer.
    command = follow("steady", "metrics.csv", code=0)
    expect("train.epochs=6" in command, f"twice as long, got {command}")


with Workplace() as here:
    config = write_config(here, {"train": {"epochs": 8, "batch_size": 8, "optimizer": {"learning_rate": 5e-3}},
                                 "objective": {"kl": {"weight": 0.1}}})
    latent("train", config, "--run", "good", "--quiet")
    times = changed("good")
    result = examine("good", 0)
    expect(result["healthy"] and result["problems"] == 0, f"a healthy run, got {result}")
    text = latent("doctor", "--run", "good").stdout
    for word in ("build.json: made by latent", "checkpoints: last (step 256), best", "metrics.csv: 8 epochs without a gap",
                 "latents: "):
        expect(word in text, f"{word!r}, got {text}")
    expect(times == changed("good"), "nothing written")

    shutil.copytree("good", "hurt")
    os.truncate("hurt/checkpoints/best.safetensors", 500)
    pathlib.Path("hurt/metrics.csv").write_text("epoch,step\n1,2\n2,x\n")
    expect_error("hurt: 2 problems; see the findings above", "doctor", "--run", "hurt")
    result = examine("hurt", 1)
    expect(not result["healthy"] and result["problems"] == 2, f"two problems, got {result}")
    expect(any(line.startswith("checkpoints/best.safetensors: damaged") for line in found(result, "problem")),
           f"the damaged file, got {result}")
    expect("metrics.csv: line 3 is damaged; expected 2 numbers" in found(result, "problem"), f"the line, got {result}")
    latent("train", "--run", "hurt", "--resume", "--quiet")

    latent("train", config, "--run", "collapsed", "--quiet", "--set", "objective.kl.weight=10000")
    result = examine("collapsed", 1)
    collapse = [finding for finding in result["findings"] if "posterior collapse" in finding["what"]]
    expect(len(collapse) == 1 and "lower objective.kl.weight (now 10000)" in collapse[0]["remedy"],
           f"the collapse and the key, got {result}")

    latent("train", config, "--run", "dead", "--quiet", "--set",
           'model.bottleneck={"name": "point", "activation": "relu"}', "--set",
           'objective={"sparsity_l1": {"weight": 100000}}', "--set", "train.epochs=4")
    result = examine("dead", 1)
    expect(any("units differs between images" in line for line in found(result, "problem")), f"dead units, got {result}")

    rows = "\n".join(f"{i % 7},{i % 5},{i % 3}" for i in range(100))
    pathlib.Path("sensors.csv").write_text("a,b,c\n" + rows + "\n")
    table = here / "table.json"
    table.write_text(json.dumps({"data": {"name": "table", "file": "sensors.csv"},
                                 "model": {"encoder": "dense", "latent_dim": 2},
                                 "objective": {"likelihood": "gaussian"}, "train": {"epochs": 1}}))
    latent("train", table, "--run", "table", "--quiet")
    expect(found(examine("table", 0), "problem") == [], "a table to be fine")
    os.remove("sensors.csv")
    warnings = found(examine("table", 0), "warning")
    expect(any(line.startswith("model: not checked: ") and "sensors.csv" in line for line in warnings),
           f"why the model was not checked, got {warnings}")

    advice(here)
    beside_a_training(here)
    with_little_memory(here)

    expect_error("nowhere: 1 problem", "doctor", "--run", "nowhere")
    expect_error("--checkpoint first: expected best or last", "doctor", "--run", "good", "--checkpoint", "first", code=2)
    sys.exit(0)
