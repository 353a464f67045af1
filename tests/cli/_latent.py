"""Shared by the command-line tests: runs the binary, and checks results."""
import json
import os
import pathlib
import resource
import shutil
import subprocess
import sys
import tempfile
import traceback

BINARY = os.environ["LATENT_BIN"]
SOURCE = pathlib.Path(os.environ["LATENT_SOURCE"])
SKIPPED = 77

# A config that trains in about a second.
SMALL = {
    "data": {"name": "shapes", "count": 256, "size": [16, 16]},
    "model": {"encoder": {"name": "conv", "channels": [8, 16]}, "latent_dim": 4},
    "train": {"epochs": 2, "batch_size": 32},
}


def merged(base, change):
    """`base` with the keys of `change`, at every depth."""
    result = dict(base)
    for key, value in change.items():
        nested = isinstance(value, dict) and isinstance(result.get(key), dict)
        result[key] = merged(result[key], value) if nested else value
    return result


def fail(message):
    """Ends the test with `message`, after the file and line of the check that failed."""
    stack = reversed(traceback.extract_stack())
    check = next(frame for frame in stack if frame.filename != __file__)
    sys.exit(f"{check.filename}:{check.lineno}: {message}")


def latent(*arguments, code=0, **options):
    """Runs the binary and checks its exit code. Returns the finished process. code: None for any."""
    command = [BINARY, *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=600, **options)
    if code is not None and done.returncode != code:
        fail(f"{' '.join(command)}\nexit code {done.returncode}, expected {code}\n{done.stdout}{done.stderr}")
    return done


def latent_json(*arguments):
    return json.loads(latent(*arguments, "--json").stdout)


def expect(condition, message):
    if not condition:
        fail(f"expected {message}")


# Half the distance from 1 to the next float32: what one rounding moves a number by, relative to it.
ROUNDING = 2.0 ** -24


def expect_error(message, *arguments, code=None, **options):
    """The command must fail with exactly one line on stderr, and that line must hold `message`. Without a code: 2 for a value of --set,
    which is part of the command line, else 1."""
    done = latent(*arguments, code=code, **options)
    lines = [line for line in done.stderr.splitlines() if line.startswith("error: ")]
    if code is None:
        wanted = 2 if lines and lines[0].startswith("error: --set ") else 1
        expect(done.returncode == wanted, f"exit code {wanted} of {arguments}, got {done.returncode}\n{done.stderr}")
    if len(lines) != 1 or done.stderr.splitlines()[-1] != lines[0] or message not in lines[0]:
        fail(f"{arguments}\ngot      {done.stderr}\nexpected one line with {message!r}")


def write_config(folder, change=None, name="small.json"):
    path = pathlib.Path(folder) / name
    path.write_text(json.dumps(merged(SMALL, change or {})))
    return path


def files_below(folder):
    return sorted(str(path.relative_to(folder)) for path in pathlib.Path(folder).rglob("*") if path.is_file())


def skip(why):
    """Skips the test with a message; fails where CI forbids skipping."""
    print(f"skipped: {why}", file=sys.stderr)
    sys.exit(1 if os.environ.get("CI") == "true" else SKIPPED)


def is_sanitized():
    """Whether the binary was built with the address sanitizer, which reserves terabytes of addresses and reports crashes
    itself."""
    return b"__asan_init" in pathlib.Path(BINARY).read_bytes()


def address_space(megabytes):
    """For preexec_fn: asking for more memory than this fails."""
    return lambda: resource.setrlimit(resource.RLIMIT_AS, (megabytes << 20, megabytes << 20))


def have_codecs():
    """Whether the program was built with image codecs; false with -DLATENT_IMAGE_CODECS=OFF."""
    return (pathlib.Path(BINARY).parent / "latent_codecs.so").exists()


def need_codecs():
    """Skips the test, with a message, if the build has no image codecs."""
    if not have_codecs():
        print("skipped: this build has no image codecs", file=sys.stderr)
        sys.exit(SKIPPED)


def real_data(folder):
    root = os.environ.get("LATENT_DATA")
    if not root or not (pathlib.Path(root) / folder).is_dir():
        skip(f"LATENT_DATA has no {folder}")
    return pathlib.Path(root) / folder


class Workplace:
    """A temporary folder that is also the working directory."""

    def __enter__(self):
        self.path = pathlib.Path(tempfile.mkdtemp(prefix="latent-cli-"))
        os.chdir(self.path)
        return self.path

    def __exit__(self, *_):
        os.chdir("/")
        shutil.rmtree(self.path, ignore_errors=True)
