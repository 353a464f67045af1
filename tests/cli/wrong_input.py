"""Each mistake gives one line that names the key or file, what was expected and the remedy, and leaves no files."""
import gzip
import json
import os
import shutil
import struct
import subprocess

from _latent import (BINARY, SOURCE, Workplace, address_space, expect, expect_error, files_below, have_codecs, latent_json,
                     is_sanitized, latent, write_config)


def config_error(here, message, change=None, *arguments, code=None):
    """The config with `change` must be refused by `train` with `message`, and leave no run."""
    config = write_config(here, change)
    expect_error(message, "train", config, *arguments, code=code)
    expect(not (here / "runs").exists(), f"no run after {message!r}")


def text_error(here, message, text):
    path = here / "text.json"
    path.write_text(text)
    expect_error(message, "train", path)


def idx(shape, data, magic=0x803):
    return struct.pack(f">{1 + len(shape)}I", magic, *shape) + bytes(data)


def configs(here):
    expect_error("missing.json: no such file", "train", "missing.json")
    expect_error(": is a folder; expected a file", "train", here)
    config_error(here, "objective.kl.wieght: unknown key; did you mean weight? known: capacity, free_nats, target, target_rate, warmup_epochs, weight",
                 {"objective": {"kl": {"wieght": 2}}})
    config_error(here, "modle: unknown key; did you mean model?", {"modle": {}})
    config_error(here, "train.epochs: got \"ten\"; expected an integer >= 1", {"train": {"epochs": "ten"}})
    config_error(here, "train.epochs: got 0; expected an integer >= 1", {"train": {"epochs": 0}})
    for key in ("train.epochs", "train.batch_size"):
        config_error(here, f"{key}: got 9000000000000000000; expected an integer >= 1 and <= 1000000000", None, "--set",
                     f"{key}=9000000000000000000")
    config_error(here, "train.seed: got 9000000000000000000; expected an integer >= 0 and <= 4.6", None, "--set",
                 "train.seed=9000000000000000000")
    config_error(here, "data.size: got 32; expected [height, width]", {"data": {"size": 32}})
    config_error(here, "model.latent_dim: got 0; expected an integer >= 1", {"model": {"latent_dim": 0}})
    config_error(here, "unknown name \"convv\"; did you mean conv?", {"model": {"encoder": {"name": "convv"}}})
    config_error(here, "data.name: unknown data set \"shape\"; did you mean shapes?", {"data": {"name": "shape"}})
    config_error(here, "is too small for 8 layers", {"model": {"encoder": {"channels": [8] * 8}}})
    config_error(here, "small.json: model.encoder.channels: image 1x16x16", {"model": {"encoder": {"channels": [8] * 8}}})
    config_error(here, "small.json: model.encoder.normalization.groups: 3 groups do not divide 8 channels",
                 {"model": {"encoder": {"normalization": {"name": "group", "groups": 3}}}})
    config_error(here, "model.decoder.kernel: got 2 values (mirrored from model.encoder); expected one for all layers",
                 {"model": {"encoder": {"kernel": [3, 5]}, "decoder": {"channels": [8, 8, 8]}}})
    config_error(here, "expected one for all layers or one for each", {"model": {"encoder": {"stride": [1, 2, 2]}}})
    config_error(here, "expected model.bottleneck \"gaussian\"", {"model": {"bottleneck": "point"}, "objective": {"kl": {}}})
    config_error(here, "train.ema: got 1; expected a number >= 0 and < 1", {"train": {"ema": 1}})
    config_error(here, "small.json: train.accumulate: got 5, which does not divide train.batch_size 32; expected a divisor of it",
                 {"train": {"accumulate": 5}})
    config_error(here, "model.latent_shape: got [4,8]; expected [depth, height, width], such as [4, 8, 8], or []",
                 {"model": {"latent_shape": [4, 8]}})
    config_error(here, "model.latent_dim: got 4, but model.latent_shape has 128 values; expected one of the two keys",
                 {"model": {"latent_shape": [8, 4, 4]}})
    config_error(here, "small.json: model.latent_shape: got [4, 8, 8]; the encoder makes a map of 4x4 of images of 1x16x16; expected "
                 "[4, 4, 4], or another number of model.encoder.channels", {"model": {"latent_shape": [4, 8, 8], "latent_dim": 256}})
    text_error(here, "text.json: model.encoder: a dense encoder makes no feature maps",
               '{"data": {"name": "shapes"}, "model": {"encoder": "dense", "latent_shape": [4, 4, 4]}}')
    config_error(here, "model.encoder.attention: got 5, but the stages' maps have the sizes 8, 4; expected some of these, or []",
                 {"model": {"encoder": {"name": "resnet", "attention": [5]}}})
    config_error(here, "expected key.path=value", None, "--set", "train.epochs", code=2)
    # The source of a value is named, the file or --set.
    config_error(here, "error: --set train.epochs: got 0; expected an integer >= 1", None, "--set", "train.epochs=0")
    config_error(here, "error: --set train.epoch: unknown key; did you mean epochs?", None, "--set", "train.epoch=1")
    config_error(here, "small.json: train.epochs: got 0", {"train": {"epochs": 0}}, "--set", "train.batch_size=8")
    config_error(here, 'error: --set objective.kl: a point bottleneck has no distribution; expected model.bottleneck "gaussian", or no '
                 "kl (null switches it off)", {"model": {"bottleneck": "point"}}, "--set", "objective.kl.weight=2")
    config_error(here, "--set train.epochs: given twice (3, 4); expected one value", None, "--set", "train.epochs=3", "--set",
                 "train.epochs=4", code=2)
    config_error(here, "--seed 3: --set train.seed=4 also sets the seed; expected one of the two", None, "--seed", 3, "--set",
                 "train.seed=4", code=2)
    text_error(here, "train.epochs: duplicate key", '{"data": {"name": "shapes"}, "train": {"epochs": 1, "epochs": 2}}')
    text_error(here, "line 2, column", '{"data": {"name": "shapes"},\n  "train": {,}}')
    text_error(here, "expected an object {...} at the top", "[1, 2]")
    text_error(here, "text.json: not valid JSON: line 3, column 24: number overflow parsing '1e400'",
               '{"data": {"name": "shapes"}, // not 1e400\n  "train": {\n    "clip_norm":       1e400}}')
    text_error(here, "data.name: missing; expected one of", "{}")
    text_error(here, "data.nmae: unknown key; did you mean name?", '{"data": {"nmae": "shapes"}}')
    for name, wrong, meant in (("idx", "image", "images"), ("npy", "imags", "images"), ("npz", "fil", "file"),
                               ("folder", "dri", "dir"), ("table", "flie", "file")):
        text_error(here, f"text.json: data.{wrong}: unknown key; did you mean {meant}?",
                   json.dumps({"data": {"name": name, wrong: "x"}}))
    text_error(here, "text.json: data.dir: nowhere: no such folder", '{"data": {"name": "folder", "dir": "nowhere"}}')
    text_error(here, "text.json: data.file: nowhere.csv: no such file",
               '{"data": {"name": "table", "file": "nowhere.csv"}, "objective": {"likelihood": "gaussian"}}')
    config_error(here, "objective.sparsity: unknown key; did you mean sparsity_kl? known: bound, code_norm, dip, factor, kl, likelihood, mmd, sparsity_kl, sparsity_l1, total_correlation",
                 {"objective": {"sparsity": {}}})
    text_error(here, "data.dir: missing; expected a folder of images", '{"data": {"name": "folder", "fit": "crop"}}')


def command_lines(here):
    config = write_config(here)
    expect_error("unknown command; did you mean train?", "trian", code=2)
    expect_error("latent train", "train", "--epochs", "3", config, code=2)
    expect_error("no config; expected latent train CONFIG.json", "train", code=2)
    expect_error("--set: bytes that are not UTF-8", "train", config, "--set", os.fsdecode(b"data.dir=\xff"), code=2)
    expect_error("expected auto, cpu, cuda or cuda:N", "train", config, "--device", "gpu", code=2)
    expect_error("--device cuda:97: ", "train", config, "--device", "cuda:97")
    expect_error("--run is missing", "sample", code=2)
    for command in (["sample"], ["doctor"], ["train", config], ["train", "--resume"]):
        expect_error("--run: empty; expected the folder of a run", *command, "--run", "", code=2)
    expect_error("--count 0: expected an integer >= 1", "sample", "--run", "x", "--count", 0, code=2)
    expect_error("other.json: not expected here; see latent train --help", "train", config, "other.json", code=2)
    expect_error("train.batch_size=5: not expected here; to change a config key use --set train.batch_size=5", "train",
                 config, "--set", "train.epochs=2", "train.batch_size=5", code=2)
    expect_error("a=b: not expected here; see latent evaluate --help", "evaluate", "--run", "x", "a=b", code=2)
    for command in (["list", "foo"], ["evaluate", "--run", "x", "foo"], ["plot", "losses", "foo"], ["doctor", "--", "foo"]):
        expect_error("foo: not expected here", *command, code=2)
    expect_error("--epoch: unknown flag of latent train; to change a config key use --set KEY=VALUE", "train", "--epoch", 3, code=2)
    expect_error("--cuont: unknown flag of latent sample; did you mean --count?", "sample", "--cuont", 3, code=2)
    expect_error("--heads: unknown flag of latent sample; see latent sample --help", "sample", "--heads", code=2)
    expect_error("--seed 99999999999999999999: expected an integer <= 4611686018427387904", "sample", "--run", "x", "--seed",
                 "99999999999999999999", code=2)
    expect_error("--seed 5000000000000000000: expected an integer >= 0 and <= 4611686018427387904", "train", config, "--seed",
                 "5000000000000000000", code=2)
    expect_error("-x: unknown flag of latent sample", "sample", "-x", code=2)
    expect_error("--temperature abc: expected a number", "sample", "--run", "x", "--temperature", "abc", code=2)
    expect_error("--count 1.5: expected an integer", "sample", "--run", "x", "--count", "1.5", code=2)
    expect_error("--count x: expected an integer", "sample", "--run", "x", "-nx", code=2)
    expect_error("--run: no value, but the flag --dry-run; expected --run DIR", "train", "x.json", "--run", "--dry-run", code=2)
    expect_error("--seed: no value, but the flag --threads", "sample", "--run", "x", "--seed", "--threads", 1, code=2)
    expect_error("--temperature: no value; expected --temperature T", "sample", "--run", "x", "--temperature", code=2)
    expect_error("--quiet: takes no value; got 3", "sample", "--run", "x", "--quiet=3", code=2)
    expect_error("--count: given twice (3, 4); expected one value", "sample", "--run", "x", "--count", 3, "--count", 4, code=2)
    expect_error("--kind: given twice (latents, losses); expected one value", "plot", "latents", "--kind", "losses", code=2)
    expect_error("latent --json: flags follow a command; expected latent COMMAND --json", "--json", code=2)
    for command in ("list", "config"):
        expect_error(f"--device: unknown flag of latent {command}", command, "--device", "cpu", code=2)
    expect_error("--seconds -1: expected a number > 0", "bench", config, "--seconds", -1, code=2)
    expect_error("--seed: unknown flag of latent bench", "bench", config, "--seed", 3, code=2)
    expect_error("--out: latent data pack writes to the cache (LATENT_CACHE); expected no --out", "data", "pack", config,
                 "--out", "x", code=2)
    expect("default: 0" not in latent("train", "--help").stdout.split("--seed")[1].splitlines()[0],
           "the seed of train to be the config's")


def idx_files(here):
    data = here / "idx"
    data.mkdir()

    def error(message, content, name="images", **keys):
        path = data / name
        path.write_bytes(content)
        config = write_config(here, {"data": {"images": str(path), **keys}})
        text = json.loads(config.read_text())
        text["data"].update(name="idx")
        for key in ("count", "size"):
            text["data"].pop(key)
        config.write_text(json.dumps(text))
        expect_error(message, "train", config)
        expect(str(data) in latent("train", config, code=1).stderr, "the file to be named")

    good = idx((20, 8, 8), range(256)) + bytes(20 * 64 - 256)
    error("not an IDX file", b"\x89PNG\r\n\x1a\n" + bytes(64))
    error("cut short: its header says 20x8x8 (1280 bytes), it holds 1273", good[:-7])
    error("longer than the 20x8x8 its header says", good + b"more")
    error("cut short: its gzip data have no end", gzip.compress(good)[:-9], "cut.gz")
    labels = data / "labels"
    labels.write_bytes(idx((19,), bytes(19), 0x801))
    error("19 labels; expected 20", good, labels=str(labels))
    (data / "test").write_bytes(idx((20, 9, 9), bytes(20 * 81)))
    error(f"test: images of 1x9x9; expected 1x8x8 as in {data / 'images'}, or data.size", good, test_images=str(data / "test"))
    expect(not (here / "runs").exists(), "no run of images of two sizes")
    expect_error("scripts/fetch_data.sh fashion_mnist", "train", SOURCE / "configs/fashion_mnist_vae.json", "--set",
                 "data.dir=nowhere")
    for elsewhere in ("fashion_mnist", "cifar10", "celeba"):
        place = elsewhere.replace("_", "-")
        expect_error(f"/nowhere/{place}: no such folder, nor data/{place}; see scripts/fetch_data.sh", "train",
                     SOURCE / "configs/shapes_vae.json", "--set", f'data={{"name": "{elsewhere}"}}',
                     env=dict(os.environ, LATENT_DATA="/nowhere"))


def runs(here):
    config = write_config(here)
    latent("train", config, "--run", "run", "--quiet")
    expect_error("a run already exists here; expected a new folder (--run), --overwrite", "train", config, "--run", "run")
    (here / "full").mkdir()
    (here / "full/thesis.tex").write_text("precious")
    expect_error("holds other files", "train", config, "--run", "full", "--overwrite")
    expect((here / "full/thesis.tex").read_text() == "precious", "other files untouched")
    expect_error("run: is the folder of a run; to resume it use latent train --run run --resume, to train its config again use latent train run/config.json", "train", "run", code=2)
    for command in "bench", "config":
        expect_error("run: is the folder of a run; its config is run/config.json", command, "run", code=2)
    expect_error("full: not expected here; to name a run use --run full", "sample", "full", code=2)
    done = latent("train", "--run", "run", "--resume").stderr
    expect("run: all 2 epochs are trained, so nothing is left to train; to train longer, add --set train.epochs=12" in done,
           f"that nothing is left, got {done}")
    expect_error("train.epochs: got 1, but 2 epochs are already trained; expected 2 or more", "train", "--run", "run", "--resume", "--set", "train.epochs=1")
    expect_error("nowhere: no such run", "sample", "--run", "nowhere")
    expect_error("not a run of latent train", "sample", "--run", "full")

    def damaged(message, change, *arguments):
        shutil.rmtree(here / "damaged", ignore_errors=True)
        shutil.copytree(here / "run", here / "damaged")
        change(here / "damaged")
        expect_error(message, *(arguments or ("sample", "--run", "damaged")))

    def truncate(run):
        os.truncate(run / "checkpoints/best.safetensors", 2000)

    def flip(run):
        path = run / "checkpoints/best.safetensors"
        content = bytearray(path.read_bytes())
        content[40] ^= 4
        path.write_bytes(content)

    def newer(run):
        build = json.loads((run / "build.json").read_text())
        (run / "build.json").write_text(json.dumps(build | {"format": 99}))

    def other_model(run):
        resolved = json.loads((run / "config.json").read_text())
        resolved["model"]["latent_dim"] = 5
        (run / "config.json").write_text(json.dumps(resolved))

    def both(change):
        def damage(run):
            for other in run.glob("checkpoints/[!b]*"):
                os.truncate(other, 1000)
            change(run)
        return damage

    damaged("best.safetensors: damaged", both(truncate))
    damaged("checksum", both(flip))
    damaged("made by a newer latent (run format 99)", newer)
    damaged("the model of this config expects", other_model)
    damaged("damaged: no checkpoint, although metrics.csv has 2 epochs; expected the files of checkpoints/ restored, or a new "
            "training: latent train --run damaged --resume", lambda run: shutil.rmtree(run / "checkpoints"))
    damaged("config.json is missing", lambda run: (run / "config.json").unlink())

    expect_error("--indices 64: only 64 images in the test split; expected 0 to 63", "reconstruct", "--run", "run", "--indices", "64")
    expect_error("expected ranges from low to high", "reconstruct", "--run", "run", "--indices", "5-3", code=2)
    (here / "notes.png").write_text("not a picture")
    (here / "empty").mkdir()
    expect_error("notes.png", "reconstruct", "--run", "run", "notes.png")
    expect_error("empty: no images", "reconstruct", "--run", "run", "empty")
    expect_error("absent.png", "reconstruct", "--run", "run", "absent.png")
    expect_error("--split tset: expected train, validation or test", "evaluate", "--run", "run", "--split", "tset", code=2)


def flags_without_effect(here):
    """No flag is ignored in silence."""
    latent("train", write_config(here, {"model": {"bottleneck": "point"}}), "--run", "run", "--quiet")

    def refused(message, command, *arguments, code=2):
        expect_error(message, command, "--run", "run", *arguments, code=code)

    refused("--sample-latents: a plain autoencoder has nothing to sample from", "reconstruct", "--sample-latents", code=1)
    picture = "for animations, but --out x.png is a picture; expected --out with a folder or a .gif"
    refused(f"--gif: {picture}", "arithmetic", "--attribute", "scale", "--gif", "--out", "x.png")
    refused(f"--ping-pong: {picture}", "interpolate", "--ping-pong", "--out", "x.png")
    refused(f"--frames: {picture}", "traverse", "--frames", 5, "--out", "x.png")
    refused("--steps: for the strip, but --out is an animation", "traverse", "--steps", 5, "--out", "x.gif")
    refused("--fps: for animations; expected also --gif, or a .gif with --out", "arithmetic", "--attribute", "scale", "--fps", 5)
    refused("--loop: for animations; --matrix makes none", "interpolate", "--matrix", "--loop", 2)
    refused("--count: selects images, but --random draws latents", "interpolate", "--random", 2, "--count", 2)
    words = ["arithmetic", "--expression", "A - B"]
    refused("--method: for --attribute; --expression does not use it", *words, "--method", "mean")
    refused("--gif: for animations; --expression makes none", *words, "--gif")
    refused("--indices: --let already says which images the letters are", *words, "--let", "A=1", "--indices", "1,2")
    refused("--tensors: for --attribute; --expression does not use it", *words, "--tensors", "x.safetensors")
    refused("--let: for --expression", "arithmetic", "--attribute", "scale", "--let", "A=1")
    refused("--out x.png: --singles writes one file per image; expected a folder", "sample", "--singles", "--out", "x.png")
    refused("--columns: for a grid, but --singles writes one file per image", "sample", "--singles", "--columns", 3)
    refused("--seed: a manifold draws no random latents", "sample", "--sampler", "manifold", "--seed", 3)
    for command in (["sample"], ["interpolate"], ["arithmetic", "--attribute", "scale"]):
        refused("--tensors x.txt: expected a .safetensors file", *command, "--tensors", "x.txt")
    expect(not [name for name in files_below(here) if name.startswith("x.")], "nothing written")
    warned = latent("reconstruct", "--run", "run", "--seed", 3).stderr
    expect("--seed: had no effect; latent reconstruct does not use it with these arguments" in warned, f"a warning about --seed, got {warned}")
    expect("had no effect" not in latent("reconstruct", "--run", "run", "--count", 3).stderr, "no warning about --count")


def other_data(here):
    """A run whose data changed their size since."""
    (here / "images").write_bytes(idx((20, 8, 8), bytes(20 * 64)))
    config = {"data": {"name": "idx", "images": str(here / "images")}, "model": {"encoder": "dense", "latent_dim": 2},
              "train": {"epochs": 1}}
    (here / "idx.json").write_text(json.dumps(config))
    latent("train", "idx.json", "--run", "run", "--quiet")
    (here / "images").write_bytes(idx((20, 9, 9), bytes(20 * 81)))
    expect_error("data: the test split is of 1x9x9; expected 1x8x8 as the model: restore the files", "evaluate", "--run", "run")


def long_names(here):
    name = "x" * 300
    latent("train", write_config(here), "--run", "run", "--quiet")
    text = json.dumps({"data": {"name": "idx", "images": name}})
    text_error(here, f"{name}: cannot be read: File name too long", text)
    reason = f"{name}: cannot be read: File name too long"
    expect_error(reason, "train", name)
    expect_error(reason, "data", "check", name)
    expect_error(reason, "reconstruct", "--run", "run", name)
    expect_error(f"{name}: no such run", "sample", "--run", name)
    expect_error("File name too long", "sample", "--run", "run", "--out", f"{name}.png")
    config = write_config(here, {"train": {"batch_size": 4}})
    expect_error("TMPDIR: No such file or directory; expected a folder", "train", config, "--run", "run2", "--profile", "trace.json",
                 env=os.environ | {"TMPDIR": str(here / "none")})


def numbers(here):
    config = write_config(here, {"train": {"epochs": 3, "optimizer": {"name": "sgd", "learning_rate": 1e30}}})
    expect_error("became NaN or infinite at step", "train", config, "--run", "nan")
    expect_error("lower train.optimizer.learning_rate (now 1e+30)", "train", config, "--run", "nan2")
    expect_error("; nothing was saved yet: fix the config and start again with --overwrite", "train", config, "--run", "nan3")


def outputs(here):
    config = write_config(here)
    latent("train", config, "--run", "good", "--quiet")
    made = latent_json("sample", "--run", "good", "--count", 2, "--out", "new/")
    expect(made["written"] == ["new/sample-seed0.png"] and made["run"] == "good", f"a file in a new folder, and the run, got {made}")
    latent("sample", "--run", "good", "--count", 2, "--out", "A.PNG")
    failed = latent("sample", "--run", "nowhere", "--json", code=1)
    expect("error: " + json.loads(failed.stdout)["error"] == failed.stderr.strip(), f"the error as JSON too, got {failed.stdout}")
    expect_error("/proc/nowhere", "train", config, "--run", "/proc/nowhere/run")
    expect_error("/proc/sample.png", "sample", "--run", "good", "--out", "/proc/sample.png")
    os.mkfifo(here / "pipe.png")
    expect_error("pipe.png: not a regular file; expected one to replace, or a new name", "sample", "--run", "good", "--out",
                 "pipe.png")
    expect((here / "pipe.png").is_fifo(), "the pipe to be still there")
    (here / "target.png").write_text("old")
    (here / "link.png").symlink_to("target.png")
    latent("sample", "--run", "good", "--out", "link.png", "--quiet")
    expect((here / "link.png").is_symlink(), "the link to be still there")
    expect((here / "target.png").read_bytes().startswith(b"\x89PNG"), "the link's target to be replaced")
    small = here / "small-disk"
    small.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", small], capture_output=True).returncode == 0
    if not mounted:
        print("skipped: a full disk (a tmpfs cannot be mounted here)")
        return
    try:
        expect_error("No space left on device", "train", config, "--run", small / "run")
        expect(not [name for name in files_below(small) if ".tmp" in name], "no half-written file")
    finally:
        subprocess.run(["umount", small], check=True)


def threads(here):
    """Pools of threads that cannot all be started would wait for ever."""
    if not is_sanitized():
        expect_error("--threads 512: the system allows only ", "train", write_config(here), "--run", "run", "--threads", 512,
                     preexec_fn=address_space(900))


def pipes(here):
    """Opening one would wait for ever."""
    latent("train", write_config(here), "--run", "run", "--quiet")
    config = here / "piped.json"
    for name in ("pipe", "pipe.csv", "pipe.png"):
        os.mkfifo(here / name)

    def refused(name, *arguments):
        done = subprocess.run([BINARY, *arguments], capture_output=True, text=True, timeout=10)
        expect(done.returncode == 1 and f"error: {name}: not a regular file; expected one" in done.stderr,
               f"{name} to be refused, got {done.stderr}")

    for name, data in (("pipe", {"name": "npy", "images": "pipe"}), ("pipe.csv", {"name": "table", "file": "pipe.csv"})):
        config.write_text(json.dumps({"data": data, "model": {"encoder": "dense", "latent_dim": 2},
                                      "objective": {"likelihood": "gaussian"}}))
        refused(name, "train", str(config))
    if have_codecs():
        refused("pipe.png", "reconstruct", "--run", "run", "pipe.png")


for check in (configs, command_lines, idx_files, runs, flags_without_effect, other_data, long_names, numbers, outputs, threads, pipes):
    with Workplace() as workplace:
        check(workplace)
