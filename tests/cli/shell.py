"""The program at home in the shell: completion, manual pages, help, lists of runs, TensorBoard, the Embedding Projector, signals."""
import csv
import json
import os
import shutil
import signal
import struct
import subprocess
import sys
import time

from _latent import BINARY, SOURCE, Workplace, expect, expect_error, latent, latent_json, write_config
from _pictures import read_png

ODD = "it's $(touch pwned) `x`"  # a name that a shell must not obey


def tools_python():
    """The Python with TensorBoard, or None."""
    tools = os.environ.get("LATENT_TEST_TOOLS")
    if not tools:
        expect(os.environ.get("CI") != "true", "the test tools to be there in CI: scripts/setup.sh --test-tools")
        print("skipped: TensorBoard's reader; scripts/setup.sh --test-tools installs it", file=sys.stderr)
    return tools


def program(name):
    """Whether another shell is there; CI has all of them."""
    if shutil.which(name):
        return True
    expect(os.environ.get("CI") != "true", f"{name} to be there in CI: scripts/setup.sh --test-tools")
    print(f"skipped: {name}; scripts/setup.sh --test-tools installs it", file=sys.stderr)
    return False


def events(tools, run):
    done = subprocess.run([tools, SOURCE / "tests/cli/_check_events.py", run / "tensorboard"], capture_output=True, text=True)
    expect(done.returncode == 0, f"TensorBoard to read the events, got\n{done.stderr}")
    return json.loads(done.stdout)


def tag_of(column):
    return column.replace("train_", "train/", 1).replace("val_", "val/", 1) if column.startswith(("train_", "val_")) else column


def rounded(number):
    return struct.unpack("f", struct.pack("f", float(number)))[0]


def tensorboard(here, config):
    """Every number of metrics.csv, also of a run that was resumed; pictures, histograms, the config."""
    run = here / "board"
    latent("train", config, "--run", run, "--set", "train.tensorboard=true", "--quiet")
    latent("train", run, "--resume", "--set", "train.epochs=4", "--quiet")
    expect(len(list((run / "tensorboard").iterdir())) == 2, "a file for each process")
    tools = tools_python()
    if not tools:
        return
    found = events(tools, run)
    rows = list(csv.DictReader(open(run / "metrics.csv")))
    expect(len(rows) == 4, "four epochs")
    expect(set(found["scalars"]) == {tag_of(column) for column in rows[0]}, f"all columns, got {sorted(found['scalars'])}")
    for column in rows[0]:
        curve = [[int(row["step"]), rounded(row[column])] for row in rows]
        expect(found["scalars"][tag_of(column)] == curve, f"{column}: {curve}, got {found['scalars'][tag_of(column)]}")
    steps = [int(row["step"]) for row in rows]
    for what in ("reconstructions", "samples"):
        pictures = found["images"][what]
        expect([picture[0] for picture in pictures] == steps, f"{what} of each epoch, got {pictures}")
        file = run / f"images/train/{what}-0004.png"
        expect(pictures[-1][1:] == [read_png(file).width, read_png(file).height, file.stat().st_size], f"the file {file}")
    expect(set(found["histograms"]) == {"latents/all", *(f"latents/z{i}" for i in range(4))}, f"latents, got {set(found['histograms'])}")
    expect([each[0] for each in found["histograms"]["latents/all"]] == steps, "histograms of each epoch")
    count = int(latent_json("train", config, "--dry-run")["validation"])
    expect(found["histograms"]["latents/z0"][0][1] == count, f"all {count} images")
    expect('"latent_dim": 4' in found["texts"]["config"], "the config as text")


def projector(here, run):
    written = latent_json("encode", run, "--count", 10, "--projector", here / "points")["written"]
    expect(len(written) == 5, f"five files, got {written}")
    rows = [line.split("\t") for line in (here / "points/tensors.tsv").read_text().splitlines()]
    table = list(csv.reader(open(here / "points/metadata.tsv"), delimiter="\t", quoting=csv.QUOTE_NONE))
    expect(len(rows) == 10 and len(table) == 11 and table[0][:2] == ["index", "name"], "ten points and their names")
    latent("encode", run, "--count", 10, "--out", here / "z.csv", "--quiet")
    known = list(csv.DictReader(open(here / "z.csv")))
    expect([rounded(value) for value in rows[3]] == [rounded(known[3][f"mean_{i}"]) for i in range(4)], f"the latents, got {rows[3]}")
    expect(table[4][table[0].index("shape")] == known[3]["shape"], "the class in words")
    config = json.loads((here / "points/projector_config.json").read_text())["embeddings"][0]
    side = read_png(here / "points/sprite.png")
    expect(config["tensorShape"] == [10, 4] and config["sprite"]["singleImageDim"] == [16, 16], f"shapes, got {config}")
    expect((side.width, side.height) == (64, 64), f"4x4 images of 16x16, got {side.width}x{side.height}")


def bash_words(script, line):
    """What bash offers for the last word of a line of words."""
    words = line.split(" ") if isinstance(line, str) else line
    code = (f"source {script}; COMP_WORDS=({' '.join(map(bash_quoted, words))}); COMP_CWORD={len(words) - 1}; compopt() {{ :; }}; "
            '_latent; printf "%s\\n" "${COMPREPLY[@]}"')
    done = subprocess.run([shutil.which("bash"), "--norc", "-c", code], capture_output=True, text=True, env={"PATH": "/nowhere", "HOME": "/"})
    expect(done.stderr == "", f"no message of bash for {line}, got {done.stderr}")
    return done.stdout.splitlines()


def bash_quoted(word):
    return "'" + word.replace("'", "'\\''") + "'"


def completion(here, run):
    script = here / "latent.bash"
    script.write_text(latent("completion", "bash").stdout)
    offers = lambda line: bash_words(script, line)  # noqa: E731
    expect("train" in offers("latent tr") and "traverse" in offers("latent tr"), f"commands, got {offers('latent tr')}")
    expect(offers("latent sample --temp") == ["--temperature"], f"flags, got {offers('latent sample --temp')}")
    expect(offers("latent train x.json --set train.ep") == ["train.epochs="], f"keys, got {offers('latent train x.json --set train.ep')}")
    expect(offers("latent evaluate --split = v") == ["validation"], "values behind an equals sign")
    expect(offers("latent plot lo")[0] == "losses", f"kinds, got {offers('latent plot lo')}")
    expect(offers("latent help tr") == offers("latent tr"), "commands behind help")
    expect(offers(f"latent sample {run} --sampler g") == ["gmm"], "samplers of the run")
    expect("shape" in offers(f"latent probe --run {run} --attribute "), "attributes of the run")
    expect("best" in offers(f"latent evaluate --run {run} --checkpoint "), "checkpoints of the run")
    names = run / "cache/names.txt"
    kept = names.read_text()
    names.write_text(f"attribute {ODD}\n")
    offered = offers(f"latent probe --run {run} --attribute it")
    expect(not (here / "pwned").exists() and len(offered) == 1, f"a name as text, got {offered}")
    echoed = subprocess.run(["bash", "-c", f"printf %s {offered[0]}"], capture_output=True, text=True).stdout
    expect(echoed == ODD, f"a name quoted, got {echoed}")
    names.write_text(kept)
    other_shells(here, run)


def other_shells(here, run):
    if program("zsh"):
        (here / "_latent").write_text(latent("completion", "zsh").stdout)
        done = subprocess.run(["zsh", "-f", "-n", here / "_latent"], capture_output=True, text=True)
        expect(done.returncode == 0 and done.stderr == "", f"a script that zsh reads, got {done.stderr}")
        # compadd gives the words to the shell; here it prints them.
        code = (f"compdef() {{ }}; source {here / '_latent'}; compadd() {{ print -l -- $@ }}; words=(latent sample {run} --sampler ''); "
                "CURRENT=5; PREFIX=; _latent")
        done = subprocess.run(["zsh", "-f", "-c", code], capture_output=True, text=True)
        expect("gmm" in done.stdout.split() and done.stderr == "", f"samplers of the run, got {done.stdout}{done.stderr}")
    if program("fish"):
        script = here / "latent.fish"
        script.write_text(latent("completion", "fish").stdout)
        def offers(line):
            done = subprocess.run(["fish", "--no-config", "-c", f"source {script}; complete -C {bash_quoted(line)}"], capture_output=True,
                                  text=True, env={**os.environ, "HOME": str(here)})
            expect(done.stderr == "", f"no message of fish for {line}, got {done.stderr}")
            return [offer.split("\t")[0] for offer in done.stdout.splitlines()]
        expect("train" in offers("latent tr"), f"commands, got {offers('latent tr')}")
        expect(offers("latent sample --temp") == ["--temperature"], f"flags, got {offers('latent sample --temp')}")
        expect("train.epochs=" in offers("latent train x.json --set train.ep"), "keys")
        expect(offers(f"latent sample --run {run} --sampler g") == ["gmm"], "samplers of the run")


def manuals(here):
    latent("completion", "all", "--out", here / "share")
    pages = sorted(path.name for path in (here / "share/man/man1").iterdir())
    expect("latent.1" in pages and "latent-train.1" in pages, f"pages, got {pages}")
    if program("man"):
        shown = subprocess.run(["man", "--local-file", here / "share/man/man1/latent-train.1"], capture_output=True, text=True,
                               env={**os.environ, "MANWIDTH": "80", "LC_ALL": "C"})
        expect("--set KEY=VALUE" in shown.stdout and "train an autoencoder" in shown.stdout, f"a page, got {shown.stdout}{shown.stderr}")
        expect(shown.stderr == "", f"no warning of man, got {shown.stderr}")
    expect_error("latent completion tcsh; expected bash, zsh, fish or all", "completion", "tcsh", code=2)
    expect_error("latent completion all: no --out", "completion", "all", code=2)


def terminals(config):
    narrow = latent("sample", "--help", env={**os.environ, "COLUMNS": "50", "LC_ALL": "C", "NO_COLOR": "1", "TERM": "dumb"}).stdout
    expect(max(len(line) for line in narrow.splitlines() if not line.startswith("example")) <= 50, "help for a narrow terminal")
    expect("\x1b" not in narrow, "no escapes")
    expect(latent("help", "train").stdout == latent("train", "--help").stdout, "help COMMAND as COMMAND --help")
    for flag in ("-v", "-V"):
        expect(latent(flag).stdout == latent("--version").stdout, f"{flag} as --version")
    listed = latent("config", config, env={**os.environ, "COLUMNS": "80"}).stdout
    expect(max(map(len, listed.splitlines())) <= 80, "a config in 80 columns")
    expect(max(map(len, latent("config", config).stdout.splitlines())) > 80, "whole lines for a pipe")
    for command in (["list"], ["--help"], ["config", config]):
        done = subprocess.run(["bash", "-c", f'"$0" "$@" | head -n 1; echo "${{PIPESTATUS[0]}}"', BINARY, *map(str, command)], capture_output=True, text=True)
        expect(done.stderr == "" and done.stdout.splitlines()[-1] in ("0", "141"), f"silence for a closed pipe, got {done}")


def runs(here, run):
    table = latent("runs", here).stdout
    expect("shapes" in table and "done" in table and str(run) in table, f"the run, got {table}")
    rows = latent_json("runs", here)["runs"]
    expect({row["state"] for row in rows} == {"done"} and rows[0]["best_val_loss"] > 0, f"states, got {rows}")
    shown = latent("show", run).stdout
    expect("model.latent_dim" in shown and f"latent evaluate {run}" in shown, f"a card, got {shown}")
    expect(latent_json("show", run)["config"]["model.latent_dim"] == 4, "the changed keys")
    expect_error(f"{here}: holds runs, but is none; expected one of ", "evaluate", "--run", here)
    expect_error("to resume it use latent train --run", "train", run, code=2)


def words_of_runs(here, run):
    named = latent_json("evaluate", "--run", run)
    for word in ([run], [run / "checkpoints/best.safetensors"], ["--run", run / "config.json"]):
        expect(latent_json("evaluate", *word) == named, f"{word} as --run")
    older = sorted(path.stem for path in (run / "checkpoints").glob("step-*"))[0]
    expect(latent_json("evaluate", run, "--checkpoint", older)["checkpoint"] == older, "an older checkpoint")
    expect_error("--checkpoint step-7: expected best or last or step-", "evaluate", run, "--checkpoint", "step-7", code=2)
    expect(latent_json("evaluate", run, "--split", "val") == latent_json("evaluate", run, "--split", "validation"), "val for validation")
    latent("plot", "latents", run, "--attribute", "SHAPE", "--out", here / "plot.svg")
    latent("probe", run, "--label", "Shape")


def settings(config):
    expect_error("--set train.epochs: a space before the =; expected --set train.epochs=3", "train", config, "--set", "train.epochs", "=", "3", code=2)
    expect_error("--set epochs: unknown key; did you mean train.epochs?", "train", config, "--set", "epochs=3", code=2)
    expect_error("--verbose: --quiet asks for the opposite", "list", "--verbose", "--quiet", code=2)


def signals(here, config):
    """SIGUSR1 saves and ends, as SIGTERM does."""
    run = here / "asked"
    process = subprocess.Popen([BINARY, "train", config, "--run", run, "--set", "train.epochs=100000", "--quiet"], stderr=subprocess.PIPE, text=True)
    deadline = time.time() + 60
    while not (run / "metrics.csv").exists() and time.time() < deadline:
        time.sleep(0.05)
    process.send_signal(signal.SIGUSR1)
    _, messages = process.communicate(timeout=60)
    expect(process.returncode == 128 + signal.SIGUSR1 and "--resume" in messages, f"saved, got {process.returncode} {messages}")
    expect((run / "checkpoints/last.safetensors").exists(), "a checkpoint")


def pictures_that_move(here, run):
    env = {**os.environ, "PATH": "/nowhere"}
    expect_error("ffmpeg is not on the PATH; install the package ffmpeg, or write a .gif", "interpolate", run, "--indices", "0,1", "--out", "a.mp4", env=env)
    if not program("ffmpeg"):
        return
    for kind, begins in (("mp4", b"ftyp"), ("webp", b"WEBP"), ("apng", b"PNG")):
        latent("interpolate", run, "--indices", "0,1", "--steps", 6, "--out", here / f"a.{kind}", "--quiet")
        expect(begins in (here / f"a.{kind}").read_bytes()[:12], f"a file of kind {kind}")


with Workplace() as here:
    config = write_config(here)
    run = here / "x"
    latent("train", config, "--run", run, "--quiet")
    tensorboard(here, config)
    projector(here, run)
    completion(here, run)
    manuals(here)
    terminals(config)
    runs(here, run)
    words_of_runs(here, run)
    settings(config)
    pictures_that_move(here, run)
    signals(here, config)
