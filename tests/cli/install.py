"""The program installed by `cmake --install` trains, samples, finds its codecs, and works for another user; its manual pages and
completion scripts lie where `man` and shells look."""
import os
import pathlib
import shutil
import stat
import subprocess

import _latent
from _latent import Workplace, expect, have_codecs, is_sanitized, latent, latent_json, skip
from _pictures import read_png

NOBODY = "65534"


def shared_files(prefix, commands):
    """What an installation puts below share/, by the conventions of man-db, bash-completion, zsh and fish."""
    for file in ("bash-completion/completions/latent", "zsh/site-functions/_latent", "fish/vendor_completions.d/latent.fish",
                 "man/man1/latent.1", *(f"man/man1/latent-{command}.1" for command in commands)):
        path = prefix / "share" / file
        expect(path.is_file() and path.stat().st_size > 200, f"{path} to be installed")
        expect(path.stat().st_mode & stat.S_IROTH, f"{path} to be readable by all")


def closed_to_others(path):
    """The folder nearest to / that other users may not enter on the way to `path`, or None."""
    for place in [*reversed(path.parents), path]:
        if not place.stat().st_mode & stat.S_IXOTH:
            return place
    return None


def as_another_user(here, binary, torch):
    """`latent` as the user nobody. If LibTorch lies in a folder that only its owner may enter, an empty one is mounted over that
    folder for this process, with LibTorch alone in it."""
    missing = [tool for tool in ("setpriv", "unshare", "mount") if shutil.which(tool) is None]
    if os.geteuid() != 0 or missing:
        print(f"skipped: another user (needs root and setpriv, unshare, mount; {missing or 'not root'})")
        return
    for folder in (here, here / "theirs"):
        folder.mkdir(exist_ok=True)
        folder.chmod(0o755 if folder == here else 0o777)
    closed, script = closed_to_others(torch), "set -e\n"
    if closed:
        (here / "held").mkdir()
        script += (f"mount --bind '{torch}' held\nmount -t tmpfs -o mode=755 tmpfs '{closed}'\nmkdir -p '{torch}'\n"
                   f"mount --move held '{torch}'\n")
    run = f"exec setpriv --reuid {NOBODY} --regid {NOBODY} --clear-groups env HOME=/nonexistent '{binary}' "
    tried = subprocess.run(["unshare", "-m", "sh", "-c", script], cwd=here, capture_output=True, text=True)
    if tried.returncode != 0:
        print(f"skipped: another user ({tried.stderr.strip()})")
        return
    settings = "--set data.count=64 --set train.epochs=1 --set data.size=[16,16] --set model.encoder.channels=[8,16]"
    for arguments in ("--version", f"train '{binary.parents[1]}/share/latent/configs/shapes_vae.json' --run theirs/run --quiet {settings}",
                      "sample --run theirs/run --count 4 --quiet"):
        done = subprocess.run(["unshare", "-m", "sh", "-c", script + run + arguments], cwd=here, capture_output=True, text=True)
        expect(done.returncode == 0, f"another user to run latent {arguments}, got {done.stderr}")
    expect((here / "theirs/run/config.json").stat().st_uid == int(NOBODY), "the run of another user")


cmake = shutil.which("cmake")
if not cmake:
    skip("no cmake")
os.environ.pop("LD_LIBRARY_PATH", None)  # the installed binary must know where LibTorch is
with Workplace() as here:
    build, prefix = pathlib.Path(_latent.BINARY).parent, here / "prefix"
    installed = subprocess.run([cmake, "--install", build, "--prefix", prefix], check=True, capture_output=True, text=True)
    with_codecs = have_codecs()
    _latent.BINARY = str(prefix / "bin/latent")
    expect((prefix / "lib/latent/latent_codecs.so").is_file() == with_codecs, "the codecs where the build has them")
    settings = [argument for setting in ("data.count=64", "data.size=[16,16]", "model.encoder.channels=[8,16]", "train.epochs=1")
                for argument in ("--set", setting)]
    summary = latent_json("train", prefix / "share/latent/configs/shapes_vae.json", "--run", "run", *settings)
    expect(summary["epochs"] == 1, f"one epoch, got {summary}")
    latent("sample", "--run", "run", "--count", 9, "--out", "samples.png", "--quiet")
    picture = read_png(here / "samples.png")
    expect(picture.width >= 48 and picture.height >= 48, f"nine pictures of 16x16, got {picture.width}x{picture.height}")
    expect(len(set(picture.rgb)) > 2, "a picture that is not blank")
    if with_codecs:
        latent("reconstruct", "--run", "run", "samples.png", "--out", "again.png", "--quiet")
        read_png(here / "again.png")
    if not is_sanitized():
        shared_files(prefix, ("train", "evaluate", "plot", "sample", "completion"))
    torch = pathlib.Path(os.environ.get("LATENT_PYTHON") or "/usr/bin/python3").absolute().parents[1]
    expect(("Only the owner of" in installed.stdout) == bool(closed_to_others(torch)), f"a word about LibTorch's folder, got {installed.stdout}")
    as_another_user(here, prefix / "bin/latent", torch)
