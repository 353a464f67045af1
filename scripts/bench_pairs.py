#!/usr/bin/env python3
"""Compares two trainings: runs them in turn, and prints the ratios of their times and of their memory.

Usage: bench_pairs.py CONFIG [--rounds 15] [--a='OPTIONS'] [--b='OPTIONS'] [--latent-a PROGRAM] [--latent-b PROGRAM]
                      [-- OPTIONS OF BOTH]
    bench_pairs.py configs/fashion_mnist_vae.json --a='--set train.tensorboard=true' -- --set train.epochs=2
    bench_pairs.py configs/fashion_mnist_vae.json --latent-b ../before/build/release/latent
The time is that of the whole command, from its start to its end. The order alternates from pair to pair. The
interval is of the median ratio, from the order of the ratios alone: with 15 pairs the fourth and the twelfth, 96.5 %.
Pairs in which other virtual machines took more than a tenth of the processors do not count.
"""
import argparse, math, os, pathlib, shlex, statistics, subprocess, sys, tempfile, time

ROOT = pathlib.Path(__file__).resolve().parent.parent
PROGRAM = str(ROOT / "build" / "release" / "latent")


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("config")
    parser.add_argument("--rounds", type=int, default=15, help="pairs that count, at least 6")
    for side in "ab":
        parser.add_argument(f"--{side}", default="", help=f"options of training {side} alone")
        parser.add_argument(f"--latent-{side}", default=PROGRAM, help=f"the program of training {side}")
    words = sys.argv[1:]
    end = words.index("--") if "--" in words else len(words)
    args = parser.parse_args(words[:end])
    args.common = words[end + 1:]
    if args.rounds < 6:
        parser.error("--rounds: expected at least 6 pairs; fewer have no 95 % interval")
    return args


def stolen():
    """Returns the seconds that other virtual machines took so far, of all processors."""
    words = pathlib.Path("/proc/stat").read_text().splitlines()[0].split()
    return int(words[8]) / os.sysconf("SC_CLK_TCK")


def train(program, config, options):
    """Returns the seconds, those of the processors, and the largest memory in MB of one training."""
    with tempfile.TemporaryDirectory() as folder:
        command = [program, "train", config, "--run", f"{folder}/run", "--quiet", *options]
        start = time.monotonic()
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        errors = process.stderr.read()
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        if status:
            sys.exit(f"bench_pairs: {shlex.join(command)}: {errors.decode().strip()}")
        return time.monotonic() - start, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024


def interval(values):
    """Returns the 95 % interval of the median: the values of equal rank from below and above, from a fair coin's chances."""
    values, count = sorted(values), len(values)
    below, rank = 0.0, 0
    while rank < count // 2 and below + math.comb(count, rank) / 2**count <= 0.025:
        below += math.comb(count, rank) / 2**count
        rank += 1
    return values[rank - 1], values[-rank]


def main():
    args = arguments()
    sides = {"a": (args.latent_a, shlex.split(args.a)), "b": (args.latent_b, shlex.split(args.b))}
    for program, options in sides.values():
        train(program, args.config, args.common + options)  # fills the caches
    pairs, order = [], "ab"
    for _ in range(2 * args.rounds):
        before, start, pair = stolen(), time.monotonic(), {}
        for side in order:
            program, options = sides[side]
            pair[side] = train(program, args.config, args.common + options)
        order = order[::-1]
        share = (stolen() - before) / (time.monotonic() - start) / os.cpu_count()
        print(f"a {pair['a'][0]:.2f} s, b {pair['b'][0]:.2f} s, a/b {pair['a'][0] / pair['b'][0]:.4f}, {share:.0%} stolen", flush=True)
        if share <= 0.1:
            pairs.append(pair)
        if len(pairs) == args.rounds:
            break
    if len(pairs) < 6:
        sys.exit("bench_pairs: other virtual machines took too much in most pairs; try again later")
    for column, what in enumerate(("seconds", "processor seconds", "MB")):
        ratios = [pair["a"][column] / pair["b"][column] for pair in pairs]
        low, high = interval(ratios)
        a, b = (statistics.median(pair[side][column] for pair in pairs) for side in "ab")
        print(f"{what}: a {a:.2f}, b {b:.2f}, a/b {statistics.median(ratios):.4f} [{low:.4f}, {high:.4f}] of {len(pairs)} pairs")


main()
