"""Shared by the tests of several processes: starts them as launchers do, and waits for all of them."""
import os
import pathlib
import signal
import socket
import subprocess
import sys
import time

from _latent import BINARY, fail

LAUNCHERS = ("RANK", "WORLD_SIZE", "LOCAL_RANK", "MASTER_ADDR", "MASTER_PORT", "LATENT_LAUNCHER", "GLOO_SOCKET_IFNAME")


def clean_environment(**more):
    """The environment without what a launcher has set, and with `more`."""
    kept = {name: value for name, value in os.environ.items()
            if name not in LAUNCHERS and not name.startswith(("OMPI_", "PMI", "SLURM_", "TORCHELASTIC_"))}
    kept.update({"OMP_NUM_THREADS": "1"}, **{name: str(value) for name, value in more.items()})
    return kept


def free_port(address="127.0.0.1"):
    with socket.socket() as one:
        one.bind((address, 0))
        return one.getsockname()[1]


class Group:
    """Processes that train together; their messages go to files."""

    def __init__(self, folder, size, words, address="127.0.0.1", prefixes=None, per_rank=None, variables=None):
        """prefixes: words before the program, by rank (ip netns exec ...). per_rank: more words of a rank.
        variables: a function of rank, size, address and port; else RANK, WORLD_SIZE, ..."""
        port = free_port() if address.startswith("127.") else 29511
        self.folder = pathlib.Path(folder)
        self.processes, self.messages = [], []
        for rank in range(size):
            own = variables(rank, size, address, port) if variables else {
                "RANK": rank, "WORLD_SIZE": size, "MASTER_ADDR": address, "MASTER_PORT": port}
            path = self.folder / f"messages-{rank}.txt"
            with open(path, "w", encoding="utf-8") as stream:
                self.processes.append(subprocess.Popen(
                    [*(prefixes[rank] if prefixes else []), BINARY, "train", *map(str, words),
                     *((per_rank or {}).get(rank, []))],
                    stdout=subprocess.DEVNULL, stderr=stream, env=clean_environment(**own), start_new_session=True))
            self.messages.append(path)

    def send(self, what, ranks=None):
        for rank in range(len(self.processes)) if ranks is None else ranks:
            if self.processes[rank].poll() is None:
                self.processes[rank].send_signal(what)

    def wait(self, seconds=120, without=()):
        """Waits for the end of all but `without`. Returns their exit codes by rank."""
        end = time.monotonic() + seconds
        codes = {}
        for rank, process in enumerate(self.processes):
            if rank in without:
                continue
            try:
                codes[rank] = process.wait(max(0.1, end - time.monotonic()))
            except subprocess.TimeoutExpired:
                said = self.said(rank)
                self.kill()
                fail(f"rank {rank} still runs after {seconds} s\n{said}")
        return codes

    def kill(self):
        for process in self.processes:
            if process.poll() is None:
                process.send_signal(signal.SIGCONT)
                process.kill()
            process.wait()

    def said(self, rank):
        return self.messages[rank].read_text(encoding="utf-8", errors="replace")

    def errors(self, rank):
        return [line for line in self.said(rank).splitlines() if line.startswith("error: ")]

    def expect_codes(self, codes, wanted):
        if any(code != wanted for code in codes.values()):
            fail(f"exit codes {codes}, expected {wanted}\n" + "\n".join(self.said(rank) for rank in codes))


def train(folder, size, words, code=0, seconds=120, **more):
    """Trains in `size` processes (1: as usual), which must all end with `code`. Returns the group."""
    if size == 1:
        group = Group(folder, 1, words, variables=lambda *_: {}, **more)
    else:
        group = Group(folder, size, words, **more)
    group.expect_codes(group.wait(seconds), code)
    return group


def torchrun(python, size, words, **more):
    """The words of a torchrun that starts the program; `--` keeps --run from torchrun."""
    return [python, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node", str(size),
            *more.get("options", []), "--no-python", "--", BINARY, "train", *map(str, words)]


if __name__ == "__main__":
    sys.exit("helpers of tests/cli/distributed.py")
